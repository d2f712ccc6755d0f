// Progressing: the canary is made ready, then checked once an interval, and each passed check moves it one step on. Must not raise weight on a
// side that is not ready, nor judge by what was asked before the weight stood.
import { advance } from '../advance.ts';
import { judge, type Failure } from '../checks.ts';
import { awaitRoute, isRouted, routeTo, upkeep } from '../guards.ts';
import { imageReplaced, setImage } from '../image.ts';
import { decided, enter, nextCheck, tell, unsettled, verdict, waitFor, withState, without, type Decision, type Pass } from '../pass.ts';
import { questions } from '../questions.ts';
import { homeOf, needsCanary, onCanary, sameTraffic, shareOf } from '../traffic.ts';
import type { Cause, Event, State } from '../types.ts';
import { goHome } from './home.ts';
import { fresh } from './idle.ts';

export function analyse(pass: Pass): Decision {
  return (
    setImage(pass) ?? otherRevision(pass) ?? deserted(pass) ?? makeReady(pass) ?? judged(withState(pass, without(pass.state, 'waiting')))
  );
}

/** A canary that has users and not one ready pod has failed a check, as surely as if a metric had said so: one whose pods come and go would else never
 *  be judged. Like any check it counts once an interval, and the weight is given back an interval later. */
function deserted(pass: Pass): Decision | undefined {
  const { state, kit, ctx, seen } = pass;
  const { traffic } = state;
  if (state.at === undefined || traffic.kind === 'mirror' || !needsCanary(traffic) || kit.target.ready(ctx, 'canary') > 0) return undefined;
  const why = 'none of its pods is ready';
  const failedChecks = state.failedChecks + (hasJustFailed(pass, state.at) ? 0 : 1);
  const here = withState(pass, { ...unsettled(state), failedChecks, waiting: { side: 'canary', since: seen.now } });
  const isOver = failedChecks >= kit.canary.threshold;
  const next = isOver ? leave(here, { by: 'checks', failed: failedChecks, metric: 'readiness', why }) : makeReady(here);
  return next && { ...next, events: [...tell(pass, { tell: 'deserted', why }), ...next.events] };
}

/** The last check of this weight was less than an interval ago and did not pass: one that had passed would have given the weight anew. */
function hasJustFailed({ state, seen, kit }: Pass, at: number): boolean {
  const { dueAt } = state.check;
  return seen.now < dueAt && at + kit.canary.interval < dueAt;
}

/** Both sides are ready. */
function judged(pass: Pass): Decision {
  return confirmTraffic(pass) ?? check(pass);
}

/** The target is no longer what is being analysed: begin again, hand over, or stop where nothing is left to analyse. */
export function otherRevision(pass: Pass): Decision | undefined {
  const { kit, state, ctx, seen } = pass;
  const target = kit.target.revision(ctx, 'canary');
  if (!target) return leave(pass, { by: 'trouble', why: `${kit.canary.targetRef.kind} ${kit.canary.targetRef.name} is gone` });
  if (target.hash === state.revision) return undefined;
  if (target.hash === state.promoted) return leave(pass, { by: 'returned', why: 'the target is back at the promoted revision' });
  if (imageReplaced(pass)) return supersede(pass, target.hash);
  const again = fresh(pass, target.hash, state.promoted);
  // Traffic leaves the old pods at once; weight is given again only when the new ones are ready.
  const restarted = withState(pass, withoutAtUnlessHome(pass, again));
  return decided(restarted, {
    state: restarted.state,
    changes: routeTo(restarted, again.traffic),
    events: tell(pass, { tell: 'revision', restart: true }),
    wakeAt: seen.now,
  });
}

function withoutAtUnlessHome(pass: Pass, state: State): State {
  return sameTraffic(pass.kit.router.read(pass.ctx), state.traffic) ? state : without(state, 'at');
}

/** This run made a revision with --image and somebody made another since: it is theirs to be driven. */
export function supersede(pass: Pass, revision: string): Decision {
  const traffic = homeOf(pass);
  const changes = routeTo(pass, traffic);
  if (changes.length || !isRouted(pass, traffic)) return decided(pass, { changes });
  return decided(pass, { state: { ...pass.state, traffic, parked: 'a newer revision' }, result: { is: 'superseded', revision } });
}

/** Both sides ready, the route no further than that allows. */
function makeReady(pass: Pass): Decision | undefined {
  const { kit, ctx, seen } = pass;
  const floor = kit.scaler?.floor(ctx) ?? 1;
  const canary = verdict(pass, 'canary');
  const settledAt = settlesAt(pass);
  const ready = canary.is === 'ready' && seen.now >= settledAt;
  const pods = [...kit.target.scale(ctx, 'canary', { atLeast: floor }), ...kit.target.refresh(ctx)];
  const changes = [...routeTo(pass, pass.state.traffic, ready), ...upkeep(pass), ...pods];
  // A route that is not where it should be has to be read back, and stand for a whole interval, again.
  const state = sameTraffic(kit.router.read(ctx), pass.state.traffic) ? pass.state : unsettled(pass.state);
  if (changes.length) return decided(pass, { state, changes });
  if (canary.is === 'failed') return leave(pass, { by: 'deadline', side: 'canary', why: canary.why });
  if (canary.is === 'waiting') return waitFor(pass, { side: 'canary', why: canary.why });
  if (seen.now < settledAt) return decided(pass, { state, wakeAt: settledAt });
  const primary = verdict(pass, 'primary');
  // A primary that fails by itself is not the canary's fault: hold, with traffic where pods are ready, for as long as pods may take.
  if (primary.is === 'failed') return leave(pass, { by: 'trouble', why: `the primary is not ready: ${primary.why}` });
  if (primary.is === 'waiting') return waitFor(pass, { side: 'primary', why: primary.why });
  return undefined;
}

