// Exit codes: one for each end of a canary, and one for several.
import { describe, expect, test } from '@jest/globals';
import type { Cause, Result } from '../../src/core/types.ts';
import { exitCodes, exitOf, exitOfAll } from '../../src/runner/exit.ts';

const cause: Cause = { by: 'timeout', why: '' };

describe('the code of one result', () => {
  test.each<[number, Result]>([
    [0, { is: 'promoted' }],
    [0, { is: 'unchanged' }],
    [0, { is: 'initialized' }],
    [8, { is: 'suspended' }],
    [10, { is: 'failed-before' }],
    [11, { is: 'not-initialized', cause: { by: 'deadline', side: 'primary', why: '' } }],
    [13, { is: 'not-initialized', cause }],
    [15, { is: 'superseded', revision: 'x' }],
    [7, { is: 'stopped', exit: 7, why: '' }],
    [129, { is: 'parked', by: 'SIGHUP', traffic: 'primary' }],
    [130, { is: 'parked', by: 'SIGINT', traffic: 'primary' }],
    [143, { is: 'parked', by: 'SIGTERM', traffic: 'as-is' }],
    [130, { is: 'parked', by: 'heal by ana@laptop', traffic: 'primary' }],
    [130, { is: 'parked', by: 'SIGINT', traffic: 'canary' }],
    [130, { is: 'parked', by: 'SIGINT', traffic: 'both' }],
    [20, { is: 'parked', by: 'SIGINT', traffic: 'nowhere' }],
  ])('%d: %j', (code, result) => {
    expect(exitOf(result)).toBe(code);
  });
});

describe('rolled back', () => {
  test.each<[number, Cause]>([
    [10, { by: 'checks', failed: 10, metric: 'm', why: '' }],
    [11, { by: 'deadline', side: 'canary', why: '' }],
    [11, { by: 'deadline', side: 'primary', why: '' }],
    [12, { by: 'person', why: '' }],
    [13, { by: 'timeout', why: '' }],
    [14, { by: 'trouble', why: '' }],
    [0, { by: 'returned', why: '' }],
    [129, { by: 'signal', why: 'SIGHUP' }],
    [130, { by: 'signal', why: 'SIGINT' }],
    [143, { by: 'signal', why: 'SIGTERM' }],
  ])('%d: %j', (code, why) => {
    expect(exitOf({ is: 'rolled-back', cause: why, confirmed: true })).toBe(code);
  });

  test.each<Cause>([
    { by: 'checks', failed: 10, metric: 'm', why: '' },
    { by: 'signal', why: 'SIGINT' },
    { by: 'trouble', why: '' },
  ])('but not confirmed is 20, whatever the cause: %j', (why) => {
    expect(exitOf({ is: 'rolled-back', cause: why, confirmed: false })).toBe(20);
  });
});

describe('the code of several canaries', () => {
  test.each<[string, number[], number]>([
    ['20 if any', [0, 10, 20, 143], 20],
    ['else the highest of 10 to 15', [10, 11, 0], 11],
    ['else the highest of 10 to 15', [15, 12, 8], 15],
    ['also beside signals', [10, 130], 10],
    ['else the highest of the rest', [0, 7, 3], 7],
    ['signals beat 0', [0, 130, 0], 130],
    ['0 where all are well', [0, 0], 0],
    ['0 where there are none', [], 0],
  ])('%s: %j', (_, codes, code) => {
    expect(exitOfAll(codes)).toBe(code);
  });
});

test('every code is listed once, in order', () => {
  const codes = exitCodes.map(({ code }) => code);
  expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 20, 129, 130, 143]);
});
