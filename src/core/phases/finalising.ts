// Finalising: all traffic is on the promoted primary; it drains, then the canary is scaled away. Must not scale before the drain has passed.
import { awaitRoute, isDrained, isRouted, routeTo, scaleDown, upkeep } from '../guards.ts';
import { imagePending } from '../image.ts';
import { decided, enter, tell, withState, without, withoutPrimary, type Decision, type Pass } from '../pass.ts';
import { promote } from './promotion.ts';

export function finalise(pass: Pass): Decision {
  const { kit, state, seen, ctx } = pass;
  // Somebody took the primary back: what is told as promoted must be what it runs.
  if (kit.target.revision(ctx, 'primary')?.hash !== state.revision) return promote(withState(pass, enter(pass, 'Promoting')));
  const changes = [...upkeep(pass), ...routeTo(pass, state.traffic)];
  if (changes.length) return decided(pass, { state: without(state, 'at'), changes });
  const waits = withoutPrimary(isRouted(pass, state.traffic) ? pass : withState(pass, without(state, 'at')));
  if (waits) return waits;
  if (!isRouted(pass, state.traffic)) return awaitRoute(pass, without(state, 'at'), (why) => unseen(pass, why));
  if (state.at === undefined) return decided(pass, { state: { ...state, at: seen.now }, wakeAt: seen.now });
  if (kit.target.wanted(ctx, 'canary') > 0) {
    if (!isDrained(pass)) return decided(pass, { wakeAt: state.at + kit.options.drain });
    return decided(pass, { changes: scaleDown(pass) });
  }
  const leftover = kit.target.sweep(ctx);
  // Copies that may not be taken away are no reason to doubt the promotion: the next one tries again.
  const trouble = seen.intents.find(({ verb }) => verb === 'trouble');
  if (leftover.length && !trouble) return decided(pass, { changes: leftover });
  const stays =
    leftover.length && trouble ? tell(pass, { tell: 'note', text: `copies of config that nobody names stay: ${trouble.by}` }) : [];
  const heard = trouble ? { heard: [...state.heard, trouble.id].slice(-8) } : {};
  return decided(pass, {
    state: { ...without(enter(pass, 'Succeeded'), 'waiting', 'failed', 'verdict'), promoted: state.revision, ...heard },
    events: [...stays, ...tell(pass, { tell: kit.canary.strategy.kind === 'skip' ? 'skipped' : 'promoted' })],
    wakeAt: seen.now,
    // What ended here was begun by another run: this one still has its own revision to make.
    ...(imagePending(pass) ? {} : { result: { is: 'promoted' } }),
  });
}

/** The primary runs what was analysed, and nobody knows where its users are: a person must look. The next run goes on from here. */
function unseen(pass: Pass, why: string): Decision {
  return decided(pass, {
    events: tell(pass, { tell: 'not-routed', why }),
    result: { is: 'rolled-back', cause: { by: 'trouble', why }, confirmed: false },
  });
}
