// The list of routes in an Istio VirtualService: which belong to this canary, where they send traffic, and the list for other traffic.
// Must leave alone every route and field that is not about the canary's three Services.
import { dig, listAt, numberAt } from '../common/dig.ts';
import { equal, isObject } from '../common/json.ts';
import type { Canary, Cookies, Json, JsonObject, Side, Traffic } from '../contracts.ts';
import { backendsOf, entryOf, isMixed, isPrimaryOnly, leadsHere, roleOf, weightOf } from './istio-backends.ts';
import { cookieIn, cookieName, expires, settingNoCookie } from './istio-cookies.ts';
import { fileFields, rulesFor } from './istio-rules.ts';

/** A rule that leads to this canary, with the rules that were made from it and stand before it. */
interface Group {
  readonly cookies: readonly JsonObject[];
  /** Requests under test. */
  readonly tested?: JsonObject;
  readonly rule: JsonObject;
}
type Part = { group: Group } | { foreign: Json };

/** Where the routes send traffic; undefined: none leads here, they disagree, or somebody else has made something else of them. */
export function trafficIn(routes: readonly Json[], canary: Canary): Traffic | undefined {
  if (routes.some((route) => isMixed(route, backendsOf(canary)))) return undefined;
  const ways = groupsIn(routes, canary).map((group) => trafficOf(group, canary));
  return ways.every((way) => equal(way, ways[0])) ? ways[0] : undefined;
}

/** Routes that are all ours. */
export function ownRoutes(canary: Canary, want: Traffic): Json[] {
  return rulesFor(fileFields(canary), want, canary);
}

/** The user's routes with this traffic on each that leads to this canary; with a new last one where none does. What the file says of a field
 *  holds; conditions of the file only where there is one rule that they can mean. */
export function withTraffic(routes: readonly Json[], canary: Canary, want: Traffic): Json[] {
  const parts = partsOf(routes, canary);
  const count = parts.filter((part) => 'group' in part).length;
  if (count === 0) return [...routes, ...ownRoutes(canary, want)];
  const { match, ...fields } = fileFields(canary);
  const given = count === 1 && match !== undefined ? { ...fields, match } : fields;
  return parts.flatMap((part) =>
    'group' in part ? rulesFor({ ...plainRule(part.group, canary), ...given }, want, canary) : [part.foreign],
  );
}

/** Why the routes of a VirtualService that is not ours cannot carry a canary. `list`: 'http' or 'tcp', as the user knows them. */
export function unroutable(routes: readonly Json[], canary: Canary, list: string): string | undefined {
  const backends = backendsOf(canary);
  const { apex } = backends;
  const mixed = routes.findIndex((route) => isMixed(route, backends));
  if (mixed >= 0) return `spec.${list}[${mixed}] splits traffic between ${apex} and other hosts, which leaves no whole to divide`;
  const taken = routes.findIndex((route) => leadsHere(route, backends) && mirrorsElsewhere(route, canary));
  const { strategy } = canary;
  if (taken >= 0 && strategy.kind !== 'skip' && strategy.mirror !== undefined)
    return `spec.${list}[${taken}] mirrors requests to another host: take that away, or analysis.mirror`;
  if (routes.some((route) => leadsHere(route, backends))) return undefined;
  const greedy = routes.findIndex((route) => listAt(route, 'match').length === 0);
  return greedy < 0 ? undefined : `spec.${list}[${greedy}] takes all traffic to other hosts than ${apex}: no route can come after it`;
}

function mirrorsElsewhere(rule: JsonObject, canary: Canary): boolean {
  return dig(rule, 'mirrors') !== undefined || (dig(rule, 'mirror') !== undefined && !mirrorsHere(rule, canary));
}

function mirrorsHere(rule: JsonObject, canary: Canary): boolean {
  return roleOf(dig(rule, 'mirror', 'host'), backendsOf(canary)) === 'canary';
}

