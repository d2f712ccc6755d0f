// The routers for meshes that speak SMI: one TrafficSplit named after the apex, in the version that the mesh serves. Of one that a user made only the
// backends change. Must not route by request: a TrafficSplit can only split.
import { dig, listAt, textAt } from '../common/dig.ts';
import { isObject, neededPatch } from '../common/json.ts';
import { present, problemOf, unreachable } from '../common/look.ts';
import { handsOff, isOurs } from '../common/metadata.ts';
import type { Canary, Change, Ctx, Json, JsonObject, Obj, Problem, Ref, Side, Traffic, TrafficRouter } from '../contracts.ts';

const group = 'split.smi-spec.io';

/** The adapter for Istio makes a VirtualService of each TrafficSplit, and reads from here where it is reachable. */
const gatewaysAnnotation = 'VirtualService.v1alpha3.networking.istio.io/spec.gateways';

interface Dialect {
  readonly version: 'v1alpha1' | 'v1alpha2' | 'v1alpha3';
  readonly queries: string;
}

export const smiV1alpha1 = routerFor('smi:v1alpha1', { version: 'v1alpha1', queries: 'istio' });
export const smiV1alpha2 = routerFor('smi:v1alpha2', { version: 'v1alpha2', queries: 'istio' });
export const smiV1alpha3 = routerFor('smi:v1alpha3', { version: 'v1alpha3', queries: 'istio' });
export const linkerd = routerFor('linkerd', { version: 'v1alpha1', queries: 'linkerd' });
export const osm = routerFor('osm', { version: 'v1alpha2', queries: 'osm' });

function routerFor(id: string, { version, queries }: Dialect): TrafficRouter {
  const refOf = ({ canary }: Ctx): Ref => ({ apiVersion: `${group}/${version}`, kind: 'TrafficSplit', name: canary.service.name });
  return {
    ids: [id],
    can: { split: true, match: false, mirror: false, affinity: false },
    queries,
    touches: () => [],
    needs: (c) => [refOf(c)],
    drives: (c) => [refOf(c)],
    check: (c) => check(c, refOf(c)),
    prepare: () => [],
    route: (c, want) => route(c, refOf(c), want),
    read: (c) => read(c, refOf(c)),
    settled: (c) =>
      // A TrafficSplit has no status: proxies get the time of the drain.
      read(c, refOf(c)) ? { is: 'ready' } : { is: 'waiting', why: `TrafficSplit ${c.canary.service.name} does not route to this canary` },
  };
}

/** The name that callers use, whose traffic is split. */
function rootOf({ service }: Canary): string {
  return service.hosts[0] ?? service.name;
}

function check(c: Ctx, ref: Ref): Problem[] {
  const closed = unreachable(c, ref);
  if (closed) return [closed];
  const existing = present(c, ref);
  // On one that we made the file is followed exactly, so nothing in it can stand in the way.
  if (!existing || isOurs(existing)) return [];
  return unsplittable(existing, c.canary).map((text) => problemOf(ref, text));
}

/** Why a TrafficSplit that a user made cannot carry this canary. */
function unsplittable(existing: Obj, canary: Canary): string[] {
  const root = rootOf(canary);
  const service = textAt(existing, 'spec', 'service') ?? '';
  const foreign = listAt(existing, 'spec', 'backends').findIndex((backend) => roleOf(backend, canary) === undefined);
  return [
    ...(isNamed(service, root, canary)
      ? []
      : [`splits the traffic of ${JSON.stringify(service)}, not of ${root}; rename it, or name its service first in spec.service.hosts`]),
    ...(foreign < 0
      ? []
      : [`spec.backends[${foreign}] leads to another Service than those of ${canary.service.name}, which leaves no whole to divide`]),
    ...(listAt(existing, 'spec', 'matches').length
      ? ['spec.matches makes it split only some requests, so that no weight would say where all of them go']
      : []),
  ];
}

function route(c: Ctx, ref: Ref, want: Traffic): Change[] {
  if (want.kind !== 'split') throw new Error(`a TrafficSplit cannot ${want.kind}`);
  const canary = Math.min(100, Math.max(0, Math.round(want.canary)));
  const why = `${ref.name} routes ${100 - canary} % to the primary, ${canary} % to the canary`;
  const existing = present(c, ref);
  if (!existing) return [{ op: 'create', object: newSplit(c.canary, ref, canary), why }];
  const patch = neededPatch(existing as JsonObject, { ...gatewaysPatch(existing, c.canary), spec: specPatch(existing, c.canary, canary) });
  return patch === undefined ? [] : [{ op: 'merge', ref, patch: patch as JsonObject, why }];
}

