// The model's API server and everything in its reach: stored objects with resourceVersions, drivers, requests in flight, the outsider.
// Values only: every move makes a new world. What a driver does stands in driver.ts.
import type { Bound, Protocol } from './protocol.ts';

export const ROUTE = 0;
export const CANARY = 1;
export const PRIMARY = 2;
export const RECORD = 3;
export const DRIVEN = { route: ROUTE, canary: CANARY, primary: PRIMARY } as const;

/** What the record says. 'start': weight 0, nothing promised; 'deleted': an outsider took it away. */
export type Stage = 'start' | 'w25' | 'w50' | 'promoting' | 'promoted' | 'going back' | 'failed' | 'deleted';
/** The route's weight, the canary's replicas, the primary's template, or the record's stage. */
export type Value = number | 'old' | 'new' | Stage;

export interface Stored {
  readonly value: Value;
  /** The stamp on a driven object; the epoch in the record. */
  readonly stamp: number;
  /** The newest stamp that was ever accepted here, whatever an outsider did to it since. */
  readonly newest: number;
  /** Of the record only; -1 = nobody. */
  readonly holder: number;
  readonly version: number;
}

/** A conditional write. Fields left undefined are not touched. */
export interface Request {
  readonly object: number;
  readonly value: Value | undefined;
  readonly stamp: number;
  readonly holder: number | undefined;
  readonly version: number;
}

export interface Driver {
  readonly plan: string;
  readonly epoch: number;
  /** Which operation of the plan, and how far it has come. */
  readonly at: number;
  readonly phase: '' | 'relied' | 'proved' | 'read' | 'sent';
  /** What the takeover saw. */
  readonly sawStage: Stage | '';
  readonly sawPrimary: 'old' | 'new' | '';
  /** The resourceVersion read for the write under way. */
  readonly version: number;
  /** A resourceVersion read before a save of the record, for the first write after it; -1 = none. */
  readonly kept: number;
  readonly inFlight: Request | undefined;
  readonly gone: boolean;
}

export interface World {
  readonly objects: readonly Stored[];
  readonly drivers: readonly Driver[];
  /** Requests of drivers that died: each may land at any later moment. */
  readonly loose: readonly Request[];
  readonly mayLower: boolean;
  readonly mayTouch: boolean;
  /** Bit 1: the check at 25 was answered while 25 was live; bit 2: the one at 50. */
  readonly answered: number;
  /** How far the record ever came (see stageOrder). */
  readonly furthest: number;
  /** A wrong that is seen in a move and not in the world after it. */
  readonly wrong: string;
}

const order: Record<Stage, number> = { deleted: 0, start: 0, w25: 1, w50: 2, promoting: 3, promoted: 4, 'going back': 5, failed: 6 };
export function stageOrder(stage: Value): number {
  return order[stage as Stage] ?? 0;
}

export const LAST = 2;
const idle = { at: 0, phase: '', sawStage: '', sawPrimary: '', version: 0, kept: -1, inFlight: undefined, gone: false } as const;
export const newcomer: Driver = { ...idle, plan: 'takeover', epoch: 0 };
export const nobody: Driver = { ...newcomer, gone: true };

export function firstWorld(bound: Bound): World {
  const stored = (value: Value, holder = -1): Stored => ({ value, stamp: 1, newest: 1, holder, version: 0 });
  return {
    objects: [stored(0), stored(2), stored('old'), stored('start', 0)],
    drivers: [{ ...idle, plan: 'start', epoch: 1 }, bound.drivers === 3 ? newcomer : nobody, newcomer],
    loose: [],
    mayLower: bound.lowers,
    mayTouch: bound.touches,
    answered: 0,
    furthest: 0,
    wrong: '',
  };
}

export function stored(world: World, object: number): Stored {
  const found = world.objects[object];
  if (!found) throw new Error(`the model has no object ${object}`);
  return found;
}

export function driverOf(world: World, n: number): Driver {
  const found = world.drivers[n];
  if (!found) throw new Error(`the model has no driver ${n}`);
  return found;
}

export function withObject(world: World, object: number, changed: Partial<Stored>): World {
  return { ...world, objects: world.objects.with(object, { ...stored(world, object), ...changed }) };
}

export function withDriver(world: World, n: number, changed: Partial<Driver>): World {
  return { ...world, drivers: world.drivers.with(n, { ...driverOf(world, n), ...changed }) };
}

/** Would the API server accept this request now? */
export function isCurrent(protocol: Protocol, world: World, request: Request): boolean {
  const conditional = request.object === RECORD ? protocol.recordConditional : protocol.objectsConditional;
  return !conditional || request.version === stored(world, request.object).version;
}

/** A request reaches the API server. Undefined: 409. A write that changes nothing raises no resourceVersion. */
export function land(protocol: Protocol, world: World, request: Request): World | undefined {
  if (!isCurrent(protocol, world, request)) return undefined;
  const was = stored(world, request.object);
  const now = { value: request.value ?? was.value, stamp: request.stamp, holder: request.holder ?? was.holder };
  if (now.value === was.value && now.stamp === was.stamp && now.holder === was.holder) return world;
  const version = was.version + 1;
  if (request.object === RECORD) {
    return { ...withObject(world, RECORD, { ...now, version }), furthest: Math.max(world.furthest, stageOrder(now.value)) };
  }
  const newest = Math.max(was.newest, request.stamp);
  const after = withObject(world, request.object, { ...now, version, newest });
  return request.stamp < was.newest && !world.wrong ? { ...after, wrong: 'a write of an old epoch was accepted' } : after;
}

/** All that other people and tools may do to the objects. */
export function outsiderMoves(world: World): World[] {
  const moves: World[] = [];
  if (world.mayLower) {
    for (const object of [ROUTE, CANARY, PRIMARY]) {
      const { stamp: present, version } = stored(world, object);
      for (let stamp = 0; stamp < present; stamp++) {
        moves.push({ ...withObject(world, object, { stamp, version: version + 1 }), mayLower: false });
      }
    }
    const record = stored(world, RECORD);
    if (record.holder >= 0) {
      moves.push({
        ...withObject(world, RECORD, { value: 'deleted', holder: -1, stamp: 0, version: record.version + 1 }),
        mayLower: false,
      });
    }
  }
  if (world.mayTouch) {
    for (const [object, { version }] of world.objects.entries()) {
      moves.push({ ...withObject(world, object, { version: version + 1 }), mayTouch: false });
    }
  }
  return moves;
}
