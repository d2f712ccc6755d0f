// One watch stream, read as events. It must never keep anything, nor decide what happens when it ends.
import type { Obj } from '../contracts.ts';
import { isObject } from '../common/json.ts';
import type { Millis, Send } from '../ports.ts';
import { NoAnswerError } from './api-error.ts';
import { readLines } from './body.ts';
import { collectionOf } from './kinds.ts';
import { query, selection } from './list.ts';
import { heardByMany, isUnsure, retryAfter } from './pause.ts';
import type { Selection } from './shelf.ts';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: Obj;
}

/** Why a stream gave no (more) events. 'ended': the server was done with it; going on from the last version misses nothing. */
export type WatchEnd =
  { is: 'ended' } | { is: 'too-old' } | { is: 'not-allowed' } | { is: 'failed'; why: string; again?: Millis | undefined };

export interface WatchAsk {
  readonly send: Send;
  readonly of: Selection;
  readonly version: string;
  /** After which the server ends the stream. */
  readonly seconds: number;
}

/** Listed and watched by the same words. */
export function selectorsOf(of: Selection): { fields?: { 'metadata.name': string }; labels?: Record<string, string> } {
  return { ...(of.name === undefined ? {} : { fields: { 'metadata.name': of.name } }), ...(of.labels ? { labels: of.labels } : {}) };
}

export async function watch(
  ask: WatchAsk,
  told: { opened(): void; event(event: WatchEvent): void },
  signal: AbortSignal,
): Promise<WatchEnd> {
  const url = `${collectionOf(ask.of, ask.of.namespace)}?${query({
    watch: '1',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(ask.seconds),
    ...(ask.version ? { resourceVersion: ask.version } : {}),
    ...selection(selectorsOf(ask.of)),
  })}`;
  const reply = await orAborted(ask.send({ method: 'GET', url, headers: { accept: 'application/json' } }, signal), signal);
  if (reply.status === 410) return { is: 'too-old' };
  if (isUnsure(reply.status)) return { is: 'failed', why: `HTTP ${reply.status}`, again: retryAfter(reply.headers) };
  if (reply.status !== 200) return { is: 'not-allowed' };
  told.opened();
  const lines = readLines(reply.body);
  for (;;) {
    // Raced, because not every body ends when its request is aborted.
    const next = await orAborted(lines.next(), signal);
    if (next.done) return { is: 'ended' };
    const event = eventOf(next.value);
    if ('is' in event) return event;
    told.event(event);
  }
}

function eventOf(line: string): WatchEvent | WatchEnd {
  const event = parsed(line);
  if (!isObject(event) || !isObject(event['object'])) return { is: 'failed', why: 'a line of the watch is not an event' };
  const { type, object } = event as unknown as { type: string; object: Obj };
  if (type === 'ERROR') return Number(object['code']) === 410 ? { is: 'too-old' } : { is: 'failed', why: 'the watch reported an error' };
  const known = type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK';
  return known && isObject(object.metadata) ? { type, object } : { is: 'failed', why: 'the watch told something unknown' };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    function stop(): void {
      reject(signal.reason instanceof Error ? signal.reason : new NoAnswerError('stopped'));
    }
    if (signal.aborted) stop();
    heardByMany(signal).addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
