// The router for Traefik: one TraefikService named after the apex, weighted between two Services. Of one that a user made only the entries of this
// canary's Services change. Must not route by request: a weighted TraefikService can only split.
import { dig, listAt, objectAt, textAt } from '../common/dig.ts';
import { isObject, neededPatch } from '../common/json.ts';
import { present, problemOf, unreachable } from '../common/look.ts';
import { copiedMetadata, handsOff, isOurs } from '../common/metadata.ts';
import type { Canary, Change, Ctx, Json, JsonObject, Obj, Problem, Ref, Side, Strings, Traffic, TrafficRouter } from '../contracts.ts';

export const traefik: TrafficRouter = {
  ids: ['traefik'],
  can: { split: true, match: false, mirror: false, affinity: false },
  queries: 'traefik',
  touches: () => [],
  needs: (c) => [refOf(c.canary)],
  drives: (c) => [refOf(c.canary)],
  check,
  prepare: () => [],
  route,
  read,
  settled: (c) =>
    // A TraefikService has no status: proxies get the time of the drain.
    read(c) ? { is: 'ready' } : { is: 'waiting', why: `TraefikService ${c.canary.service.name} does not route to this canary` },
};

function refOf({ service }: Canary): Ref {
  return { apiVersion: 'traefik.io/v1alpha1', kind: 'TraefikService', name: service.name };
}

function check(c: Ctx): Problem[] {
  const ref = refOf(c.canary);
  const closed = unreachable(c, ref);
  if (closed) return [closed];
  const existing = present(c, ref);
  // On one that we made the file is followed exactly, so nothing in it can stand in the way.
  if (!existing || isOurs(existing)) return [];
  return indivisible(existing, c.canary).map((text) => problemOf(ref, text));
}

/** Why a TraefikService that a user made cannot carry this canary. */
function indivisible(existing: Obj, canary: Canary): string[] {
  const forms = formsOf(existing);
  const other = forms.find((form) => form !== 'weighted');
  if (other !== undefined) return [`spec.${other} does not divide requests by weight: only a TraefikService with spec.weighted alone can`];
  if (!forms.length) return ['has no spec.weighted, so there are no weights to change'];
  const entries = servicesOf(existing);
  const roles = entries.map((entry) => roleOf(entry, canary));
  const foreign = roles.indexOf(undefined);
  const twice = roles.findIndex((role, index) => roles.indexOf(role) < index);
  const at = (index: number): string => `spec.weighted.services[${index}]`;
  if (foreign >= 0)
    return [`${at(foreign)} leads to something else than the Services of ${canary.service.name}, which leaves no whole to divide`];
  return twice < 0
    ? []
    : [`${at(twice)} leads to ${textAt(entries[twice], 'name')} once more: one entry is enough, with one set of options`];
}

/** The ways to serve that it names; one that is null is not there. */
function formsOf(existing: Obj): string[] {
  return Object.entries(objectAt(existing, 'spec')).flatMap(([form, value]) => (value === null ? [] : [form]));
}

function route(c: Ctx, want: Traffic): Change[] {
  if (want.kind !== 'split') throw new Error(`a TraefikService cannot ${want.kind}`);
  const canary = Math.min(100, Math.max(0, Math.round(want.canary)));
  const ref = refOf(c.canary);
  const why = `${ref.name} routes ${100 - canary} % to the primary, ${canary} % to the canary`;
  const existing = present(c, ref);
  const metadata = marks(c.canary, existing);
  if (!existing) {
    const spec = { weighted: { services: entries([], { canary: c.canary, weight: canary }) } };
    const named = { name: ref.name, namespace: c.canary.namespace, ...metadata };
    return [{ op: 'create', object: { apiVersion: ref.apiVersion, kind: ref.kind, metadata: named, spec }, why }];
  }
  const patch = neededPatch(existing as JsonObject, { metadata, spec: specPatch(existing, c.canary, canary) });
  return isObject(patch) ? [{ op: 'merge', ref, patch, why }] : [];
}

/** Labels and annotations of the file's apex; on an object that is ours, those that keep Flux away too. */
function marks({ service }: Canary, existing: Obj | undefined): { labels?: Strings; annotations?: Strings } {
  const { apex } = service.marks;
  const labels = copiedMetadata(apex.labels);
  const annotations = { ...copiedMetadata(apex.annotations), ...(!existing || isOurs(existing) ? handsOff : {}) };
  return { ...(Object.keys(labels).length ? { labels } : {}), ...(Object.keys(annotations).length ? { annotations } : {}) };
}