function newSplit(canary: Canary, { apiVersion, kind, name }: Ref, weight: number): Obj {
  const { labels, annotations } = canary.service.marks.apex;
  const gateways = gatewaysOf(canary);
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: canary.namespace,
      ...(Object.keys(labels).length ? { labels: { ...labels } } : {}),
      annotations: { ...annotations, ...handsOff, ...(gateways === undefined ? {} : { [gatewaysAnnotation]: gateways }) },
    },
    spec: { service: rootOf(canary), backends: backends([], { canary, apiVersion, weight }) },
  };
}

/** On ours the file is followed exactly; on a user's only backends with another weight are touched, and whatever else stands in them stays. */
function specPatch(existing: Obj, canary: Canary, weight: number): JsonObject {
  const had = listAt(existing, 'spec', 'backends');
  return {
    ...(isOurs(existing) ? { service: rootOf(canary), matches: null } : {}),
    ...(weightIn(had, canary) === weight ? {} : { backends: backends(had, { canary, apiVersion: existing.apiVersion, weight }) }),
  };
}

function backends(had: readonly Json[], to: { canary: Canary; apiVersion: string; weight: number }): Json[] {
  const backend = (side: Side, weight: number): JsonObject => ({
    service: `${to.canary.service.name}-${side}`,
    ...had.filter(isObject).find((entry) => roleOf(entry, to.canary) === side),
    // The first version took Kubernetes quantities, which are texts.
    weight: to.apiVersion === `${group}/v1alpha1` ? String(weight) : weight,
  });
  return [backend('canary', to.weight), backend('primary', 100 - to.weight)];
}

function gatewaysOf({ mesh, service }: Canary): string | undefined {
  return mesh === 'istio' && service.gateways.length ? JSON.stringify(service.gateways) : undefined;
}

/** Gateways that a user set by hand stay. */
function gatewaysPatch(existing: Obj, canary: Canary): JsonObject {
  const wanted = gatewaysOf(canary);
  const had = textAt(existing, 'metadata', 'annotations', gatewaysAnnotation);
  if (had === wanted || (had !== undefined && !isOurs(existing))) return {};
  return { metadata: { annotations: { [gatewaysAnnotation]: wanted ?? null } } };
}

function read(c: Ctx, ref: Ref): Traffic | undefined {
  const existing = present(c, ref);
  if (!existing || listAt(existing, 'spec', 'matches').length) return undefined;
  if (!isNamed(textAt(existing, 'spec', 'service') ?? '', rootOf(c.canary), c.canary)) return undefined;
  const canary = weightIn(listAt(existing, 'spec', 'backends'), c.canary);
  return canary === undefined ? undefined : { kind: 'split', canary };
}

/** The canary's weight where there are the two sides, nothing else, and both weights add up. */
function weightIn(had: readonly Json[], canary: Canary): number | undefined {
  const weightOf = (side: Side): number | undefined =>
    wholeOf(
      dig(
        had.find((entry) => roleOf(entry, canary) === side),
        'weight',
      ),
    );
  const weights = { canary: weightOf('canary'), primary: weightOf('primary') };
  if (had.length !== 2 || weights.canary === undefined || weights.primary === undefined) return undefined;
  return weights.canary + weights.primary === 100 ? weights.canary : undefined;
}

/** A quantity with a unit ('500m') is nothing that we wrote. */
function wholeOf(weight: Json | undefined): number | undefined {
  const number = typeof weight === 'string' && /^[0-9]{1,3}$/.test(weight) ? Number(weight) : weight;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
}

function roleOf(backend: Json, canary: Canary): 'apex' | Side | undefined {
  const service = textAt(backend, 'service') ?? '';
  const sides: readonly Side[] = ['primary', 'canary'];
  const side = sides.find((each) => isNamed(service, `${canary.service.name}-${each}`, canary));
  return side ?? (isNamed(service, canary.service.name, canary) ? 'apex' : undefined);
}

/** Users write a Service's short name or its whole one. */
function isNamed(text: string, service: string, { namespace }: Canary): boolean {
  return shortName(text, namespace) === shortName(service, namespace);
}

function shortName(text: string, namespace: string): string {
  const [first = '', second, third, ...domain] = text.split('.');
  const isWhole = second === namespace && (third === undefined || (third === 'svc' && (domain.length === 0 || domain.length >= 2)));
  return isWhole ? first : text;
}
