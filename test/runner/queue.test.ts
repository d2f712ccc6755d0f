// One queue for all canaries of a process: never two passes of one canary at once, a few over all, woken by time or by a poke.
import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../src/ports.ts';
import { runQueue } from '../../src/runner/queue.ts';

/** Sleeps end when the test says so, or when they are aborted. */
function sleeper(): { clock: Clock; slept: number[]; wake(): void } {
  const slept: number[] = [];
  const wakes: (() => void)[] = [];
  return {
    slept,
    wake: () => wakes.splice(0).forEach((wake) => wake()),
    clock: {
      now: () => 0,
      sleep: (ms, signal) => {
        slept.push(ms);
        return new Promise((resolve) => {
          wakes.push(resolve);
          signal.addEventListener('abort', () => resolve());
        });
      },
    },
  };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** Work that goes on when the test says so. */
function gate(): { work(key: string): Promise<number | undefined>; at: string[]; open(pause?: number): void } {
  const at: string[] = [];
  const waiting: ((pause: number | undefined) => void)[] = [];
  return {
    at,
    work: (key) => {
      at.push(key);
      return new Promise((resolve) => waiting.push(resolve));
    },
    open: (pause) => waiting.shift()?.(pause),
  };
}

test('a key that is through is not worked on again, and all through is the end', async () => {
  const worked: string[] = [];
  const { done } = runQueue({
    keys: ['a', 'b'],
    work: (key) => Promise.resolve(void worked.push(key)),
    clock: sleeper().clock,
    width: 8,
  });
  await done;
  expect(worked).toEqual(['a', 'b']);
});

test('a pass is followed by the next after the pause that it asked for', async () => {
  const { clock, slept, wake } = sleeper();
  const pauses = [5000, 0, undefined];
  const { done } = runQueue({ keys: ['a'], work: () => Promise.resolve(pauses.shift()), clock, width: 1 });
  await settled();
  expect(slept).toEqual([5000]);
  expect(pauses).toEqual([0, undefined]);
  wake();
  await done;
  expect(slept).toEqual([5000]);
  expect(pauses).toEqual([]);
});

describe('a poke', () => {
  test('ends the sleep of its key, and of no other', async () => {
    const { clock } = sleeper();
    const passes: string[] = [];
    const queue = runQueue({ keys: ['a', 'b'], work: (key) => Promise.resolve(passes.push(key) && 5000), clock, width: 8 });
    await settled();
    queue.poke('a');
    await settled();
    expect(passes).toEqual(['a', 'b', 'a']);
  });

  test('during a pass is not lost: there is another pass at once', async () => {
    const { clock, slept } = sleeper();
    const { work, at, open } = gate();
    const queue = runQueue({ keys: ['a'], work, clock, width: 1 });
    queue.poke('a');
    open(5000);
    await settled();
    expect(at).toEqual(['a', 'a']);
    expect(slept).toEqual([]);
  });

  test('counts once', async () => {
    const { clock, slept } = sleeper();
    const { work, at, open } = gate();
    const queue = runQueue({ keys: ['a'], work, clock, width: 1 });
    queue.poke('a');
    queue.poke('a');
    open(5000);
    await settled();
    open(5000);
    await settled();
    expect(at).toEqual(['a', 'a']);
    expect(slept).toEqual([5000]);
  });

  test('of a key that nobody knows does nothing', async () => {
    const queue = runQueue({ keys: [], work: () => Promise.resolve(undefined), clock: sleeper().clock, width: 1 });
    queue.poke('x');
    await expect(queue.done).resolves.toBeUndefined();
  });
});

describe('at once', () => {
  test('are no more passes than allowed; the others wait in order', async () => {
    const { work, at, open } = gate();
    const { done } = runQueue({ keys: ['a', 'b', 'c', 'd'], work, clock: sleeper().clock, width: 2 });
    await settled();
    expect(at).toEqual(['a', 'b']);
    open();
    await settled();
    expect(at).toEqual(['a', 'b', 'c']);
    for (let rest = 0; rest < 3; rest++) {
      open();
      await settled();
    }
    await done;
    expect(at).toEqual(['a', 'b', 'c', 'd']);
  });

  test('is never a second pass of one key, however often it is poked', async () => {
    const { work, at } = gate();
    const queue = runQueue({ keys: ['a'], work, clock: sleeper().clock, width: 8 });
    for (let poke = 0; poke < 3; poke++) {
      queue.poke('a');
      await settled();
    }
    expect(at).toEqual(['a']);
  });

  test('a pass that throws gives its place free, and the queue says so', async () => {
    const worked: string[] = [];
    const work = (key: string): Promise<undefined> => {
      worked.push(key);
      return key === 'a' ? Promise.reject(new Error('bug')) : Promise.resolve(undefined);
    };
    const { done } = runQueue({ keys: ['a', 'b'], work, clock: sleeper().clock, width: 1 });
    await expect(done).rejects.toThrow('bug');
    await settled();
    expect(worked).toEqual(['a', 'b']);
  });
});
