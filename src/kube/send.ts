// Wrappers of `Send` for the API server: a deadline, patience with reads, and the server's clock. They must never repeat a write.
import { CanaryError } from '../errors.ts';
import type { Clock, Headers, Millis, Send, Wire, WireReply } from '../ports.ts';
import { NoAnswerError, wireText } from './api-error.ts';
import { bodyOf, readBytes } from './body.ts';
import { ending, isUnsure, pauseBefore, retryAfter } from './pause.ts';
import type { Random } from './pause.ts';

export const requestDeadline: Millis = 10_000;
const tries = 5;

export function isWatch(wire: Wire): boolean {
  return wire.method === 'GET' && /[?&]watch=(1|true)(&|$)/.test(wire.url);
}

/** The whole answer, body and all, within `ms`; so a server that drips or falls silent is one that did not answer. Watches pass. */
export function withDeadline(send: Send, clock: Clock, ms: Millis = requestDeadline): Send {
  return async (wire, signal) => {
    if (isWatch(wire)) return send(wire, signal);
    signal.throwIfAborted();
    const request = ending(signal);
    const timer = ending(signal);
    let late = false;
    const deadline = clock.sleep(ms, timer.signal).then(() => {
      if (timer.signal.aborted) return;
      late = true;
      request.end(new NoAnswerError(`no answer to ${wireText(wire)} within ${ms / 1000} s`));
    });
    try {
      return await Promise.race([whole(send, wire, request.signal), failed(request.signal)]);
    } catch (error) {
      signal.throwIfAborted();
      throw late ? request.signal.reason : error;
    } finally {
      timer.end();
      request.end();
      await deadline;
    }
  };
}

async function whole(send: Send, wire: Wire, signal: AbortSignal): Promise<WireReply> {
  const reply = await send(wire, signal);
  const bytes = await readBytes(reply);
  return { status: reply.status, headers: reply.headers, body: bodyOf(bytes) };
}

/** Rejects when the signal does: not every body ends by itself when its request is aborted. */
function failed(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Reads are asked again after no answer and after answers that mean "not now". Writes and watches pass: they have rules of their own. */
export function withRetry(send: Send, clock: Clock, random: Random = Math.random): Send {
  return async (wire, signal) => {
    if (wire.method !== 'GET' || isWatch(wire)) return send(wire, signal);
    for (let attempt = 0; ; attempt++) {
      const last = attempt === tries - 1;
      let asked: Millis | undefined;
      try {
        const reply = await send(wire, signal);
        if (last || !isUnsure(reply.status)) return reply;
        asked = retryAfter(reply.headers);
        // A body that nobody reads would hold its connection.
        await readBytes(reply);
      } catch (error) {
        signal.throwIfAborted();
        if (last || error instanceof CanaryError) throw error;
      }
      await clock.sleep(asked ?? pauseBefore(attempt, { first: 200, longest: 5_000 }, random), signal);
      signal.throwIfAborted();
    }
  };
}

export interface ServerClock {
  /** Watches every answer that passes. */
  wrap(send: Send): Send;
  /** The API server's time; our own until the first answer. Never goes back. */
  now(): Millis;
}

interface Offset {
  from: Millis;
  to: Millis;
}

/** How many answers in a row must say so before we believe that a clock was set: one odd proxy is not the API server. */
const witnesses = 3;
/** What is within this is how finely the clock is known, not a clock that was set back. */
const grain: Millis = 2_000;

/** Date headers have whole seconds; each answer narrows down how far the server's clock is from ours. The upper bound is used: as it is narrowed
 *  time may stand still for a moment, but never jumps, so that no drain and no interval is cut short. */
export function serverClock(clock: Clock): ServerClock {
  let ahead: Offset | undefined;
  let odd: { offset: Offset; times: number } | undefined;
  let latest = -Infinity;
  function learn(headers: Headers, asked: Millis): void {
    const date = Date.parse(headers['date'] ?? '');
    if (!Number.isFinite(date)) return;
    const heard = { from: date - clock.now(), to: date + 1000 - asked };
    if (!ahead || agree(heard, ahead)) {
      ahead = ahead ? both(ahead, heard) : heard;
      odd = undefined;
    } else if (!odd || !agree(heard, odd.offset)) odd = { offset: heard, times: 1 };
    else if (++odd.times >= witnesses) {
      ahead = heard;
      odd = undefined;
    }
  }
  return {
    wrap: (send) => async (wire, signal) => {
      const asked = clock.now();
      const reply = await send(wire, signal);
      learn(reply.headers, asked);
      return reply;
    },
    now() {
      const time = clock.now() + (ahead?.to ?? 0);
      latest = time < latest - grain ? time : Math.max(latest, time);
      return latest;
    },
  };
}

function agree(a: Offset, b: Offset): boolean {
  return a.from <= b.to && a.to >= b.from;
}

function both(a: Offset, b: Offset): Offset {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}

/** All of it in the right order: what everything in this room expects to be given. */
export function reliable(send: Send, clock: Clock, random: Random = Math.random): Send {
  return withRetry(withDeadline(send, clock), clock, random);
}
