// What a checker has to know besides the log. Types only, and the names of traffic that follow from them.
import { selectedBy, weightOf, type Side } from './facts.ts';
import type { Log, View } from './log.ts';

/** An answer that every step needs. */
export type Wanted = { readonly name: string } & (
  | {
      readonly is: 'metric';
      /** All of these stand in the query. */ readonly has: readonly string[];
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly is: 'hook'; /** The URL ends so. */ readonly url: string }
);

export interface Setup {
  readonly namespace: string;
  readonly target: string;
  readonly apex: string;
  readonly provider: 'istio' | 'kubernetes';
  readonly drainMs: number;
  /** analysis.interval; default 10 s. */
  readonly intervalMs?: number;
  readonly answers: readonly Wanted[];
  /** Every weight that must have been live before a promotion. */
  readonly steps?: readonly number[];
  /** Blue/green: how many iterations must have been counted before a promotion. */
  readonly iterations?: number;
  readonly skipAnalysis?: boolean;
  /** Of the last run; absent: it was killed. */
  readonly exit?: number;
  /** How many checks the last analysis failed. */
  readonly failedChecks?: number;
  /** Runs that had nothing to do. */
  readonly idle?: readonly string[];
}

export type InvariantId = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I10' | 'I11' | 'I12' | 'I13';

export interface Violation {
  readonly invariant: InvariantId;
  readonly seq: number;
  readonly why: string;
}

export interface Recorded {
  readonly log: Pick<Log, 'entries'>;
  readonly setup: Setup;
}

export type Invariant = (recorded: Recorded) => Violation[];

/** The canary's share in per cent. */
export function canaryWeight(setup: Setup, view: View): number {
  if (setup.provider === 'istio') return weightOf(view.route, `${setup.apex}-canary`);
  const selected = selectedBy(view.apex, view);
  return selected.includes('canary') && !selected.includes('primary') ? 100 : 0;
}

/** The sides that traffic can reach, by route or by the apex Service. */
export function reached(setup: Setup, view: View): ReadonlySet<Side> {
  const sides = new Set(selectedBy(view.apex, view));
  if (setup.provider === 'istio') {
    if (weightOf(view.route, `${setup.apex}-primary`) > 0) sides.add('primary');
    if (weightOf(view.route, `${setup.apex}-canary`) > 0) sides.add('canary');
  }
  return sides;
}
