// What `status` shows of a record, as annotations, so that one metadata-only list shows all canaries. It must never be read back to decide.
import { cleanText } from '../common/clean.ts';
import type { Canary } from '../contracts.ts';
import { isAnalysing } from '../core/pass.ts';
import { shareOf } from '../core/traffic.ts';
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
  gate: 'canary.run/gate',
  mirror: 'canary.run/mirror',
  driver: 'canary.run/driver',
  host: 'canary.run/host',
  epoch: 'canary.run/epoch',
} as const;

export function summaryOf(canary: Canary, state: State, why?: string): Record<string, string | null> {
  const { strategy } = canary;
  const values: Record<keyof typeof summaryNames, string | number | undefined> = {
    canary: canary.name,
    target: `${canary.targetRef.kind}/${canary.targetRef.name}`,
    provider: canary.provider,
    phase: state.phase,
    // Flagger shows 0 for blue/green, whatever the Service selects.
    weight: strategy.kind === 'weights' && !isParkedHome(state) ? shareOf(state.traffic) : 0,
    failedChecks: state.failedChecks,
    iterations: state.iterations,
    step: stepOf(canary, state),
    steps: stepsOf(canary),
    revision: state.revision,
    since: new Date(state.since).toISOString(),
    why: why ?? whyOf(state),
    parked: state.parked,
    waiting: state.waiting?.side,
    gate: state.gate,
    mirror: state.traffic.kind === 'mirror' && !isParkedHome(state) ? state.traffic.percent : undefined,
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
function stepOf(canary: Canary, state: State): number {
  const { strategy } = canary;
  const all = stepsOf(canary);
  if (state.phase === 'Promoting' || state.phase === 'Finalising') return all;
  if (!isAnalysing(state.phase) || strategy.kind === 'skip') return 0;
  if (strategy.kind === 'iterations') return Math.min(all, state.iterations);
  return strategy.steps.filter((weight) => weight <= shareOf(state.traffic)).length;
}

function stepsOf({ strategy }: Canary): number {
  return strategy.kind === 'weights' ? strategy.steps.length : strategy.kind === 'iterations' ? strategy.count : 0;
}

function whyOf(state: State): string | undefined {
  if (state.home) return causeText(state.home);
  if (state.parked !== undefined) return `parked by ${state.parked}`;
  if (state.gate !== undefined) return `gate "${state.gate}" is closed`;
  return state.phase === 'Failed' ? state.verdict : undefined;
}

/** Parked with all traffic on the primary: the weight in the state is the one to go on from. */
function isParkedHome({ parked, at }: State): boolean {
  return parked !== undefined && at === undefined;
}
