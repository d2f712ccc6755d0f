// Going back, whatever the reason and whoever resumes it: a primary that got the new template gets the last good one, the route goes home, it
// drains, and only then is the canary scaled away. Must never route to the side that is being replaced.
import type { Change, Traffic } from '../../contracts.ts';
import { isDrained, isRouted, routeTo, scaleDown, upkeep } from '../guards.ts';
import { imagePending } from '../image.ts';
import { decided, enter, tell, without, type Decision, type Pass } from '../pass.ts';
import { onCanary, sameTraffic } from '../traffic.ts';
import type { Cause, Result, State } from '../types.ts';
import { causeText } from '../wording.ts';

export function goHome(pass: Pass): Decision {
  const { state } = pass;
  const back = lastGood(pass);
  if (back === 'lost') return lost(pass);
  if (back.length) return putBack(pass, back);
  const changes = [...routeTo(pass, isWhole(pass) ? state.traffic : whileReplaced(pass)), ...upkeep(pass)];
  if (changes.length) return decided(pass, { state: overdue(pass) ? state : without(state, 'at'), changes, ask: primaryEvidence(pass) });
  if (!isRouted(pass, state.traffic) || !isWhole(pass)) {
    return overdue(pass)
      ? unconfirmed(pass, 'the way back took longer than the progress deadline')
      : decided(pass, { ask: primaryEvidence(pass) });
  }
  return settle(pass);
}

/** The changes that give the primary its last good template; none where it has it. Rule 12: the primary was read after the stamps. */
function lastGood(pass: Pass): Change[] | 'lost' {
  const { kit, state, ctx } = pass;
  const primary = kit.target.revision(ctx, 'primary');
  const target = kit.target.revision(ctx, 'canary');
  if (!primary) return target?.hash === state.promoted ? kit.target.primary(ctx, target) : 'lost';
  // Only Promoting wrote to it: what anybody else did there is not ours to undo.
  if (state.phase !== 'Promoting' || primary.hash === state.promoted) return [];
  const past = kit.target.past(ctx, state.promoted);
  return past ? kit.target.primary(ctx, past) : 'lost';
}

/** Where putting the primary back can take all its pods, all traffic is on the canary, and drained, before. */
function putBack(pass: Pass, back: Change[]): Decision {
  const { kit, state, seen, ctx } = pass;
  const ask = primaryEvidence(pass);
  const want = whileReplaced(pass);
  const moves = [...routeTo(pass, want), ...upkeep(pass)];
  const clears = sameTraffic(want, onCanary) && kit.target.risky(ctx) && kit.target.ready(ctx, 'canary') > 0;
  if (!clears) return decided(pass, { state: without(state, 'at'), changes: [...moves, ...back], ask });
  if (moves.length) return decided(pass, { state: without(state, 'at'), changes: moves, ask });
  if (state.at === undefined) return decided(pass, { state: { ...state, at: seen.now }, ask, wakeAt: seen.now });
  if (!isDrained(pass)) return decided(pass, { ask, wakeAt: state.at + kit.options.drain });
  return decided(pass, { state: without(state, 'at'), changes: back, ask });
}

/** While the primary is replaced it gets no more traffic than it has; with a risky strategy, none. */
function whileReplaced({ kit, state, ctx }: Pass): Traffic {
  if (!kit.router.can.split) return state.traffic;
  return kit.target.risky(ctx) ? onCanary : (kit.router.read(ctx) ?? state.traffic);
}

/** Nothing was copied: a serving pod is enough. A primary that was put back must be whole again. */
function isWhole(pass: Pass): boolean {
  const { kit, state, ctx, seen } = pass;
  if (state.phase !== 'Promoting') return kit.target.ready(ctx, 'primary') > 0;
  return kit.target.verdict(ctx, 'primary', { now: seen.now, since: state.since }).is === 'ready';
}

function overdue(pass: Pass): boolean {
  // The pods' own deadline, and the time to see it.
  return pass.seen.now > pass.state.since + 2 * pass.kit.canary.deadline;
}

function settle(pass: Pass): Decision {
  const { kit, state, seen, ctx } = pass;
  if (state.at === undefined) return decided(pass, { state: { ...state, at: seen.now }, wakeAt: seen.now });
  if (kit.target.wanted(ctx, 'canary') === 0) return done(pass);
  const evidence = openEvidence(pass);
  // Pods are asked why before they are gone; nobody waits for the answer longer than for the drain.
  if (!isDrained(pass)) return decided(pass, { ask: evidence, wakeAt: state.at + kit.options.drain });
  if (evidence.length && seen.now < state.at + kit.options.drain + 10_000) return decided(pass, { ask: evidence });
  return decided(pass, { changes: scaleDown(pass) });
}

function openEvidence(pass: Pass): Decision['ask'] {
  const { state, kit, ctx, seen } = pass;
  const id = `${state.run}/${state.revision}/evidence`;
  if (state.home?.by === 'returned' || seen.answers.has(id)) return [];
  const side = state.home?.by === 'deadline' ? state.home.side : 'canary';
  return [{ id, ask: 'evidence', side, selector: kit.target.selector(ctx, side) }];
}

/** The pods of a primary that failed are gone soon after it is put back. */
function primaryEvidence(pass: Pass): Decision['ask'] {
  const { home } = pass.state;
  return home?.by === 'deadline' && home.side === 'primary' ? openEvidence(pass) : [];
}

function done(pass: Pass): Decision {
  const { state, seen } = pass;
  const cause: Cause = state.home ?? { by: 'trouble', why: 'no cause was recorded' };
  // What was put back by hand was not judged bad; what stands there by now is for idle to look at.
  if (cause.by === 'returned') {
    const back = without(enter(pass, 'Succeeded'), 'home', 'waiting');
    return decided(pass, { state: { ...back, revision: state.promoted }, wakeAt: seen.now });
  }
  const failed: State = { ...without(enter(pass, 'Failed'), 'home', 'waiting'), failed: state.revision, verdict: causeText(cause) };
  const result: Result = { is: 'rolled-back', cause, confirmed: true };
  // What ended here was begun by another run: this one still has its own revision to make.
  return decided(pass, {
    state: failed,
    events: tell(pass, { tell: 'failed' }),
    wakeAt: seen.now,
    ...(imagePending(pass) ? {} : { result }),
  });
}

/** Nobody holds the last good template any more: traffic goes where pods are ready, and a person must look. */
function lost(pass: Pass): Decision {
  const changes = routeTo(pass, pass.state.traffic);
  if (changes.length) return decided(pass, { changes });
  const { state, kit } = pass;
  const way = `put that revision on ${kit.canary.targetRef.name} and run again`;
  return unconfirmed(pass, `no copy of the last good revision ${state.promoted} is left for the primary: ${way}`);
}

/** We stop without knowing that traffic is safe: `home` stays in the record, so that the next run goes on with it. */
function unconfirmed(pass: Pass, why: string): Decision {
  const cause: Cause = pass.state.home ?? { by: 'trouble', why };
  return decided(pass, { events: tell(pass, { tell: 'note', text: why }), result: { is: 'rolled-back', cause, confirmed: false } });
}
