// Worlds and outcomes for tests of commands: no cluster, an API that answers what the test says.
import type { Canary } from '../../src/contracts.ts';
import type { Result } from '../../src/core/types.ts';
import type { Clock, Send, Wire, World } from '../../src/ports.ts';
import { exitOf } from '../../src/runner/exit.ts';
import type { Outcome } from '../../src/runner/types.ts';

/** A clock that goes on only by sleeping, after everything else had its turn: an answer that is there is never late. */
export function jumpingClock(start = Date.parse('2026-01-02T03:04:05Z')): Clock {
  let now = start;
  return {
    now: () => now,
    async sleep(ms, signal) {
      for (let turn = 0; turn < 20 && !signal.aborted; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (!signal.aborted) now += ms;
    },
  };
}

export interface FakeWorld extends World {
  readonly asked: Wire[];
  closed(): number;
}

export type Answer = (wire: Wire) => { status: number; body: unknown };

export function fakeWorld(answer: Answer = () => ({ status: 500, body: {} }), clock: Clock = jumpingClock()): FakeWorld {
  const asked: Wire[] = [];
  let closed = 0;
  const api: Send = async (wire) => {
    asked.push(wire);
    const { status, body } = answer(wire);
    await Promise.resolve();
    return { status, headers: { date: 'Fri, 02 Jan 2026 03:04:05 GMT' }, body: bytes(JSON.stringify(body)) };
  };
  return {
    api,
    http: () => Promise.reject(new Error('no http in this test')),
    clock,
    about: { context: 'prod-eu', user: 'ana', namespace: 'test' },
    async close() {
      await Promise.resolve();
      closed++;
    },
    asked,
    closed: () => closed,
  };
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

export function outcome(canary: Canary, result: Result, more: Partial<Outcome> = {}): Outcome {
  return { canary, result, revision: 'abc1234567', changed: true, exitCode: exitOf(result), why: '', ...more };
}
