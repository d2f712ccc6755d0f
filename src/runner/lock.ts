// The record as lock: taking it, proving that it is still ours, saving, releasing. The rules are those of the protocol in test/model.
import { equal } from '../common/json.ts';
import type { Found } from '../contracts.ts';
import { firstState, keepable, resumed } from '../core/resume.ts';
import type { Kept, Kit, Result, State } from '../core/types.ts';
import { NoAnswerError } from '../kube/api-error.ts';
import type { Lookout } from '../kube/lookout.ts';
import type { Objects } from '../kube/objects.ts';
import {
  readRecord,
  readStoredKept,
  saveKept,
  saveRecord,
  type RecordLook,
  type Stored,
  type StoredKept,
  type Version,
} from '../kube/record.ts';
import { removeRecord } from '../kube/record-removal.ts';
import type { Millis } from '../ports.ts';
import { highestEpoch, stampAll } from './stamps.ts';

/** Why the record is ours no more: a rival has it, or it is gone or not readable, and nobody has it. */
export interface Lost {
  lost: string;
  to: 'rival' | 'nobody';
}
export type Holding = 'held' | Lost;

/** Something that changes the record faster than we can save it is no reason to try for ever. */
export const mostConflicts = 20;

export interface Held {
  readonly state: State;
  /** As it stands in the record. */
  readonly saved: State;
  readonly kept: Kept;
  /** Of the record: what everything we create is labelled with. */
  readonly uid: string;
  save(state: State, signal: AbortSignal): Promise<Holding>;
  /** Goes on from this state without saving it: the next save writes it, and who takes over before that loses nothing by it. */
  adopt(state: State): void;
  keep(kept: Kept, signal: AbortSignal): Promise<Holding>;
  /** Rule 7: one read, where no save proves it anyway. */
  prove(signal: AbortSignal): Promise<Holding>;
  release(state: State, result: Result, signal: AbortSignal): Promise<Holding>;
}

export interface Taking {
  kit: Kit;
  objects: Objects;
  lookout: Lookout;
  /** Looked at before: its stamps make the epoch. */
  found: Found;
  /** The record as read; undefined where there is none. */
  stored: Stored | undefined;
  /** What was kept, as read after the record; without it, it is read here. */
  before?: StoredKept | undefined;
  driver: string;
  host: string;
  now(): Millis;
  nonce: string;
  signal: AbortSignal;
}

/** Rules 1 to 3: read the record, then the stamps, compare-and-set holder and epoch, then stamp every object. */
export async function take(taking: Taking): Promise<Held | Lost> {
  const { kit, objects, stored, signal } = taking;
  const { canary } = kit;
  // Also where the record was deleted: what is kept says how to give back what we touched.
  const before = taking.before ?? (await readStoredKept(objects, canary, signal));
  const kept = before?.kept ?? nothingKept;
  const who = {
    now: taking.now(),
    nonce: taking.nonce,
    epoch: 1 + Math.max(before?.epoch ?? 0, highestEpoch(taking)),
    driver: taking.driver,
    host: taking.host,
  };
  const state = stored ? resumed(kit, { state: stored.state, spec: kept.spec }, who) : firstState(kit, who);
  const saved = await saveRecord(objects, { canary, state, ...(stored ? { resourceVersion: stored.resourceVersion } : {}) }, signal);
  if (saved.is === 'conflict') return { lost: 'another run took the record first', to: 'rival' };
  // Later saves are left to the watch: an intent that somebody wrote down just before one of them must wake us.
  taking.lookout.know(saved.object);
  // Who gave the record up has nothing in flight: what it drove needs no stamps (rule 3), and what it kept stands.
  const givenUp = stored?.state.driver === '';
  // Otherwise nothing is taken for kept yet, so that it is saved in any case: its stamp is ours then, as on every object we drive.
  const held = hold(taking, {
    state,
    saved: state,
    kept: givenUp ? before?.kept : undefined,
    keptAt: before?.resourceVersion ?? '',
    version: saved,
  });
  const stamps = givenUp ? [] : [() => stampAll(taking, held)];
  const ready = await chain([() => held.keep({ ...kept, spec: keepable(canary) }, signal), ...stamps]);
  return ready === 'held' ? held : ready;
}

export const nothingKept: Kept = { spec: {}, undo: {}, made: [], runs: [] };

