// A driver that falls asleep (SIGSTOP, a laptop's lid) while a request of its own is on its way, and wakes when told to.
import type { Clock, Send, Wire, WireReply } from '../../../src/ports.ts';

export interface Stall {
  wrap(send: Send): Send;
  clock(clock: Clock): Clock;
  /** The driver sleeps: nothing that it does goes on. */
  readonly asleep: Promise<void>;
  /** The request reaches the server, and the driver wakes; resolves when the server has answered. */
  wake(): Promise<void>;
}

interface Gate {
  closed: boolean;
  readonly open: Promise<void>;
}

/** Falls asleep at the first request that `isLast` says yes to, when that has left and nobody knows where it is. */
export function stallAt(isLast: (wire: Wire) => boolean): Stall {
  const asleep = signalled();
  const woken = signalled();
  const arrived = signalled();
  const gate: Gate = { closed: false, open: woken.promise };
  let late = false;
  const wrap = (send: Send): Send => {
    return async (wire, signal) => {
      if (late || !isLast(wire)) return slept(gate, async () => send(wire, signal));
      late = true;
      gate.closed = true;
      asleep.tell();
      await gate.open;
      // It had left: that its sender has given it up since does not call it back.
      const reply = await send(wire, new AbortController().signal).finally(arrived.tell);
      return reply;
    };
  };
  return {
    wrap,
    clock: (clock) => ({ now: () => clock.now(), sleep: (ms, signal) => slept(gate, () => clock.sleep(ms, signal)) }),
    asleep: asleep.promise,
    wake: () => {
      gate.closed = false;
      woken.tell();
      return arrived.promise;
    },
  };
}

async function slept<T>(gate: Gate, work: () => Promise<T>): Promise<T> {
  if (gate.closed) await gate.open;
  const done = await work();
  if (gate.closed) await gate.open;
  return isReply(done) ? { ...done, body: sleepy(gate, done.body) } : done;
}

function isReply(value: unknown): value is WireReply {
  return typeof value === 'object' && value !== null && 'body' in value;
}

async function* sleepy(gate: Gate, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    if (gate.closed) await gate.open;
    yield chunk;
  }
}

function signalled(): { readonly promise: Promise<void>; readonly tell: () => void } {
  let tell = (): void => undefined;
  const promise = new Promise<void>((resolve) => (tell = resolve));
  return { promise, tell };
}
