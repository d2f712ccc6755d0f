// What `status` shows of a record, as annotations, so that one metadata-only list shows all canaries. It must never be read back to decide.
import { cleanText } from '../common/clean.ts';
import type { Canary } from '../contracts.ts';
import type { State } from '../core/types.ts';
import { causeText } from '../core/wording.ts';

/** Annotation names; `null` in a summary takes the annotation off. */
export const summaryNames = {
  canary: 'canary.run/canary',
  target: 'canary.run/target',
  provider: 'canary.run/provider',
  phase: 'canary.run/phase',
  weight: 'canary.run/weight',
  failedChecks: 'canary.run/failed-checks',
  iterations: 'canary.run/iterations',
  step: 'canary.run/step',
  steps: 'canary.run/steps',
  revision: 'canary.run/revision',
  since: 'canary.run/since',
  why: 'canary.run/why',
  parked: 'canary.run/parked',
  waiting: 'canary.run/waiting',
  driver: 'canary.run/driver',
  host: 'canary.run/host',
  epoch: 'canary.run/epoch',
} as const;

export function summaryOf(canary: Canary, state: State, why?: string): Record<string, string | null> {
  const { strategy } = canary;
  const byWeight = strategy.kind === 'weights';
  const values: Record<keyof typeof summaryNames, string | number | undefined> = {
    canary: canary.name,
    target: `${canary.targetRef.kind}/${canary.targetRef.name}`,
    provider: canary.provider,
    phase: state.phase,
    // Flagger shows 0 for blue/green, whatever the Service selects.
    weight: byWeight && !isParkedHome(state) ? state.traffic.canary : 0,
    failedChecks: state.failedChecks,
    iterations: state.iterations,
    step: stepOf(canary, state),
    steps: byWeight ? strategy.steps.length : strategy.count,
    revision: state.revision,
    since: new Date(state.since).toISOString(),
    why: why ?? whyOf(state),
    parked: state.parked,
    waiting: state.waiting?.side,
    driver: state.driver,
    host: state.host,
    epoch: state.epoch,
  };
  return Object.fromEntries(
    Object.entries(summaryNames).map(([field, name]) => {
      const value = values[field as keyof typeof summaryNames];
      return [name, value === undefined || value === '' ? null : cleanText(String(value), 300)];
    }),
  );
}

/** Counted from 1; 0 before the first. Where the steps are behind us, all of them. */
function stepOf({ strategy }: Canary, state: State): number {
  const all = strategy.kind === 'weights' ? strategy.steps.length : strategy.count;
  if (state.phase === 'Promoting' || state.phase === 'Finalising') return all;
  if (state.phase !== 'Progressing') return 0;
  if (strategy.kind === 'iterations') return Math.min(all, state.iterations);
  return strategy.steps.filter((weight) => weight <= state.traffic.canary).length;
}

function whyOf(state: State): string | undefined {
  if (state.home) return causeText(state.home);
  if (state.parked !== undefined) return `parked by ${state.parked}`;
  return state.phase === 'Failed' ? state.verdict : undefined;
}

/** Parked with all traffic on the primary: the weight in the state is the one to go on from. */
function isParkedHome({ parked, at }: State): boolean {
  return parked !== undefined && at === undefined;
}
