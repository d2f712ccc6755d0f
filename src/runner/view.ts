// What a live screen is told of one canary after a pass. Pure reading of a state and a look; it decides nothing and is never read back.
import type { Answer, Canary, Ctx, Found, Metric, Ref, Side, Traffic } from '../contracts.ts';
import type { Kit, Phase, State } from '../core/types.ts';
import { causeText } from '../core/wording.ts';
import type { Millis } from '../ports.ts';

export interface PodCount {
  readonly ready: number;
  readonly wanted: number;
}

export interface Limit {
  readonly name: string;
  /** As the built-in queries measure: per cent, milliseconds; '' where only the query's author knows. */
  readonly unit: '%' | 'ms' | '';
  readonly min?: number;
  readonly max?: number;
}

export interface MetricView extends Limit {
  /** Absent: no answer, or none with a number. */
  readonly value?: number;
  /** Absent: no answer. */
  readonly ok?: boolean;
  /** The check that was answered: it may be over already, decided by this answer. */
  readonly check?: number;
}

export interface RunView {
  readonly canary: Canary;
  readonly phase: Phase;
  readonly traffic: Traffic;
  /** Counted from 1; 0 before the first. `steps` 0: there are none (skipAnalysis). */
  readonly step: number;
  readonly steps: number;
  readonly failedChecks: number;
  readonly threshold: number;
  readonly iterations: number;
  /** The next check, when there is one to come. */
  readonly dueAt?: Millis;
  /** The API server's clock, like every time in here. */
  readonly now: Millis;
  /** The gate that is closed. */
  readonly gate?: string;
  /** The side whose pods are waited for. */
  readonly waiting?: Side;
  /** On the way back, and why. */
  readonly home?: string;
  readonly pods: Readonly<Record<Side, PodCount>>;
  /** In the order of the file, each with its last answer that is still known: whoever shows them must remember. */
  readonly metrics: readonly MetricView[];
  /** When the phase began. */
  readonly since: Millis;
  /** When this run began to drive. */
  readonly driverStart: Millis;
}

export interface Viewed {
  readonly kit: Kit;
  readonly state: State;
  readonly found: Found;
  /** From what is kept. */
  readonly made: readonly Ref[];
  /** As they were decided on: those of a check that has just ended are among them. */
  readonly answers: ReadonlyMap<string, Answer>;
  readonly now: Millis;
  readonly driverStart: Millis;
}

export function runViewOf(viewed: Viewed): RunView {
  const { kit, state, now, driverStart } = viewed;
  const { canary } = kit;
  return {
    canary,
    phase: state.phase,
    traffic: state.traffic,
    ...stepsOf(canary, state),
    failedChecks: state.failedChecks,
    threshold: canary.threshold,
    iterations: state.iterations,
    ...(isChecking(state) ? { dueAt: state.check.dueAt } : {}),
    now,
    ...(state.gate === undefined ? {} : { gate: state.gate }),
    ...(state.waiting ? { waiting: state.waiting.side } : {}),
    ...(state.home ? { home: causeText(state.home) } : {}),
    pods: podsOf(viewed),
    metrics: canary.metrics.map((metric, no) => metricView(viewed, metric, no)),
    since: state.since,
    driverStart,
  };
}

/** Checks count from when the traffic was read back; none comes while pods are waited for or on the way back. */
function isChecking({ phase, at, waiting, home }: State): boolean {
  return (phase === 'Progressing' || phase === 'WaitingPromotion') && at !== undefined && !waiting && !home;
}

/** The step counts as Flagger's weight does: reached, not passed. */
function stepsOf({ strategy }: Canary, { phase, traffic, iterations }: State): { step: number; steps: number } {
  if (strategy.kind === 'skip') return { step: 0, steps: 0 };
  const steps = strategy.kind === 'weights' ? strategy.steps.length : strategy.count;
  if (phase === 'WaitingPromotion' || phase === 'Promoting' || phase === 'Finalising') return { step: steps, steps };
  if (phase !== 'Progressing') return { step: 0, steps };
  if (strategy.kind === 'iterations') return { step: Math.min(steps, iterations), steps };
  const share = traffic.kind === 'split' ? traffic.canary : 0;
  return { step: strategy.steps.filter((weight) => weight <= share).length, steps };
}

function podsOf({ kit, found, made }: Viewed): RunView['pods'] {
  const ctx: Ctx = { canary: kit.canary, found, digest: (text) => kit.digest(text), made };
  const count = (side: Side): PodCount => ({ ready: kit.target.ready(ctx, side), wanted: kit.target.wanted(ctx, side) });
  return { primary: count('primary'), canary: count('canary') };
}

function metricView(viewed: Viewed, metric: Metric, no: number): MetricView {
  const last = lastAnswer(viewed, `/metric/${no}/${metric.name}`);
  if (!last) return limitOf(metric);
  const { answer, check } = last;
  const ok = answer.is === 'value' && isWithin(metric, answer.value);
  return { ...limitOf(metric), ...(answer.is === 'value' ? { value: answer.value } : {}), ok, check };
}

/** Of this analysis: the answer of the latest check that has one. */
function lastAnswer({ state, answers }: Viewed, question: string): { answer: Answer; check: number } | undefined {
  const before = `${state.run}/${state.revision}/`;
  let last: { answer: Answer; check: number } | undefined;
  for (const [id, answer] of answers) {
    if (!id.startsWith(before) || !id.endsWith(question)) continue;
    const check = Number(id.slice(before.length, -question.length));
    if (Number.isInteger(check) && check >= (last?.check ?? 0)) last = { answer, check };
  }
  return last;
}

export function limitOf(metric: Metric): Limit {
  const { name, min, max } = metric;
  return { name, unit: unitOf(metric), ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** Bounds are inclusive; what is no finite number is never within them. */
function isWithin({ min, max }: Metric, value: number): boolean {
  return Number.isFinite(value) && (min === undefined || value >= min) && (max === undefined || value <= max);
}

function unitOf({ source, name }: Metric): Limit['unit'] {
  if (source.kind !== 'builtin') return '';
  return name === 'request-duration' ? 'ms' : '%';
}
