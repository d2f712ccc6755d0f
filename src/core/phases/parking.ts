// What people want on the way: stop (park, hold or roll back), roll back, time is over. Parking is one write, all traffic on the primary, read
// back; the step stays in the record, so the next run goes on from it.
import type { Traffic } from '../../contracts.ts';
import { isRouted, routeTo, safeTraffic, upkeep } from '../guards.ts';
import { decided, isAnalysing, isAtRest, isUnderWay, verdict, withState, without, type Decision, type Pass } from '../pass.ts';
import { homeOf, needsCanary, shareOf } from '../traffic.ts';
import type { Intent, Result, State } from '../types.ts';
import { leave, supersede } from './analysis.ts';
import { beginTermination } from './terminating.ts';

const causes = { stop: 'signal', rollback: 'person', timeout: 'timeout', trouble: 'trouble' } as const;
type Where = Extract<Result, { is: 'parked' }>['traffic'];

/** Undefined: the intent changes nothing in this phase, go on. */
export function obey(pass: Pass, intent: Intent): Decision | undefined {
  const { state, kit } = pass;
  const { verb } = intent;
  if (verb === 'delete') return state.phase === 'Terminating' ? undefined : beginTermination(pass);
  // Promotion is nearly through; what is at rest holds nobody up.
  if (verb === 'handover') {
    // Behind a closed gate nothing has begun.
    if ((state.phase === 'Waiting' || state.asking) && !state.home)
      return decided(pass, { result: { is: 'superseded', revision: intent.by } });
    return isAnalysing(state.phase) && !state.home ? supersede(pass, intent.by) : undefined;
  }
  const canGoBack = isAnalysing(state.phase) || state.phase === 'Promoting' || state.phase === 'Waiting' || state.asking === true;
  // Where there is nothing to roll back, a stop is a stop.
  if (verb === 'stop' && (kit.options.onInterrupt !== 'rollback' || !canGoBack)) return stop(pass, intent);
  // The way back has a deadline of its own.
  if (state.home) return undefined;
  if (canGoBack) {
    const heard: Pass = { ...pass, state: { ...state, heard: [...state.heard, intent.id].slice(-8) } };
    return leave(heard, { by: causes[verb], why: intent.by });
  }
  // Read back on the primary: only a bounded drain, or nothing, is left.
  const isHome = isRouted(pass, homeOf(pass)) && kit.target.ready(pass.ctx, 'primary') > 0;
  const isSafe = state.phase === 'Terminating' || ((state.phase === 'Finalising' || isAtRest(state.phase)) && isHome);
  return verb === 'timeout' && !isSafe ? timeIsUp(pass, intent.by) : undefined;
}

/** Nothing is left to go back from; what is not done is not done. */
function timeIsUp(pass: Pass, why: string): Decision {
  const cause = { by: 'timeout', why } as const;
  if (pass.state.phase === 'Initializing') return decided(pass, { result: { is: 'not-initialized', cause } });
  return decided(pass, { result: { is: 'rolled-back', cause, confirmed: false } });
}

function stop(pass: Pass, intent: Intent): Decision {
  const { state, kit, ctx } = pass;
  const home = homeOf(pass);
  if (kit.options.onInterrupt === 'hold') return parked(held(pass), intent, 'as-is');
  if (isAnalysing(state.phase)) return park(pass, intent, home);
  // Once the copy has begun, the ready side keeps the traffic.
  if (state.phase === 'Promoting')
    return park(pass, intent, verdict(pass, 'primary').is === 'ready' ? home : (kit.router.read(ctx) ?? state.traffic));
  if (state.phase === 'Finalising') return park(pass, intent, home);
  return parked(pass, intent, 'as-is');
}

/** `at` in a record that nobody drives says that a weight may stand, also one that was written and not read back yet. */
function held(pass: Pass): Pass {
  const { state, seen } = pass;
  return isUnderWay(state.phase) ? withState(pass, { ...state, at: state.at ?? seen.now }) : pass;
}

function park(pass: Pass, intent: Intent, want: Traffic): Decision {
  const safe = safeTraffic(pass, want);
  if (!safe) return parked(pass, intent, 'nowhere');
  // Also an apex that somebody turned elsewhere: else nothing could be read back.
  const changes = [...routeTo(pass, want), ...upkeep(pass)];
  if (changes.length) return decided(pass, { changes });
  if (!isRouted(pass, safe)) return decided(pass, {});
  return parked(pass, intent, !needsCanary(safe) ? 'primary' : shareOf(safe) === 100 ? 'canary' : 'both');
}

function parked(pass: Pass, intent: Intent, traffic: Where): Decision {
  // Read back on the primary, the wanted weight stands no more; elsewhere it does.
  const rest = traffic === 'primary' ? without(pass.state, 'at') : pass.state;
  const result: Result = { is: 'parked', by: intent.by, traffic };
  const heard = [...rest.heard, intent.id].slice(-8);
  // At rest there is nothing to be parked: the record stays as it is.
  if (isAtRest(rest.phase)) return decided(pass, { state: { ...rest, heard }, result });
  // Once the primary runs what was analysed, the canary is given no traffic again.
  const given = traffic === 'primary' && rest.phase === 'Promoting' ? { traffic: homeOf(pass) } : {};
  const state: State = { ...rest, ...given, parked: intent.by, heard };
  return decided(pass, { state, result });
}
