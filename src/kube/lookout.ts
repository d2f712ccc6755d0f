// A cache of everything looked at, kept fresh by LIST and WATCH, so that a look costs no request. It must never write to the cluster,
// and never be believed alone: writes carry the resourceVersion they were decided on, and `fresh` reads what a change relies on.
import type { Found, Need, Obj, Ref } from '../contracts.ts';
import type { Millis } from '../ports.ts';
import { canonical } from '../common/json.ts';
import { foundIn, refusedLook } from './found.ts';
import type { Asked } from './found.ts';
import { kindOf } from './kinds.ts';
import { heardByMany } from './pause.ts';
import { refOf } from './objects.ts';
import { begin, reread } from './reading.ts';
import type { Reading } from './reading.ts';
import { keeps, takeAnswer, takeLost } from './shelf.ts';
import type { Selection, Shelf } from './shelf.ts';
import { firstTrust } from './tend.ts';
import { orAborted } from './watch.ts';

export interface Lookout {
  /** A frozen look at what `needs` names. Reads only what is unknown or too old. */
  see(needs: readonly Need[], signal: AbortSignal): Promise<Found>;
  /** Reads each anew; true if any is not what the last `see` showed, or what our own write (`put`) made of it. */
  fresh(refs: readonly Ref[], signal: AbortSignal): Promise<boolean>;
  /** The answer to a write of our own. */
  put(object: Obj): void;
  /** The same for what nobody has looked at yet, but somebody will: then it need not be listed. */
  know(object: Obj): void;
  /** Whatever is known may be old: all of it is read again before it is shown. */
  doubt(): void;
  /** Our own delete was accepted: read again before it is believed to be there or not. */
  drop(ref: Ref): void;
}

export interface LookoutOptions extends Omit<Reading, 'shelves' | 'split' | 'reading' | 'tended'> {
  /** For references that name none. */
  readonly namespace: string;
}

type Post = Reading & Pick<LookoutOptions, 'namespace'>;

const pollAge: Millis = 1_000;
const refusalAge: Millis = 60_000;

export function createLookout(options: LookoutOptions): Lookout {
  heardByMany(options.signal);
  const post: Post = { ...options, shelves: new Map(), split: new Set(), reading: new Map(), tended: new Map() };
  return {
    async see(needs, signal) {
      const asked = await read(post, needs, signal);
      for (const { selection, shelf } of asked)
        if (selection.name !== undefined) shelf.shown.set(selection.name, versionOn(shelf, selection.name));
      return foundIn(asked, (need) => canonical(selectionOf(post, need)));
    },
    fresh: async (refs, signal) => (await Promise.all(refs.map((ref) => readAgain(post, ref, signal)))).includes(true),
    put(object) {
      for (const shelf of shelvesOf(post, object)) {
        if (keeps(shelf, object)) {
          takeAnswer(shelf, object);
          // The write was conditional on what was shown: nothing lies between.
          shelf.shown.set(object.metadata.name, object.metadata.resourceVersion);
        } else takeLost(shelf, object);
      }
    },
    know(object) {
      const shelf = shelfOf(post, refOf(object));
      if (shelf.state === 'unseen' && !shelf.wanted) begin(post, shelf, object);
    },
    doubt() {
      for (const shelf of post.shelves.values()) if (shelf.state === 'seen') shelf.due = true;
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

/** All that is due is read; where a kind turns out not to be ours to look at as a whole, its objects are asked for by name. */
async function read(post: Post, needs: readonly Need[], signal: AbortSignal): Promise<Asked[]> {
  for (;;) {
    const splits = post.split.size;
    const asked = needs.map((need) => ({ selection: selectionOf(post, need), shelf: shelfOf(post, need) }));
    const due = [...new Set(asked.map(({ shelf }) => shelf))].filter((shelf) => isDue(post, shelf));
    await orAborted(Promise.all(due.map((shelf) => reread(post, shelf))), signal);
    if (post.split.size === splits) return asked;
  }
}

function shelfOf(post: Post, need: Need): Shelf {
  const selection = selectionOf(post, need);
  const { name, labels = {}, ...whole } = selection;
  const isAll = name === undefined && Object.keys(labels).length === 0;
  const isWhole = (name !== undefined || isAll) && kindOf(whole).looked === 'whole' && !post.split.has(canonical(whole));
  const of = isWhole ? whole : selection;
  const shelf = post.shelves.get(canonical(of)) ?? newShelf(post, of, isWhole);
  if (!isWhole || shelf.all || (name !== undefined && shelf.wanted?.has(name))) return shelf;
  if (name === undefined) shelf.all = true;
  else shelf.wanted?.add(name);
  // What nobody had asked for was not kept.
  shelf.due = shelf.state === 'seen';
  return shelf;
}

function newShelf(post: Post, of: Selection, isWhole: boolean): Shelf {
  const byName = kindOf(of).looked === 'by-name';
  const times = { version: '', readAt: -Infinity, trust: firstTrust };
  const marks = { all: false, due: false, live: false, missed: false, watchable: !byName, byName };
  const empty = { state: 'unseen', objects: new Map(), gone: new Map(), shown: new Map() } as const;
  const shelf: Shelf = { of, ...(isWhole ? { wanted: new Set<string>() } : {}), ...empty, ...times, ...marks };
  post.shelves.set(canonical(of), shelf);
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
  return age >= (shelf.live || kindOf(shelf.of).looked === 'by-name' ? shelf.trust : pollAge);
}

async function readAgain(post: Post, ref: Ref, signal: AbortSignal): Promise<boolean> {
  const shelf = shelfOf(post, ref);
  const look = await post.objects.get(ref, signal);
  if (look.is === 'present') {
    for (const each of shelvesOf(post, look.object)) if (keeps(each, look.object)) takeAnswer(each, look.object);
    return look.object.metadata.resourceVersion !== shelf.shown.get(ref.name);
  }
  if (look.is === 'forbidden') throw refusedLook(shelf, look.rule);
  if (look.is === 'absent' ? shelf.state === 'seen' && shelf.shown.get(ref.name) === undefined : shelf.state === 'no-such-kind')
    return false;
  shelf.due = true;
  return true;
}

function versionOn(shelf: Shelf, name: string): string | undefined {
  return shelf.objects.get(name)?.metadata.resourceVersion;
}
