// The objects of the router for Istio but for their routes: names, hosts and gateways, the two DestinationRules. On an object that a
// user made, what the user had stays. Must not look at weights.
import { dig, listAt, objectAt } from '../common/dig.ts';
import { present } from '../common/look.ts';
import { isOurs } from '../common/metadata.ts';
import { replacePatch } from '../common/replace-patch.ts';
import type { Canary, Change, Ctx, Json, JsonObject, Obj, Ref, Side } from '../contracts.ts';
import { isHostOf } from './istio-dialect.ts';
import { lookedAtForMarks } from './rules/marks.ts';

const apiVersion = 'networking.istio.io/v1beta1';

export function virtualServiceRef(canary: Canary): Ref {
  return { apiVersion, kind: 'VirtualService', name: canary.service.name };
}

function destinationRuleRef(canary: Canary, side: Side): Ref {
  return { apiVersion, kind: 'DestinationRule', name: `${canary.service.name}-${side}` };
}

/** The routing object first: that is the one that moves traffic. */
export function routingObjects({ canary }: Ctx): Ref[] {
  return [virtualServiceRef(canary), destinationRuleRef(canary, 'primary'), destinationRuleRef(canary, 'canary')];
}

/** Besides our objects the target, where its label is asked for. */
export function lookedAt(c: Ctx): Ref[] {
  return [...routingObjects(c), ...lookedAtForMarks(c)];
}

export function destinationRule(c: Ctx, side: Side): Change[] {
  const ref = destinationRuleRef(c.canary, side);
  const existing = present(c, ref);
  const { trafficPolicy } = c.canary.service;
  const spec: JsonObject = { host: ref.name, ...(trafficPolicy ? { trafficPolicy } : {}) };
  if (!existing) {
    const object = { apiVersion, kind: ref.kind, metadata: { name: ref.name, namespace: c.canary.namespace }, spec };
    return [{ op: 'create', object, why: `DestinationRule for ${ref.name}` }];
  }
  const patch = destinationRulePatch(existing, spec, c.canary);
  return patch ? [{ op: 'merge', ref, patch: { spec: patch }, why: `DestinationRule ${ref.name} is for host ${ref.name}` }] : [];
}

function destinationRulePatch(existing: Obj, wanted: JsonObject, canary: Canary): JsonObject | undefined {
  const { host, trafficPolicy } = objectAt(existing, 'spec');
  const had = { ...(host === undefined ? {} : { host }), ...(trafficPolicy === undefined ? {} : { trafficPolicy }) };
  if (isOurs(existing)) return replacePatch(had, wanted);
  const right = isHostOf(host, String(wanted['host']), canary.namespace) ? had : { ...had, host: wanted['host'] ?? null };
  // Each part of a policy is one choice, so the file's takes the place of the whole part.
  const policy = { ...objectAt(had, 'trafficPolicy'), ...objectAt(wanted, 'trafficPolicy') };
  return replacePatch(had, wanted['trafficPolicy'] === undefined ? right : { ...right, trafficPolicy: policy });
}

/** Hosts and gateways. On a VirtualService that a user made, what the user had stays; on ours the file is followed exactly. null: not there. */
export function reach(canary: Canary, existing: Obj | undefined): JsonObject {
  const { name, hosts, gateways, delegation } = canary.service;
  const had = listAt(existing, 'spec', 'hosts');
  // Whoever delegates names hosts and gateways.
  if (delegation) return { gateways: null, ...(existing && !had.length ? {} : { hosts: [] }) };
  const wanted = hosts.includes(name) || hosts.includes('*') ? hosts : [...hosts, name];
  if (!existing || isOurs(existing)) return { gateways: gateways.length ? gateways : ['mesh'], hosts: wanted };
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
