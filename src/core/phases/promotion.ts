// Promoting: the analysed template, and only that, is copied to the primary; once the primary is ready, traffic goes back to it. Must never copy
// what stands on the target now if that is not what was analysed.
import { isDrained, isRouted, routeTo, safeTraffic, upkeep } from '../guards.ts';
import { decided, enter, sameTraffic, tell, verdict, waitingFor, withState, without, type Decision, type Pass } from '../pass.ts';
import type { Revision } from '../../contracts.ts';
import type { State } from '../types.ts';
import { nextBack } from '../weights.ts';
import { leave } from './analysis.ts';
import { finalise } from './finalising.ts';
import { fresh } from './idle.ts';

export function promote(pass: Pass): Decision {
  const { kit, state, ctx } = pass;
  const primary = kit.target.revision(ctx, 'primary');
  if (primary?.hash !== state.revision) return copy(pass, primary);
  // The scaler follows the copy; replicas of the primary are never lowered by us.
  const changes = [...(kit.scaler?.primary(ctx) ?? []), ...upkeep(pass), ...routeTo(pass, state.traffic)];
  if (changes.length) return decided(pass, { changes });
  const ready = verdict(pass, 'primary');
  if (ready.is === 'failed') return leave(pass, { by: 'deadline', side: 'primary', why: ready.why });
  if (ready.is === 'waiting') {
    return decided(pass, {
      state: waitingFor(pass, 'primary'),
      events: tell(pass, { tell: 'not-ready', side: 'primary', why: ready.why }),
    });
  }
  return comeBack(pass);
}

function copy(pass: Pass, primary: Revision | undefined): Decision {
  const { kit, state, ctx } = pass;
  const target = kit.target.revision(ctx, 'canary');
  if (target?.hash !== state.revision) return lost(pass, primary, target);
  const clear = clearTheWay(pass);
  if (clear) return clear;
  return decided(pass, { changes: kit.target.primary(ctx, target), events: tell(pass, { tell: 'copying' }), wakeAt: pass.seen.now });
}

/** A strategy that can take the primary to no ready pods is promoted only while all traffic is on the canary, and drained. */
function clearTheWay(pass: Pass): Decision | undefined {
  const { kit, state, seen } = pass;
  if (!kit.target.risky(pass.ctx) || !kit.router.can.split) return undefined;
  const all = { kind: 'split', canary: 100 } as const;
  const state100: State = sameTraffic(state.traffic, all) ? state : { ...without(state, 'at'), traffic: all };
  const moved = withState(pass, state100);
  if (!isRouted(moved, all)) return decided(moved, { changes: routeTo(moved, all) });
  if (state100.at === undefined) return decided(moved, { state: { ...state100, at: seen.now }, wakeAt: seen.now });
  return isDrained(moved) ? undefined : decided(moved, { wakeAt: state100.at + kit.options.drain });
}

/** The analysed template is nowhere to be copied from: what stands there now was never analysed, so the analysis begins again with it. */
function lost(pass: Pass, primary: Revision | undefined, target: Revision | undefined): Decision {
  const { kit, state } = pass;
  if (!target || primary?.hash !== state.promoted) {
    return leave(pass, { by: 'trouble', why: `the analysed revision ${state.revision} is no longer on ${kit.canary.targetRef.name}` });
  }
  const again = withState(pass, without(fresh(pass, target.hash, state.promoted), 'at'));
  return decided(again, { changes: routeTo(again, again.state.traffic), events: tell(pass, { tell: 'revision', restart: true }) });
}

/** The new primary serves: traffic comes back at once, or by stepWeightPromotion once an interval. */
function comeBack(pass: Pass): Decision {
  const { kit, state, seen } = pass;
  if (!isRouted(pass, state.traffic)) return decided(pass, { state: without(state, 'at') });
  if (state.at === undefined) return arrived(pass);
  if (state.traffic.canary === 0) return finalise(withState(pass, without(enter(pass, 'Finalising'), 'waiting')));
  const back = backOf(pass);
  // The first step back needs no wait: the primary's readiness was the wait.
  const due = hasComeBack(pass) ? state.at + kit.canary.interval : seen.now;
  if (seen.now < due) return decided(pass, { wakeAt: due });
  const traffic = { kind: 'split', canary: nextBack(back, state.traffic.canary) } as const;
  const moved = withState(pass, { ...without(state, 'at', 'waiting'), traffic });
  return decided(moved, { changes: safeTraffic(moved, traffic) ? routeTo(moved, traffic) : [], wakeAt: seen.now });
}

function arrived(pass: Pass): Decision {
  const { state, seen } = pass;
  const steps = backOf(pass).length > 1;
  const { canary } = state.traffic;
  const events = !hasComeBack(pass)
    ? []
    : steps
      ? tell(pass, { tell: 'primary-weight', primary: 100 - canary })
      : canary === 0
        ? tell(pass, { tell: 'all-to-primary' })
        : [];
  return decided(pass, { state: { ...state, at: seen.now }, events, wakeAt: seen.now });
}

function backOf(pass: Pass): readonly number[] {
  const { strategy } = pass.kit.canary;
  return strategy.kind === 'weights' ? strategy.back : [0];
}

/** Whether a step back was made: the canary has less than the analysis gave it, or (risky promotion) than everything. */
function hasComeBack(pass: Pass): boolean {
  const { strategy } = pass.kit.canary;
  if (strategy.kind !== 'weights') return false;
  return pass.state.traffic.canary < Math.min(...strategy.steps.slice(-1), 100);
}
