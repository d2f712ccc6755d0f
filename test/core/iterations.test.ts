// Blue/green on provider kubernetes: so many iterations, each followed by a check; traffic stays where it is, and the copy follows at once.
import { describe, expect, test } from '@jest/globals';
import type { Answer, Obj } from '../../src/contracts.ts';
import { cluster, decideOn, lines, podinfo, revision, second, state, t0, touched } from './support.ts';

const canary = podinfo({ provider: 'kubernetes', strategy: { kind: 'iterations', count: 3, by: 'all' } });
const good: Answer = { is: 'value', value: 100 };
const bad: Answer = { is: 'value', value: 0 };

/** No mesh stands here: what is looked at must do without. */
const objects: Obj[] = cluster({ target: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 } }).filter(
  ({ apiVersion }) => !apiVersion.startsWith('networking.istio.io'),
);

function at(iterations: number, answer?: Answer): Parameters<typeof decideOn>[0] {
  const record = state('Progressing', { iterations, check: { no: iterations + 1, dueAt: t0 } });
  const question = `run1/${revision('podinfo:2')}/${iterations + 1}/metric/0/request-success-rate`;
  return { objects, canary, state: record, ...(answer ? { answers: { [question]: answer } } : {}) };
}

test('the first iteration comes at once when the pods are ready', () => {
  const decision = decideOn({ objects, canary, state: state('Progressing', { check: { no: 0, dueAt: t0 } }) });
  expect(lines(decision, canary)).toEqual(['Starting canary deployment for podinfo.test', 'Advance podinfo.test canary iteration 1/3']);
  expect(decision.state).toMatchObject({ iterations: 1, check: { no: 2, dueAt: t0 + 10 * second } });
  expect(decision.changes).toEqual([]);
});

describe('each iteration', () => {
  test('is checked one interval later', () => {
    expect(decideOn(at(1)).ask).toHaveLength(1);
    expect(decideOn({ ...at(1), now: t0 - 1 }).ask).toEqual([]);
  });

  test('that passes is followed by the next', () => {
    const decision = decideOn(at(2, good));
    expect(lines(decision, canary)).toEqual(['Advance podinfo.test canary iteration 3/3']);
    expect(decision.state).toMatchObject({ iterations: 3, check: { dueAt: t0 + 10 * second } });
  });

  test('that fails is made again, and the failure counts', () => {
    expect(decideOn(at(2, bad)).state).toMatchObject({ iterations: 2, failedChecks: 1, phase: 'Progressing' });
  });
});

describe('after the last iteration', () => {
  test('a passed check copies in the same pass', () => {
    const decision = decideOn(at(3, good));
    expect(decision.state.phase).toBe('Promoting');
    expect(touched(decision)).toEqual(['merge Deployment/podinfo-primary']);
  });

  test('a failed one does not', () => {
    expect(decideOn(at(3, bad)).changes).toEqual([]);
  });
});

test('the new primary is finalised without a word of routing', () => {
  const copied = cluster({ target: 'podinfo:2', primary: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 } });
  const decision = decideOn({ objects: copied, canary, state: state('Promoting', { iterations: 3 }), now: t0 + 20 * second });
  expect(decision.state.phase).toBe('Finalising');
  expect(decision.events).toEqual([]);
  expect(touched(decision)).toEqual(['merge Deployment/podinfo']);
});
