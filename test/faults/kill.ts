// The sudden death of a driver at a chosen request. Wraps all Sends of one driver; what was sent before may still be carried out.
import { once, readAll } from './log.ts';
import type { Clock, Send, Wire, WireReply } from '../../src/ports.ts';

/** The request is not sent; or carried out, and its reply never comes; or answered, and then nothing more is. */
export type KillPosition = 'before' | 'after-commit' | 'after-reply';
export const KILL_POSITIONS: readonly KillPosition[] = ['before', 'after-commit', 'after-reply'];

export interface Killer {
  /** All wrapped Sends count together, watches and questions included. */
  wrap(send: Send): Send;
  /** A clock whose sleeps end no more once the driver is dead, so that its loops stop too. */
  clock(clock: Clock): Clock;
  /** Requests so far. */
  requests(): number;
  isDead(): boolean;
  /** Dies now, wherever it is. */
  kill(): void;
  onDeath(listener: () => void): void;
}

/** Dies at the `k`-th request, counted from 1 (Infinity only counts), or at the first that `k` says yes to. */
export function killAt(k: number | ((wire: Wire) => boolean), position: KillPosition, onKill: () => void = () => undefined): Killer {
  const ended = new AbortController();
  let requests = 0;
  const die = (): void => {
    if (ended.signal.aborted) return;
    ended.abort(new Error('the driver was killed'));
    onKill();
  };
  const last = async (wire: Wire, answer: Promise<WireReply>): Promise<WireReply> => {
    const reply = await answer.catch(() => undefined);
    if (position === 'after-commit' || !reply || ended.signal.aborted) return gone(die);
    const whole = isWatch(wire) ? mortal(reply.body, ended.signal) : once(await readAll(reply.body));
    die();
    return { ...reply, body: whole };
  };
  const wrap = (send: Send): Send => {
    return async (wire, signal) => {
      if (ended.signal.aborted) return never();
      requests++;
      const isLast = typeof k === 'number' ? requests === k : k(wire);
      if (isLast && position === 'before') return gone(die);
      const answer = send(wire, isWatch(wire) ? AbortSignal.any([signal, ended.signal]) : signal);
      return isLast ? last(wire, answer) : outlived(answer, ended.signal);
    };
  };
  const onDeath = (listener: () => void): void => {
    if (ended.signal.aborted) listener();
    else ended.signal.addEventListener('abort', listener, { once: true });
  };
  return {
    wrap,
    clock: (clock) => mortalClock(clock, ended.signal),
    requests: () => requests,
    isDead: () => ended.signal.aborted,
    kill: die,
    onDeath,
  };
}

export function isWatch(wire: Wire): boolean {
  return wire.method === 'GET' && /[?&]watch=(1|true)(&|$)/.test(wire.url);
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

function gone<T>(die: () => void): Promise<T> {
  die();
  return never();
}

/** An answer, unless the driver died before it came. */
async function outlived(answer: Promise<WireReply>, ended: AbortSignal): Promise<WireReply> {
  try {
    const reply = await answer;
    return ended.aborted ? await never() : { ...reply, body: mortal(reply.body, ended) };
  } catch (error) {
    if (ended.aborted) return never();
    throw error;
  }
}

/** A body that goes silent, and does not end, when the driver dies. */
async function* mortal(body: AsyncIterable<Uint8Array>, ended: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      if (ended.aborted) await never();
      yield chunk;
    }
  } catch (error) {
    if (!ended.aborted) throw error;
  }
  if (ended.aborted) await never();
}

function mortalClock(clock: Clock, ended: AbortSignal): Clock {
  return {
    now: () => clock.now(),
    sleep: async (ms, signal) => {
      if (ended.aborted) return never();
      await clock.sleep(ms, AbortSignal.any([signal, ended]));
      return ended.aborted ? never() : undefined;
    },
  };
}