interface Mine {
  state: State;
  saved: State;
  kept: Kept | undefined;
  /** The resourceVersion of what is kept, where we know it; '' = nothing is. */
  keptAt: string | undefined;
  version: Version;
}

function hold(taking: Taking, mine: Mine): Held {
  return {
    get state() {
      return mine.state;
    },
    get saved() {
      return mine.saved;
    },
    get kept() {
      return mine.kept ?? nothingKept;
    },
    uid: mine.version.uid,
    save: (state, signal) => save(taking, mine, { state, signal }),
    adopt: (state) => void (mine.state = state),
    keep: (kept, signal) => keep(taking, mine, { kept, signal }),
    prove: (signal) => prove(taking, mine, signal),
    release: (state, result, signal) => {
      if (result.is === 'deleted') return erase(taking, mine, signal);
      const runs = [...(mine.kept ?? nothingKept).runs, { revision: state.revision, result: result.is, at: taking.now() }].slice(-10);
      const released = { ...state, driver: '', host: '' };
      return chain([
        // Parking has three seconds and three writes: it ends no analysis, so it adds no line.
        async () => (result.is === 'parked' ? 'held' : keep(taking, mine, { kept: { ...(mine.kept ?? nothingKept), runs }, signal })),
        () => save(taking, mine, { state: released, signal }),
      ]);
    },
  };
}

/** Rule 1. A conflict is somebody else's record, or an outsider's touch of ours: then it is saved again on what was read. */
async function save({ objects, kit }: Taking, mine: Mine, what: { state: State; signal: AbortSignal }): Promise<Holding> {
  for (let tries = 0; tries < mostConflicts; tries++) {
    const { resourceVersion } = mine.version;
    const saved = await saveRecord(objects, { canary: kit.canary, state: what.state, resourceVersion }, what.signal);
    if (saved.is === 'saved') {
      Object.assign(mine, { state: what.state, saved: what.state, version: saved });
      return 'held';
    }
    const still = judge(mine, await readRecord(objects, kit.canary, what.signal));
    if (still !== 'held') return still;
  }
  throw new NoAnswerError('the record changes faster than it can be saved');
}

/** Everything was given back: nothing is left to remember. */
async function erase({ objects, kit }: Taking, mine: Mine, signal: AbortSignal): Promise<Holding> {
  for (let tries = 0; tries < mostConflicts; tries++) {
    const removed = await removeRecord(objects, { owner: kit.canary, version: mine.version }, signal);
    if (removed.is === 'removed') return 'held';
    const still = judge(mine, await readRecord(objects, kit.canary, signal));
    if (still !== 'held') return still;
  }
  throw new NoAnswerError('the record changes faster than it can be removed');
}

async function keep(taking: Taking, mine: Mine, what: { kept: Kept; signal: AbortSignal }): Promise<Holding> {
  for (let tries = 0; !equal(mine.kept, what.kept); tries++) {
    if (tries === mostConflicts) throw new NoAnswerError('what is kept changes faster than it can be saved');
    const { objects, kit } = taking;
    const saved = await saveKept(
      objects,
      { canary: kit.canary, kept: what.kept, recordUid: mine.version.uid, epoch: mine.state.epoch, resourceVersion: mine.keptAt },
      what.signal,
    );
    mine.keptAt = saved.is === 'saved' ? saved.resourceVersion : undefined;
    if (saved.is === 'saved') mine.kept = what.kept;
    const still = saved.is === 'saved' ? 'held' : await prove(taking, mine, what.signal);
    if (still !== 'held') return still;
  }
  return 'held';
}

async function prove({ objects, kit }: Taking, mine: Mine, signal: AbortSignal): Promise<Holding> {
  return judge(mine, await readRecord(objects, kit.canary, signal));
}

function judge(mine: Mine, read: RecordLook): Holding {
  if (read.is === 'absent') return { lost: 'the record was deleted', to: 'nobody' };
  if (read.is === 'foreign') return { lost: read.why, to: 'nobody' };
  const { driver, epoch, host } = read.state;
  if (driver !== mine.state.driver || epoch !== mine.state.epoch) {
    const how = driver ? `taken over by ${host || driver}` : 'taken over, and released since';
    return { lost: `${how} (epoch ${epoch})`, to: 'rival' };
  }
  mine.version = read;
  return 'held';
}

async function chain(steps: (() => Promise<Holding>)[]): Promise<Holding> {
  for (const step of steps) {
    const done = await step();
    if (done !== 'held') return done;
  }
  return 'held';
}
