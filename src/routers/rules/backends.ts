// Who is meant by the destinations of a rule: the apex, one of the canary's two sides, or somebody else. Reads only; it must not change a rule.
import { listAt, numberAt } from '../../common/dig.ts';
import { isObject } from '../../common/json.ts';
import type { Canary, Json, JsonObject, Side } from '../../contracts.ts';
import type { Backends, Dialect, Ground, Role } from './dialect.ts';

export function backendsOf(canary: Canary): Backends {
  const { name } = canary.service;
  return { apex: name, primary: `${name}-primary`, canary: `${name}-canary`, namespace: canary.namespace };
}

export function groundOf(dialect: Dialect, canary: Canary): Ground {
  return { dialect, canary, backends: backendsOf(canary) };
}

/** All of its destinations are the apex or the canary's sides. */
export function leadsHere(rule: Json, ground: Ground): rule is JsonObject {
  const roles = rolesIn(rule, ground);
  return roles.length > 0 && roles.every((role) => role !== undefined);
}

/** Some are, and some are others'. */
export function isMixed(rule: Json, ground: Ground): boolean {
  const roles = rolesIn(rule, ground);
  return roles.some((role) => role !== undefined) && roles.some((role) => role === undefined);
}

/** Its only destination is the primary: the default rule of an A/B test. */
export function isPrimaryOnly(rule: Json, ground: Ground): boolean {
  const roles = rolesIn(rule, ground);
  return roles.length === 1 && roles[0] === 'primary';
}

/** The canary's weight where the rule names both sides and no other, and their weights are whole and add up to 100; else undefined. */
export function weightOf(rule: Json, ground: Ground): number | undefined {
  const entries = entriesOf(rule, ground);
  const weight = (side: Side): number | undefined => {
    const entry = entryOf(entries, side, ground);
    return entry === undefined ? undefined : (numberAt(entry, 'weight') ?? ground.dialect.unsaidWeight);
  };
  const canary = weight('canary');
  const primary = weight('primary');
  if (entries.length !== 2 || canary === undefined || primary === undefined) return undefined;
  return Number.isInteger(canary) && canary >= 0 && primary >= 0 && canary + primary === 100 ? canary : undefined;
}

export function entriesOf(rule: Json, { dialect }: Ground): Json[] {
  return listAt(rule, dialect.destinations);
}

export function entryOf(entries: readonly Json[], side: Side, { dialect, backends }: Ground): JsonObject | undefined {
  return entries.filter(isObject).find((entry) => dialect.roleOf(entry, backends) === side);
}

function rolesIn(rule: Json, ground: Ground): (Role | undefined)[] {
  return entriesOf(rule, ground).map((entry) => ground.dialect.roleOf(entry, ground.backends));
}
