// The routing object when a canary is deleted: whether it leads to what is taken away, and how a user's comes back without what they changed since
// being lost. Pure; says what to write, never when.
import { dig, listAt } from '../common/dig.ts';
import { isObject, mergePatch } from '../common/json.ts';
import { present } from '../common/look.ts';
import { isOurs } from '../common/metadata.ts';
import type { Canary, Change, Ctx, Json, JsonObject, Obj, Ref, Traffic } from '../contracts.ts';
import { safeTraffic } from './guards.ts';
import type { Pass } from './pass.ts';
import { keyOf, undone, undoneIn } from './undo.ts';

/** An object that is there. */
export interface Standing {
  ref: Ref;
  object: Obj;
}

export function routeOf({ kit, ctx }: Pass): Standing | undefined {
  const [ref] = kit.router.can.split ? kit.router.drives(ctx) : [];
  const object = ref && present(ctx, ref);
  return object && { ref, object };
}

/** It names the primary's or the canary's Service, whatever it makes of them: what a router cannot read may lead there all the same. */
export function routeToSides(pass: Pass): Standing | undefined {
  const route = routeOf(pass);
  return route && leadsToSides(route.object['spec'], pass.kit.canary) ? route : undefined;
}

function leadsToSides(value: unknown, canary: Canary): boolean {
  if (Array.isArray(value)) return value.some((each) => leadsToSides(each, canary));
  if (!isObject(value)) return false;
  // A rule may be called so too.
  const isRule = Array.isArray(value['backendRefs']) || Array.isArray(value['route']);
  const named = [isRule ? undefined : value['name'], value['host'], value['service']];
  const isElsewhere = typeof value['namespace'] === 'string' && value['namespace'] !== canary.namespace;
  if (!isElsewhere && named.some((name) => isSide(name, canary))) return true;
  return Object.values(value).some((each) => leadsToSides(each, canary));
}

function isSide(name: Json | undefined, { service, namespace }: Canary): boolean {
  if (typeof name !== 'string') return false;
  return [`${service.name}-primary`, `${service.name}-canary`].some((side) => {
    const whole = `${side}.${namespace}`;
    return name === side || name === whole || name === `${whole}.svc` || name.startsWith(`${whole}.svc.`);
  });
}

/** Each field goes back to what it was where it is what we make of that; in what users changed since, only our sides give way to the apex. */
export function routeBack(pass: Pass, { ref, object }: Standing, undo: JsonObject): Change[] {
  const { kit, ctx, state } = pass;
  // Without a ready primary the route was led to the target before: that too is ours.
  const want = safeTraffic(pass, state.traffic) ?? state.traffic;
  const routed = (from: Obj): Change[] => routeChanges(pass, { ref, object: from }, want);
  if (!kit.router.without) return asPatch(ref, undone(object, undo, routed(object)));
  const before = merged(object, undo);
  const back = undoneIn(object, undo, routed(before).reduce(withChange, before));
  const rest = dig(undo, 'spec') === undefined ? [] : kit.router.without(withObject(ctx, { ref, object: merged(object, back ?? {}) }));
  return [...asPatch(ref, back), ...rest];
}

function routeChanges({ kit, ctx }: Pass, route: Standing, want: Traffic): Change[] {
  return kit.router.route(withObject(ctx, route), want).filter((change) => change.op === 'merge' && keyOf(change.ref) === keyOf(route.ref));
}

function asPatch(ref: Ref, patch: JsonObject | undefined): Change[] {
  return patch ? [{ op: 'merge', ref, patch, why: `${ref.kind} ${ref.name} is as it was` }] : [];
}

function withChange(object: Obj, change: Change): Obj {
  return change.op === 'merge' ? merged(object, change.patch) : object;
}

function merged(object: Obj, patch: JsonObject): Obj {
  return mergePatch(object as JsonObject, patch) as unknown as Obj;
}

/** The same look at the cluster, but for this object. */
function withObject(ctx: Ctx, { ref, object }: Standing): Ctx {
  const { found } = ctx;
  const one: typeof found.one = (asked) => (keyOf(asked) === keyOf(ref) ? { is: 'present', object } : found.one(asked));
  return { ...ctx, found: { one, many: (need) => found.many(need) } };
}

/** Before a routing object that we made is deleted: who comes by it alone must be led elsewhere. */
export function lossOfRoute(pass: Pass): string | undefined {
  const route = routeOf(pass);
  if (!route || !isOurs(route.object) || isBesideService(route.object)) return undefined;
  const { kind, name } = route.ref;
  const apex = present(pass.ctx, { apiVersion: 'v1', kind: 'Service', name: pass.kit.canary.service.name });
  const to = apex && !isOurs(apex) ? `Service ${apex.metadata.name}` : "a Service of the target's pods";
  return `${kind} ${name}, which canary made, goes too: whoever comes by it (through a Gateway, an IngressRoute) finds nobody then; lead them to ${to}`;
}

/** Where callers use the Service's name and only a mesh looks at the object, they reach the Service without it. */
function isBesideService(object: Obj): boolean {
  const gateways = listAt(object, 'spec', 'gateways');
  const inMesh = gateways.length > 0 && gateways.every((gateway) => gateway === 'mesh');
  return inMesh || dig(object, 'spec', 'service') !== undefined;
}
