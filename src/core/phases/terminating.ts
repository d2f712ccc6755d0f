// Terminating (`canary delete`): the user's objects get back what we changed, in the order that keeps traffic on ready pods: the target runs what
// the primary runs and is ready, then apex and route are given back, they drain, and only then is what we made taken away.
import type { Change, Obj, Ref } from '../../contracts.ts';
import { present } from '../../common/look.ts';
import { epochLabel, isOurs } from '../../common/metadata.ts';
import { isRouted, routeTo, safeTraffic, upkeep } from '../guards.ts';
import { decided, enter, tell, verdict, waitFor, withState, without, workload, type Decision, type Pass } from '../pass.ts';
import { serviceNeeds } from '../services.ts';
import { homeOf } from '../traffic.ts';
import type { Cause, State } from '../types.ts';
import { keyOf, undone } from '../undo.ts';

/** From whatever phase: what was under way is over. */
export function beginTermination(pass: Pass): Decision {
  const left = without(pass.state, 'home', 'waiting', 'parked', 'at', 'asking', 'gate', 'closing');
  const state: State = { ...left, phase: 'Terminating', since: pass.seen.now, traffic: homeOf(pass) };
  const first = terminate(withState(pass, state));
  return { ...first, events: [...tell(pass, { tell: 'terminating' }), ...first.events] };
}

export function terminate(pass: Pass): Decision {
  return takeOver(pass) ?? handBack(pass) ?? drain(pass) ?? clear(pass);
}

/** The target serves what the primary serves. Nothing is changed on it while it has traffic that the primary could have. */
function takeOver(pass: Pass): Decision | undefined {
  const { kit, ctx } = pass;
  const target = kit.target.revision(ctx, 'canary');
  // Without a target there is nothing to give traffic back to; without a primary nothing is there to be given back from.
  if (!target) return unconfirmed(pass, `${kit.canary.targetRef.kind} ${kit.canary.targetRef.name} is gone: traffic stays on the primary`);
  if (!kit.target.revision(ctx, 'primary')) return undefined;
  const pods = [
    ...kit.target.giveBack(ctx),
    ...kit.target.scale(ctx, 'canary', { atLeast: Math.max(1, kit.target.wanted(ctx, 'primary')) }),
  ];
  const canary = verdict(pass, 'canary');
  if (!pods.length && canary.is === 'ready') return undefined;
  // Once traffic is handed back, pods that fail later are no reason to take it again.
  if (pass.state.at !== undefined) return undefined;
  const home = safeTraffic(pass, pass.state.traffic);
  const moves = home ? [...routeTo(pass, pass.state.traffic), ...upkeep(pass)] : [];
  if (moves.length) return decided(pass, { changes: moves });
  if (home && !isRouted(pass, home)) return decided(pass, {});
  if (pods.length) return decided(pass, { changes: pods });
  if (canary.is === 'failed') return unconfirmed(pass, `the target's pods are not ready: ${canary.why}; traffic stays on the primary`);
  return waitFor(pass, { side: 'canary', why: canary.is === 'waiting' ? canary.why : '' });
}

/** The apex first: a route that leads to it must find the target's pods behind it. What we made for routing goes in the same breath. */
function handBack(pass: Pass): Decision | undefined {
  const { kit, ctx } = pass;
  const refs = [...serviceNeeds(kit.canary).slice(0, 1), ...kit.router.drives(ctx).slice(0, 1)];
  const given = [workload(pass, 'canary')];
  const changes = standing(pass, refs).flatMap((each) => [...removal(each), ...restoring(pass, each)]);
  if (!changes.length) return undefined;
  return decided(pass, { state: without(pass.state, 'at'), changes: changes.map((change) => ({ ...change, given })) });
}

interface Standing {
  ref: Ref;
  object: Obj;
}

function standing({ ctx }: Pass, refs: readonly Ref[]): Standing[] {
  return refs.flatMap((ref) => {
    const object = present(ctx, ref);
    return object ? [{ ref, object }] : [];
  });
}

function removal({ ref, object }: Standing): Change[] {
  return isOurs(object) ? [{ op: 'delete', ref, why: `${ref.kind} ${ref.name} was made for this canary` }] : [];
}

/** Only where the live value is the one that we would write now: what somebody else has changed since is theirs. */
function restoring(pass: Pass, { ref, object }: Standing): Change[] {
  const { router } = pass.kit;
  const undo = pass.seen.kept.undo[keyOf(ref)];
  if (!undo || isOurs(object)) return [];
  const wanted = [...upkeep(pass), ...router.route(pass.ctx, pass.state.traffic)];
  const ours = wanted.filter((change) => change.op === 'merge' && keyOf(change.ref) === keyOf(ref));
  const patch = undone(object, undo, ours);
  return patch ? [{ op: 'merge', ref, patch, why: `${ref.kind} ${ref.name} is as it was` }] : [];
}

function drain(pass: Pass): Decision | undefined {
  const { state, seen, kit } = pass;
  if (!kit.target.revision(pass.ctx, 'primary')) return undefined;
  if (state.at === undefined) return decided(pass, { state: { ...state, at: seen.now }, wakeAt: seen.now });
  const due = state.at + kit.options.drain;
  return seen.now < due ? decided(pass, { wakeAt: due }) : undefined;
}

/** What we made goes, then our label on what was there before. */
function clear(pass: Pass): Decision {
  const { kit, ctx } = pass;
  const plugins = [kit.router, kit.target, ...(kit.scaler ? [kit.scaler] : [])];
  const all = standing(pass, [...plugins.flatMap((plugin) => plugin.drives(ctx)), ...serviceNeeds(kit.canary), ...ctx.made]);
  const given = [workload(pass, 'canary')];
  const gone = all.flatMap(removal).map((change) => ({ ...change, given }));
  if (gone.length) return decided(pass, { changes: gone });
  const isTarget = ({ ref }: Standing): boolean => keyOf(ref) === keyOf(workload(pass, 'canary'));
  const left = [...all.filter((each) => !isTarget(each)).flatMap((each) => restoring(pass, each)), ...all.flatMap(unlabelled)];
  if (left.length) return decided(pass, { changes: left });
  return decided(pass, { events: tell(pass, { tell: 'terminated' }), result: { is: 'deleted' } });
}

function unlabelled({ ref, object }: Standing): Change[] {
  const labels = object.metadata.labels ?? {};
  if (labels[epochLabel] === undefined) return [];
  // A label that was there alone leaves no empty mapping behind.
  const rest = Object.keys(labels).length === 1 ? null : { [epochLabel]: null };
  return [{ op: 'merge', ref, patch: { metadata: { labels: rest } }, why: `${ref.kind} ${ref.name} carries nothing of ours` }];
}

function unconfirmed(pass: Pass, why: string): Decision {
  const cause: Cause = { by: 'trouble', why };
  return decided(pass, { state: enter(pass, 'Terminating'), result: { is: 'rolled-back', cause, confirmed: false } });
}
