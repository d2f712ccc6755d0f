// One pass of one canary: observe, decide, commit, act, report; never in another order, never back. The only place where the engine meets effects.
import type { Found, Obj } from '../contracts.ts';
import { decide } from '../core/decide.ts';
import { saysMore } from '../core/resume.ts';
import type { Decision, Event, Intent, Kit, Result, Seen, State } from '../core/types.ts';
import { keepUndo } from '../core/undo.ts';
import { recordRef } from '../kube/record.ts';
import type { ApiError } from '../kube/api-error.ts';
import type { Lookout } from '../kube/lookout.ts';
import type { Objects } from '../kube/objects.ts';
import type { Clock, Millis } from '../ports.ts';
import { act, type Acted } from './act.ts';
import type { Held, Holding, Lost } from './lock.ts';
import { look } from './look.ts';
import type { Questions } from './questions.ts';
import type { Teller } from './report.ts';
import { intentOn } from './requests.ts';
import { runViewOf, type RunView } from './view.ts';

/** What one canary's passes need. `held` is the lock, and with it the only copy of the state that counts. */
export interface Drive {
  readonly kit: Kit;
  readonly objects: Objects;
  readonly lookout: Lookout;
  readonly questions: Questions;
  readonly teller: Teller;
  readonly held: Held;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** The last look, for whoever tells of it. */
  readonly sight: { found?: Found };
  /** The API server's clock. */
  now(): Millis;
  nonce(): string;
  intents(): readonly Intent[];
  /** For a screen: told after each pass that came through. */
  view?(view: RunView): void;
  /** When this run began to drive. */
  readonly begun: Millis;
  /** Told with the next pass that comes through: their state was saved, but what followed it met a conflict. */
  readonly owed: Event[];
  readonly pace: Pace;
}

export type Passed =
  /** Look again after so long, or when poked. */
  | { is: 'waiting'; ms: Millis }
  | { is: 'ended'; result: Result }
  /** Somebody else holds the record now. */
  | ({ is: 'lost' } & Lost)
  | { is: 'refused'; error: ApiError };

/** How busy the passes of late were, on our own clock. */
export interface Pace {
  /** Passes in a row after which another had to follow at once. */
  restless: number;
  /** When passes wrote. */
  wrote: Millis[];
}

const mostRestless = 200;
/** Polite to the API server, also where a rival undoes everything we write. */
const mostWritesInWindow = 30;
const window: Millis = 10_000;
const breather: Millis = 1_000;

export async function onePass(drive: Drive): Promise<Passed> {
  // Not even a poke makes us faster than this.
  if (drive.pace.wrote.length > mostWritesInWindow) {
    await drive.clock.sleep(breather, drive.signal);
    drive.pace.restless = 0;
  }
  const found = await look(
    drive.kit,
    { lookout: drive.lookout, made: drive.held.kept.made, more: [recordRef(drive.kit.canary)] },
    drive.signal,
  );
  drive.sight.found = found;
  const seen = seenBy(drive, found);
  const decision = decide(drive.kit, drive.held.state, seen);
  const changed = decision.state !== drive.held.state;
  const committed = await commit(drive, decision, found);
  if (committed !== 'held') return { is: 'lost', ...committed };
  const acted = await carryOut(drive, decision, found);
  if (acted.is === 'lost') return { is: 'lost', lost: `epoch ${acted.epoch} has stamped what this run drives`, to: 'rival' };
  if (acted.is === 'refused') return { is: 'refused', error: acted.error };
  drive.questions.forget((id) => isCurrent(drive.held.state, id));
  drive.questions.ask(decision.ask);
  if (acted.is === 'again') {
    if (changed) drive.owed.push(...decision.events);
    return rest(drive, 0, true);
  }
  drive.teller.tell([...drive.owed.splice(0), ...decision.events], drive.held.state);
  show(drive, seen);
  if (decision.result) return { is: 'ended', result: decision.result };
  const wrote = decision.changes.length > 0;
  return rest(drive, wrote ? 0 : Math.max(0, decision.wakeAt - drive.now()), wrote);
}

function show({ kit, held, view, begun }: Drive, { found, answers, now }: Seen): void {
  if (!view) return;
  const { state, kept } = held;
  view(runViewOf({ kit, state, found, made: kept.made, answers, now, driverStart: begun }));
}

/** When to look again. A decision that never comes to rest is our bug: it must end before it wears the cluster out. */
function rest(drive: Drive, ms: Millis, wrote: boolean): Passed {
  const { pace } = drive;
  const now = drive.clock.now();
  pace.restless = ms > 0 ? 0 : pace.restless + 1;
  if (pace.restless > mostRestless) {
    pace.restless = 0;
    throw new Error(`no rest after ${mostRestless} passes in phase ${drive.held.state.phase}`);
  }
  pace.wrote = [...pace.wrote.filter((at) => now - at < window), ...(wrote ? [now] : [])];
  return { is: 'waiting', ms };
}

function seenBy(drive: Drive, found: Found): Seen {
  const { held, questions } = drive;
  return {
    now: drive.now(),
    nonce: drive.nonce(),
    driver: held.state.driver,
    found,
    kept: held.kept,
    answers: questions.answers(),
    intents: [...drive.intents(), ...intentOn(found, drive.kit.canary)],
  };
}

/** Rule 5, write-ahead: the state is saved before anything that serves it. A result releases the record in the same save. */
async function commit(drive: Drive, decision: Decision, found: Found): Promise<Holding> {
  const { held, signal } = drive;
  // Undo patches stand before the first touch.
  const kept = keepUndo(held.kept, found, decision.changes);
  if (kept) {
    const saved = await held.keep(kept, signal);
    if (saved !== 'held') return saved;
  }
  if (decision.result) return held.release(decision.state, decision.result, signal);
  // Rule 7: a save by compare-and-set is the proof that the record is ours; a pass that saves nothing but writes needs one read.
  if (saysMore(decision.state, held.saved)) return held.save(decision.state, signal);
  held.adopt(decision.state);
  return decision.changes.length ? held.prove(signal) : 'held';
}

async function carryOut(drive: Drive, decision: Decision, found: Found): Promise<Acted> {
  if (!decision.changes.length) return { is: 'done' };
  const { objects, lookout, held, signal } = drive;
  return act({ objects, lookout, found, epoch: held.state.epoch, recordUid: held.uid, signal }, decision.changes);
}

function isCurrent(state: State, id: string): boolean {
  const isOwed = state.owed.some((debt) => debt.id === id);
  return isOwed || id.endsWith('/evidence') || id.startsWith(`${state.run}/${state.revision}/${state.check.no}/`);
}

/** The target, for Kubernetes Events and for people. */
export function targetOf(kit: Kit, found: Found): Obj | undefined {
  const seen = found.one(kit.canary.targetRef);
  return seen.is === 'present' ? seen.object : undefined;
}