function groupsIn(routes: readonly Json[], canary: Canary): Group[] {
  return partsOf(routes, canary).flatMap((part) => ('group' in part ? [part.group] : []));
}

function partsOf(routes: readonly Json[], canary: Canary): Part[] {
  const backends = backendsOf(canary);
  const parts: Part[] = [];
  let cookies: JsonObject[] = [];
  let tested: JsonObject | undefined;
  routes.forEach((route, place) => {
    if (!leadsHere(route, backends)) parts.push({ foreign: route });
    else if (isCookieRule(route, canary)) cookies.push(route);
    else if (isTestOf(route, routes[place + 1], canary)) tested = route;
    else {
      parts.push({ group: { cookies, rule: route, ...(tested ? { tested } : {}) } });
      cookies = [];
      tested = undefined;
    }
  });
  // Rules for cookies with none after them that they were made from are left out.
  return parts;
}

/** Ours, whatever its weights have become: it asks for a cookie of ours, and knows both sides. */
function isCookieRule(rule: JsonObject, canary: Canary): boolean {
  const sides: readonly Side[] = ['primary', 'canary'];
  const entries = listAt(rule, 'route');
  if (!sides.every((side) => entryOf(entries, side, backendsOf(canary)))) return false;
  return sides.some((side) => cookieIn(rule, cookieName(canary.affinity, side)) !== undefined);
}

/** The rule of an A/B test: the next one is the same for all others, and knows the primary only. */
function isTestOf(rule: JsonObject, next: Json | undefined, canary: Canary): boolean {
  const backends = backendsOf(canary);
  const weight = weightOf(rule, backends);
  if (next === undefined || !isObject(next) || (weight !== 0 && weight !== 100) || !isPrimaryOnly(next, backends)) return false;
  const { match, route: _sides, ...fields } = rule;
  const { match: _others, route: _primary, ...same } = next;
  return match !== undefined && equal(fields, same);
}

/** The rule as it is without a canary, but for its destinations. */
function plainRule({ rule, tested }: Group, canary: Canary): JsonObject {
  const { mirror, mirrorPercentage, ...rest } = rule;
  const mirrors = mirror === undefined || mirrorsHere(rule, canary) ? {} : { mirror, ...(mirrorPercentage ? { mirrorPercentage } : {}) };
  const entries = listAt(tested ?? rule, 'route').filter(isObject);
  return { ...rest, ...mirrors, route: entries.map((entry) => settingNoCookie(entry, canary.affinity)) };
}

function trafficOf({ cookies, tested, rule }: Group, canary: Canary): Traffic | undefined {
  const backends = backendsOf(canary);
  const share = weightOf(tested ?? rule, backends);
  if (share === undefined) return undefined;
  if (tested && share === 100) return cookies.length ? undefined : { kind: 'match' };
  if (mirrorsHere(rule, canary)) {
    const percent = numberAt(rule, 'mirrorPercentage', 'value') ?? 100;
    return share === 0 && !tested && !cookies.length ? { kind: 'mirror', percent } : undefined;
  }
  const values = cookiesIn(cookies, share, canary);
  if (values === undefined) return undefined;
  return { kind: 'split', canary: share, ...(Object.keys(values).length ? { cookies: values } : {}) };
}

/** Undefined: one of the rules leads its users to the wrong side. */
function cookiesIn(rules: readonly JsonObject[], share: number, canary: Canary): Cookies | undefined {
  const values: Cookies = {};
  for (const rule of rules) {
    const weight = weightOf(rule, backendsOf(canary));
    const value = cookieIn(rule, cookieName(canary.affinity, 'canary'));
    const primary = cookieIn(rule, cookieName(canary.affinity, 'primary'));
    const kind = expires(rule) ? 'expire' : value === undefined ? 'primary' : 'canary';
    const due = kind === 'canary' && share > 0 ? 100 : 0;
    const found = value ?? primary;
    if (weight !== due || found === undefined || values[kind] !== undefined) return undefined;
    values[kind] = found;
  }
  return values;
}
