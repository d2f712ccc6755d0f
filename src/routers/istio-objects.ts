// The objects of the router for Istio but for their routes: names, metadata, hosts and gateways, the two DestinationRules. On an object that a
// user made, what the user had stays. Must not look at weights.
import { dig, listAt, objectAt, stringsAt } from '../common/dig.ts';
import { present } from '../common/look.ts';
import { copiedMetadata, handsOff, isOurs } from '../common/metadata.ts';
import { replacePatch } from '../common/replace-patch.ts';
import type { Canary, Change, Ctx, Json, JsonObject, Obj, Ref, Side, Strings } from '../contracts.ts';
import { isHostOf } from './istio-backends.ts';

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
  return [...routingObjects(c), ...(isMarked(c.canary) ? [c.canary.targetRef] : [])];
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

/** Labels and annotations of the file's apex; on an object that is ours, those that keep Flux away too. */
export function virtualServiceMarks(c: Ctx, existing: Obj | undefined): { labels?: Strings; annotations?: Strings } {
  const ours = !existing || isOurs(existing);
  const { apex } = c.canary.service.marks;
  const labels = { ...copiedMetadata(apex.labels), ...(ours ? targetLabel(c) : {}) };
  const annotations = { ...copiedMetadata(apex.annotations), ...(ours ? handsOff : {}) };
  return { ...(Object.keys(labels).length ? { labels } : {}), ...(Object.keys(annotations).length ? { annotations } : {}) };
}

function isMarked(canary: Canary): boolean {
  const { labels, annotations } = canary.service.marks.apex;
  return Object.keys(labels).length + Object.keys(annotations).length > 0;
}

/** The label that the apex Service has: Flagger puts it here too, where the file speaks of the apex at all. */
function targetLabel(c: Ctx): Strings {
  if (!isMarked(c.canary)) return {};
  const { targetRef, service } = c.canary;
  const known = stringsAt(present(c, targetRef), 'spec', 'selector', 'matchLabels');
  const label = ['app', 'name', 'app.kubernetes.io/name'].find((name) => Object.hasOwn(known, name));
  return label === undefined ? {} : { [label]: service.name };
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
