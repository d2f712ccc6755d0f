// The router for Istio: one VirtualService named after the apex, weights between two hosts, a DestinationRule for each. Of a VirtualService
// that a user made, only what the canary needs is changed. Must not read or write any other kind.
import { dig, listAt } from '../common/dig.ts';
import { neededPatch } from '../common/json.ts';
import { present, problemOf, unreachable } from '../common/look.ts';
import { handsOff, isOurs } from '../common/metadata.ts';
import type { Canary, Change, Ctx, Json, JsonObject, Obj, Problem, Ref, Side, Traffic, TrafficRouter, Verdict } from '../contracts.ts';
import { backendsOf, isHostOf, unroutable, weightIn, withWeight } from './istio-routes.ts';

const apiVersion = 'networking.istio.io/v1beta1';
const verbs: TrafficRouter['touches'][number]['verbs'] = ['get', 'list', 'watch', 'create', 'patch'];

export const istio: TrafficRouter = {
  ids: ['istio'],
  touches: [
    { group: 'networking.istio.io', version: 'v1beta1', resource: 'virtualservices', verbs },
    { group: 'networking.istio.io', version: 'v1beta1', resource: 'destinationrules', verbs },
  ],
  can: { split: true },
  queries: 'istio',
  needs: allObjects,
  drives: allObjects,
  check,
  prepare: (c) => [...destinationRule(c, 'primary'), ...destinationRule(c, 'canary')],
  route,
  read,
  settled,
};

function virtualServiceRef(canary: Canary): Ref {
  return { apiVersion, kind: 'VirtualService', name: canary.service.name };
}

function destinationRuleRef(canary: Canary, side: Side): Ref {
  return { apiVersion, kind: 'DestinationRule', name: `${canary.service.name}-${side}` };
}

/** The routing object first: that is the one that moves traffic. */
function allObjects(c: Ctx): Ref[] {
  return [virtualServiceRef(c.canary), destinationRuleRef(c.canary, 'primary'), destinationRuleRef(c.canary, 'canary')];
}

function check(c: Ctx): Problem[] {
  const closed = allObjects(c).flatMap((ref) => unreachable(c, ref) ?? []);
  if (closed.length) return closed;
  const ref = virtualServiceRef(c.canary);
  const existing = present(c, ref);
  if (existing && !listAt(existing, 'spec', 'hosts').length)
    return [problemOf(ref, 'has no hosts: a delegate is not driven yet by this version')];
  const why = unroutable(httpOf(existing), backendsOf(c.canary));
  return why === undefined ? [] : [problemOf(ref, why)];
}

function destinationRule(c: Ctx, side: Side): Change[] {
  const ref = destinationRuleRef(c.canary, side);
  const existing = present(c, ref);
  const spec = { host: ref.name };
  if (!existing) {
    const object = { apiVersion, kind: ref.kind, metadata: { name: ref.name, namespace: c.canary.namespace }, spec };
    return [{ op: 'create', object, why: `DestinationRule for ${ref.name}` }];
  }
  if (isHostOf(dig(existing, 'spec', 'host'), ref.name, c.canary.namespace)) return [];
  return [{ op: 'merge', ref, patch: { spec }, why: `DestinationRule ${ref.name} is for host ${ref.name}` }];
}

function route(c: Ctx, want: Traffic): Change[] {
  const ref = virtualServiceRef(c.canary);
  const canary = Math.min(100, Math.max(0, Math.round(want.canary)));
  const why = `${ref.name} routes ${100 - canary} % to the primary, ${canary} % to the canary`;
  const existing = present(c, ref);
  const spec: JsonObject = { ...reach(c.canary, existing), http: withWeight(httpOf(existing), backendsOf(c.canary), canary) };
  if (!existing) {
    const metadata = { name: ref.name, namespace: c.canary.namespace, annotations: { ...handsOff } };
    return [{ op: 'create', object: { apiVersion, kind: ref.kind, metadata, spec }, why }];
  }
  const patch = neededPatch(existing as JsonObject, { spec });
  return patch === undefined ? [] : [{ op: 'merge', ref, patch: patch as JsonObject, why }];
}

function read(c: Ctx): Traffic | undefined {
  const canary = weightIn(httpOf(present(c, virtualServiceRef(c.canary))), backendsOf(c.canary));
  return canary === undefined ? undefined : { kind: 'split', canary };
}

/** Istio's own status counts every proxy of the mesh, so one that is stuck would hold all releases: the drain gives proxies their time. */
function settled(c: Ctx): Verdict {
  return read(c) ? { is: 'ready' } : { is: 'waiting', why: `VirtualService ${c.canary.service.name} does not route to this canary` };
}

/** Hosts and gateways. On a VirtualService that a user made, what the user had stays; on ours the file is followed exactly. */
function reach(canary: Canary, existing: Obj | undefined): JsonObject {
  const { name, hosts, gateways } = canary.service;
  const wanted = hosts.includes(name) || hosts.includes('*') ? hosts : [...hosts, name];
  if (!existing || isOurs(existing)) return { gateways: gateways.length ? gateways : ['mesh'], hosts: wanted };
  const had = listAt(existing, 'spec', 'hosts');
  // No gateways at all means the mesh.
  const hadGateways = dig(existing, 'spec', 'gateways') === undefined ? ['mesh'] : listAt(existing, 'spec', 'gateways');
  return {
    hosts: had.includes('*') ? had : union(had, wanted),
    ...(gateways.length ? { gateways: union(hadGateways, gateways) } : {}),
  };
}

function union(had: readonly Json[], wanted: readonly string[]): Json[] {
  return [...had, ...wanted.filter((each) => !had.includes(each))];
}

function httpOf(virtualService: Obj | undefined): Json[] {
  return listAt(virtualService, 'spec', 'http');
}
