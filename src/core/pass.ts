// One pass of the engine: what every phase is handed, and how it answers. Holds no rule of its own.
import type { Change, Ctx, Ref, Side, Verdict } from '../contracts.ts';
import type { Decision, Event, Kit, Question, Seen, State } from './types.ts';

export interface Pass {
  readonly kit: Kit;
  readonly state: State;
  readonly seen: Seen;
  readonly ctx: Ctx;
  /** Since when the route is waited for; whoever does not wait for it any more forgets it. */
  readonly unrouted?: number;
}

/** How long a wait without a moment of its own lasts before we look again: the level behind the edge. */
const slowPoll = 5_000;

export function passOf(kit: Kit, state: State, seen: Seen): Pass {
  const since = state.unrouted === undefined ? {} : { unrouted: state.unrouted };
  return {
    kit,
    state: without(state, 'unrouted'),
    seen,
    ...since,
    ctx: { canary: kit.canary, found: seen.found, digest: (text) => kit.digest(text), made: seen.kept.made },
  };
}

/** The decision of this pass; what is left out stays as it is. */
export function decided(pass: Pass, what: Partial<Decision>): Decision {
  return { state: pass.state, changes: [], ask: [], events: [], wakeAt: pass.seen.now + slowPoll, ...what };
}

type Telling = Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never;

export function tell(pass: Pass, ...events: Telling[]): Event[] {
  return events.map((event) => ({ ...event, at: pass.seen.now }) as Event);
}

/** The same pass, gone on from a new state. */
export function withState(pass: Pass, state: State): Pass {
  return { ...pass, state };
}

/** A new phase begins now. */
export function enter(pass: Pass, phase: State['phase']): State {
  return { ...pass.state, phase, since: pass.seen.now };
}

type Optional = 'home' | 'parked' | 'at' | 'unrouted' | 'waiting' | 'failed' | 'verdict' | 'imaged' | 'asking' | 'gate' | 'closing';

/** State without some of its optional fields; the same state where none of them is there, so that nothing is saved for nothing. */
export function without<K extends Optional>(state: State, ...fields: K[]): Omit<State, K> {
  if (!fields.some((field) => state[field] !== undefined)) return state;
  const out: State = { ...state };
  for (const field of fields) delete out[field];
  return out;
}

/** What was read back stands no longer. Answers to questions that were asked under it prove nothing about what comes: the check begins anew. */
export function unsettled(state: State): State {
  return state.at === undefined ? state : nextCheck(without(state, 'at'));
}

/** A new check begins: what the last one was told is settled and need not be remembered, but for what is asked once in a run. */
export function nextCheck(state: State): State {
  const passed = state.passed.filter((memory) => memory.startsWith('once/'));
  return { ...state, passed, check: { ...state.check, no: state.check.no + 1 } };
}

/** The canary is being judged, whether or not the gate before promotion is closed. */
export function isAnalysing(phase: State['phase']): boolean {
  return phase === 'Progressing' || phase === 'WaitingPromotion';
}

/** A release has begun and has not come to its end: traffic may be anywhere. */
export function isUnderWay(phase: State['phase']): boolean {
  return isAnalysing(phase) || phase === 'Promoting' || phase === 'Finalising';
}

/** Nothing is under way: there is nothing to park, to roll back or to heal. */
export function isAtRest(phase: State['phase']): boolean {
  return ['Initialized', 'Waiting', 'Succeeded', 'Failed'].includes(phase);
}

/** The workload object of a side. */
export function workload(pass: Pass, side: Side): Ref {
  const { targetRef } = pass.kit.canary;
  return side === 'canary' ? targetRef : { ...targetRef, name: `${targetRef.name}-primary` };
}

/** A side that nobody waited for so far is waited for from now. */
export function verdict(pass: Pass, side: Side): Verdict {
  const { waiting } = pass.state;
  const { now } = pass.seen;
  return pass.kit.target.verdict(pass.ctx, side, { now, since: waiting?.side === side ? waiting.since : now });
}

/** The record remembers since when a side is waited for: a deadline must not begin anew with every look. What was asked before a wait is void. */
export function waitingFor(pass: Pass, side: Side): State {
  const { state, seen } = pass;
  if (state.waiting?.side === side) return state;
  return { ...(state.waiting || state.check.no === 0 ? state : nextCheck(state)), waiting: { side, since: seen.now } };
}

/** Waits for a side's pods, saying what is missing; what more happens meanwhile comes in `also`. */
export function waitFor(pass: Pass, on: { side: Side; why: string }, also: Partial<Decision> = {}): Decision {
  return decided(pass, { state: waitingFor(pass, on.side), events: tell(pass, { tell: 'not-ready', ...on }), ...also });
}

/** Nothing can be done without a serving primary: wait for it as long as its pods may take, then a person must look. */
export function withoutPrimary(pass: Pass): Decision | undefined {
  const { kit, ctx, state, seen } = pass;
  if (kit.target.ready(ctx, 'primary') > 0) return undefined;
  const since = state.waiting?.side === 'primary' ? state.waiting.since : seen.now;
  const why = `no pod of ${workload(pass, 'primary').name} is ready`;
  if (seen.now - since <= kit.canary.deadline) return waitFor(pass, { side: 'primary', why });
  return decided(pass, { result: { is: 'rolled-back', cause: { by: 'trouble', why }, confirmed: false } });
}

export type { Change, Decision, Question };
