// What happened, for people and machines: told after it was saved and done. Types only; the words stand in wording.ts.
import type { Metric, Side } from '../contracts.ts';
import type { HookType, Millis } from '../spec/types.ts';
import type { Cause } from './types.ts';

export type Event = { at: Millis } & (
  | { tell: 'metrics-online' }
  | { tell: 'initialized' }
  | { tell: 'revision'; restart: boolean }
  | { tell: 'scaling' }
  | { tell: 'not-ready'; side: Side; why: string }
  /** What was written is not taken up: by the data plane, or because somebody holds against it. */
  | { tell: 'not-routed'; why: string }
  /** The canary has users, and nobody to serve them. */
  | { tell: 'deserted'; why: string }
  | { tell: 'started' }
  | { tell: 'metric'; metric: Metric; value: number; bound: 'below' | 'above' }
  | { tell: 'no-values'; metric: Metric; why: string }
  | { tell: 'not-checked'; metric: Metric; why: string }
  /** `muted`: no alert while it waits (muteAlert). */
  | { tell: 'hook'; hook: string; type: HookType; muted: boolean; passed: boolean; why: string }
  | { tell: 'weight'; canary: number }
  | { tell: 'primary-weight'; primary: number }
  | { tell: 'iteration'; no: number; of: number }
  | { tell: 'copying' }
  | { tell: 'all-to-primary' }
  /** Blue/green: before the copy, all users are on the canary. */
  | { tell: 'all-to-canary'; mirrored: boolean }
  | { tell: 'promoted' }
  /** skipAnalysis */
  | { tell: 'skipped' }
  | { tell: 'terminating' }
  | { tell: 'terminated' }
  | { tell: 'rolling-back'; cause: Cause }
  | { tell: 'failed' }
  /** Ours, not Flagger's: said on stderr, never a Kubernetes Event. */
  | { tell: 'note'; text: string }
);
