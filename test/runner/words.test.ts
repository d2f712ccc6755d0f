// A result in one sentence, and the one command to run next.
import { describe, expect, test } from '@jest/globals';
import type { Cause, Result } from '../../src/core/types.ts';
import { wordsOf } from '../../src/runner/words.ts';
import { podinfo } from '../core/support.ts';

const canary = podinfo({ name: 'release', targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' } });
const checks: Cause = { by: 'checks', failed: 10, metric: 'request-success-rate', why: 'success rate 69.00% < 99%' };
const results: Result[] = [
  { is: 'promoted' },
  { is: 'unchanged' },
  { is: 'initialized' },
  { is: 'suspended' },
  { is: 'failed-before' },
  { is: 'rolled-back', cause: checks, confirmed: true },
  { is: 'rolled-back', cause: checks, confirmed: false },
  { is: 'not-initialized', cause: { by: 'deadline', side: 'primary', why: '0 of 2 updated replicas are available' } },
  { is: 'parked', by: 'SIGINT', traffic: 'primary' },
  { is: 'superseded', revision: 'abc' },
];

test.each(results)('$is names the canary, in one line', (result) => {
  const { why } = wordsOf(canary, result);
  expect(why).toMatch(/^release\.test[ :]/);
  expect(why).not.toContain('\n');
});

test('what did not come from the engine speaks for itself', () => {
  expect(wordsOf(canary, { is: 'stopped', exit: 7, why: 'driven by ana@laptop' })).toEqual({ why: 'driven by ana@laptop' });
});

describe('where traffic is', () => {
  test.each([
    ['primary', 'all traffic is on the primary, read back'],
    ['canary', 'all traffic stays on the canary'],
    ['as-is', 'traffic was left where it is'],
  ] as const)('parked, %s', (traffic, words) => {
    expect(wordsOf(canary, { is: 'parked', by: 'SIGINT', traffic }).why).toContain(words);
  });

  test('rolled back and read back', () => {
    expect(wordsOf(canary, { is: 'rolled-back', cause: checks, confirmed: true }).why).toBe(
      'release.test was rolled back: 10 failed checks, the last: request-success-rate (success rate 69.00% < 99%); all traffic is on the primary, read back',
    );
  });

  test('not confirmed: nothing is claimed, and a person is sent to look', () => {
    const { why, next } = wordsOf(canary, { is: 'rolled-back', cause: checks, confirmed: false });
    expect(why).toContain('NOT confirmed');
    expect(why).not.toContain('on the primary');
    expect(next).toBe('canary heal release -n test');
  });
});

describe('what to run next', () => {
  test('after bootstrap: how to bring a revision', () => {
    expect(wordsOf(canary, { is: 'initialized' }).next).toContain('kubectl -n test set image deployment/app <container>=<image>');
  });

  test('after parking: the same again', () => {
    expect(wordsOf(canary, { is: 'parked', by: 'SIGTERM', traffic: 'primary' }).next).toContain('run the same command again');
  });

  test.each(['promoted', 'unchanged', 'suspended', 'failed-before'] as const)('nothing after %s', (is) => {
    expect(wordsOf(canary, { is })).not.toHaveProperty('next');
  });
});

test('superseded names the newer revision', () => {
  expect(wordsOf(canary, { is: 'superseded', revision: 'abc' }).why).toContain('abc');
});
