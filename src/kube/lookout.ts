// A cache of everything looked at, kept fresh by LIST and WATCH, so that a look costs no request. It must never write to the cluster,
// and never be believed alone: writes carry the resourceVersion they were decided on, and `fresh` reads what a change relies on.
import type { Found, Need, Obj, Ref } from '../contracts.ts';
import type { Clock, Millis, Send } from '../ports.ts';
import { canonical } from '../common/json.ts';
import { ApiError, ruleText } from './api-error.ts';
import { foundIn, refusedLook } from './found.ts';
import { kindOf } from './kinds.ts';
import type { Objects } from './objects.ts';
import { heardByMany } from './pause.ts';
import type { Random } from './pause.ts';
import { selects, takeAnswer, takeList, takeLost } from './shelf.ts';
import type { Selection, Shelf } from './shelf.ts';
import { firstTrust, judgeTrust, tend } from './tend.ts';
import { orAborted, selectorsOf } from './watch.ts';

export interface Lookout {
  /** A frozen look at what `needs` names. Reads only what is unknown or too old. */
  see(needs: readonly Need[], signal: AbortSignal): Promise<Found>;
  /** Reads each anew; true if any is not what the last `see` showed, or what our own write (`put`) made of it. */
  fresh(refs: readonly Ref[], signal: AbortSignal): Promise<boolean>;
  /** The answer to a write of our own. */
  put(object: Obj): void;
  /** Our own delete was accepted: read again before it is believed to be there or not. */
  drop(ref: Ref): void;
}

export interface LookoutOptions {
  readonly objects: Objects;
  /** For the watches; with a deadline for other requests. */
  readonly send: Send;
  readonly clock: Clock;
  readonly namespace: string;
  /** Something changed that no call to `see` has shown yet. */
  readonly onChange: () => void;
  /** Ends all watches. */
  readonly signal: AbortSignal;
  /** False: no watches; what is older than a second is read again by `see`. */
  readonly watch?: boolean;
  readonly random?: Random;
}

interface Post extends LookoutOptions {
  readonly shelves: Map<string, Shelf>;
  readonly reading: Map<Shelf, Promise<boolean>>;
  readonly tended: Set<Shelf>;
}

const pollAge: Millis = 1_000;
const refusalAge: Millis = 60_000;

export function createLookout(options: LookoutOptions): Lookout {
  heardByMany(options.signal);
  const post: Post = { ...options, shelves: new Map(), reading: new Map(), tended: new Set() };
  return {
    async see(needs, signal) {
      const shelves = needs.map((need) => shelfOf(post, need));
      await orAborted(Promise.all(shelves.filter((shelf) => isDue(post, shelf)).map((shelf) => reread(post, shelf))), signal);
      for (const shelf of shelves) shelf.shown = versionOn(shelf);
      return foundIn(shelves, (need) => canonical(selectionOf(post, need)));
    },
    fresh: async (refs, signal) => (await Promise.all(refs.map((ref) => readAgain(post, ref, signal)))).includes(true),
    put(object) {
      for (const shelf of shelvesOf(post, object)) {
        if (selects(shelf.of, object)) {
          takeAnswer(shelf, object);
          // The write was conditional on what was shown: nothing lies between.
          shelf.shown = object.metadata.resourceVersion;
        } else takeLost(shelf, object);
      }
    },
    drop(ref) {
      const { namespace, ...rest } = ref;
      const object: Obj = { ...rest, metadata: { name: ref.name, ...(namespace === undefined ? {} : { namespace }) } };
      for (const shelf of shelvesOf(post, object)) if (shelf.objects.delete(ref.name)) shelf.due = true;
    },
  };
}

function selectionOf(post: Post, need: Need): Selection {
  const type = 'list' in need ? need.list : need;
  const namespace = kindOf(type).namespaced ? (type.namespace ?? post.namespace) : '';
  const which = 'list' in need ? { labels: need.labels } : { name: need.name };
  return { apiVersion: type.apiVersion, kind: type.kind, namespace, ...which };
}

function shelfOf(post: Post, need: Need): Shelf {
  const of = selectionOf(post, need);
  const key = canonical(of);
  const known = post.shelves.get(key);
  if (known) return known;
  const byName = !kindOf(of).listed;
  const fresh = { version: '', readAt: -Infinity, trust: firstTrust, due: false, live: false, missed: false, watchable: !byName, byName };
  const shelf: Shelf = { of, state: 'unseen', objects: new Map(), gone: new Map(), ...fresh };
  post.shelves.set(key, shelf);
  return shelf;
}

/** The shelves of an object's kind and namespace that hold it or could. */
function shelvesOf(post: Post, object: Obj): Shelf[] {
  const namespace = kindOf(object).namespaced ? (object.metadata.namespace ?? post.namespace) : '';
  const { name } = object.metadata;
  return [...post.shelves.values()].filter(({ of }) => {
    const same = of.kind === object.kind && of.apiVersion === object.apiVersion && of.namespace === namespace;
    return same && (of.name === undefined || of.name === name);
  });
}

