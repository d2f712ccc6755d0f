// Promoting: the analysed template, and only that, is copied to the primary; once the primary is ready, traffic goes back to it. Must never copy
// what stands on the target now if that is not what was analysed.
import { awaitRoute, isDrained, isRouted, routeTo, safeTraffic, upkeep } from '../guards.ts';
import { decided, enter, tell, verdict, waitFor, withState, without, workload, type Decision, type Pass } from '../pass.ts';
import type { Revision } from '../../contracts.ts';
import { allOnCanary, homeOf, needsCanary, sameTraffic, shareOf, splitOf } from '../traffic.ts';
import { nextBack } from '../weights.ts';
import { leave, otherRevision } from './analysis.ts';
import { finalise } from './finalising.ts';

export function promote(pass: Pass): Decision {
  const { kit, state, ctx } = pass;
  const primary = kit.target.revision(ctx, 'primary');
  if (primary?.hash !== state.revision) return copy(pass, primary);
  // The scaler follows the copy; replicas of the primary are never lowered by us.
  const moves = [...upkeep(pass), ...routeTo(pass, state.traffic)];
  const changes = [...(kit.scaler?.primary(ctx) ?? []), ...moves];
  if (changes.length) return decided(pass, { state: moves.length ? without(state, 'at') : state, changes });
  const ready = verdict(pass, 'primary');
  if (ready.is === 'failed') return leave(pass, { by: 'deadline', side: 'primary', why: ready.why });
  if (ready.is === 'waiting') {
    return waitFor(pass, { side: 'primary', why: ready.why });
  }
  return comeBack(pass);
}

function copy(pass: Pass, primary: Revision | undefined): Decision {
  const { kit, state, ctx } = pass;
  const target = kit.target.revision(ctx, 'canary');
  if (target?.hash !== state.revision) return lost(pass, primary);
  const clear = clearTheWay(pass);
  if (clear) return clear;
  const relies = kit.target.risky(ctx) ? { given: [workload(pass, 'canary'), ...kit.router.drives(ctx).slice(0, 1)] } : {};
  const changes = kit.target.primary(ctx, target).map((change) => ({ ...change, ...relies }));
  return decided(pass, { changes, events: tell(pass, { tell: 'copying' }), wakeAt: pass.seen.now });
}

/** A strategy that can take the primary to no ready pods is promoted only while all traffic is on a whole canary, and drained. */
function clearTheWay(pass: Pass): Decision | undefined {
  const { kit, state, seen } = pass;
  if (!kit.target.risky(pass.ctx) || !kit.router.can.split) return undefined;
  const all = allOnCanary(pass);
  const moved = withState(pass, sameTraffic(state.traffic, all) ? state : { ...without(state, 'at'), traffic: all });
  const waits = canaryNotReady(moved);
  if (waits) return waits;
  const changes = isRouted(moved, all) ? [] : routeTo(moved, all);
  if (changes.length) return decided(moved, { state: without(moved.state, 'at'), changes });
  if (!isRouted(moved, all)) return awaitRoute(moved, without(moved.state, 'at'), (why) => leave(pass, { by: 'trouble', why }));
  if (moved.state.at === undefined) return decided(moved, { state: { ...moved.state, at: seen.now }, wakeAt: seen.now });
  return isDrained(moved) ? undefined : decided(moved, { wakeAt: moved.state.at + kit.options.drain });
}

/** The primary is whole here, so it takes over whatever the canary cannot serve. */
function canaryNotReady(pass: Pass): Decision | undefined {
  const canary = verdict(pass, 'canary');
  if (canary.is === 'ready') return undefined;
  if (canary.is === 'failed') return leave(pass, { by: 'deadline', side: 'canary', why: canary.why });
  const changes = routeTo(pass, pass.state.traffic, false);
  return waitFor(withState(pass, without(pass.state, 'at')), { side: 'canary', why: canary.why }, { changes });
}

/** The analysed template is nowhere to be copied from. Before the copy that is just another revision; after it, only the way back is left. */
function lost(pass: Pass, primary: Revision | undefined): Decision {
  const { kit, state } = pass;
  const why = `the analysed revision ${state.revision} is no longer on ${kit.canary.targetRef.name}`;
  return (primary?.hash === state.promoted ? otherRevision(pass) : undefined) ?? leave(pass, { by: 'trouble', why });
}

/** The new primary serves: traffic comes back at once, or by stepWeightPromotion once an interval. */
function comeBack(pass: Pass): Decision {
  const { kit, state, seen } = pass;
  if (!isRouted(pass, state.traffic)) {
    // The canary cannot take its share any more: the new primary has all of it, for good.
    const gone = needsCanary(state.traffic) && kit.target.ready(pass.ctx, 'canary') === 0;
    const wanted = gone ? { ...without(state, 'at'), traffic: homeOf(pass) } : without(state, 'at');
    return awaitRoute(pass, wanted, (why) => leave(pass, { by: 'trouble', why }));
  }
  if (state.at === undefined) return arrived(pass);
  if (!needsCanary(state.traffic)) return finalise(withState(pass, without(enter(pass, 'Finalising'), 'waiting')));
  const back = backOf(pass);
  // The first step back needs no wait: the primary's readiness was the wait.
  const due = hasComeBack(pass) ? state.at + kit.canary.interval : seen.now;
  if (seen.now < due) return decided(pass, { wakeAt: due });
  const traffic = splitOf(pass, nextBack(back, shareOf(state.traffic)));
  const moved = withState(pass, { ...without(state, 'at', 'waiting'), traffic });
  return decided(moved, { changes: safeTraffic(moved, traffic) ? routeTo(moved, traffic) : [], wakeAt: seen.now });
}

function arrived(pass: Pass): Decision {
  const { state, seen } = pass;
  const steps = backOf(pass).length > 1;
  const home = needsCanary(state.traffic) ? [] : tell(pass, { tell: 'all-to-primary' });
  const told = steps ? tell(pass, { tell: 'primary-weight', primary: 100 - shareOf(state.traffic) }) : home;
  return decided(pass, { state: { ...state, at: seen.now }, events: hasComeBack(pass) ? told : [], wakeAt: seen.now });
}

function backOf(pass: Pass): readonly number[] {
  const { strategy } = pass.kit.canary;
  return strategy.kind === 'weights' ? strategy.back : [0];
}

/** Whether a step back was made: the canary has less than the analysis gave it, or (risky promotion) than everything. */
function hasComeBack({ kit, state }: Pass): boolean {
  const { strategy } = kit.canary;
  if (strategy.kind === 'weights') return shareOf(state.traffic) < Math.min(...strategy.steps.slice(-1), 100);
  return strategy.kind === 'iterations' && kit.router.can.split && !needsCanary(state.traffic);
}
