// Going back, whatever the reason and whoever resumes it: the primary gets the last good template if it had the new one, the route goes first,
// it drains, and only then is the canary scaled away. Must never route to the side that is being replaced.
import type { Change } from '../../contracts.ts';
import { isDrained, isRouted, routeTo, scaleDown, upkeep } from '../guards.ts';
import { decided, enter, tell, without, type Decision, type Pass } from '../pass.ts';
import type { Cause, Result, State } from '../types.ts';
import { causeText } from '../wording.ts';

export function goHome(pass: Pass): Decision {
  const { state } = pass;
  const back = lastGood(pass);
  if (back === 'lost') return unconfirmed(pass, `no copy of the last good revision ${state.promoted} is left`);
  const changes = [...routeTo(pass, state.traffic), ...upkeep(pass), ...back];
  if (changes.length) return decided(pass, { state: overdue(pass) ? state : without(state, 'at'), changes });
  if (!isRouted(pass, state.traffic) || !primaryServes(pass)) {
    return overdue(pass) ? unconfirmed(pass, 'the way back took longer than the progress deadline') : decided(pass, {});
  }
  return settle(pass);
}

/** The changes that give the primary its last good template back; none where it has it. Rule 12: the primary was read after the stamps. */
function lastGood(pass: Pass): Change[] | 'lost' {
  const { kit, state, ctx } = pass;
  const primary = kit.target.revision(ctx, 'primary');
  if (primary?.hash === state.promoted) return [];
  const past = kit.target.past(ctx, state.promoted);
  return past ? kit.target.primary(ctx, past) : 'lost';
}

/** Nothing was copied: a serving pod is enough. A primary that was put back must be whole again. */
function primaryServes(pass: Pass): boolean {
  const { kit, state, ctx, seen } = pass;
  if (state.phase === 'Progressing') return kit.target.ready(ctx, 'primary') > 0;
  return kit.target.verdict(ctx, 'primary', { now: seen.now, since: state.since }).is === 'ready';
}

function overdue(pass: Pass): boolean {
  // The pods' own deadline, and the time to see it.
  return pass.seen.now > pass.state.since + 2 * pass.kit.canary.deadline;
}

function settle(pass: Pass): Decision {
  const { kit, state, seen, ctx } = pass;
  if (state.at === undefined) return decided(pass, { state: { ...state, at: seen.now }, wakeAt: seen.now });
  if (kit.target.wanted(ctx, 'canary') > 0) {
    const evidence = openEvidence(pass);
    // Pods are asked why before they are gone; nobody waits for the answer longer than for the drain.
    if (!isDrained(pass)) return decided(pass, { ask: evidence, wakeAt: state.at + kit.options.drain });
    if (evidence.length && seen.now < state.at + kit.options.drain + 10_000) return decided(pass, { ask: evidence });
    return decided(pass, { changes: scaleDown(pass) });
  }
  return done(pass);
}

function openEvidence(pass: Pass): Decision['ask'] {
  const { state, kit, ctx, seen } = pass;
  const id = `${state.run}/${state.revision}/evidence`;
  if (state.home?.by === 'returned' || seen.answers.has(id)) return [];
  const side = state.home?.by === 'deadline' ? state.home.side : 'canary';
  return [{ id, ask: 'evidence', side, selector: kit.target.selector(ctx, side) }];
}

function done(pass: Pass): Decision {
  const cause: Cause = pass.state.home ?? { by: 'trouble', why: 'no cause was recorded' };
  // What was put back by hand was not judged bad.
  if (cause.by === 'returned') {
    const state = without(enter(pass, 'Succeeded'), 'home', 'waiting');
    return decided(pass, { state: { ...state, revision: state.promoted }, result: { is: 'unchanged' } });
  }
  const state: State = { ...without(enter(pass, 'Failed'), 'home', 'waiting'), failed: pass.state.revision, verdict: causeText(cause) };
  const result: Result = { is: 'rolled-back', cause, confirmed: true };
  return decided(pass, { state, events: tell(pass, { tell: 'failed' }), result });
}

/** We stop without knowing that traffic is safe: `home` stays in the record, so that the next run goes on with it. */
function unconfirmed(pass: Pass, why: string): Decision {
  const cause: Cause = pass.state.home ?? { by: 'trouble', why };
  return decided(pass, { events: tell(pass, { tell: 'note', text: why }), result: { is: 'rolled-back', cause, confirmed: false } });
}
