// The objects of the sandbox and their history. Objects are never changed in place. It must not check, default or react: api/ and
// controllers/ do.
import type { Obj } from '../../contracts.ts';
import { type KindRow, storedAs } from './kinds.ts';
import { isSame } from './same.ts';
import { timestamp } from './time.ts';

/** One committed write. `after` of a deletion is the last state with the deletion's resourceVersion. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  readonly before: Obj | undefined;
  readonly after: Obj;
}

export interface StoreSnapshot {
  readonly version: number;
  readonly compacted: number;
  readonly births: number;
  readonly objects: readonly (readonly [string, readonly (readonly [string, Obj])[]])[];
  readonly log: readonly (readonly [string, readonly StoreEvent[]])[];
}

export interface Store {
  /** The newest resourceVersion. */
  version(): number;
  get(kind: string, namespace: string | undefined, name: string): Obj | undefined;
  /** In the order of namespace and name, as the API server lists. */
  list(kind: string, namespace?: string): Obj[];
  /** As the kind was at an earlier resourceVersion; undefined: compacted away. */
  listAt(kind: string, version: number): Obj[] | undefined;
  /** Sets uid, creationTimestamp, generation, resourceVersion. The name must be free. */
  create(row: KindRow, object: Obj): Obj;
  /** Writes what differs; equal objects raise nothing. The object must be there. `isRaised`: its generation rises whatever differs. */
  update(row: KindRow, object: Obj, isRaised?: boolean): Obj;
  remove(row: KindRow, object: Obj): Obj;
  /** Told after each commit; `kind` undefined: of everything. */
  subscribe(kind: string | undefined, listener: (event: StoreEvent) => void): () => void;
  /** Everything after a resourceVersion; undefined: compacted away. */
  since(kind: string, version: number): readonly StoreEvent[] | undefined;
  /** The oldest resourceVersion that a watch can start from. */
  oldest(): number;
  /** Forgets the history: a watch from an older resourceVersion is answered 410. */
  compact(): void;
  snapshot(): StoreSnapshot;
  restore(snapshot: StoreSnapshot): void;
}

export function keyOf(object: Obj): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

/** Anything outside metadata, and outside a status that has its own subresource. An EndpointSlice counts its labels too. */
function isSpecSame(row: KindRow, before: Obj, after: Obj): boolean {
  const beside = { metadata: 0, ...(row.subresources.includes('status') ? { status: 0 } : {}) };
  const areLabelsSame = row.kind !== 'EndpointSlice' || isSame(before.metadata.labels, after.metadata.labels);
  return areLabelsSame && isSame({ ...before, ...beside }, { ...after, ...beside });
}

export interface Change {
  readonly before: Obj;
  readonly after: Obj;
  readonly isRaised: boolean;
}

/** Of a kind that keeps one. */
export function generationAfter(row: KindRow, { before, after, isRaised }: Change): number {
  const { generation = 0 } = before.metadata;
  return isRaised || !isSpecSame(row, before, after) ? generation + 1 : generation;
}

function uidOf(birth: number): string {
  return `5a4d0b0c-0000-4000-8000-${birth.toString(16).padStart(12, '0')}`;
}

class MemoryStore implements Store {
  private readonly objects = new Map<string, Map<string, Obj>>();
  private readonly log = new Map<string, StoreEvent[]>();
  private readonly listeners = new Map<string | undefined, Set<(event: StoreEvent) => void>>();
  /** Keys in order, until one comes or goes. */
  private readonly order = new Map<string, string[]>();
  private counter = 1;
  private compacted = 0;
  private births = 0;

  constructor(private readonly now: () => number) {}

  version(): number {
    return this.counter;
  }

  oldest(): number {
    return this.compacted;
  }

  get(kind: string, namespace: string | undefined, name: string): Obj | undefined {
    return this.objects.get(kind)?.get(`${namespace ?? ''}/${name}`);
  }

  list(kind: string, namespace?: string): Obj[] {
    const objects = this.objects.get(kind);
    if (objects === undefined) return [];
    const keys = this.order.get(kind) ?? [...objects.keys()].sort();
    this.order.set(kind, keys);
    const wanted = namespace === undefined ? keys : keys.filter((key) => key.startsWith(`${namespace}/`));
    return wanted.map((key) => objects.get(key)).filter((object) => object !== undefined);
  }

