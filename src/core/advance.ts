// One step on: the next weight, the next iteration, or promotion. Called only when everything asked was answered well.
import { routeTo } from './guards.ts';
import { decided, enter, nextCheck, tell, withState, without, type Decision, type Pass } from './pass.ts';
import { promote } from './phases/promotion.ts';
import type { State } from './types.ts';
import { nextWeight } from './weights.ts';

export function advance(pass: Pass): Decision {
  const { strategy } = pass.kit.canary;
  if (strategy.kind === 'iterations') return iterate(pass, strategy.count);
  const next = nextWeight(strategy.steps, pass.state.traffic.canary);
  return next === undefined ? beginPromotion(pass) : shift(pass, next);
}

function shift(pass: Pass, canary: number): Decision {
  // Write-ahead (rule 5): the weight is in the record before it is in the route.
  const state: State = { ...without(nextCheck(pass.state), 'at'), traffic: { kind: 'split', canary } };
  const moved = withState(pass, state);
  return decided(moved, { changes: routeTo(moved, state.traffic), wakeAt: pass.seen.now });
}

function iterate(pass: Pass, count: number): Decision {
  const { state, kit, seen } = pass;
  if (state.iterations >= count) return beginPromotion(pass);
  const no = state.iterations + 1;
  const next = nextCheck(state);
  const counted: State = { ...next, iterations: no, check: { ...next.check, dueAt: seen.now + kit.canary.interval } };
  return decided(pass, { state: counted, events: tell(pass, { tell: 'iteration', no, of: count }), wakeAt: counted.check.dueAt });
}

/** Only `Promoting` in the record permits a new primary template (rule 12), so it is saved before the copy. */
function beginPromotion(pass: Pass): Decision {
  return promote(withState(pass, nextCheck(enter(pass, 'Promoting'))));
}
