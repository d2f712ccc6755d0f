// The list of rules in a routing object: which belong to this canary, where they send traffic, and the list for other traffic. Must leave alone
// every rule and field that is not about the canary's three Services.
import { equal, isObject } from '../../common/json.ts';
import type { Cookies, Json, JsonObject, Side, Traffic } from '../../contracts.ts';
import { entriesOf, entryOf, isMixed, isPrimaryOnly, leadsHere, weightOf } from './backends.ts';
import { cookieIn, cookieName, expires, isFoundBy, withoutOurCookie } from './cookies.ts';
import type { Ground } from './dialect.ts';
import { rulesFor } from './writing.ts';

/** A rule that leads to this canary, with the rules that were made from it and stand before it. */
export interface Group {
  readonly cookies: readonly JsonObject[];
  /** Requests under test. */
  readonly tested?: JsonObject;
  readonly rule: JsonObject;
}
export type Part = { group: Group } | { foreign: Json };

/** Where the rules send traffic; undefined: none leads here, they disagree, or somebody else has made something else of them. */
export function trafficIn(rules: readonly Json[], ground: Ground): Traffic | undefined {
  if (rules.some((rule) => isMixed(rule, ground))) return undefined;
  const ways = groupsIn(rules, ground).map((group) => trafficOf(group, ground));
  return ways.every((way) => equal(way, ways[0])) ? ways[0] : undefined;
}

/** Rules that are all ours. */
export function ownRules(ground: Ground, want: Traffic): JsonObject[] {
  return rulesFor(ground.dialect.withFile({}, ground.canary, { conditions: true }), want, ground);
}

/** The user's rules with this traffic on each that leads to this canary; with a new last one where none does. What the file says of a field
 *  holds; conditions of the file only where there is one rule that they can mean. */
export function withTraffic(rules: readonly Json[], ground: Ground, want: Traffic): Json[] {
  const parts = partsOf(rules, ground);
  const count = parts.filter((part) => 'group' in part).length;
  if (count === 0) return [...rules, ...ownRules(ground, want)];
  const filed = (rule: JsonObject): JsonObject => ground.dialect.withFile(rule, ground.canary, { conditions: count === 1 });
  return parts.flatMap((part) => ('group' in part ? rulesFor(filed(plainRule(part.group, ground)), want, ground) : [part.foreign]));
}

function groupsIn(rules: readonly Json[], ground: Ground): Group[] {
  return partsOf(rules, ground).flatMap((part) => ('group' in part ? [part.group] : []));
}

export function partsOf(rules: readonly Json[], ground: Ground): Part[] {
  const parts: Part[] = [];
  let cookies: JsonObject[] = [];
  let tested: JsonObject | undefined;
  rules.forEach((rule, place) => {
    if (!leadsHere(rule, ground)) parts.push({ foreign: rule });
    else if (isCookieRule(rule, rules.slice(place + 1), ground)) cookies.push(rule);
    else if (isTestOf(rule, rules[place + 1], ground)) tested = rule;
    else {
      parts.push({ group: { cookies, rule, ...(tested ? { tested } : {}) } });
      cookies = [];
      tested = undefined;
    }
  });
  // Rules for cookies with none after them that they were made from are left out.
  return parts;
}

/** Ours, whatever its weights have become: it knows both sides, and asks for a cookie of ours. Of a name that the file no longer has it is ours where
 *  it takes that cookie off, or one of the rules after it hands it out. */
function isCookieRule(rule: JsonObject, after: readonly Json[], ground: Ground): boolean {
  const sides: readonly Side[] = ['primary', 'canary'];
  const entries = entriesOf(rule, ground);
  if (!sides.every((side) => entryOf(entries, side, ground))) return false;
  if (sides.some((side) => cookieIn(rule, cookieName(ground.canary.affinity, side), ground) !== undefined)) return true;
  if (expires(rule, ground)) return isFoundBy(rule, rule, ground);
  return after.some(
    (next) => leadsHere(next, ground) && entriesOf(next, ground).some((each) => isObject(each) && isFoundBy(rule, each, ground)),
  );
}

/** The rule of an A/B test: the next one is the same for all others, and knows the primary only. */
function isTestOf(rule: JsonObject, next: Json | undefined, ground: Ground): boolean {
  const weight = weightOf(rule, ground);
  if (next === undefined || !isObject(next) || (weight !== 0 && weight !== 100) || !isPrimaryOnly(next, ground)) return false;
  const { destinations, conditions, unique } = ground.dialect;
  const shared = (each: JsonObject): JsonObject => without(each, [destinations, conditions, ...unique]);
  return rule[conditions] !== undefined && equal(shared(rule), shared(next));
}

function without(rule: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(rule).filter(([field]) => !fields.includes(field)));
}

/** The rule as it is without a canary, but for its destinations. */
export function plainRule({ cookies, rule, tested }: Group, ground: Ground): JsonObject {
  const { dialect, backends } = ground;
  const entries = entriesOf(tested ?? rule, ground).filter(isObject);
  return {
    ...dialect.unmirrored(rule, backends),
    [dialect.destinations]: entries.map((entry) => withoutOurCookie(entry, cookies, ground)),
  };
}

function trafficOf({ cookies, tested, rule }: Group, ground: Ground): Traffic | undefined {
  const share = weightOf(tested ?? rule, ground);
  if (share === undefined) return undefined;
  if (tested && share === 100) return cookies.length ? undefined : { kind: 'match' };
  const percent = ground.dialect.mirroredPart(rule, ground.backends);
  if (percent !== undefined) return share === 0 && !tested && !cookies.length ? { kind: 'mirror', percent } : undefined;
  const values = cookiesIn(cookies, share, ground);
  if (values === undefined) return undefined;
  return { kind: 'split', canary: share, ...(Object.keys(values).length ? { cookies: values } : {}) };
}

/** Undefined: one of the rules leads its users to the wrong side. */
function cookiesIn(rules: readonly JsonObject[], share: number, ground: Ground): Cookies | undefined {
  const values: Cookies = {};
  const { affinity } = ground.canary;
  for (const rule of rules) {
    const weight = weightOf(rule, ground);
    const value = cookieIn(rule, cookieName(affinity, 'canary'), ground);
    const primary = cookieIn(rule, cookieName(affinity, 'primary'), ground);
    const kind = expires(rule, ground) ? 'expire' : value === undefined ? 'primary' : 'canary';
    const due = kind === 'canary' && share > 0 ? 100 : 0;
    const found = value ?? primary;
    if (weight !== due || found === undefined || values[kind] !== undefined) return undefined;
    values[kind] = found;
  }
  return values;
}
