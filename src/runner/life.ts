// One canary's run from the first look to its outcome, one step at a time; the queue decides when. Turns trouble into words and exit codes.
import type { Intent, Kit, Result } from '../core/types.ts';
import { isUnderWay } from '../core/pass.ts';
import { shareOf } from '../core/traffic.ts';
import { CanaryError } from '../errors.ts';
import { NoAnswerError, UnansweredWrite, asCanaryError } from '../kube/api-error.ts';
import type { Millis } from '../ports.ts';
import { onePass, type Drive, type Passed } from './drive.ts';
import type { Env } from './env.ts';
import { exitOfStop } from './exit.ts';
import { lostTo, outcomeOf, stopped } from './outcome.ts';
import { start } from './start.ts';
import { StoppedInQueue, targetVersion } from './turn.ts';
import type { Outcome } from './types.ts';
import { canWait, lookForNext, nextLook, waitsAfter, type Waits } from './wait.ts';

export interface Life {
  /** Undefined: it is over, and `outcome` stands. */
  step(): Promise<Millis | undefined>;
  outcome(): Outcome;
  /** Told to stop: what only watches, and holds nothing, ends at once. */
  hush(): void;
}

/** How long a cluster that does not answer is waited for once we hold the record. */
const patience: Millis = 600_000;
const retryPause: Millis = 5_000;
/** After so long without a new silence, the last one is over. */
const quiet: Millis = 120_000;

/** What one canary's run has come to so far. */
interface Course {
  readonly env: Env;
  readonly kit: Kit;
  readonly poke: () => void;
  /** Refusals of the cluster, as intents of this canary alone. */
  readonly troubles: Intent[];
  /** Since when, and until when, the cluster did not answer. */
  silence?: { since: Millis; last: Millis };
  /** Whose traffic stands as it was left, as long as we do not drive. */
  orphanOf?: string;
  /** Ends what the last start began to watch. */
  attempt: AbortController;
  /** Ends the wait for another driver. */
  readonly patience: AbortController;
  /** --wait: nothing is driven. */
  waits?: Waits;
  /** A record is ours already, under an epoch that may be used no more. */
  again: boolean;
  drive?: Drive;
  outcome?: Outcome;
}

export function createLife(env: Env, kit: Kit, poke: () => void): Life {
  const course: Course = { env, kit, poke, troubles: [], attempt: new AbortController(), patience: new AbortController(), again: false };
  const none: Result = { is: 'stopped', exit: 1, why: 'the run ended without an outcome' };
  return {
    step: () => step(course).catch((error: unknown) => trouble(course, error)),
    hush: () => course.patience.abort(new Error('stopped')),
    outcome: () => course.outcome ?? outcomeOf(kit.canary, { result: none, revision: '' }),
  };
}

async function step(course: Course): Promise<Millis | undefined> {
  if (course.waits && !course.drive && !course.again) return wait(course, course.waits);
  if (!course.drive) return begin(course);
  return after(course, await onePass(course.drive));
}

async function begin(course: Course): Promise<Millis | undefined> {
  const { env, kit, poke, troubles, attempt, again } = course;
  const signal = AbortSignal.any([env.signal, attempt.signal]);
  const onOrphan = (who: string): void => void (course.orphanOf = who);
  const ends = { signal, patience: AbortSignal.any([env.signal, course.patience.signal]) };
  const started = await start(env, kit, { poke, troubles, ...ends, again, onOrphan });
  if (started.is === 'over') return finish(course, started.result);
  course.drive = started.drive;
  return 0;
}

/** With --wait a run that has nothing to do goes on to the next revision. It holds nothing meanwhile. */
async function finish(course: Course, result: Result): Promise<Millis | undefined> {
  const { env, kit, drive, waits: before } = course;
  if (!canWait(env, result)) return end(course, result);
  const waits = waitsAfter(env, kit, { result, revision: drive?.held.state.revision ?? '', before });
  startAgain(course);
  delete course.orphanOf;
  // What was driven has come to its end: the next start is a first one.
  course.again = false;
  course.troubles.splice(0);
  course.waits = waits;
  course.waits = { ...waits, seen: await targetVersion(env, kit) };
  return nextLook;
}

async function wait(course: Course, waits: Waits): Promise<Millis | undefined> {
  const looked = await lookForNext(course.env, course.kit, waits);
  if (looked.is === 'over') return end(course, looked.result);
  return looked.is === 'due' ? begin(course) : looked.ms;
}

function end(course: Course, result: Result, next?: string): undefined {
  const { drive, kit, attempt } = course;
  const revision = drive?.held.state.revision ?? course.waits?.revision ?? '';
  course.outcome = outcomeOf(kit.canary, { result, revision, ...(next ? { next } : {}) });
  drive?.questions.close();
  attempt.abort();
  return undefined;
}

