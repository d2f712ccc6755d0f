// What the answers of one check come to. Fails closed: only a finite value within its bounds, or a hook's yes, passes.
import type { Answer, Metric } from '../contracts.ts';
import { tell, type Pass, type Question } from './pass.ts';
import type { HookQuestion } from './questions.ts';
import type { Event, State } from './types.ts';
import { outOfBounds } from './wording.ts';

export interface Failure {
  name: string;
  why: string;
}

/** Undefined fields: nothing of the kind. At most one of them is there. */
export interface Judged {
  state: State;
  /** The one question to be asked next. */
  open?: Question;
  failure?: Failure;
  /** A gate that is not open yet: no failure, but no step either. */
  closed?: { gate: string };
  /** A rollback hook that said yes. */
  calledOff?: { hook: string };
  events: Event[];
}

/** Goes through the answers in order, up to the first that does not let the release go on. */
export function judge(pass: Pass, asked: Question[]): Judged {
  let state = pass.state;
  const events: Event[] = [];
  for (const question of asked) {
    const memory = remembered(question);
    if (memory && state.passed.includes(memory)) continue;
    const answer = pass.seen.answers.get(question.id);
    if (!answer) return { state, open: question, events };
    if (question.ask === 'hook' && question.hook.type === 'rollback') {
      const calledOff = answer.is === 'ok';
      if (calledOff || isFirst(pass)) events.push(...hookTold(pass, question, { passed: calledOff, why: '' }));
      if (calledOff) return { state, calledOff: { hook: question.hook.name }, events };
      continue;
    }
    const failure = failureOf(question, answer);
    if (failure && question.ask === 'hook' && isGate(question)) return gateClosed({ ...pass, state }, { question, failure, events });
    events.push(...told(pass, { question, answer, failure }));
    if (failure) return { state, failure, events };
    // A hook is a deed: once it said yes it is written down, so that a killed run does not call it again.
    if (memory) state = { ...state, passed: [...state.passed, memory] };
  }
  return { state, events };
}

/** What every check would say again is said by the first one. */
function isFirst({ state }: Pass): boolean {
  return state.check.no === 1;
}

function isGate({ hook }: HookQuestion): boolean {
  return hook.type.startsWith('confirm-');
}

/** Said when it closes, not at every poll. */
function gateClosed(pass: Pass, at: { question: HookQuestion; failure: Failure; events: Event[] }): Judged {
  const gate = at.question.hook.name;
  const news = pass.state.gate === gate ? [] : hookTold(pass, at.question, { passed: false, why: at.failure.why });
  return { state: pass.state, closed: { gate }, events: [...at.events, ...news] };
}

/** Pre-rollout checks and the gates around a release are passed once per revision, other hooks once per check; metrics may be read again. */
function remembered(question: Question): string | undefined {
  if (question.ask !== 'hook') return undefined;
  const isOnce = ['pre-rollout', 'confirm-promotion'].includes(question.hook.type);
  return isOnce ? `once/${question.id.split('/').slice(3).join('/')}` : question.id;
}

function failureOf(question: Question, answer: Answer): Failure | undefined {
  if (question.ask !== 'metric' && question.ask !== 'hook') return undefined;
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
    // Flagger says nothing of a rollout check that passed; a gate that has been open is not said again at every poll.
    const { type, name } = question.hook;
    const isOld = type === 'confirm-rollout' && !isFirst(pass) && pass.state.gate !== name;
    if (!failure && (type === 'rollout' || isOld)) return [];
    return hookTold(pass, question, { passed: !failure, why: failure?.why ?? '' });
  }
  if (question.ask !== 'metric' || !failure) return [];
  const { metric } = question;
  if (answer.is === 'value')
    return tell(pass, { tell: 'metric', metric, value: answer.value, bound: outside(metric, answer.value) ?? 'below' });
  if (answer.is === 'no-values') return tell(pass, { tell: 'no-values', metric, why: answer.why });
  return tell(pass, { tell: 'not-checked', metric, why: failure.why });
}

function hookTold(pass: Pass, { hook }: HookQuestion, how: { passed: boolean; why: string }): Event[] {
  return tell(pass, { tell: 'hook', hook: hook.name, type: hook.type, muted: hook.muteAlert, ...how });
}
