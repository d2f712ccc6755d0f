// HTTPRoutes of other names that lead to the apex for the same host names of the same Gateway: where a Gateway prefers one of those, the weights of ours
// mean nothing. Reads only.
import { listAt, objectAt } from '../common/dig.ts';
import { isObject } from '../common/json.ts';
import { problemOf } from '../common/look.ts';
import type { Canary, Ctx, Json, JsonObject, Obj, Problem, Ref, Strings } from '../contracts.ts';
import { matchesInFull } from './gatewayapi-matches.ts';
import { isCovered, reachOf } from './gatewayapi-parents.ts';
import { canMeetBoth, preferred } from './gatewayapi-precedence.ts';
import { entriesOf } from './rules/backends.ts';
import type { Ground, Role } from './rules/dialect.ts';

interface Seen {
  readonly c: Ctx;
  readonly ref: Ref;
  readonly ground: Ground;
  readonly existing: Obj | undefined;
}

/** Shares the one list and watch of the kind. */
export function allOf({ apiVersion, kind }: Ref): { list: Omit<Ref, 'name'>; labels: Strings } {
  return { list: { apiVersion, kind }, labels: {} };
}

/** A route of another name that would take requests which ours, with these `rules`, is for. */
export function rivals({ c, ref, ground, existing }: Seen, rules: readonly Json[]): Problem[] {
  const reached = { ...objectAt(existing, 'spec'), ...reachOf(c.canary, existing) };
  const parents = listAt(reached, 'parentRefs').filter(isObject);
  const own = { parents, hosts: listAt(reached, 'hostnames'), rules, createdAt: existing?.metadata.creationTimestamp };
  const rival = rivalAmong(c.found.many(allOf(ref)), own, ground);
  if (!rival) return [];
  const why = `leads to ${ref.name} for the same host, so weights in HTTPRoute ${ref.name} would not count`;
  return [problemOf({ ...ref, name: rival.metadata.name }, `${why}: make it again under the name ${ref.name}, or delete it`)];
}

/** Our route as it will be. */
interface Own {
  readonly parents: readonly JsonObject[];
  readonly hosts: readonly Json[];
  readonly rules: readonly Json[];
  /** Undefined: not made yet. */
  readonly createdAt: string | undefined;
}

function rivalAmong(routes: readonly Obj[], own: Own, ground: Ground): Obj | undefined {
  const { apex } = ground.backends;
  return routes.find((route) => route.metadata.name !== apex && hangsBeside(route, own, ground.canary) && isRival(route, own, ground));
}

function hangsBeside(route: Obj, { parents }: Own, canary: Canary): boolean {
  return listAt(route, 'spec', 'parentRefs').some((had) => parents.some((ref) => isCovered(ref, had, canary)));
}

/** Host names come first, then what rules ask for, then age. */
function isRival(route: Obj, own: Own, ground: Ground): boolean {
  const theirHosts = hostsOf(listAt(route, 'spec', 'hostnames'));
  const which = theirHosts.flatMap((theirs) => hostsOf(own.hosts).map((ours) => narrower(theirs, ours)));
  if (!which.includes('theirs') && !which.includes('same')) return false;
  const isYounger = !isOlder(own.createdAt, route.metadata.creationTimestamp);
  const isPreferred = (theirs: JsonObject, ours: JsonObject): boolean => {
    const first = which.includes('theirs') ? 'first' : preferred(theirs, ours);
    return canMeetBoth(theirs, ours) && (first === 'tie' ? isYounger : first !== 'second');
  };
  const home = matchesIn(own.rules, ground, ['primary', 'canary']);
  return matchesIn(listAt(route, 'spec', 'rules'), ground, ['apex']).some((theirs) => home.some((ours) => isPreferred(theirs, ours)));
}

/** '': all host names. */
function hostsOf(hosts: readonly Json[]): string[] {
  return hosts.length ? hosts.map(String) : [''];
}

/** Whose host name a Gateway prefers for a request that is for both; 'none': there is no such request. */
function narrower(theirs: string, ours: string): 'theirs' | 'ours' | 'same' | 'none' {
  if (theirs === ours) return 'same';
  if (covers(ours, theirs)) return 'theirs';
  return covers(theirs, ours) ? 'ours' : 'none';
}

function covers(wide: string, host: string): boolean {
  return wide === '' || (wide.startsWith('*.') && host.endsWith(wide.slice(1)));
}

function matchesIn(rules: readonly Json[], ground: Ground, roles: readonly Role[]): JsonObject[] {
  const leads = (rule: JsonObject): boolean =>
    entriesOf(rule, ground).some((entry) => roles.some((role) => ground.dialect.roleOf(entry, ground.backends) === role));
  return rules.filter(isObject).flatMap((rule) => (leads(rule) ? matchesInFull(listAt(rule, 'matches')) : []));
}

/** Times as the API server writes them sort as text. */
function isOlder(ours: string | undefined, theirs: string | undefined): boolean {
  return ours !== undefined && theirs !== undefined && ours < theirs;
}
