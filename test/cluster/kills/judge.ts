// Holds what happened in a life against the sandbox's own checker (test/faults/checker.ts).
import { check } from '../../faults/checker.ts';
import type { Entry } from '../../faults/log.ts';
import { setupOf } from '../../faults/scene-setup.ts';
import type { InvariantId, Setup, Violation } from '../../faults/setup.ts';
import type { Ground, Recording } from './life.ts';

export interface Case {
  readonly entries: readonly Entry[];
  readonly extra?: Partial<Setup>;
  /** Default: all. */
  readonly only?: readonly InvariantId[];
}

export function judge({ scenes }: Pick<Ground, 'scenes'>, recording: Recording, { entries, extra, only }: Case): Violation[] {
  const scene = scenes.get(recording);
  if (!scene) throw new Error(`${recording} was not opened`);
  // As the lives are driven: interval 1s, --drain 1s.
  const setup = setupOf(scene, { drainMs: 1_000, intervalMs: 1_000, ...extra });
  const recorded = { log: { entries: [...entries] }, setup };
  return only ? check(recorded, only) : check(recorded);
}

export function said({ invariant, why, seq }: Violation): string {
  return `${invariant} at ${seq}: ${why}`;
}
