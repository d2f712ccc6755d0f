// What the runner is given and what it gives back. Types only.
import type { Canary } from '../contracts.ts';
import type { Event, Intent, Options, Result } from '../core/types.ts';
import type { Library } from '../spec/library.ts';
import type { Millis, World } from '../ports.ts';
import type { RunView } from './view.ts';

/** One event line, ready to be shown: `text` is the exact wording (core/wording.ts). */
export interface Line {
  at: Millis;
  canary: Canary;
  type: 'Normal' | 'Warning';
  text: string;
  event: Event;
}

/** How one canary's run ended. */
export interface Outcome {
  canary: Canary;
  result: Result;
  /** The revision that the run was about; '' when it never came so far. */
  revision: string;
  changed: boolean;
  exitCode: number;
  /** One sentence for people, and the one command to run next. */
  why: string;
  next?: string;
}

/** Where the runner's words go. Implemented by src/ui; never decides anything. */
export interface Reporter {
  event(line: Line): void;
  /** Context, plan, hints, evidence: stderr. */
  note(text: string, canary?: Canary): void;
  result(outcome: Outcome): void;
  /** After each pass: for a screen. */
  view?(view: RunView): void;
}

/** Signals (and later keys): a list that only grows, and a call when it did. */
export interface Intents {
  list(): readonly Intent[];
  onChange(listener: () => void): void;
}

export interface RunRequest {
  world: World;
  canaries: Canary[];
  /** MetricTemplates and AlertProviders of the files. */
  library?: Library;
  options: Options;
  /** Take over a driver that looks alive. */
  takeover: boolean;
  /** --queue: wait for a living driver to end. */
  queue?: boolean;
  /** --wait: where there is nothing to do, so long for the next revision. */
  wait?: Millis;
  /** The whole run's deadline; then it is rolled back (exit 13). */
  timeout: Millis;
  /** Who drives, for the record: user@host. */
  host: string;
  /** Watch streams; false = poll only. */
  watch: boolean;
  reporter: Reporter;
  intents: Intents;
  /** Fresh randomness, 16 hexadecimal digits. */
  random(): string;
}

/** src/runner/run.ts: export function run(request: RunRequest): Promise<Outcome[]> (throws CanaryError for what stops everything).
 *  src/runner/heal.ts: export function heal(request: HealRequest): Promise<Healed[]>. */
export interface HealRequest {
  world: World;
  /** Undefined: every orphan of the namespace (or of all). */
  name?: string;
  namespace?: string;
  host: string;
  reporter: Reporter;
  random(): string;
}
export interface RemoveRequest {
  world: World;
  name: string;
  namespace: string;
  host: string;
  drain: Millis;
  watch: boolean;
  reporter: Reporter;
  intents: Intents;
  random(): string;
}

export interface Healed {
  namespace: string;
  name: string;
  /** parked: all traffic is on ready pods, and on the primary unless a promotion had begun; read back. */
  is: 'parked' | 'nothing-to-do' | 'alive' | 'unconfirmed';
  why: string;
}
