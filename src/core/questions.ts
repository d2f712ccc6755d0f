// What one check asks, in Flagger's order: rollback hooks, the hooks and metrics of the moment, then the gates before the next step. Only lists
// and names; what answers come to stands in checks.ts.
import type { Metric } from '../contracts.ts';
import type { Hook, HookType, JsonObject } from '../spec/types.ts';
import { nextOf } from './advance.ts';
import { isAnalysing, type Pass, type Question } from './pass.ts';
import { needsCanary } from './traffic.ts';
import type { State } from './types.ts';

export type HookQuestion = Extract<Question, { ask: 'hook' }>;

/** Before the first weight or iteration only the pre-rollout hooks; later the rollout hooks, then the metrics. */
export function questions(pass: Pass): Question[] {
  const rollback = hooksOf(pass, 'rollback');
  if (!hasBegun(pass.state)) return [...rollback, ...hooksOf(pass, 'pre-rollout'), ...gates(pass)];
  const metrics = pass.kit.canary.metrics.map((metric, no) => metricQuestion(pass, metric, no));
  return [...rollback, ...hooksOf(pass, 'rollout'), ...metrics, ...gates(pass)];
}

/** What is asked before a release begins; while a gate is closed, whoever wants to call it off is heard too. */
export function gatesBefore(pass: Pass): Question[] {
  return [...(pass.state.phase === 'Waiting' ? hooksOf(pass, 'rollback') : []), ...hooksOf(pass, 'confirm-rollout')];
}

/** Flagger asks for more traffic also before promotion, but neither while requests are mirrored nor once promotion is waited for. */
function gates(pass: Pass): Question[] {
  const { state, kit } = pass;
  const next = nextOf(pass).is;
  const asksTraffic = kit.canary.strategy.kind === 'weights' && state.traffic.kind === 'split' && state.phase !== 'WaitingPromotion';
  return [
    ...(asksTraffic ? hooksOf(pass, 'confirm-traffic-increase') : []),
    ...(next === 'promotion' || next === 'all' ? hooksOf(pass, 'confirm-promotion') : []),
  ];
}

function hasBegun(state: State): boolean {
  return needsCanary(state.traffic) || state.iterations > 0;
}

export function questionId(pass: Pass, name: string): string {
  const { run, revision, check } = pass.state;
  return `${run}/${revision}/${check.no}/${name}`;
}

/** Two metrics may have one name, so its place is part of the id. */
function metricQuestion(pass: Pass, metric: Metric, no: number): Question {
  return { id: questionId(pass, `metric/${no}/${metric.name}`), ask: 'metric', metric };
}

function hooksOf(pass: Pass, type: HookType): HookQuestion[] {
  return pass.kit.canary.hooks.filter((hook) => hook.type === type).map((hook, no) => hookQuestion(pass, hook, no));
}

function hookQuestion(pass: Pass, hook: Hook, no: number): HookQuestion {
  // Flagger tells rollback hooks and the gate before a release where the release really is.
  const knowsPhase = hook.type === 'rollback' || hook.type === 'confirm-rollout';
  const phase = knowsPhase || !isAnalysing(pass.state.phase) ? pass.state.phase : 'Progressing';
  const id = questionId(pass, `${hook.type === 'rollout' || hook.type === 'pre-rollout' ? 'hook' : hook.type}/${no}/${hook.name}`);
  return { id, ask: 'hook', hook, body: hookBody(pass, hook, phase) };
}

export function hookBody({ kit, state }: Pick<Pass, 'kit' | 'state'>, hook: Hook, phase: string): JsonObject {
  const { name, namespace } = kit.canary;
  const metadata: JsonObject = Object.keys(hook.metadata).length ? { metadata: hook.metadata } : {};
  return { name, namespace, phase, checksum: state.revision, ...metadata };
}
