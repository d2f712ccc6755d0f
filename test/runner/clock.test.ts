// The real clock and the scaled one.
import { expect, test } from '@jest/globals';
import type { Clock } from '../../src/ports.ts';
import { realClock, scaled } from '../../src/runner/clock.ts';

test('a sleep ends at once when its signal aborts, before or while it sleeps, and never rejects', async () => {
  const clock = realClock();
  const stop = new AbortController();
  const asleep = clock.sleep(3_600_000, stop.signal);
  stop.abort();
  await expect(asleep).resolves.toBeUndefined();
  await expect(clock.sleep(3_600_000, stop.signal)).resolves.toBeUndefined();
});

test('a sleep lasts, and the clock goes on meanwhile', async () => {
  const clock = realClock();
  const before = clock.now();
  await clock.sleep(20, new AbortController().signal);
  expect(clock.now() - before).toBeGreaterThanOrEqual(19);
});

test('a wait longer than a timer can take is no busy loop', async () => {
  const stop = new AbortController();
  let over = false;
  const asleep = realClock()
    .sleep(2 ** 31 + 1000, stop.signal)
    .then(() => (over = true));
  await realClock().sleep(20, new AbortController().signal);
  expect(over).toBe(false);
  stop.abort();
  await asleep;
});

test('a scaled clock runs so many times as fast, from the same moment', async () => {
  let now = 1000;
  const slept: number[] = [];
  const base: Clock = {
    now: () => now,
    sleep: (ms) => {
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
  const fast = scaled(base, 20);
  expect(fast.now()).toBe(1000);
  await fast.sleep(10_000, new AbortController().signal);
  expect(slept).toEqual([500]);
  expect(fast.now()).toBe(11_000);
});
