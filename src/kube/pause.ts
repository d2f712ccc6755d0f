// How long to wait before asking again, and signals that end with another. It must never wait by itself: the Clock does.
import { setMaxListeners } from 'node:events';
import type { Headers, Millis } from '../ports.ts';

/** A number from 0 up to, not including, 1. */
export type Random = () => number;

const longestRetryAfter = 60_000;

/** Doubles from `first` up to `longest`, each with up to half of itself added, so that many clients do not come back together. */
export function pauseBefore(attempt: number, limits: { first: Millis; longest: Millis }, random: Random): Millis {
  const base = Math.min(limits.longest, limits.first * 2 ** Math.min(attempt, 30));
  return Math.round(base * (1 + random() / 2));
}

/** What the server asked for, at most a minute; undefined when it asked for nothing. `now` is only used for a date of the server. */
export function retryAfter(headers: Headers): Millis | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Math.min(longestRetryAfter, Number(text) * 1000);
  const until = Date.parse(text);
  // Both times are the server's, so its clock may differ from ours without harm.
  const said = Date.parse(headers['date'] ?? '');
  return Number.isFinite(until - said) ? Math.min(longestRetryAfter, Math.max(0, until - said)) : undefined;
}

/** The request may or may not have been carried out, or was put off: asking again is right. */
export function isUnsure(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

export interface Ending {
  readonly signal: AbortSignal;
  end(reason?: unknown): void;
}

/** The signal of a run is heard by every request, watch and pause of it: not a leak, and no warning of Node's on the user's screen. */
export function heardByMany(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}

/** A signal that ends with its parent or by itself. `end` must be called once it is no longer needed, or the parent collects listeners. */
export function ending(parent: AbortSignal): Ending {
  const own = new AbortController();
  function follow(): void {
    own.abort(parent.reason);
  }
  if (parent.aborted) follow();
  else heardByMany(parent).addEventListener('abort', follow, { once: true });
  return {
    signal: own.signal,
    end(reason?: unknown) {
      parent.removeEventListener('abort', follow);
      own.abort(reason);
    },
  };
}
