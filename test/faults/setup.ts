// What a checker has to know besides the log. Types only, and the names of traffic that follow from them.
import { selectedBy, type Side } from './facts.ts';
import type { Log, View } from './log.ts';
import { mirrorsTo, shareOf, weightOf } from './routes.ts';

/** What an answer is needed for: every step but the first, the first one, every step of weight, the end of the analysis, its beginning. */
export type Moment = 'check' | 'first' | 'weight' | 'promotion' | 'start';

/** An answer without which nothing goes on. */
export type Wanted = { readonly name: string; /** Default: 'check'. */ readonly before?: Moment } & (
  | {
      readonly is: 'metric';
      /** All of these stand in the query. */ readonly has: readonly string[];
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly is: 'hook'; /** The URL ends so. */ readonly url: string }
);

/** A message that people or tools are owed at the end. */
export interface Message {
  readonly name: string;
  /** The URL ends so. */
  readonly url: string;
  /** In which ends it is due, and the words that it then has. */
  readonly due: readonly { readonly phase: 'Succeeded' | 'Failed'; readonly has: string }[];
}

/** An object as it is stored, by the name that entries of a log have: 'apps/deployments podinfo'. */
export interface Stored {
  readonly object: string;
  readonly stored: unknown;
}

export interface Setup {
  readonly namespace: string;
  readonly target: string;
  readonly apex: string;
  /** 'istio': any that has a route, be it an HTTPRoute or a TraefikService. */
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
  /** Requests must have been mirrored, or those that fit led to the canary, before a promotion. */
  readonly must?: 'mirror' | 'match';
  /** Hooks that call a release off with a yes. */
  readonly callsOff?: readonly { readonly name: string; readonly url: string }[];
  readonly messages?: readonly Message[];
  /** The only objects that drivers may write, as patterns of 'apps/deployments podinfo'. Absent: not looked at. */
  readonly writable?: readonly RegExp[];
  /** What must stand when everything was given back, and what does. Absent: nothing is given back. */
  readonly originals?: readonly Stored[];
  readonly left?: readonly Stored[];
  /** Of the last run; absent: it was killed. */
  readonly exit?: number;
  /** How many checks the last analysis failed. */
  readonly failedChecks?: number;
  /** Runs that had nothing to do. */
  readonly idle?: readonly string[];
}

export type InvariantId = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'I12' | 'I13' | 'I16';

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

/** The highest share, in per cent, that anybody's requests have of the canary: also where only a header or a cookie leads to it. */
export function canaryWeight(setup: Setup, view: View): number {
  return setup.provider === 'istio' ? weightOf(view.route, `${setup.apex}-canary`) : bySelector(view);
}

/** The share of those whom nothing leads: what the steps are about. */
export function canaryShare(setup: Setup, view: View): number {
  return setup.provider === 'istio' ? shareOf(view.route, `${setup.apex}-canary`) : bySelector(view);
}

function bySelector(view: View): number {
  const selected = selectedBy(view.apex, view);
  return selected.includes('canary') && !selected.includes('primary') ? 100 : 0;
}

export function isMirrored(setup: Setup, view: View): boolean {
  return setup.provider === 'istio' && mirrorsTo(view.route, `${setup.apex}-canary`);
}

/** Some are led to the canary who would not get there by chance. */
export function isMatched(setup: Setup, view: View): boolean {
  return setup.provider === 'istio' && canaryWeight(setup, view) > canaryShare(setup, view);
}

/** The sides that traffic can reach, by route, by a copy of a request or by the apex Service. */
export function reached(setup: Setup, view: View): ReadonlySet<Side> {
  const sides = new Set(selectedBy(view.apex, view));
  if (setup.provider === 'istio') {
    if (weightOf(view.route, `${setup.apex}-primary`) > 0) sides.add('primary');
    if (weightOf(view.route, `${setup.apex}-canary`) > 0 || isMirrored(setup, view)) sides.add('canary');
  }
  return sides;
}
