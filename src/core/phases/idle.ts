// Initialized, Succeeded, Failed: nothing is under way. Re-asserts what must be (nobody repairs drift between runs) and sees whether the target
// differs from the primary. Must write nothing where nothing differs: the runner takes no lock then.
import { isDrained, isRouted, routeTo, scaleDown, upkeep } from '../guards.ts';
import { imageReplaced, imageSeen, setImage } from '../image.ts';
import { judge } from '../checks.ts';
import { decided, enter, nextCheck, tell, withState, without, withoutPrimary, workload, type Decision, type Pass } from '../pass.ts';
import { gatesBefore } from '../questions.ts';
import { homeOf } from '../traffic.ts';
import type { State } from '../types.ts';
import { analyse, calledOff } from './analysis.ts';

export function idle(pass: Pass): Decision {
  const { kit, state, ctx } = pass;
  const target = kit.target.revision(ctx, 'canary');
  const primary = kit.target.revision(ctx, 'primary');
  if (!target || !primary) return missing(pass, target?.hash);
  const drifted = [...(kit.scaler?.primary(ctx) ?? []), ...upkeep(pass), ...routeTo(pass, homeOf(pass))];
  // Drift may have had traffic on the target: what was drained before counts no longer (rule 5: said before it is written).
  if (drifted.length) return decided(pass, { state: without(state, 'at'), changes: drifted });
  const image = setImage(pass);
  if (image) return image;
  // Set by this run, replaced while a gate was closed: it is theirs to be driven.
  if (state.asking && imageReplaced(pass))
    return decided(pass, { state: noLongerWaiting(pass), result: { is: 'superseded', revision: target.hash } });
  if (target.hash === primary.hash) return unchanged(pass);
  const waits = withoutPrimary(pass);
  if (waits) return waits;
  if (target.hash === state.failed && kit.options.noRetry) return decided(pass, { result: { is: 'failed-before' } });
  return begin(pass, target.hash, primary.hash);
}

function unchanged(pass: Pass): Decision {
  const { kit, state, seen, ctx } = pass;
  // The revision that was asked about is gone: there is nothing left to wait for.
  if (state.phase === 'Waiting' || state.asking) return decided(pass, { state: noLongerWaiting(pass), wakeAt: seen.now });
  const pods = kit.target.wanted(ctx, 'primary') + kit.target.wanted(ctx, 'canary');
  const waits = pods > 0 ? withoutPrimary(pass) : undefined;
  if (waits) return waits;
  if (kit.target.wanted(ctx, 'canary') === 0) return decided(pass, { state: without(state, 'waiting'), result: { is: 'unchanged' } });
  if (!isRouted(pass, homeOf(pass))) return decided(pass, {});
  if (state.at === undefined) return decided(pass, { state: { ...state, at: seen.now }, wakeAt: seen.now });
  if (!isDrained(pass)) return decided(pass, { wakeAt: state.at + kit.options.drain });
  return decided(pass, { changes: scaleDown(pass) });
}

function noLongerWaiting(pass: Pass): State {
  const { phase, promoted } = pass.state;
  const rest = phase === 'Waiting' ? enter(pass, 'Succeeded') : pass.state;
  return { ...without(rest, 'asking', 'gate'), revision: promoted };
}

/** A revision that the primary does not run: a new analysis, from nothing. */
function begin(pass: Pass, revision: string, promoted: string): Decision {
  return confirm(pass, revision, promoted) ?? start(pass, revision, promoted);
}

function start(pass: Pass, revision: string, promoted: string): Decision {
  const first = analyse(withState(pass, fresh(pass, revision, promoted)));
  return { ...first, events: [...tell(pass, { tell: 'revision', restart: false }, { tell: 'scaling' }), ...first.events] };
}

/** The gates before a release: nothing begins before all of them are open. Undefined: there is none. */
function confirm(pass: Pass, revision: string, promoted: string): Decision | undefined {
  const { kit, seen } = pass;
  if (!kit.canary.hooks.some(({ type }) => type === 'confirm-rollout')) return undefined;
  const asking = withState(pass, askedAbout(pass, revision, promoted));
  const { state } = asking;
  if (seen.now < state.check.dueAt) return decided(asking, { wakeAt: state.check.dueAt });
  const judged = judge(asking, gatesBefore(asking));
  const here = withState(asking, judged.state);
  if (judged.open) return decided(here, { ask: [judged.open], events: judged.events });
  if (judged.closed) {
    const next = nextCheck(state.phase === 'Waiting' ? state : enter(here, 'Waiting'));
    const closed: State = { ...next, gate: judged.closed.gate, check: { ...next.check, dueAt: seen.now + kit.canary.interval } };
    return decided(here, { state: closed, events: judged.events, wakeAt: closed.check.dueAt });
  }
  const last = judged.calledOff ? calledOff(here, judged.calledOff.hook) : start(here, revision, promoted);
  return { ...last, events: [...judged.events, ...last.events] };
}

/** The run that is being asked about: its gates are told of the revision that they let in. */
function askedAbout(pass: Pass, revision: string, promoted: string): State {
  const { state, seen } = pass;
  if (state.asking && state.revision === revision) return state;
  return { ...fresh(pass, revision, promoted), phase: state.phase, since: state.since, asking: true, check: { no: 1, dueAt: seen.now } };
}

/** The state at the beginning of an analysis; every counter begins anew, and so do the ids of all questions. */
export function fresh(pass: Pass, revision: string, promoted: string): State {
  return {
    ...without(enter(pass, 'Progressing'), 'home', 'waiting', 'parked', 'verdict', 'asking', 'gate', 'closing'),
    run: pass.seen.nonce,
    traffic: homeOf(pass),
    check: { no: 0, dueAt: pass.seen.now },
    failedChecks: 0,
    iterations: 0,
    passed: [],
    revision,
    promoted,
    ...imageSeen(pass),
  };
}

/** Without a primary nobody serves. It is made again from the target only if that holds what was promoted: nothing else was analysed. */
export function missing(pass: Pass, target: string | undefined): Decision {
  if (target !== undefined && target === pass.state.promoted)
    return decided(pass, { state: without(enter(pass, 'Initializing'), 'at', 'waiting') });
  const gone = workload(pass, target === undefined ? 'canary' : 'primary');
  const why = `${gone.kind} ${gone.name} is gone${target === undefined ? '' : ', and the target does not hold the promoted revision'}`;
  return decided(pass, { result: { is: 'rolled-back', cause: { by: 'trouble', why }, confirmed: false } });
}
