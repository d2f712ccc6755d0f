// What a release owes to others: alerts and post-rollout hooks. Written down with the decision that causes them, delivered at least once, also by
// the next run; the result is told when they are through. Must not hold up a stop.
import type { AlertTarget, Hook } from '../spec/types.ts';
import { alertFields, alertOf, isSent } from './alerting.ts';
import { decided, tell, withState, without, type Decision, type Pass, type Question } from './pass.ts';
import { hookBody } from './questions.ts';
import type { Event, Owed, Result, State } from './types.ts';

/** The record must stay small, whatever is never delivered. */
const mostOwed = 100;
const mostText = 8_000;

/** Takes off what was answered since. */
export function settled(pass: Pass): { pass: Pass; events: Event[] } {
  const { state, seen } = pass;
  const events: Event[] = [];
  let owed = state.owed;
  for (const debt of state.owed) {
    const answer = seen.answers.get(debt.id);
    if (!answer || !owed.includes(debt)) continue;
    const why = 'why' in answer ? answer.why : '';
    const passed = answer.is === 'ok';
    // A failed hook stops the later ones of its own release.
    owed = owed.filter(
      (other) => other !== debt && (passed || debt.is !== 'hook' || other.is !== 'hook' || releaseOf(other) !== releaseOf(debt)),
    );
    const hook = debt.is === 'hook' ? hookAt(pass, debt.hook)?.name : undefined;
    if (debt.is === 'hook') events.push(...tell(pass, { tell: 'hook', hook: hook ?? '', type: 'post-rollout', muted: false, passed, why }));
    else if (!passed) events.push(...tell(pass, { tell: 'note', text: `an alert did not reach ${debt.to}: ${why}` }));
  }
  return { pass: owed === state.owed ? pass : withState(pass, { ...state, owed }), events };
}

/** A run that came to its result and waits for its deliveries: nothing else is decided any more. */
export function closing(pass: Pass): Decision | undefined {
  const { state, seen } = pass;
  if (!state.closing) return undefined;
  const isStopped = seen.intents.some(({ id, verb }) => verb === 'stop' && !state.heard.includes(id));
  if (deliveries(pass).length && !isStopped) return decided(pass, {});
  return decided(pass, { state: without(state, 'closing'), result: state.closing });
}

/** Adds to a decision what its events owe, and what is to be delivered now. */
export function withOwed(pass: Pass, decision: Decision): Decision {
  const more = decision.events.flatMap((event) => debtsOf(withState(pass, decision.state), event));
  const owed = fitting([...decision.state.owed, ...more]);
  const state: State = more.length ? { ...decision.state, owed } : decision.state;
  const here = withState(pass, state);
  const ask = deliveries(here);
  const { result, ...rest } = decision;
  if (result && ask.length && canWait(result) && !pass.state.closing)
    return { ...rest, state: { ...state, closing: result }, ask: [...decision.ask, ...ask] };
  return { ...decision, state, ask: result ? decision.ask : [...decision.ask, ...ask] };
}

/** Who was told to stop is waited for by somebody. */
function canWait({ is }: Result): boolean {
  return !['parked', 'superseded', 'stopped'].includes(is);
}

function debtsOf(pass: Pass, event: Event): Owed[] {
  const { kit, state } = pass;
  const place = `${state.run}/${state.check.no}/${event.tell}`;
  const alert = alertOf(event, kit.canary);
  const alerts = kit.canary.alerts.filter((target) => alert && isSent(alert.severity, target.severity));
  const phase = event.tell === 'failed' ? 'Failed' : event.tell === 'promoted' || event.tell === 'skipped' ? 'Succeeded' : undefined;
  const hooks = phase ? kit.canary.hooks.filter(({ type }) => type === 'post-rollout') : [];
  return [
    ...hooks.map((_, no): Owed => {
      return { id: `owed/${place}/hook/${no}`, is: 'hook', hook: no, revision: state.revision, phase: phase ?? 'Failed' };
    }),
    ...alerts.map((target, no): Owed => {
      const { severity = 'info', text = '', facts = false } = alert ?? {};
      return { id: `owed/${place}/alert/${no}`, is: 'alert', to: nameOf(target), severity, text, facts };
    }),
  ];
}

/** The oldest go first: they have had the most time. */
function fitting(owed: Owed[]): Owed[] {
  const tooMuch = owed.length > mostOwed || JSON.stringify(owed).length > mostText;
  return tooMuch ? fitting(owed.slice(1)) : owed;
}

/** 'owed/<run>' */
function releaseOf({ id }: Owed): string {
  return id.split('/').slice(0, 2).join('/');
}

function hookAt({ kit }: Pick<Pass, 'kit'>, no: number): Hook | undefined {
  return kit.canary.hooks.filter(({ type }) => type === 'post-rollout')[no];
}

function nameOf({ ref }: AlertTarget): string {
  return `${ref.namespace}/${ref.name}`;
}

/** One at a time to each receiver, in order. What has no address here is left for the next run. */
function deliveries(pass: Pass): Question[] {
  const asked = new Map<string, Question>();
  for (const debt of pass.state.owed) {
    const to = debt.is === 'hook' ? 'hooks' : debt.to;
    const question = asked.has(to) ? undefined : delivery(pass, debt);
    if (question) asked.set(to, question);
  }
  return [...asked.values()];
}

function delivery({ kit, state }: Pass, debt: Owed): Question | undefined {
  const { canary } = kit;
  if (debt.is === 'hook') {
    const hook = hookAt({ kit }, debt.hook);
    const told = { kit, state: { ...state, revision: debt.revision } };
    return hook && { id: debt.id, ask: 'hook', hook, body: hookBody(told, hook, debt.phase) };
  }
  const to = canary.alerts.find((target) => nameOf(target) === debt.to && target.found);
  const { severity, text, facts } = debt;
  const about = `${canary.targetRef.name}.${canary.namespace}`;
  return to && { id: debt.id, ask: 'alert', alert: { severity, text, about, fields: alertFields(kit, facts) }, to };
}
