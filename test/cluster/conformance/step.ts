// One request of a sequence, in words that mean the same on either server. Types only, and how words are filled in.
import type { Json } from '../../../src/contracts.ts';

/** Words in «» stand for what only the server knows: see `Memory.fill`. */
export interface Step {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** JSON; or, with `from`, a merge patch onto what was last seen of that object. */
  readonly body?: Json;
  /** 'ConfigMap/a' */
  readonly from?: string;
  /** A body that is no JSON. */
  readonly raw?: string;
  readonly type?: string;
  readonly accept?: string;
  /** Its lines are read to its end. */
  readonly isWatch?: true;
  /** Controllers write to this object after a change: wait for them. 'deployments/a' of apps/v1. */
  readonly quiet?: string;
}

export interface Sequence {
  readonly seed: number;
  readonly steps: readonly Step[];
}

export function describeStep(step: Step): string {
  const extra = [step.from === undefined ? '' : `from ${step.from}`, step.type ?? '', step.accept ?? ''].filter(Boolean).join(' ');
  return `${step.method} ${step.path} ${extra} ${step.raw ?? (step.body === undefined ? '' : JSON.stringify(step.body))}`;
}
