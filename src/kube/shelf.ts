// What is known of one selection (a named object, or a kind's objects with labels), and the rule that it never goes back in time.
// It must never ask the cluster or read a clock.
import type { Obj, Strings } from '../contracts.ts';
import type { Millis } from '../ports.ts';
import type { Listed } from './list.ts';

export interface Selection {
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for kinds that live in no namespace. */
  readonly namespace: string;
  readonly name?: string;
  readonly labels?: Strings;
}

export interface Shelf {
  readonly of: Selection;
  /** Of a kind that is looked at as a whole: the names that somebody asked for. Of the others nothing is kept. */
  readonly wanted?: Set<string>;
  /** Somebody asked for all of them. */
  all: boolean;
  state: 'unseen' | 'seen' | 'no-such-kind' | { forbidden: string };
  readonly objects: Map<string, Obj>;
  /** By name: the version at which it was gone. */
  readonly gone: Map<string, string>;
  /** The moment of the cluster's history that the shelf has reached: where its watch goes on. */
  version: string;
  /** By name: the version that the last look showed, undefined where it was absent; what is fresh is compared with it, not with what came in since. */
  readonly shown: Map<string, string | undefined>;
  /** When it was last read, and how long that is believed. */
  readAt: Millis;
  trust: Millis;
  /** To be read again before it is used, whatever its age. */
  due: boolean;
  /** A watch is open on it. */
  live: boolean;
  /** A read brought what the open watch had not told. */
  missed: boolean;
  watchable: boolean;
  /** Only GET is allowed. */
  byName: boolean;
}

/** The sign of a - b; undefined unless both are numbers, as Kubernetes' own are. */
export function compareVersions(a: string | undefined, b: string | undefined): number | undefined {
  if (!a || !b || !/^\d{1,30}$/.test(a) || !/^\d{1,30}$/.test(b)) return undefined;
  const difference = BigInt(a) - BigInt(b);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

function isOlder(a: string | undefined, b: string | undefined): boolean {
  return (compareVersions(a, b) ?? 0) < 0;
}

/** True when the list brought news. A list older than what is known is a stale read: nothing of it is taken. */
export function takeList(shelf: Shelf, listed: Listed, now: Millis): boolean {
  if (shelf.state === 'seen' && isOlder(listed.resourceVersion, shelf.version)) return false;
  let news = shelf.state !== 'seen';
  const found = new Set<string>();
  for (const object of listed.items) {
    if (!keeps(shelf, object)) continue;
    found.add(object.metadata.name);
    if (takeAnswer(shelf, object)) news = true;
  }
  for (const [name, object] of shelf.objects) {
    if (found.has(name) || isOlder(listed.resourceVersion, object.metadata.resourceVersion)) continue;
    shelf.objects.delete(name);
    markGone(shelf, name, listed.resourceVersion);
    news = true;
  }
  shelf.state = 'seen';
  shelf.version = listed.resourceVersion;
  shelf.readAt = now;
  shelf.due = false;
  return news;
}

/** Is this object of interest to anybody who asks this shelf? */
export function keeps(shelf: Shelf, object: Obj): boolean {
  return selects(shelf.of, object) && keepsName(shelf, object);
}

/** An object that was asked for (GET, LIST, the answer to a write of ours). True when it is news. */
export function takeAnswer(shelf: Shelf, object: Obj): boolean {
  const { name, resourceVersion } = object.metadata;
  const known = shelf.objects.get(name);
  if (isOlder(resourceVersion, known?.metadata.resourceVersion ?? shelf.gone.get(name))) return false;
  if (known && known.metadata.resourceVersion === resourceVersion) return false;
  shelf.objects.set(name, frozen(object));
  return true;
}

/** By name alone: an object that lost its labels is still told of. */
function keepsName({ wanted, all }: Shelf, object: Obj): boolean {
  return all || (wanted?.has(object.metadata.name) ?? true);
}

/** What a watch told. Versions that cannot be compared may be old news, so they only make the shelf due. True when something changed. */
export function takeEvent(shelf: Shelf, event: { type: string; object: Obj }): boolean {
  const { name, resourceVersion } = event.object.metadata;
  if (!resourceVersion) return false;
  const known = shelf.objects.get(name)?.metadata.resourceVersion ?? shelf.gone.get(name);
  if (compareVersions(resourceVersion, resourceVersion) === undefined) {
    shelf.version = resourceVersion;
    const isNews = event.type !== 'BOOKMARK' && keepsName(shelf, event.object);
    if (isNews) shelf.due = true;
    return isNews;
  }
  if (!isOlder(resourceVersion, shelf.version)) shelf.version = resourceVersion;
  if (event.type === 'BOOKMARK' || !keepsName(shelf, event.object) || isOlder(resourceVersion, known)) return false;
  if (event.type !== 'DELETED') return takeAnswer(shelf, event.object);
  markGone(shelf, name, resourceVersion);
  return shelf.objects.delete(name);
}

/** An object that no longer carries the labels of this shelf. */
export function takeLost(shelf: Shelf, object: Obj): void {
  const { name, resourceVersion } = object.metadata;
  const known = shelf.objects.get(name);
  if (known && !isOlder(resourceVersion, known.metadata.resourceVersion)) shelf.objects.delete(name);
}

/** Pods come and go by the thousand; only the latest can still be in some late event. */
function markGone(shelf: Shelf, name: string, version: string): void {
  shelf.gone.delete(name);
  shelf.gone.set(name, version);
  const oldest = shelf.gone.keys().next().value;
  if (shelf.gone.size > 500 && oldest !== undefined) shelf.gone.delete(oldest);
}

export function selects(of: Selection, object: Obj): boolean {
  if (of.name !== undefined) return of.name === object.metadata.name;
  const labels = object.metadata.labels ?? {};
  return Object.entries(of.labels ?? {}).every(([name, value]) => labels[name] === value);
}

/** What is handed out is shared, so nobody may change it. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
