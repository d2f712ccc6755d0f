// How a shelf is read: as a list, or its objects one by one where only that is allowed or worth it. It must not decide when.
import type { Obj } from '../contracts.ts';
import type { Clock, Send } from '../ports.ts';
import { canonical } from '../common/json.ts';
import { ApiError, ruleText } from './api-error.ts';
import type { Objects } from './objects.ts';
import { heardByMany } from './pause.ts';
import type { Random } from './pause.ts';
import { takeAnswer, takeList } from './shelf.ts';
import type { Shelf } from './shelf.ts';
import { judgeTrust, tend } from './tend.ts';
import { selectorsOf } from './watch.ts';

/** What reading needs of a lookout. */
export interface Reading {
  readonly objects: Objects;
  /** For the watches; with a deadline for other requests. */
  readonly send: Send;
  readonly clock: Clock;
  /** Something changed that no look has shown yet. */
  readonly onChange: () => void;
  /** Ends all watches. */
  readonly signal: AbortSignal;
  /** False: no watches; what is older than a second is read again when it is looked at. */
  readonly watch?: boolean;
  readonly random?: Random;
  readonly shelves: Map<string, Shelf>;
  /** Kinds that we may not look at as a whole. */
  readonly split: Set<string>;
  readonly reading: Map<Shelf, Promise<boolean>>;
  /** What ends the watch of a shelf that nobody asks any more. */
  readonly tended: Map<Shelf, AbortController>;
}

/** So many objects of a kind may a namespace hold to be looked at as a whole. With more of them each is looked at by its name: whoever wants three
 *  must not be sent hundreds. */
const mostInWhole = 100;

/** One read at a time for each shelf, shared by all who wait for it. True when it brought news. */
export function reread(post: Reading, shelf: Shelf): Promise<boolean> {
  const running = post.reading.get(shelf);
  if (running) return running;
  const reading = readShelf(post, shelf).finally(() => post.reading.delete(shelf));
  post.reading.set(shelf, reading);
  return reading;
}

async function readShelf(post: Reading, shelf: Shelf): Promise<boolean> {
  const again = shelf.state === 'seen';
  const { readAt } = shelf;
  // Without an open watch looks are frequent, and a whole list each time would be too much.
  const isPolled = again && !shelf.due && !shelf.live && !shelf.all && (shelf.wanted ?? shelf.of.name) !== undefined;
  const news = shelf.byName || isPolled ? await readByNames(post, shelf) : await readList(post, shelf);
  // A stale read (nothing taken) earns no trust.
  if (again && shelf.readAt !== readAt) judgeTrust(shelf, news);
  // What a live watch should have told.
  if (again && news && shelf.live) shelf.missed = true;
  if (shelf.state === 'seen' && post.watch !== false && shelf.watchable && !post.tended.has(shelf)) startTending(post, shelf);
  return news;
}

/** From an object that was just written: its version is a moment of the cluster's history like any list's. */
export function begin(post: Reading, shelf: Shelf, object: Obj): void {
  takeAnswer(shelf, object);
  Object.assign(shelf, { state: 'seen', version: object.metadata.resourceVersion ?? '', readAt: post.clock.now() });
  if (post.watch !== false && shelf.watchable) startTending(post, shelf);
}

function startTending(post: Reading, shelf: Shelf): void {
  const end = new AbortController();
  post.tended.set(shelf, end);
  const { send, clock, onChange, random = Math.random } = post;
  const tending = { send, clock, random, onChange, reread: () => reread(post, shelf) };
  // It catches its own errors: whatever happens to a watch, the shelf is read when asked for.
  void tend(shelf, tending, heardByMany(AbortSignal.any([post.signal, end.signal])));
}

async function readList(post: Reading, shelf: Shelf): Promise<boolean> {
  const { apiVersion, kind, namespace } = shelf.of;
  try {
    const type = { apiVersion, kind, ...(namespace ? { namespace } : {}) };
    const most = shelf.wanted ? { most: mostInWhole } : {};
    const listed = await post.objects.list(type, { ...selectorsOf(shelf.of), ...most }, post.signal);
    if (listed.isCut) return split(post, shelf);
    return takeList(shelf, listed, post.clock.now());
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.missingKind) return refuse(post, shelf, 'no-such-kind');
    if (error.code !== 403) throw error;
    if (shelf.wanted) return split(post, shelf);
    if (shelf.of.name === undefined) return refuse(post, shelf, { forbidden: ruleText(error.about) });
    // Named objects may be allowed to be read one by one.
    shelf.byName = true;
    shelf.watchable = false;
    return readByNames(post, shelf);
  }
}

/** From now on by name: the role may name the objects that we may see, or there are too many of them. */
function split(post: Reading, shelf: Shelf): boolean {
  post.split.add(canonical(shelf.of));
  post.shelves.delete(canonical(shelf.of));
  post.tended.get(shelf)?.abort();
  return true;
}

async function readByNames(post: Reading, shelf: Shelf): Promise<boolean> {
  const names = shelf.wanted ? [...shelf.wanted] : [shelf.of.name ?? ''];
  const news = await Promise.all(names.map((name) => readByName(post, shelf, name)));
  return news.includes(true);
}

async function readByName(post: Reading, shelf: Shelf, name: string): Promise<boolean> {
  const { apiVersion, kind, namespace } = shelf.of;
  const look = await post.objects.get({ apiVersion, kind, name, ...(namespace ? { namespace } : {}) }, post.signal);
  if (look.is === 'no-such-kind') return refuse(post, shelf, 'no-such-kind');
  if (look.is === 'forbidden') return shelf.wanted ? split(post, shelf) : refuse(post, shelf, { forbidden: look.rule });
  // A GET that finds nothing has no version: only a list can tell whether that is news or a stale read.
  if (look.is === 'absent' && shelf.objects.has(name) && !shelf.byName) return readList(post, shelf);
  const news = look.is === 'present' ? takeAnswer(shelf, look.object) : shelf.objects.delete(name);
  const known = shelf.state === 'seen';
  Object.assign(shelf, { state: 'seen', readAt: post.clock.now(), due: false });
  return news || !known;
}

function refuse(post: Reading, shelf: Shelf, state: Shelf['state']): boolean {
  const news = canonical(shelf.state) !== canonical(state);
  shelf.objects.clear();
  Object.assign(shelf, { state, readAt: post.clock.now(), due: false });
  return news;
}