function isDue(post: Post, shelf: Shelf): boolean {
  const age = post.clock.now() - shelf.readAt;
  if (shelf.state === 'unseen' || shelf.due) return true;
  if (shelf.state !== 'seen') return age >= refusalAge;
  // Secrets are not watched, and seldom change.
  return age >= (shelf.live || !kindOf(shelf.of).listed ? shelf.trust : pollAge);
}

/** One read at a time for each shelf, shared by all who wait for it. */
function reread(post: Post, shelf: Shelf): Promise<boolean> {
  const running = post.reading.get(shelf);
  if (running) return running;
  const reading = read(post, shelf).finally(() => post.reading.delete(shelf));
  post.reading.set(shelf, reading);
  return reading;
}

async function read(post: Post, shelf: Shelf): Promise<boolean> {
  const again = shelf.state === 'seen';
  const { readAt } = shelf;
  const isPolled = again && !shelf.due && (post.watch === false || !shelf.watchable) && shelf.of.name !== undefined;
  const news = shelf.byName || isPolled ? await readByName(post, shelf) : await readList(post, shelf);
  // A stale read (nothing taken) earns no trust.
  if (again && shelf.readAt !== readAt) judgeTrust(shelf, news);
  // What a live watch should have told.
  if (again && news && shelf.live) shelf.missed = true;
  if (shelf.state === 'seen' && post.watch !== false && shelf.watchable && !post.tended.has(shelf)) startTending(post, shelf);
  return news;
}

function startTending(post: Post, shelf: Shelf): void {
  post.tended.add(shelf);
  const { send, clock, onChange, random = Math.random } = post;
  // It catches its own errors: whatever happens to a watch, the shelf is read when asked for.
  void tend(shelf, { send, clock, random, onChange, reread: () => reread(post, shelf) }, post.signal);
}

async function readList(post: Post, shelf: Shelf): Promise<boolean> {
  const { apiVersion, kind, namespace } = shelf.of;
  try {
    const type = { apiVersion, kind, ...(namespace ? { namespace } : {}) };
    return takeList(shelf, await post.objects.list(type, selectorsOf(shelf.of), post.signal), post.clock.now());
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.missingKind) return refuse(post, shelf, 'no-such-kind');
    if (error.code !== 403) throw error;
    if (shelf.of.name === undefined) return refuse(post, shelf, { forbidden: ruleText(error.about) });
    // Named objects may be allowed to be read one by one.
    shelf.byName = true;
    shelf.watchable = false;
    return readByName(post, shelf);
  }
}

async function readByName(post: Post, shelf: Shelf): Promise<boolean> {
  const { apiVersion, kind, namespace, name = '' } = shelf.of;
  const look = await post.objects.get({ apiVersion, kind, name, ...(namespace ? { namespace } : {}) }, post.signal);
  if (look.is === 'no-such-kind') return refuse(post, shelf, 'no-such-kind');
  if (look.is === 'forbidden') return refuse(post, shelf, { forbidden: look.rule });
  // A GET that finds nothing has no version: only a list can tell whether that is news or a stale read.
  if (look.is === 'absent' && shelf.objects.has(name) && !shelf.byName) return readList(post, shelf);
  const news = look.is === 'present' ? takeAnswer(shelf, look.object) : shelf.objects.delete(name);
  const known = shelf.state === 'seen';
  Object.assign(shelf, { state: 'seen', readAt: post.clock.now(), due: false });
  return news || !known;
}

function refuse(post: Post, shelf: Shelf, state: Shelf['state']): boolean {
  const news = canonical(shelf.state) !== canonical(state);
  shelf.objects.clear();
  Object.assign(shelf, { state, readAt: post.clock.now(), due: false });
  return news;
}

async function readAgain(post: Post, ref: Ref, signal: AbortSignal): Promise<boolean> {
  const shelf = shelfOf(post, ref);
  const look = await post.objects.get(ref, signal);
  if (look.is === 'present') {
    for (const each of shelvesOf(post, look.object)) if (selects(each.of, look.object)) takeAnswer(each, look.object);
    return look.object.metadata.resourceVersion !== shelf.shown;
  }
  if (look.is === 'forbidden') throw refusedLook(shelf, look.rule);
  if (look.is === 'absent' ? shelf.state === 'seen' && shelf.shown === undefined : shelf.state === 'no-such-kind') return false;
  shelf.due = true;
  return true;
}

function versionOn(shelf: Shelf): string | undefined {
  return shelf.of.name === undefined ? undefined : shelf.objects.get(shelf.of.name)?.metadata.resourceVersion;
}
