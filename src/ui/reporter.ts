// What every reporter can do, and what all of them say at the end. The texts of results are data; nothing is decided here.
import type { Outcome, Reporter } from '../runner/types.ts';
import type { RunView } from '../runner/view.ts';

/** A Reporter that also closes the story: results are the last thing on stdout, whenever each canary came to its end. */
export interface RunReporter extends Reporter {
  /** How a canary stands after a pass; only a live screen wants to know. */
  view?(view: RunView): void;
  finish(outcomes: readonly Outcome[], exitCode: number): void;
}

/** One word for how a run ended: rolled-back, promoted, … */
export function resultWord(outcome: Outcome): string {
  return outcome.result.is;
}

/** promoted=2 rolled-back=1, in the order in which they first appear. */
export function counts(outcomes: readonly Outcome[]): string {
  const found = new Map<string, number>();
  for (const outcome of outcomes) found.set(resultWord(outcome), (found.get(resultWord(outcome)) ?? 0) + 1);
  return [...found].map(([word, count]) => `${word}=${count}`).join(' ');
}
