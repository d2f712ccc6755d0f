// Terminating (`canary delete`): the user's objects get back what we changed, in the order that keeps traffic on ready pods: the target runs what
// the primary runs and is ready, then apex and route are given back, they drain, and only then is what we made taken away.
import type { Change, JsonObject, Ref } from '../../contracts.ts';
import { dig, numberAt, stringsAt } from '../../common/dig.ts';
import { isObject } from '../../common/json.ts';
import { present } from '../../common/look.ts';
import { epochLabel, isOurs } from '../../common/metadata.ts';
import { replacePatch } from '../../common/replace-patch.ts';
import { routeTo, safeTraffic, upkeep } from '../guards.ts';
import { decided, enter, tell, verdict, waitFor, withState, without, workload, type Decision, type Pass } from '../pass.ts';
import { apexPoints, serviceNeeds } from '../services.ts';
import { lossOfRoute, routeBack, routeOf, routeToSides, type Standing } from '../route-back.ts';
import { homeOf, sameTraffic } from '../traffic.ts';
import type { Cause, State } from '../types.ts';
import { keyOf, undone } from '../undo.ts';

/** From whatever phase: what was under way is over. */
export function beginTermination(pass: Pass): Decision {
  const left = without(pass.state, 'home', 'waiting', 'parked', 'at', 'asking', 'gate', 'closing');
  const state: State = { ...left, phase: 'Terminating', since: pass.seen.now, traffic: homeOf(pass) };
  const first = terminate(withState(pass, state));
  const loss = lossOfRoute(pass);
  const events = tell(pass, { tell: 'terminating' }, ...(loss === undefined ? [] : [{ tell: 'note' as const, text: loss }]));
  // Events are told after the changes: this one is said before anything goes.
  if (loss !== undefined && first.changes.some(({ op }) => op === 'delete'))
    return decided(withState(pass, state), { events, wakeAt: pass.seen.now });
  return { ...first, events: [...events, ...first.events] };
}

export function terminate(pass: Pass): Decision {
  return takeOver(pass) ?? handBack(pass) ?? drain(pass) ?? stillInUse(pass) ?? clear(pass);
}

/** Before that the target serves as it always did: there is nothing to take over, and nothing on it to be put back. */
function hasServed(pass: Pass): boolean {
  const { ctx, state } = pass;
  return state.promoted !== '' || apexPoints(ctx) === 'primary' || routeToSides(pass) !== undefined;
}

/** The target serves what the primary serves. Nothing is changed on it while it has traffic that the primary could have. */
function takeOver(pass: Pass): Decision | undefined {
  const { kit, ctx, state } = pass;
  const { kind, name } = kit.canary.targetRef;
  if (!kit.target.revision(ctx, 'canary')) return unconfirmed(pass, `${kind} ${name} is gone: traffic stays where it is`);
  // Once traffic is handed back, pods that fail later are no reason to take it again.
  if (!hasServed(pass) || state.at !== undefined) return undefined;
  const home = comeHome(pass);
  if (home) return home;
  const pods = [...template(pass), ...kit.target.scale(ctx, 'canary', { atLeast: replicas(pass) })];
  if (pods.length) return decided(pass, { changes: pods });
  const canary = verdict(pass, 'canary');
  if (canary.is === 'ready') return undefined;
  if (canary.is === 'failed') return unconfirmed(pass, `the target's pods are not ready: ${canary.why}; traffic stays where it is`);
  return waitFor(pass, { side: 'canary', why: canary.why });
}

/** All traffic on the primary, as far as it leads to our sides at all: what somebody turned elsewhere is theirs. */
function comeHome(pass: Pass): Decision | undefined {
  const { kit, ctx, state, seen } = pass;
  const route = routeToSides(pass);
  const now = route && kit.router.read(ctx);
  // Sides that share their rule with others: what we write there would be wrong for somebody.
  if (route && !now && !isOurs(route.object) && kit.router.check(ctx).length) return stillLed(pass, route);
  const moves = [...(route ? routeTo(pass, state.traffic) : []), ...(apexPoints(ctx) === 'primary' ? upkeep(pass) : [])];
  if (moves.length) return decided(pass, { changes: moves });
  const safe = safeTraffic(pass, state.traffic);
  if (!route || !safe || sameTraffic(now, safe)) return undefined;
  const isLate = seen.now > state.since + kit.canary.deadline;
  return isLate ? unconfirmed(pass, 'the route did not come back to the primary in time') : decided(pass, {});
}

/** What the primary runs. A primary that serves nobody proves nothing: then the target stays as its user has it. */
function template({ kit, ctx }: Pass): Change[] {
  return kit.target.ready(ctx, 'primary') > 0 ? kit.target.giveBack(ctx) : [];
}

/** As many pods as serve now, or as there were before us. */
function replicas(pass: Pass): number {
  const { kit, ctx, seen } = pass;
  const before = kit.canary.scalerRef
    ? (kit.scaler?.floor(ctx) ?? 1)
    : numberAt(seen.kept.undo[keyOf(workload(pass, 'canary'))], 'spec', 'replicas');
  return Math.max(1, kit.target.wanted(ctx, 'primary'), before ?? 1);
}

