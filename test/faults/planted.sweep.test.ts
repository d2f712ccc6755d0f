// Bugs that others had, planted in our own runner one at a time: the checker must report each by name, and must find nothing in the same
// provocation without the bug. planted-strategies.sweep.test.ts has those of strategies, messages, tracked config and `canary delete`.
import { describe, expect, test } from '@jest/globals';
import { INVARIANTS } from './checker.ts';
import { BUGS, PROVOCATIONS } from './planted/all.ts';
import { SPLIT_BUGS } from './planted/bugs.ts';
import { patched, plant } from './planted/engine.ts';
import { bugsAreCaught, inTime } from './planted/judge.ts';
import { SPLIT_PROVOCATIONS } from './planted/provocations.ts';

bugsAreCaught(SPLIT_BUGS, SPLIT_PROVOCATIONS);

describe('the planted bugs', () => {
  test('are caught by every invariant at least once', () => {
    expect([...new Set(BUGS.flatMap(({ caught }) => caught))].sort()).toEqual(Object.keys(INVARIANTS).sort());
  });

  test('use every provocation', () => {
    expect([...new Set(BUGS.map(({ provoked }) => provoked))].sort()).toEqual(Object.keys(PROVOCATIONS).sort());
  });

  const patch = { file: 'src/a.ts', find: 'b', replace: 'c' };

  test('are refused when what they replace is not there, or there twice', () => {
    expect(() => patched('a', patch)).toThrow('src/a.ts has 0 places instead of one that read: b');
    expect(() => patched('b, b', patch)).toThrow('src/a.ts has 2 places instead of one that read: b');
    expect(patched('a, b', patch)).toBe('a, c');
  });

  test('are refused when the runner never reads the file', async () => {
    await expect(plant('nowhere', [{ ...patch, file: 'src/cli/main.ts', find: 'function main(' }])).rejects.toThrow(
      'does not import src/cli/main.ts',
    );
  });

  test('are named when they never end', async () => {
    await expect(inTime('a bug', new Promise(() => undefined), 5)).rejects.toThrow('a bug: no end after 0.005 s');
  });
});