/** A Deployment that is scaled down and up again within moments may for a moment report the pods that just left as its own: what is ready is believed
 *  once the wait for it has lasted longer than controllers take to see them go. */
const controllersTake = 1_500;

function settlesAt({ state, kit }: Pass): number {
  const { waiting, traffic, at } = state;
  if (waiting?.side !== 'canary') return 0;
  // It lost its pods: before it has users again it stands for an interval without them.
  const isDeserted = at === undefined && traffic.kind !== 'mirror' && needsCanary(traffic);
  return waiting.since + (isDeserted ? Math.max(kit.canary.interval, controllersTake) : controllersTake);
}

/** The weight counts from the moment it was read back; one interval later comes the check. */
function confirmTraffic(pass: Pass): Decision | undefined {
  const { kit, state, seen } = pass;
  if (!isRouted(pass, state.traffic)) return awaitRoute(pass, unsettled(state), (why) => leave(pass, { by: 'trouble', why }));
  if (state.at !== undefined) return undefined;
  const dueAt = needsCanary(state.traffic) ? seen.now + kit.canary.interval : state.check.dueAt;
  const next = { ...state, at: seen.now, check: { ...state.check, dueAt } };
  return decided(pass, { state: next, events: arrived(pass), wakeAt: Math.max(dueAt, seen.now) });
}

/** Flagger calls mirroring a step to weight 0. */
function arrived(pass: Pass): Event[] {
  const { strategy } = pass.kit.canary;
  const { traffic } = pass.state;
  if (strategy.kind === 'weights') return needsCanary(traffic) ? tell(pass, { tell: 'weight', canary: shareOf(traffic) }) : [];
  if (strategy.kind !== 'iterations' || !sameTraffic(traffic, onCanary)) return [];
  return tell(pass, { tell: 'all-to-canary', mirrored: strategy.mirror !== undefined });
}

/** Asks one question after the other, as Flagger does: the first failure ends the check. */
function check(pass: Pass): Decision {
  const { state, seen, kit } = pass;
  if (kit.canary.strategy.kind === 'skip') return advance(pass);
  if (state.check.no === 0) {
    const begun: State = { ...state, check: { no: 1, dueAt: seen.now } };
    const next = check(withState(pass, begun));
    return { ...next, events: [...tell(pass, { tell: 'started' }), ...next.events] };
  }
  if (seen.now < state.check.dueAt) return decided(pass, { wakeAt: state.check.dueAt });
  const judged = judge(pass, questions(pass));
  const here = withState(pass, judged.state);
  if (judged.open) return decided(here, { ask: [judged.open], events: judged.events });
  const next = judged.calledOff ? calledOff(here, judged.calledOff.hook) : judged.closed ? wait(here, judged.closed.gate) : undefined;
  const last = next ?? (judged.failure ? fail(here, judged.failure) : advance(here));
  return { ...last, events: [...judged.events, ...last.events] };
}

export function calledOff(pass: Pass, hook: string): Decision {
  return leave(pass, { by: 'gate', why: `the rollback hook ${hook} said yes` });
}

/** A closed gate is no failed check: what was given stays, checks go on, and it is asked again with the next one. */
function wait(pass: Pass, gate: string): Decision {
  const { kit, seen } = pass;
  const isPromotion = kit.canary.hooks.some(({ name, type }) => name === gate && type === 'confirm-promotion');
  const here = isPromotion && pass.state.phase !== 'WaitingPromotion' ? enter(pass, 'WaitingPromotion') : pass.state;
  const next = nextCheck(here);
  const state: State = { ...next, gate, check: { ...next.check, dueAt: seen.now + kit.canary.interval } };
  return decided(pass, { state, wakeAt: state.check.dueAt });
}

/** One more failed check; at the threshold the way home begins in the same pass. */
function fail(pass: Pass, failure: Failure): Decision {
  const { kit, state, seen } = pass;
  const failedChecks = state.failedChecks + 1;
  const next = without(nextCheck(state), 'gate');
  const counted: State = { ...next, failedChecks, check: { ...next.check, dueAt: seen.now + kit.canary.interval } };
  if (failedChecks < kit.canary.threshold) return decided(pass, { state: counted, wakeAt: counted.check.dueAt });
  return leave(withState(pass, counted), { by: 'checks', failed: failedChecks, metric: failure.name, why: failure.why });
}

/** Set once: a run that is resumed goes on going back. */
export function leave(pass: Pass, cause: Cause): Decision {
  const { state, kit, ctx, seen } = pass;
  const none = homeOf(pass);
  const home: State = { ...without(state, 'waiting', 'at', 'asking', 'gate'), home: bounded(cause), since: seen.now, traffic: none };
  // Without any weight given, what has drained stays drained.
  const kept: State =
    state.at !== undefined && sameTraffic(kit.router.read(ctx), none) && !needsCanary(state.traffic) ? { ...home, at: state.at } : home;
  const first = goHome(withState(pass, kept));
  return { ...first, events: [...(cause.by === 'returned' ? [] : tell(pass, { tell: 'rolling-back', cause })), ...first.events] };
}

/** Foreign words may be long (a webhook's page); the record must stay small. */
function bounded(cause: Cause): Cause {
  return { ...cause, why: cause.why.slice(0, 300) };
}
