// The questions of one check and what their answers come to. Fails closed: only a finite value within its bounds, or a hook's yes, passes.
import type { Answer, Metric } from '../contracts.ts';
import { questionId, tell, type Pass, type Question } from './pass.ts';
import type { Hook, JsonObject } from '../spec/types.ts';
import type { Event, State } from './types.ts';
import { outOfBounds } from './wording.ts';

export interface Failure {
  name: string;
  why: string;
}

export interface Judged {
  state: State;
  /** The one question to be asked next. */
  open?: Question;
  failure?: Failure;
  events: Event[];
}

/** In Flagger's order. Before the first weight or iteration only the pre-rollout hooks; later the rollout hooks, then the metrics. */
export function questions(pass: Pass): Question[] {
  const { canary } = pass.kit;
  if (!hasBegun(pass.state))
    return canary.hooks.filter(({ type }) => type === 'pre-rollout').map((hook, no) => hookQuestion(pass, hook, no));
  const hooks = canary.hooks.filter(({ type }) => type === 'rollout').map((hook, no) => hookQuestion(pass, hook, no));
  return [...hooks, ...canary.metrics.map((metric, no) => metricQuestion(pass, metric, no))];
}

function hasBegun(state: State): boolean {
  return state.traffic.canary > 0 || state.iterations > 0;
}

/** Two metrics may have one name, so its place is part of the id. */
function metricQuestion(pass: Pass, metric: Metric, no: number): Question {
  return { id: questionId(pass, `metric/${no}/${metric.name}`), ask: 'metric', metric };
}

function hookQuestion(pass: Pass, hook: Hook, no: number): Question {
  const { canary } = pass.kit;
  const metadata: JsonObject = Object.keys(hook.metadata).length ? { metadata: hook.metadata } : {};
  const body = { name: canary.name, namespace: canary.namespace, phase: 'Progressing', checksum: pass.state.revision, ...metadata };
  return { id: questionId(pass, `hook/${no}/${hook.name}`), ask: 'hook', hook, body };
}

/** Goes through the answers in order, up to the first open question or failure. */
export function judge(pass: Pass, asked: Question[]): Judged {
  let state = pass.state;
  const events: Event[] = [];
  for (const question of asked) {
    const memory = remembered(question);
    if (memory && state.passed.includes(memory)) continue;
    const answer = pass.seen.answers.get(question.id);
    if (!answer) return { state, open: question, events };
    const failure = failureOf(question, answer);
    events.push(...told(pass, { question, answer, failure }));
    if (failure) return { state, failure, events };
    // A hook is a deed: once it said yes it is written down, so that a killed run does not call it again.
    if (memory) state = { ...state, passed: [...state.passed, memory] };
  }
  return { state, events };
}

/** Pre-rollout checks run once per revision; other hooks once per check; metrics may be read again. */
function remembered(question: Question): string | undefined {
  if (question.ask !== 'hook') return undefined;
  return question.hook.type === 'pre-rollout' ? `pre/${question.id.split('/').slice(3).join('/')}` : question.id;
}

function failureOf(question: Question, answer: Answer): Failure | undefined {
  if (question.ask === 'evidence') return undefined;
  const name = question.ask === 'metric' ? question.metric.name : question.hook.name;
  if (answer.is === 'ok') return question.ask === 'hook' ? undefined : { name, why: 'it was answered without a value' };
  if (answer.is !== 'value') return { name, why: answer.why };
  if (question.ask !== 'metric') return undefined;
  const { metric } = question;
  const bound = outside(metric, answer.value);
  return bound && { name, why: outOfBounds({ metric, value: answer.value, bound }) };
}

/** Bounds are inclusive; what is not a finite number is never within them. */
function outside({ min, max }: Metric, value: number): 'below' | 'above' | undefined {
  if (!Number.isFinite(value)) return 'below';
  if (min !== undefined && value < min) return 'below';
  if (max !== undefined && value > max) return 'above';
  return undefined;
}

function told(pass: Pass, { question, answer, failure }: { question: Question; answer: Answer; failure: Failure | undefined }): Event[] {
  if (question.ask === 'hook') {
    const { name: hook, type } = question.hook;
    // Flagger says nothing of a rollout check that passed.
    if (!failure && type === 'rollout') return [];
    return tell(pass, { tell: 'hook', hook, type, passed: !failure, why: failure?.why ?? '' });
  }
  if (question.ask !== 'metric' || !failure) return [];
  const { metric } = question;
  if (answer.is === 'value')
    return tell(pass, { tell: 'metric', metric, value: answer.value, bound: outside(metric, answer.value) ?? 'below' });
  if (answer.is === 'no-values') return tell(pass, { tell: 'no-values', metric, why: answer.why });
  return tell(pass, { tell: 'not-checked', metric, why: failure.why });
}
