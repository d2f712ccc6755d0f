// All of the protocol: every variant in the whole world, until a thousand wrongs are found or nothing is left to visit.
import { describe, expect, test } from '@jest/globals';
import { FULL, type Bound } from './protocol.ts';
import { search } from './search.ts';
import { VARIANTS } from './variants.ts';

const everything: Bound = { lowers: true, touches: true, drivers: 3 };

describe('the fencing protocol, all of it', () => {
  test.each(VARIANTS)('$expected: $name', ({ name, change, bound, expected, wrong }) => {
    const found = search({ ...FULL, ...change }, { ...everything, ...bound }, 1000);
    const wrongs = Object.entries(found.wrongs).map(([why, times]) => `${times} ${why}`);
    process.stdout.write(
      `${found.states} states, ${found.ends} ends, ${found.bad} bad: ${name}${wrongs.length ? ` (${wrongs.join(', ')})` : ''}\n`,
    );
    expect(found.bad > 0).toBe(expected === 'bad');
    expect(found.ends).toBeGreaterThan(0);
    if (wrong) expect(Object.keys(found.wrongs)).toContain(wrong);
  });
});
