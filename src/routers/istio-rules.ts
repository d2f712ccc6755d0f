// What one rule of ours becomes for each way that traffic may go: the rule itself with weights, and the rules that stand before it for users
// with a cookie or requests under test. It must not look at any other rule.
import { dig, listAt, objectAt } from '../common/dig.ts';
import { isObject } from '../common/json.ts';
import type { Canary, Cookies, Json, JsonObject, Side, Traffic } from '../contracts.ts';
import { backendsOf, entryOf } from './istio-backends.ts';
import { cookieCondition, cookieName, cookieText, expiredText, settingCookie } from './istio-cookies.ts';

export function isTcp(canary: Canary): boolean {
  return canary.service.appProtocol?.toLowerCase() === 'tcp';
}

/** An A/B test. Conditions without one are not used: the strategy goes by weight then. */
export function isTested(canary: Canary): boolean {
  const { strategy, match } = canary;
  return strategy.kind === 'iterations' && strategy.by === 'match' && match.length > 0 && !isTcp(canary);
}

/** The fields that the file gives to every rule. */
export function fileFields(canary: Canary): JsonObject {
  if (isTcp(canary)) return {};
  const { match, rewrite, retries, timeout, headers, corsPolicy } = canary.service;
  const { uri, authority } = rewrite ?? {};
  const fields: [string, Json | undefined][] = [
    ['match', match.length ? match : undefined],
    ['rewrite', uri || authority ? { ...(uri ? { uri } : {}), ...(authority ? { authority } : {}) } : undefined],
    ['retries', retries],
    ['timeout', timeout],
    ['headers', headers],
    ['corsPolicy', corsPolicy && plainCors(corsPolicy)],
  ];
  return Object.fromEntries(fields.filter((field): field is [string, Json] => field[1] !== undefined));
}

/** Credentials that are not allowed are the same as none spoken of, which is how Flagger writes it. */
function plainCors(policy: JsonObject): JsonObject {
  const { allowCredentials, ...rest } = policy;
  return allowCredentials ? policy : rest;
}

/** `rule`: the user's or the file's, without anything of ours but destinations. */
export function rulesFor(rule: JsonObject, want: Traffic, canary: Canary): JsonObject[] {
  const http = !isTcp(canary);
  if (want.kind === 'mirror' && http) return [mirrored(rule, want.percent, canary)];
  // No conditions would be every request.
  if (want.kind === 'match' && isTested(canary)) return tested(rule, 100, canary);
  const share = want.kind === 'split' ? wholeShare(want.canary) : 0;
  const cookies = (http && canary.affinity && want.kind === 'split' && want.cookies) || {};
  const last = share === 0 && isTested(canary) ? tested(rule, 0, canary) : [weighted(rule, share, { canary, cookies })];
  return [...cookieRules(rule, share, { canary, cookies }), ...last];
}

export function wholeShare(canary: number): number {
  return Math.min(100, Math.max(0, Math.round(canary)));
}

interface Dealt {
  readonly canary: Canary;
  readonly cookies: Cookies;
}

function weighted(rule: JsonObject, share: number, { canary, cookies }: Dealt): JsonObject {
  const entry = (side: Side, weight: number): JsonObject => {
    const value = cookies[side];
    return settingCookie(destination(rule, side, { canary, weight }), value === undefined ? undefined : cookieText(canary, side, value));
  };
  return { ...rule, route: [entry('primary', 100 - share), entry('canary', share)] };
}

function mirrored(rule: JsonObject, percent: number, canary: Canary): JsonObject {
  const mirror = objectAt(destination(rule, 'canary', { canary, weight: 0 }), 'destination');
  const part = percent === 100 ? {} : { mirrorPercentage: { value: percent } };
  return { ...weighted(rule, 0, { canary, cookies: {} }), mirror, ...part };
}

/** Requests under test, then all others, which know the primary only; a weight alone in its list means nothing, and is what Flagger writes. */
function tested(rule: JsonObject, share: 0 | 100, canary: Canary): JsonObject[] {
  const under = { ...weighted(rule, share, { canary, cookies: {} }), match: narrowed(rule, canary.match) };
  return [under, { ...rule, route: [destination(rule, 'primary', { canary, weight: 100 - share })] }];
}

/** Rules for users who carry a cookie: those of a run that is over first. With nobody on the canary, a cookie leads nobody there either. */
function cookieRules(rule: JsonObject, share: number, { canary, cookies }: Dealt): JsonObject[] {
  const { affinity } = canary;
  const found = (value: string | undefined, side: Side, weight: number): JsonObject[] => {
    const name = cookieName(affinity, side);
    if (value === undefined || name === undefined) return [];
    return [{ ...weighted(rule, weight, { canary, cookies: {} }), match: narrowed(rule, [cookieCondition(name, value)]) }];
  };
  const { expire } = cookies;
  const over = expire === undefined || !affinity ? undefined : expiredText(affinity, expire);
  return [
    ...found(expire, 'canary', 0).map((each) => settingCookie(each, over)),
    ...found(cookies.canary, 'canary', share > 0 ? 100 : 0),
    ...found(cookies.primary, 'primary', 0),
  ];
}

/** These conditions within the rule's own: whichever of both is met. Where both speak of one field, these win; nothing is dropped. */
function narrowed(rule: JsonObject, conditions: readonly JsonObject[]): JsonObject[] {
  const own = listAt(rule, 'match').filter(isObject);
  if (!own.length) return [...conditions];
  return conditions.flatMap((condition) => own.map((within) => joined(within, condition)));
}

const byName = ['headers', 'withoutHeaders', 'queryParams', 'sourceLabels'];

function joined(within: JsonObject, condition: JsonObject): JsonObject {
  const maps = byName.filter((field) => isObject(within[field]) && isObject(condition[field]));
  const both = maps.map((field) => [field, { ...objectAt(within, field), ...objectAt(condition, field) }]);
  return { ...within, ...condition, ...(Object.fromEntries(both) as JsonObject) };
}

/** The side's destination as it stands, else made like the one beside it: ports and headers of the user's route stay, subsets of the apex do not. */
function destination(rule: JsonObject, side: Side, { canary, weight }: { canary: Canary; weight: number }): JsonObject {
  const backends = backendsOf(canary);
  const entries = listAt(rule, 'route').filter(isObject);
  const own = entryOf(entries, side, backends);
  if (own) return { ...own, weight };
  const [model] = entries;
  const { port: number, portDiscovery } = canary.service;
  // A Service with several ports does not say which one is meant.
  const port = model ? dig(model, 'destination', 'port') : portDiscovery ? { number } : undefined;
  return { ...model, destination: { host: backends[side], ...(port === undefined ? {} : { port }) }, weight };
}
