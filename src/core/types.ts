// The words of the engine: what is remembered, what is seen, what is decided. Types only; read every field as deeply readonly.
import type { Alert, Answer, Canary, Change, Found, Metric, Ref, Scaler, Side, Target, Traffic, TrafficRouter } from '../contracts.ts';
import type { Event } from './event.ts';
import type { AlertTarget, Hook, JsonObject, Millis, Severity, Strings } from '../spec/types.ts';

export type { Event } from './event.ts';

export type Phase =
  | 'Initializing'
  | 'Initialized'
  /** A gate before the release is closed: nothing has begun. */
  | 'Waiting'
  | 'Progressing'
  /** Everything was analysed, the gate before promotion is closed; checks go on. */
  | 'WaitingPromotion'
  | 'Promoting'
  | 'Finalising'
  | 'Succeeded'
  | 'Failed'
  /** `canary delete`: everything is given back. */
  | 'Terminating';

/** Why we are going back. */
export type Cause =
  | { by: 'checks'; failed: number; metric: string; why: string }
  /** pods not ready in time: the canary's, or the primary's in promotion */
  | { by: 'deadline'; side: Side; why: string }
  /** a rollback webhook said yes */
  | { by: 'gate'; why: string }
  | { by: 'person' | 'signal' | 'timeout' | 'trouble'; why: string }
  /** the target was put back to what the primary runs: nothing is left to analyse */
  | { by: 'returned'; why: string };

export type Result =
  | { is: 'promoted' | 'unchanged' | 'initialized' | 'suspended' }
  /** equal to the revision that failed last, and asked not to try it again */
  | { is: 'failed-before' }
  | { is: 'rolled-back'; cause: Cause; confirmed: boolean }
  /** bootstrap ended without the primary ready: the target is untouched */
  | { is: 'not-initialized'; cause: Cause }
  /** `traffic` as read back: all on one side, on both and both ready, on no ready pod at all, or not looked at (as-is) */
  | { is: 'parked'; by: string; traffic: 'primary' | 'canary' | 'both' | 'nowhere' | 'as-is' }
  | { is: 'superseded'; revision: string }
  /** `canary delete`: the user's objects are as they were, ours are gone */
  | { is: 'deleted' }
  /** Not the engine's: this canary's run could not start, or lost its record or its cluster. */
  | { is: 'stopped'; exit: number; why: string };

/** To be delivered at least once, also by the next run: saved before it is sent, taken off when it was answered. `id` is its idempotency key. */
export type Owed = { id: string } &
  /** `to`: namespace/name of the AlertProvider. `facts`: with the fields about target and strategy. */
  (
    | { is: 'alert'; to: string; severity: Severity; text: string; facts: boolean }
    /** A post-rollout hook, by its place among them, and the revision that it is told of. */
    | { is: 'hook'; hook: number; revision: string; phase: 'Succeeded' | 'Failed' }
  );

