// One step on: mirroring, the next weight, the next iteration, or promotion. Called only when everything asked was answered well.
import { routeTo } from './guards.ts';
import { decided, enter, nextCheck, tell, withState, without, type Decision, type Pass } from './pass.ts';
import { promote } from './phases/promotion.ts';
import { needsCanary, onCanary, shareOf, splitOf } from './traffic.ts';
import type { Traffic } from '../contracts.ts';
import type { State } from './types.ts';
import { nextWeight } from './weights.ts';

export type Next =
  | { is: 'traffic'; want: Traffic }
  /** `want`: where traffic has to be for it; undefined: where it is. */
  | { is: 'iteration'; no: number; of: number; want?: Traffic }
  /** Blue/green: all users on the canary, for one more check, before the copy. */
  | { is: 'all' }
  | { is: 'promotion' };

/** What a passed check leads to. */
export function nextOf(pass: Pass): Next {
  const { kit, state } = pass;
  const { strategy } = kit.canary;
  if (strategy.kind === 'skip') return { is: 'promotion' };
  if (strategy.kind === 'iterations') return nextIteration(pass, strategy);
  if (strategy.mirror !== undefined && !needsCanary(state.traffic))
    return { is: 'traffic', want: { kind: 'mirror', percent: strategy.mirror } };
  const weight = nextWeight(strategy.steps, shareOf(state.traffic));
  return weight === undefined ? { is: 'promotion' } : { is: 'traffic', want: splitOf(pass, weight) };
}

function nextIteration({ kit, state }: Pass, { count, by, mirror }: { count: number; by: 'all' | 'match'; mirror?: number }): Next {
  const { can } = kit.router;
  if (state.iterations < count) {
    const test: Traffic | undefined =
      by === 'match' ? { kind: 'match' } : mirror !== undefined && can.mirror ? { kind: 'mirror', percent: mirror } : undefined;
    const isThere = test === undefined || test.kind === state.traffic.kind;
    return { is: 'iteration', no: state.iterations + 1, of: count, ...(isThere ? {} : { want: test }) };
  }
  return by === 'all' && can.split && shareOf(state.traffic) < 100 ? { is: 'all' } : { is: 'promotion' };
}

export function advance(pass: Pass): Decision {
  const next = nextOf(pass);
  switch (next.is) {
    case 'traffic':
      return shift(pass, next.want);
    case 'iteration':
      return iterate(pass, next);
    case 'all':
      return shift(pass, onCanary);
    case 'promotion':
      return beginPromotion(pass);
  }
}

function shift(pass: Pass, traffic: Traffic): Decision {
  // Write-ahead (rule 5): the weight is in the record before it is in the route.
  const open = pass.state.phase === 'WaitingPromotion' ? enter(pass, 'Progressing') : pass.state;
  const moved = withState(pass, { ...without(nextCheck(open), 'at', 'gate'), traffic });
  return decided(moved, { changes: routeTo(moved, traffic), wakeAt: pass.seen.now });
}

function iterate(pass: Pass, { no, of, want }: Extract<Next, { is: 'iteration' }>): Decision {
  const { kit, seen } = pass;
  const next = without(nextCheck(pass.state), 'gate');
  const counted: State = { ...next, iterations: no, check: { ...next.check, dueAt: seen.now + kit.canary.interval } };
  const moved = withState(pass, want ? { ...without(counted, 'at'), traffic: want } : counted);
  return decided(moved, {
    changes: want ? routeTo(moved, want) : [],
    events: tell(pass, { tell: 'iteration', no, of }),
    wakeAt: want ? seen.now : counted.check.dueAt,
  });
}

/** Only `Promoting` in the record permits a new primary template (rule 12), so it is saved before the copy. */
function beginPromotion(pass: Pass): Decision {
  return promote(withState(pass, without(nextCheck(enter(pass, 'Promoting')), 'gate')));
}