/** On ours the file is followed exactly; a user's with these shares already stays as it is. */
function specPatch(existing: Obj, canary: Canary, weight: number): JsonObject {
  if (isOurs(existing)) {
    const weighted = { ...without(objectAt(existing, 'spec', 'weighted')), services: entries([], { canary, weight }) };
    return { ...without(objectAt(existing, 'spec')), weighted };
  }
  const had = servicesOf(existing);
  const wanted = entries(had, { canary, weight });
  return weightIn(had, canary) === weight && had.length === wanted.length ? {} : { weighted: { services: wanted } };
}

/** A patch that takes all fields away. */
function without(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(object).map((key) => [key, null]));
}

/** A side stands there only while it has a share: Traefik drops the whole TraefikService, and every request, where one of its Services has no pods,
 *  whatever its weight. What a user wrote for the apex holds for both sides. */
function entries(had: readonly Json[], { canary, weight }: { canary: Canary; weight: number }): Json[] {
  const entry = (side: Side, share: number): JsonObject[] => {
    const like = ownOf(had, side, canary);
    return share > 0 ? [{ ...like, name: `${canary.service.name}-${side}`, port: portOf(like, canary), weight: share }] : [];
  };
  return [...entry('primary', 100 - weight), ...entry('canary', weight)];
}

/** The side's own entry, else the apex's, else the other side's. */
function ownOf(had: readonly Json[], side: Side, canary: Canary): JsonObject {
  const objects = had.filter(isObject);
  const withRole = (role: Role): JsonObject | undefined => objects.find((entry) => roleOf(entry, canary) === role);
  const other = side === 'primary' ? 'canary' : 'primary';
  return withRole(side) ?? withRole('apex') ?? withRole(other) ?? { namespace: canary.namespace };
}

function portOf(entry: JsonObject, canary: Canary): Json {
  const { port } = entry;
  return port !== undefined && isPortOf(port, canary) ? port : canary.service.port;
}

/** By number or by name; a port that was discovered is on the sides' Services too. */
function isPortOf(port: Json | undefined, { service }: Canary): boolean {
  if (service.portDiscovery) return port !== undefined && port !== null;
  return port === service.port || port === String(service.port) || port === service.portName;
}

function read(c: Ctx): Traffic | undefined {
  const existing = present(c, refOf(c.canary));
  if (!existing || formsOf(existing).join() !== 'weighted') return undefined;
  const canary = weightIn(servicesOf(existing), c.canary);
  return canary === undefined ? undefined : { kind: 'split', canary };
}

/** The canary's weight where one side stands alone, or both do and their weights add up. */
function weightIn(had: readonly Json[], canary: Canary): number | undefined {
  const weightOf = (side: Side): number | undefined => {
    const entry = had.find((each) => roleOf(each, canary) === side);
    return isPortOf(dig(entry, 'port'), canary) ? wholeOf(dig(entry, 'weight')) : undefined;
  };
  const [primary, share] = [weightOf('primary'), weightOf('canary')];
  if (had.length === 1) return (primary ?? 0) > 0 ? 0 : (share ?? 0) > 0 ? 100 : undefined;
  if (had.length !== 2 || primary === undefined || share === undefined) return undefined;
  return primary + share === 100 ? share : undefined;
}

/** Without a weight an entry has 1. */
function wholeOf(weight: Json | undefined): number | undefined {
  if (weight === undefined || weight === null) return 1;
  return typeof weight === 'number' && Number.isInteger(weight) && weight >= 0 ? weight : undefined;
}

type Role = 'apex' | Side;

/** Undefined: not a Service of this canary. */
function roleOf(entry: Json, { service, namespace }: Canary): Role | undefined {
  const { name, namespace: home, kind } = isObject(entry) ? entry : {};
  if ((home ?? namespace) !== namespace || (kind ?? 'Service') !== 'Service') return undefined;
  const roles: readonly Role[] = ['apex', 'primary', 'canary'];
  return roles.find((role) => name === (role === 'apex' ? service.name : `${service.name}-${role}`));
}

function servicesOf(existing: Obj): Json[] {
  return listAt(existing, 'spec', 'weighted', 'services');
}
