// The http routes of an Istio VirtualService as data: which lead to this canary, what weight they give it, and the list with another weight.
// Must leave alone every route and field that is not about the canary's three Services.
import { dig, listAt, numberAt } from '../common/dig.ts';
import { isObject } from '../common/json.ts';
import type { Canary, Json, JsonObject, Side } from '../contracts.ts';

export interface Backends {
  readonly apex: string;
  readonly primary: string;
  readonly canary: string;
  readonly namespace: string;
}

type Role = 'apex' | Side;

export function backendsOf(canary: Canary): Backends {
  const { name } = canary.service;
  return { apex: name, primary: `${name}-primary`, canary: `${name}-canary`, namespace: canary.namespace };
}

/** Istio takes a Service's short name for the whole one; users write either. */
export function isHostOf(host: Json | undefined, service: string, namespace: string): boolean {
  if (typeof host !== 'string') return false;
  const whole = `${service}.${namespace}.svc`;
  return host === service || host === `${service}.${namespace}` || host === whole || host.startsWith(`${whole}.`);
}

/** The canary's weight if all routes to this canary say the same, name both sides and add up; else undefined. */
export function weightIn(http: readonly Json[], backends: Backends): number | undefined {
  if (http.some((route) => isMixed(route, backends))) return undefined;
  const weights = http.filter((route) => leadsHere(route, backends)).map((route) => weightOf(route, backends));
  return weights.every((weight) => weight === weights[0]) ? weights[0] : undefined;
}

/** The list with the weight on every route that leads to this canary; with a new last route where none does. */
export function withWeight(http: readonly Json[], backends: Backends, canary: number): Json[] {
  const weighted = (route: Json): JsonObject => ({
    ...(isObject(route) ? route : {}),
    route: [destination(route, 'primary', { backends, weight: 100 - canary }), destination(route, 'canary', { backends, weight: canary })],
  });
  const changed = http.map((route) => (leadsHere(route, backends) ? weighted(route) : route));
  return http.some((route) => leadsHere(route, backends)) ? changed : [...changed, weighted({})];
}

/** Why the routes of a VirtualService that is not ours cannot carry a canary. */
export function unroutable(http: readonly Json[], backends: Backends): string | undefined {
  const mixed = http.findIndex((route) => isMixed(route, backends));
  if (mixed >= 0) return `spec.http[${mixed}] splits traffic between ${backends.apex} and other hosts, which leaves no whole to divide`;
  if (http.some((route) => leadsHere(route, backends))) return undefined;
  const greedy = http.findIndex((route) => listAt(route, 'match').length === 0);
  return greedy < 0 ? undefined : `spec.http[${greedy}] takes all traffic to other hosts than ${backends.apex}: no route can come after it`;
}

function leadsHere(route: Json, backends: Backends): boolean {
  const roles = rolesIn(route, backends);
  return roles.length > 0 && roles.every((role) => role !== undefined);
}

function isMixed(route: Json, backends: Backends): boolean {
  const roles = rolesIn(route, backends);
  return roles.some((role) => role !== undefined) && roles.some((role) => role === undefined);
}

function rolesIn(route: Json, backends: Backends): (Role | undefined)[] {
  return listAt(route, 'route').map((entry) => roleOf(entry, backends));
}

function roleOf(entry: Json, backends: Backends): Role | undefined {
  const roles: readonly Role[] = ['apex', 'primary', 'canary'];
  return roles.find((role) => isHostOf(dig(entry, 'destination', 'host'), backends[role], backends.namespace));
}

function weightOf(route: Json, backends: Backends): number | undefined {
  const entries = listAt(route, 'route');
  const weight = (side: Side): number | undefined => {
    const entry = entries.find((each) => roleOf(each, backends) === side);
    // Istio takes a missing weight beside others for 0.
    return entry === undefined ? undefined : (numberAt(entry, 'weight') ?? 0);
  };
  const canary = weight('canary');
  const primary = weight('primary');
  if (entries.length !== 2 || canary === undefined || primary === undefined) return undefined;
  return Number.isInteger(canary) && canary >= 0 && primary >= 0 && canary + primary === 100 ? canary : undefined;
}

/** The side's destination as it stands, else made like the one beside it: ports and headers of the user's route stay, subsets of the apex do not. */
function destination(route: Json, side: Side, to: { backends: Backends; weight: number }): JsonObject {
  const entries = listAt(route, 'route').filter(isObject);
  const own = entries.find((entry) => roleOf(entry, to.backends) === side);
  if (own) return { ...own, weight: to.weight };
  const [model = {}] = entries;
  const port = dig(model, 'destination', 'port');
  const host = to.backends[side];
  return { ...model, destination: port === undefined ? { host } : { host, port }, weight: to.weight };
}