/** JSON, a few KiB, saved whole at every change by compare-and-set. Never a secret, never evidence. */
export interface State {
  schema: 1;
  /** The Canary's name: two canaries with one target collide here. */
  canary: string;
  epoch: number;
  /** The id of the process that drives; '' = released. Its Lease is named after it. */
  driver: string;
  /** Who that is, for people: user@host. */
  host: string;
  /** Id of the analysis under way; part of every question's id. A resumed run keeps it. */
  run: string;
  phase: Phase;
  /** When the phase began; LASTTRANSITIONTIME. */
  since: Millis;
  /** Set once: we are going back; a resumed run goes on going back. */
  home?: Cause;
  /** Released on the way, by a signal or by `heal`; the next run goes on from here. */
  parked?: string;
  /** What is wanted. What is written may be less: the guards never send traffic to a side without ready pods. */
  traffic: Traffic;
  /** When the wanted traffic was read back from the cluster; absent: not yet. Checks and drains count from here. */
  at?: Millis;
  /** Since when a route that was written is not taken up. A run that goes on from the record waits anew. */
  unrouted?: Millis;
  /** A side that is being waited for, and since when: what its deadline counts from. */
  waiting?: { side: Side; since: Millis };
  check: { no: number; dueAt: Millis };
  failedChecks: number;
  iterations: number;
  /** Hooks that passed and are never asked again in this analysis: pre-rollout ones by 'pre/hook/<no>/<name>', the others by question id. */
  passed: string[];
  /** The revision being analysed. */
  revision: string;
  /** The revision the primary is to go back to: what it ran when the analysis began. */
  promoted: string;
  /** The last revision that was rolled back. */
  failed?: string;
  /** Why the last analysis failed, in a sentence: what `status` shows. */
  verdict?: string;
  /** The driver that set out to set the image of --image, and the revision that it meant to change: set once, and never over somebody else's. */
  imaged?: { driver: string; from: string };
  /** A new revision was seen, and its confirm-rollout gates are being asked. */
  asking?: true;
  /** The gate that is closed, by its name. */
  gate?: string;
  owed: Owed[];
  /** Promoted, rolled back, …: told as soon as nothing is owed any more. */
  closing?: Result;
  /** Intents already obeyed. */
  heard: string[];
}

/** Rarely saved: the spec as last run, the REVERSE merge patch of every object that we did not create, a line per run. */
export interface Kept {
  spec: JsonObject;
  undo: { [object: string]: JsonObject };
  /** ConfigMaps and Secrets that we created: Secrets may be looked at by name only. */
  made: Ref[];
  runs: { revision: string; result: string; at: Millis }[];
}

/** What a person wants, whichever way it came: a signal now, keys and other terminals later. */
export interface Intent {
  id: string;
  /** `handover`: another run is queued with a revision of its own. */
  verb: 'stop' | 'rollback' | 'timeout' | 'trouble' | 'delete' | 'handover';
  /** 'SIGINT', 'heal by ana@laptop', what the cluster refused, … */
  by: string;
}

export interface Options {
  /** --image [container=]reference */
  image?: { container?: string; reference: string };
  /** --no-retry */
  noRetry: boolean;
  /** --drain */
  drain: Millis;
  /** --on-interrupt: what a 'stop' does with traffic. */
  onInterrupt: 'park' | 'hold' | 'rollback';
  /** The cluster by name, for alerts. */
  cluster?: string;
}

export interface Seen {
  /** The API server's clock. */
  now: Millis;
  /** Fresh randomness, for run ids. */
  nonce: string;
  /** This process; equal to state.driver once it holds the record. */
  driver: string;
  found: Found;
  kept: Kept;
  /** By question id; absent = open. */
  answers: ReadonlyMap<string, Answer>;
  intents: readonly Intent[];
}

/** id = run/revision/check/name. */
export type Question = { id: string } & (
  | { ask: 'metric'; metric: Metric }
  | { ask: 'hook'; hook: Hook; body: JsonObject }
  | { ask: 'alert'; alert: Alert; to: AlertTarget }
  /** The pods of a side that failed: waiting reasons and last events, read before they are scaled away. Answered 'ok' always. */
  | { ask: 'evidence'; side: Side; selector: Strings }
);

export interface Decision {
  /** 1 COMMIT: saved first if it changed in what the next run goes on from, by compare-and-set on the record, which is the lock. */
  state: State;
  /** 2 then these, in order; every prefix is safe; the first refusal ends the pass. */
  changes: Change[];
  /** 3 ALL questions open now: new ids start, ids no longer listed are aborted. */
  ask: Question[];
  /** 4 told only after 1 and 2. */
  events: Event[];
  /** Look again then, or on a watched change, an answer, an intent. */
  wakeAt: Millis;
  result?: Result;
}

/** The plug-ins that one canary needs, chosen by src/kit.ts. */
export interface Kit {
  canary: Canary;
  target: Target;
  scaler?: Scaler;
  router: TrafficRouter;
  options: Options;
  digest(text: string): string;
}

export type Decide = (kit: Kit, state: State, seen: Seen) => Decision;
