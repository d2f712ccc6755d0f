// The protocol in a smaller world, where each search ends at its first wrong; protocol.sweep.test.ts searches all of it.
import { describe, expect, test } from '@jest/globals';
import { FULL, type Bound } from './protocol.ts';
import { RULES } from './rules.ts';
import { search } from './search.ts';
import { VARIANTS } from './variants.ts';

const inhabited: Bound = { lowers: true, touches: false, drivers: 3 };
/** A search that ends only with the world: kept small here. */
const lonely: Bound = { lowers: true, touches: false, drivers: 2 };

describe('the fencing protocol, without the touch of an outsider', () => {
  test('has no bad end where nobody lowers stamps', () => {
    expect(search(FULL, { ...inhabited, lowers: false }, 1)).toMatchObject({ bad: 0, wrongs: {} });
  });

  test.each(VARIANTS.filter(({ expected }) => expected === 'bad'))('goes wrong: $name', ({ change, bound, wrong }) => {
    const found = search({ ...FULL, ...change }, { ...inhabited, ...bound }, 1);
    expect(found.bad).toBe(1);
    if (wrong) expect(found.wrongs).toEqual({ [wrong]: 1 });
  });

  // What can be left out without harm is searched with all the rest: a search that finds nothing wrong goes through the whole world.
  test('with two drivers has no bad end', () => {
    const found = search(FULL, { ...lonely, drivers: 2 }, 1);
    expect(found).toMatchObject({ bad: 0, wrongs: {} });
    expect(found.ends).toBeGreaterThan(0);
  });
});

describe('the table of rules', () => {
  test('numbers them from 1 to 12', () => {
    expect(RULES.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('each is taken away by a variant, and all but rule 8 are seen to be needed', () => {
    const named = (expected: string): Set<number> =>
      new Set(VARIANTS.filter((variant) => variant.expected === expected).flatMap(({ rules }) => rules));
    expect(RULES.filter(({ id }) => !named('bad').has(id)).map(({ id }) => id)).toEqual([8]);
    expect(named('spare').has(8)).toBe(true);
  });
});
