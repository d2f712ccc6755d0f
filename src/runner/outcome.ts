// How one canary's run ended, in its exit code and its sentence. Pure.
import type { Canary } from '../contracts.ts';
import type { Result } from '../core/types.ts';
import { CanaryError } from '../errors.ts';
import { exitOf } from './exit.ts';
import type { Lost } from './lock.ts';
import type { Outcome } from './types.ts';
import { wordsOf } from './words.ts';

/** A rival drives on; where nobody does, traffic stays as it was left, and that is for a person. */
export function lostTo(canary: Canary, { lost: { lost, to }, weight }: { lost: Lost; weight: number }): Result {
  const name = `${canary.name}.${canary.namespace}`;
  if (to === 'rival') return { is: 'stopped', exit: 7, why: `this run no longer drives ${name}: ${lost}` };
  return {
    is: 'stopped',
    exit: 20,
    why: `this run no longer drives ${name}, and nobody does: ${lost}; the canary was meant to have ${weight} %. Run it again`,
  };
}

export function outcomeOf(canary: Canary, what: { result: Result; revision: string; next?: string }): Outcome {
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

export function stopped(error: Error): Result {
  return { is: 'stopped', exit: error instanceof CanaryError ? error.exitCode : 1, why: error.message };
}