  listAt(kind: string, version: number): Obj[] | undefined {
    const later = this.since(kind, version);
    if (later === undefined) return undefined;
    const then = new Map(this.objects.get(kind));
    for (const event of [...later].reverse()) {
      if (event.before === undefined) then.delete(keyOf(event.after));
      else then.set(keyOf(event.after), event.before);
    }
    return [...then.keys()]
      .sort()
      .map((key) => then.get(key))
      .filter((object) => object !== undefined);
  }

  create(row: KindRow, object: Obj): Obj {
    const metadata = {
      ...object.metadata,
      uid: uidOf(++this.births),
      creationTimestamp: timestamp(this.now()),
      resourceVersion: String(++this.counter),
      ...(row.generation ? { generation: 1 } : {}),
    };
    const created = { ...object, metadata };
    this.commit(row, { type: 'ADDED', version: this.counter, before: undefined, after: created });
    return created;
  }

  update(row: KindRow, object: Obj, isRaised = false): Obj {
    const before = this.get(storedAs(row), object.metadata.namespace, object.metadata.name);
    if (before === undefined) throw new Error(`the sandbox updates ${row.kind} ${keyOf(object)}, which is not there`);
    const { uid, creationTimestamp, resourceVersion, generation } = before.metadata;
    const kept = { uid, creationTimestamp, resourceVersion, ...(row.generation ? { generation } : {}) };
    const metadata = { ...object.metadata, ...kept } as Obj['metadata'];
    const after: Obj = { ...object, metadata };
    if (isSame(before, after)) return before;
    if (row.generation) metadata.generation = generationAfter(row, { before, after, isRaised });
    metadata.resourceVersion = String(++this.counter);
    this.commit(row, { type: 'MODIFIED', version: this.counter, before, after });
    return after;
  }

  remove(row: KindRow, object: Obj): Obj {
    const before = this.get(storedAs(row), object.metadata.namespace, object.metadata.name);
    if (before === undefined) return object;
    const after: Obj = { ...before, metadata: { ...before.metadata, resourceVersion: String(++this.counter) } };
    this.commit(row, { type: 'DELETED', version: this.counter, before, after });
    return after;
  }

  subscribe(kind: string | undefined, listener: (event: StoreEvent) => void): () => void {
    const listeners = this.listeners.get(kind) ?? new Set();
    this.listeners.set(kind, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  since(kind: string, version: number): readonly StoreEvent[] | undefined {
    if (version < this.compacted) return undefined;
    const log = this.log.get(kind) ?? [];
    let from = log.length;
    while (from > 0 && (log[from - 1]?.version ?? 0) > version) from--;
    return log.slice(from);
  }

  compact(): void {
    this.compacted = this.counter;
    this.log.clear();
  }

  snapshot(): StoreSnapshot {
    return {
      version: this.counter,
      compacted: this.compacted,
      births: this.births,
      objects: [...this.objects].map(([kind, objects]) => [kind, [...objects]] as const),
      log: [...this.log].map(([kind, events]) => [kind, [...events]] as const),
    };
  }

  restore(snapshot: StoreSnapshot): void {
    this.counter = snapshot.version;
    this.compacted = snapshot.compacted;
    this.births = snapshot.births;
    this.objects.clear();
    this.order.clear();
    for (const [kind, objects] of snapshot.objects) this.objects.set(kind, new Map(objects));
    this.log.clear();
    for (const [kind, events] of snapshot.log) this.log.set(kind, [...events]);
  }

  private commit(row: KindRow, event: StoreEvent): void {
    const kind = storedAs(row);
    const objects = this.objects.get(kind) ?? new Map<string, Obj>();
    if (event.type === 'DELETED') objects.delete(keyOf(event.after));
    else objects.set(keyOf(event.after), event.after);
    this.objects.set(kind, objects);
    if (event.type !== 'MODIFIED') this.order.delete(kind);
    const log = this.log.get(kind) ?? [];
    log.push(event);
    this.log.set(kind, log);
    for (const key of [kind, undefined]) for (const listener of [...(this.listeners.get(key) ?? [])]) listener(event);
  }
}

export function createStore(now: () => number): Store {
  return new MemoryStore(now);
}
