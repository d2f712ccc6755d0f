// The router for Istio: one VirtualService named after the apex, weights between two hosts, a DestinationRule for each. Of a VirtualService
// that a user made, only what the canary needs is changed. Must not write any other kind.
import { listAt } from '../common/dig.ts';
import { isObject, neededPatch } from '../common/json.ts';
import { present, problemOf, unreachable } from '../common/look.ts';
import { isOurs } from '../common/metadata.ts';
import type { Canary, Change, Ctx, Json, JsonObject, Obj, Problem, Traffic, TrafficRouter, Verdict } from '../contracts.ts';
import { istioDialect, isTcp } from './istio-dialect.ts';
import { destinationRule, lookedAt, reach, routingObjects, virtualServiceRef } from './istio-objects.ts';
import { unroutable } from './istio-routes.ts';
import { groundOf } from './rules/backends.ts';
import type { Ground } from './rules/dialect.ts';
import { rulesGivenBack } from './rules/giving-back.ts';
import { ownRules, trafficIn, withTraffic } from './rules/groups.ts';
import { routingMarks, wordsOf } from './rules/marks.ts';

export const istio: TrafficRouter = {
  ids: ['istio'],
  touches: () => [],
  can: { split: true, match: true, mirror: true, affinity: true },
  queries: 'istio',
  needs: lookedAt,
  drives: routingObjects,
  check,
  prepare: (c) => [...destinationRule(c, 'primary'), ...destinationRule(c, 'canary')],
  route,
  without,
  read,
  settled,
};

function check(c: Ctx): Problem[] {
  const closed = routingObjects(c).flatMap((ref) => unreachable(c, ref) ?? []);
  if (closed.length) return closed;
  const { canary } = c;
  const existing = present(c, virtualServiceRef(canary));
  const theirs = existing && !isOurs(existing) ? whyNotTheirs(existing, canary) : undefined;
  return [...fileProblems(canary), ...(theirs === undefined ? [] : [problemOf(virtualServiceRef(canary), theirs)])];
}

/** What does not go together, whatever the cluster holds. */
function fileProblems(canary: Canary): Problem[] {
  const { service, strategy, affinity } = canary;
  const { delegation, hosts, gateways } = service;
  const tcp = isTcp(canary);
  const mirrors = strategy.kind !== 'skip' && strategy.mirror !== undefined;
  const tests = strategy.kind === 'iterations' && strategy.by === 'match';
  const whole = `VirtualService ${service.name}.${canary.namespace}`;
  const refused: [boolean, string, string][] = [
    [
      delegation && hosts.length + gateways.length > 0,
      'spec.service.delegation',
      `${whole} cannot have hosts and gateways when delegation enabled`,
    ],
    [delegation && tcp, 'spec.service.delegation', 'Istio delegates HTTP routes only, and spec.service.appProtocol is tcp'],
    [
      tcp && (mirrors || tests || affinity !== undefined),
      'spec.service.appProtocol',
      'tcp has no requests that could be mirrored, matched, or kept on a side by cookie',
    ],
  ];
  return refused.filter(([is]) => is).map(([, path, text]) => ({ path, text }));
}

/** Why a VirtualService that a user made cannot carry this canary. */
function whyNotTheirs(existing: Obj, canary: Canary): string | undefined {
  const hosts = listAt(existing, 'spec', 'hosts').length;
  const gateways = listAt(existing, 'spec', 'gateways').length;
  if (canary.service.delegation && hosts + gateways > 0)
    return 'has hosts or gateways, so nobody can delegate to it: take them away, or spec.service.delegation';
  if (!canary.service.delegation && !hosts)
    return 'has no hosts, so another VirtualService delegates to it: set spec.service.delegation to true to drive it';
  return unroutable(routesOf(existing, canary), ground(canary), listName(canary));
}

function route(c: Ctx, want: Traffic): Change[] {
  const { canary } = c;
  const ref = virtualServiceRef(canary);
  const existing = present(c, ref);
  const marks = routingMarks(c, existing);
  const spec = specFor(canary, existing, want);
  const why = `${ref.name} ${wordsOf(want)}`;
  if (!existing) {
    const metadata = { name: ref.name, namespace: canary.namespace, ...marks };
    return [{ op: 'create', object: { apiVersion: ref.apiVersion, kind: ref.kind, metadata, spec: withoutNulls(spec) }, why }];
  }
  const patch = neededPatch(existing as JsonObject, { metadata: marks, spec });
  return isObject(patch) ? [{ op: 'merge', ref, patch, why }] : [];
}

function without(c: Ctx): Change[] {
  const { canary } = c;
  const ref = virtualServiceRef(canary);
  const existing = present(c, ref);
  const rules = existing && !isOurs(existing) ? rulesGivenBack(routesOf(existing, canary), ground(canary)) : [];
  const patch = rules.length ? neededPatch(existing as JsonObject, { spec: { [listName(canary)]: rules } }) : undefined;
  return isObject(patch) ? [{ op: 'merge', ref, patch, why: `${ref.name} leads to Service ${canary.service.name}` }] : [];
}

function specFor(canary: Canary, existing: Obj | undefined, want: Traffic): JsonObject {
  const reached = reach(canary, existing);
  const list = listName(canary);
  if (existing && !isOurs(existing)) return { ...reached, [list]: withTraffic(routesOf(existing, canary), ground(canary), want) };
  return { ...reached, [list]: ownRules(ground(canary), want), [list === 'tcp' ? 'http' : 'tcp']: null };
}

function read(c: Ctx): Traffic | undefined {
  return trafficIn(routesOf(present(c, virtualServiceRef(c.canary)), c.canary), ground(c.canary));
}

/** Istio's own status counts every proxy of the mesh, so one that is stuck would hold all releases: the drain gives proxies their time. */
function settled(c: Ctx): Verdict {
  return read(c) ? { is: 'ready' } : { is: 'waiting', why: `VirtualService ${c.canary.service.name} does not route to this canary` };
}

function ground(canary: Canary): Ground {
  return groundOf(istioDialect, canary);
}

function listName(canary: Canary): 'http' | 'tcp' {
  return isTcp(canary) ? 'tcp' : 'http';
}

function routesOf(virtualService: Obj | undefined, canary: Canary): Json[] {
  return listAt(virtualService, 'spec', listName(canary));
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