async function after(course: Course, passed: Passed): Promise<Millis | undefined> {
  switch (passed.is) {
    case 'waiting':
      return passed.ms;
    case 'ended':
      return finish(course, passed.result);
    case 'lost':
      return end(course, lostTo(course.kit.canary, { lost: passed, weight: weightOf(course) }));
    case 'refused':
      return refused(course, asCanaryError(passed.error));
  }
}

/** The first refusal turns the release round; a second one, on the way back, is for a person. */
async function refused(course: Course, error: Error): Promise<Millis | undefined> {
  const { drive, troubles, env } = course;
  const under = drive !== undefined && isUnderWay(drive.held.state.phase);
  if (under && !troubles.length) return turnRound(course, error.message);
  if (under) return end(course, { is: 'rolled-back', cause: { by: 'trouble', why: error.message }, confirmed: false });
  const result = stopped(error);
  // Nothing of the release has begun: whoever comes next need not wait for us to be dead.
  await drive?.held.release(drive.held.state, result, env.signal).catch(() => undefined);
  return end(course, result, error instanceof CanaryError ? error.hint : undefined);
}

function turnRound({ troubles, env }: Course, why: string): Millis {
  troubles.push({ id: `trouble-${env.id}`, verb: 'trouble', by: why });
  return 0;
}

async function trouble(course: Course, error: unknown): Promise<Millis | undefined> {
  const { env, drive, kit, troubles } = course;
  if (error instanceof StoppedInQueue)
    return end(course, { is: 'stopped', exit: exitOfStop(env.intents()), why: `${error.message}; nothing of this run was begun` });
  if (env.signal.aborted || (error === course.patience.signal.reason && course.patience.signal.aborted)) return interrupted(course);
  if (error instanceof NoAnswerError && (drive || course.again || course.waits)) return silent(course, error);
  const known = asCanaryError(error);
  if (known instanceof CanaryError) return drive ? refused(course, known) : end(course, stopped(known), known.hint);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  env.reporter.note(`this is a bug of canary: ${stack}`, kit.canary);
  // Our own error is no reason to leave traffic where it stands.
  if (drive && !troubles.length) return turnRound(course, 'an error of our own');
  const why = 'an error of our own; what is written stays, and the next run goes on from it';
  return end(course, { is: 'stopped', exit: drive ? 20 : 1, why });
}

/** The cluster does not answer. Reads are asked again; after a write that never got its answer only a new epoch may go on. */
function silent(course: Course, error: NoAnswerError): Millis | undefined {
  const { env, kit } = course;
  const now = env.clock.now();
  const going = course.silence && now - course.silence.last < quiet;
  if (!going) env.reporter.note(`the cluster does not answer; trying on for ${patience / 60_000} minutes: ${error.message}`, kit.canary);
  course.silence = { since: going ? (course.silence?.since ?? now) : now, last: now };
  if (now - course.silence.since >= patience) {
    const exit = course.drive || course.again ? 20 : 5;
    return end(course, { is: 'stopped', exit, why: `the cluster has not answered for ${patience / 60_000} minutes: ${error.message}` });
  }
  if (error instanceof UnansweredWrite || course.again) startAgain(course);
  return retryPause;
}

/** Rule 2, from ourselves: a higher epoch and its stamps make the old request dead, whenever it lands. */
function startAgain(course: Course): void {
  course.drive?.questions.close();
  course.attempt.abort();
  course.attempt = new AbortController();
  course.again = true;
  delete course.drive;
}

/** Told to stop, and the way back could not be confirmed in time. */
function interrupted(course: Course): undefined {
  const { env, drive, again, orphanOf, kit } = course;
  const { name, namespace } = kit.canary;
  const by = env.intents().find(({ verb }) => verb === 'stop')?.by ?? 'SIGINT';
  if (drive || again) {
    const why = `stopped by ${by}, but the cluster did not confirm that traffic is on the primary`;
    return end(course, { is: 'stopped', exit: 20, why }, `canary heal ${name} -n ${namespace}`);
  }
  if (!orphanOf) return end(course, { is: 'parked', by, traffic: 'as-is' });
  // Not by name: that would take it from a run that lives after all.
  const why = `stopped by ${by} before it was known whether ${orphanOf} still drives: nothing was changed, traffic stands as that run left it`;
  return end(course, { is: 'stopped', exit: 20, why }, `canary heal -n ${namespace}`);
}

function weightOf({ drive }: Course): number {
  return drive ? shareOf(drive.held.state.traffic) : 0;
}
