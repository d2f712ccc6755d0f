// Kubernetes Events on the target, in the form Flagger writes them. They must never block or fail a run: what cannot be sent is counted.
import { cleanText } from '../common/clean.ts';
import type { Obj, Ref } from '../contracts.ts';
import type { Clock, Millis } from '../ports.ts';
import { reasonOf } from './objects.ts';
import type { Objects, Written } from './objects.ts';
import { ending } from './pause.ts';
import type { Random } from './pause.ts';

export type EventType = 'Normal' | 'Warning';

export interface Events {
  /** Returns at once; told in order, in the background. */
  tell(about: Obj, type: EventType, message: string): void;
  /** How far something has come: told only if nothing newer of the kind follows within a second. */
  tellProgress(about: Obj, type: EventType, message: string): void;
  /** Resolves when all are told or given up, or when the signal ends. Never rejects. */
  flush(signal: AbortSignal): Promise<void>;
}

export interface EventsOptions {
  readonly objects: Objects;
  readonly clock: Clock;
  /** The API server's time. */
  readonly now: () => Millis;
  /** Ends what is still being sent: nobody waits for an Event. */
  readonly signal?: AbortSignal;
  /** Two processes may tell of one subject in one millisecond: their names begin apart. */
  readonly random?: Random;
  /** Told once, when the first Event could not be sent. */
  readonly onTrouble?: (why: string) => void;
}

interface Telling {
  readonly about: Obj;
  readonly type: EventType;
  readonly message: string;
  readonly at: Millis;
  readonly isProgress: boolean;
}

interface Desk extends EventsOptions {
  readonly queue: Telling[];
  /** By subject and text: the Event that a repeat adds to. */
  readonly told: Map<string, Obj>;
  names: number;
  failures: number;
  pump: Promise<void> | undefined;
  /** Ends the pause in which progress may be overtaken. */
  hurry: AbortController | undefined;
  /** Since when progress is overtaken and not told. */
  silentSince: Millis | undefined;
  /** All that is left is wanted at once. */
  isClosing: boolean;
}

/** After this an Event is given up, so that a cluster in trouble does not collect them. */
const patience: Millis = 20_000;
const overtakenWithin: Millis = 1_000;
const silentWithin: Millis = 10_000;
const mostWaiting = 500;
const mostRemembered = 200;

export function createEvents(options: EventsOptions): Events {
  const desk: Desk = {
    ...options,
    queue: [],
    told: new Map(),
    names: Math.floor((options.random ?? Math.random)() * 1_000_000),
    failures: 0,
    pump: undefined,
    hurry: undefined,
    silentSince: undefined,
    isClosing: false,
  };
  const tell = (about: Obj, type: EventType, what: { message: string; isProgress: boolean }): void => {
    if (desk.queue.length >= mostWaiting) return failed(desk, 'too many are waiting');
    desk.queue.push({ about, type, message: cleanText(what.message, 1024), at: desk.now(), isProgress: what.isProgress });
    desk.hurry?.abort();
    desk.pump ??= pumpAll(desk).finally(() => (desk.pump = undefined));
  };
  return {
    tell: (about, type, message) => tell(about, type, { message, isProgress: false }),
    tellProgress: (about, type, message) => tell(about, type, { message, isProgress: true }),
    async flush(signal) {
      desk.isClosing = true;
      desk.hurry?.abort();
      const stop = ending(signal);
      const stopped = new Promise<void>((resolve) => {
        if (stop.signal.aborted) resolve();
        else stop.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await Promise.race([desk.pump ?? Promise.resolve(), stopped]);
      stop.end();
    },
  };
}

async function pumpAll(desk: Desk): Promise<void> {
  for (let next = desk.queue.shift(); next; next = desk.queue.shift()) {
    if (next.isProgress && (await isOvertaken(desk, next))) continue;
    const limit = new AbortController();
    const timer = new AbortController();
    const late = desk.clock.sleep(patience, timer.signal).then(() => timer.signal.aborted || limit.abort(new Error('no answer in time')));
    try {
      await send(desk, next, desk.signal ? AbortSignal.any([limit.signal, desk.signal]) : limit.signal);
    } catch (error) {
      failed(desk, reasonOf(error));
    }
    timer.abort();
    await late;
  }
}

async function isOvertaken(desk: Desk, { about }: Telling): Promise<boolean> {
  if (!desk.queue.length && !desk.isClosing) {
    desk.hurry = new AbortController();
    await desk.clock.sleep(overtakenWithin, desk.signal ? AbortSignal.any([desk.hurry.signal, desk.signal]) : desk.hurry.signal);
    desk.hurry = undefined;
  }
  const [after] = desk.queue;
  const now = desk.clock.now();
  const since = (desk.silentSince ??= now);
  const isNewer = after?.isProgress === true && after.about.metadata.uid === about.metadata.uid;
  // What changes all the time is told now and then all the same.
  if (isNewer && now - since < silentWithin) return true;
  desk.silentSince = undefined;
  return false;
}

function failed(desk: Desk, why: string): void {
  if (desk.failures++ === 0) desk.onTrouble?.(`Kubernetes Events are not being written: ${why}`);
}

async function send(desk: Desk, telling: Telling, signal: AbortSignal): Promise<void> {
  const key = `${telling.about.metadata.uid} ${telling.type} ${telling.message}`;
  const known = desk.told.get(key);
  const repeated = known && (await repeat(desk, { known, at: telling.at }, signal));
  // An Event that was swept away or touched by others is simply told anew.
  const written = repeated?.is === 'done' ? repeated : await tellAnew(desk, telling, signal);
  if (written.is === 'refused') throw written.error;
  if (written.is === 'conflict') throw new Error(written.why);
  if (written.object) remember(desk, key, written.object);
}

async function repeat(desk: Desk, what: { known: Obj; at: Millis }, signal: AbortSignal): Promise<Written> {
  const { metadata, apiVersion, kind } = what.known;
  const ref: Ref = { apiVersion, kind, name: metadata.name, ...(metadata.namespace ? { namespace: metadata.namespace } : {}) };
  const patch = { count: Number(what.known['count'] ?? 1) + 1, lastTimestamp: seconds(what.at) };
  return desk.objects.merge(ref, { patch, resourceVersion: metadata.resourceVersion ?? '' }, signal);
}

async function tellAnew(desk: Desk, telling: Telling, signal: AbortSignal): Promise<Written> {
  const { about, at } = telling;
  const { name, namespace = 'default', uid = '', resourceVersion = '' } = about.metadata;
  const time = seconds(at);
  // Named as kubectl and controllers name them: the subject and a number that grows with time.
  const event: Obj = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${(BigInt(Math.round(at)) * 1_000_000n + BigInt(desk.names++)).toString(16)}`, namespace },
    involvedObject: { apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid, resourceVersion },
    reason: 'Synced',
    message: telling.message,
    type: telling.type,
    source: { component: 'canary' },
    reportingComponent: 'canary',
    reportingInstance: '',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
  return desk.objects.create(event, signal);
}

function remember(desk: Desk, key: string, event: Obj): void {
  if (!event.metadata.resourceVersion) return;
  desk.told.delete(key);
  desk.told.set(key, event);
  const oldest = desk.told.keys().next().value;
  if (desk.told.size > mostRemembered && oldest !== undefined) desk.told.delete(oldest);
}

/** Kubernetes' times have whole seconds. */
function seconds(at: Millis): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
