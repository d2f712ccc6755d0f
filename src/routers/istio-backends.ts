// Who is meant by the destinations of an Istio route: the apex, one of the canary's two sides, or somebody else. Reads only; it must not change
// a route.
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

/** All of its destinations are the apex or the canary's sides. */
export function leadsHere(route: Json, backends: Backends): route is JsonObject {
  const roles = rolesIn(route, backends);
  return roles.length > 0 && roles.every((role) => role !== undefined);
}

/** Some are, and some are others'. */
export function isMixed(route: Json, backends: Backends): boolean {
  const roles = rolesIn(route, backends);
  return roles.some((role) => role !== undefined) && roles.some((role) => role === undefined);
}

/** Its only destination is the primary: the default rule of an A/B test. */
export function isPrimaryOnly(route: Json, backends: Backends): boolean {
  const roles = rolesIn(route, backends);
  return roles.length === 1 && roles[0] === 'primary';
}

/** The canary's weight where the route names both sides and no other, and their weights are whole and add up to 100; else undefined. */
export function weightOf(route: Json, backends: Backends): number | undefined {
  const entries = listAt(route, 'route');
  const weight = (side: Side): number | undefined => {
    const entry = entryOf(entries, side, backends);
    // Istio takes a missing weight beside others for 0.
    return entry === undefined ? undefined : (numberAt(entry, 'weight') ?? 0);
  };
  const canary = weight('canary');
  const primary = weight('primary');
  if (entries.length !== 2 || canary === undefined || primary === undefined) return undefined;
  return Number.isInteger(canary) && canary >= 0 && primary >= 0 && canary + primary === 100 ? canary : undefined;
}

export function entryOf(entries: readonly Json[], side: Side, backends: Backends): JsonObject | undefined {
  return entries.filter(isObject).find((entry) => roleOf(dig(entry, 'destination', 'host'), backends) === side);
}

export function roleOf(host: Json | undefined, backends: Backends): Role | undefined {
  const roles: readonly Role[] = ['apex', 'primary', 'canary'];
  return roles.find((role) => isHostOf(host, backends[role], backends.namespace));
}

function rolesIn(route: Json, backends: Backends): (Role | undefined)[] {
  return listAt(route, 'route').map((entry) => roleOf(dig(entry, 'destination', 'host'), backends));
}