/** The apex first: a route that leads to it must find the target's pods behind it. What we made for routing goes in the same breath. */
function handBack(pass: Pass): Decision | undefined {
  const { kit, ctx } = pass;
  const refs = [...serviceNeeds(kit.canary).slice(0, 1), ...kit.router.drives(ctx).slice(0, 1)];
  const given = [workload(pass, 'canary')];
  const changes = standing(pass, refs).flatMap((each) => [...removal(each), ...restoring(pass, each), ...forgotten(pass, each)]);
  if (!changes.length) return undefined;
  return decided(pass, { state: without(pass.state, 'at'), changes: changes.map((change) => ({ ...change, given })) });
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
  const undo = originalOf(pass, ref);
  if (!undo || isOurs(object)) return [];
  const route = routeOf(pass);
  if (route && keyOf(route.ref) === keyOf(ref)) return routeBack(pass, route, undo);
  const ours = upkeep(pass).filter((change) => change.op === 'merge' && keyOf(change.ref) === keyOf(ref));
  const patch = undone(object, undo, ours);
  return patch ? [{ op: 'merge', ref, patch, why: `${ref.kind} ${ref.name} is as it was` }] : [];
}

/** A selector of the primary's pods was never theirs: it was read off after what had been kept was lost. */
function originalOf({ kit, ctx, seen }: Pass, ref: Ref): JsonObject | undefined {
  const undo = seen.kept.undo[keyOf(ref)];
  const [spec, selector] = [dig(undo, 'spec'), dig(undo, 'spec', 'selector')];
  if (!undo || !isObject(spec) || !isObject(selector)) return undo;
  if (!Object.entries(kit.target.selector(ctx, 'primary')).every(([label, value]) => selector[label] === value)) return undo;
  const { selector: _, ...rest } = spec;
  return { ...undo, spec: rest };
}

/** What a Service selected before us is known no more: the target's pods are the nearest to it. */
function forgotten(pass: Pass, { ref, object }: Standing): Change[] {
  const { kit, ctx } = pass;
  const isApex = ref.kind === 'Service' && ref.name === kit.canary.service.name;
  const isKnown = dig(originalOf(pass, ref), 'spec', 'selector') !== undefined;
  if (!isApex || isOurs(object) || isKnown || apexPoints(ctx) !== 'primary') return [];
  const selector = replacePatch(stringsAt(object, 'spec', 'selector'), kit.target.selector(ctx, 'canary'));
  return selector ? [{ op: 'merge', ref, patch: { spec: { selector } }, why: `Service ${ref.name} selects the target's pods` }] : [];
}

/** The last look before anything is taken away: nobody's traffic may lead there any more. */
function stillInUse(pass: Pass): Decision | undefined {
  const { kit, ctx } = pass;
  const { name } = kit.canary.service;
  const apex = present(ctx, { apiVersion: 'v1', kind: 'Service', name });
  if (apex && !isOurs(apex) && apexPoints(ctx) === 'primary')
    return unconfirmed(pass, `Service ${name} still selects the primary's pods: set its selector to what it is to be`);
  const route = routeToSides(pass);
  return route && !isOurs(route.object) ? stillLed(pass, route) : undefined;
}

function stillLed(pass: Pass, { ref }: Standing): Decision {
  const { name } = pass.kit.canary.service;
  const what = `${ref.kind} ${ref.name}`;
  return unconfirmed(pass, `${what} still leads to ${name}-primary or ${name}-canary: write into it where its traffic is to go`);
}

function drain(pass: Pass): Decision | undefined {
  const { state, seen, kit } = pass;
  if (!kit.target.revision(pass.ctx, 'primary') || !hasServed(pass)) return undefined;
  if (state.at === undefined) return decided(pass, { state: { ...state, at: seen.now }, wakeAt: seen.now });
  const due = state.at + kit.options.drain;
  return seen.now < due ? decided(pass, { wakeAt: due }) : undefined;
}

/** What we made goes, then our label on what was there before. */
function clear(pass: Pass): Decision {
  const { kit, ctx } = pass;
  const plugins = [kit.router, kit.target, ...(kit.scaler ? [kit.scaler] : [])];
  const refs = [...plugins.flatMap((plugin) => plugin.drives(ctx)), ...serviceNeeds(kit.canary), ...ctx.made];
  const all = standing(pass, refs);
  const given = [workload(pass, 'canary')];
  const gone = all.flatMap(removal).map((change) => ({ ...change, given }));
  if (gone.length) return decided(pass, { changes: gone });
  const isTarget = ({ ref }: Standing): boolean => keyOf(ref) === keyOf(workload(pass, 'canary'));
  const left = [...all.filter((each) => !isTarget(each)).flatMap((each) => restoring(pass, each)), ...all.flatMap(unlabelled)];
  if (left.length) return decided(pass, { changes: left });
  return hidden(pass, refs) ?? decided(pass, { events: tell(pass, { tell: 'terminated' }), result: { is: 'deleted' } });
}

/** What may not be looked at is not known to be gone. */
function hidden(pass: Pass, refs: readonly Ref[]): Decision | undefined {
  for (const ref of refs) {
    const look = pass.ctx.found.one(ref);
    if (look.is === 'forbidden') return unconfirmed(pass, `${ref.kind} ${ref.name} may not be looked at: ${look.rule}`);
  }
  return undefined;
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
