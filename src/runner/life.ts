// One canary's run from the first look to its outcome, one step at a time; the queue decides when. Turns trouble into words and exit codes.
import type { Canary } from '../contracts.ts';
import type { Intent, Kit, Result } from '../core/types.ts';
import { CanaryError } from '../errors.ts';
import { NoAnswerError, asCanaryError } from '../kube/api-error.ts';
import type { Millis } from '../ports.ts';
import { onePass, type Drive, type Passed } from './drive.ts';
import type { Env } from './env.ts';
import { exitOf } from './exit.ts';
import { start } from './start.ts';
import type { Outcome } from './types.ts';
import { wordsOf } from './words.ts';

export interface Life {
  /** Undefined: it is over, and `outcome` stands. */
  step(): Promise<Millis | undefined>;
  outcome(): Outcome;
}

/** How long a cluster that does not answer is waited for once we hold the record. */
const patience: Millis = 600_000;
const retryPause: Millis = 5_000;

/** What one canary's run has come to so far. */
interface Course {
  readonly env: Env;
  readonly kit: Kit;
  readonly poke: () => void;
  /** Refusals of the cluster, as intents of this canary alone. */
  readonly troubles: Intent[];
  silentSince?: Millis;
  drive?: Drive;
  outcome?: Outcome;
}

export function createLife(env: Env, kit: Kit, poke: () => void): Life {
  const course: Course = { env, kit, poke, troubles: [] };
  const none: Result = { is: 'stopped', exit: 1, why: 'the run ended without an outcome' };
  return {
    step: () => step(course).catch((error: unknown) => trouble(course, error)),
    outcome: () => course.outcome ?? outcomeOf(kit.canary, { result: none, revision: '' }),
  };
}

async function step(course: Course): Promise<Millis | undefined> {
  const { env, kit, poke, troubles } = course;
  if (!course.drive) {
    const started = await start(env, kit, { poke, troubles });
    if (started.is === 'over') return end(course, started.result);
    course.drive = started.drive;
    return 0;
  }
  const passed = await onePass(course.drive);
  delete course.silentSince;
  return after(course, passed);
}

function end(course: Course, result: Result, next?: string): undefined {
  const { drive, kit } = course;
  course.outcome = outcomeOf(kit.canary, { result, revision: drive?.held.state.revision ?? '', ...(next ? { next } : {}) });
  drive?.questions.close();
  return undefined;
}

function after(course: Course, passed: Passed): Millis | undefined {
  const { name, namespace } = course.kit.canary;
  switch (passed.is) {
    case 'waiting':
      return passed.ms;
    case 'ended':
      return end(course, passed.result);
    case 'lost':
      return end(course, { is: 'stopped', exit: 7, why: `this run no longer drives ${name}.${namespace}: ${passed.why}` });
    case 'refused':
      return refused(course, asCanaryError(passed.error));
  }
}

/** The first refusal turns the release round; a second one, on the way back, is for a person. */
function refused(course: Course, error: Error): Millis | undefined {
  const { drive, troubles, env } = course;
  const under = ['Progressing', 'Promoting', 'Finalising'].includes(drive?.held.state.phase ?? '');
  if (!under) return end(course, stopped(error), error instanceof CanaryError ? error.hint : undefined);
  if (troubles.length) return end(course, { is: 'rolled-back', cause: { by: 'trouble', why: error.message }, confirmed: false });
  troubles.push({ id: `trouble-${env.id}`, verb: 'trouble', by: error.message });
  return 0;
}

function trouble(course: Course, error: unknown): Millis | undefined {
  const { env, drive, kit } = course;
  if (env.signal.aborted) return interrupted(course);
  if (error instanceof NoAnswerError && drive) return silent(course, error.message);
  const known = asCanaryError(error);
  if (known instanceof CanaryError) return drive ? refused(course, known) : end(course, stopped(known), known.hint);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  env.reporter.note(`this is a bug of canary: ${stack}`, kit.canary);
  const why = 'an error of our own; what is written stays, and the next run goes on from it';
  return end(course, { is: 'stopped', exit: drive ? 20 : 1, why });
}

function stopped(error: Error): Result {
  return { is: 'stopped', exit: error instanceof CanaryError ? error.exitCode : 1, why: error.message };
}

function silent(course: Course, why: string): Millis | undefined {
  const now = course.env.clock.now();
  course.silentSince ??= now;
  if (now - course.silentSince < patience) return retryPause;
  return end(course, { is: 'stopped', exit: 20, why: `the cluster has not answered for ${patience / 60_000} minutes: ${why}` });
}

/** Told to stop, and the way back could not be confirmed in time. */
function interrupted(course: Course): undefined {
  const by = course.env.intents().find(({ verb }) => verb === 'stop')?.by ?? 'SIGINT';
  if (!course.drive) return end(course, { is: 'parked', by, traffic: 'as-is' });
  const why = `stopped by ${by}, but the cluster did not confirm that traffic is on the primary`;
  return end(course, { is: 'stopped', exit: 20, why });
}

function outcomeOf(canary: Canary, what: { result: Result; revision: string; next?: string }): Outcome {
  const { why, next } = wordsOf(canary, what.result);
  const hint = what.next ?? next;
  return {
    canary,
    result: what.result,
    revision: what.revision,
    changed: what.result.is === 'promoted' || what.result.is === 'initialized',
    exitCode: exitOf(what.result),
    why,
    ...(hint ? { next: hint } : {}),
  };
}
