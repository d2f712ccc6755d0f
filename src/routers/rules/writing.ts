// What one rule of ours becomes for each way that traffic may go: the rule itself with weights, and the rules that stand before it for users
// with a cookie or requests under test. It must not look at any other rule.
import { listAt } from '../../common/dig.ts';
import { isObject } from '../../common/json.ts';
import type { Cookies, JsonObject, Side, Traffic } from '../../contracts.ts';
import { entriesOf, entryOf } from './backends.ts';
import { cookieName, cookiePatternOf, cookieText, expiredText } from './cookies.ts';
import type { Ground } from './dialect.ts';

/** `rule`: the user's or the file's, without anything of ours but destinations. */
export function rulesFor(rule: JsonObject, want: Traffic, ground: Ground): JsonObject[] {
  return plainRules(rule, want, ground).map((each) => ground.dialect.inFull(each));
}

function plainRules(rule: JsonObject, want: Traffic, ground: Ground): JsonObject[] {
  const { dialect, canary } = ground;
  const http = dialect.isHttp(canary);
  if (want.kind === 'mirror' && http) return [dialect.mirrored(weighted(rule, 0, ground), want.percent, canary)];
  // No conditions would be every request.
  if (want.kind === 'match' && isTested(ground)) return tested(rule, 100, ground);
  const share = want.kind === 'split' ? wholeShare(want.canary) : 0;
  const cookies = (http && canary.affinity && want.kind === 'split' && want.cookies) || {};
  const last = share === 0 && isTested(ground) ? tested(rule, 0, ground) : [weighted(rule, share, { ...ground, cookies })];
  return [...cookieRules(rule, share, { ...ground, cookies }), ...last];
}

/** An A/B test. Conditions without one are not used: the strategy goes by weight then. */
function isTested({ dialect, canary }: Ground): boolean {
  const { strategy, match } = canary;
  return strategy.kind === 'iterations' && strategy.by === 'match' && match.length > 0 && dialect.isHttp(canary);
}

export function wholeShare(canary: number): number {
  return Math.min(100, Math.max(0, Math.round(canary)));
}

interface Dealt extends Ground {
  readonly cookies?: Cookies;
}

function weighted(rule: JsonObject, share: number, ground: Dealt): JsonObject {
  const entry = (side: Side, weight: number): JsonObject => {
    const value = ground.cookies?.[side];
    const text = value === undefined ? undefined : cookieText(ground.canary, side, value);
    const plain = { ...destination(rule, side, ground), weight };
    return text === undefined ? plain : ground.dialect.settingCookie(plain, text);
  };
  return { ...rule, [ground.dialect.destinations]: [entry('primary', 100 - share), entry('canary', share)] };
}

/** Requests under test, then all others, which know the primary only. */
function tested(rule: JsonObject, share: 0 | 100, ground: Ground): JsonObject[] {
  const { dialect, canary } = ground;
  const under = before(weighted(rule, share, ground), dialect.testConditions(canary), ground);
  const alone = { ...destination(rule, 'primary', ground), weight: dialect.loneWeight(share) };
  return [under, { ...rule, [dialect.destinations]: [alone] }];
}

/** Rules for users who carry a cookie: those of a run that is over first. With nobody on the canary, a cookie leads nobody there either. */
function cookieRules(rule: JsonObject, share: number, ground: Dealt): JsonObject[] {
  const { dialect, canary, cookies = {} } = ground;
  const { affinity } = canary;
  const found = (value: string | undefined, side: Side, weight: number): JsonObject[] => {
    const name = cookieName(affinity, side);
    if (value === undefined || name === undefined) return [];
    const condition = dialect.cookieCondition(cookiePatternOf(name, value));
    return [before(weighted(rule, weight, { ...ground, cookies: {} }), [condition], ground)];
  };
  const { expire } = cookies;
  const over = expire === undefined || !affinity ? undefined : expiredText(affinity, expire);
  return [
    ...found(expire, 'canary', 0).map((each) => (over === undefined ? each : dialect.settingCookie(each, over))),
    ...found(cookies.canary, 'canary', share > 0 ? 100 : 0),
    ...found(cookies.primary, 'primary', 0),
  ];
}

/** The rule for these requests alone, to stand before the one for all. */
function before(rule: JsonObject, conditions: readonly JsonObject[], ground: Ground): JsonObject {
  const { conditions: field, unique } = ground.dialect;
  const shared = Object.fromEntries(Object.entries(rule).filter(([name]) => !unique.includes(name)));
  return { ...shared, [field]: narrowed(rule, conditions, ground) };
}

/** These conditions within the rule's own: whichever of both is met. */
function narrowed(rule: JsonObject, conditions: readonly JsonObject[], { dialect }: Ground): JsonObject[] {
  const own = listAt(rule, dialect.conditions).filter(isObject);
  if (!own.length) return [...conditions];
  return conditions.flatMap((condition) => own.map((within) => dialect.joined(within, condition)));
}

/** The side's destination as it stands, else made like the one beside it. */
function destination(rule: JsonObject, side: Side, ground: Ground): JsonObject {
  const entries = entriesOf(rule, ground).filter(isObject);
  return entryOf(entries, side, ground) ?? ground.dialect.destination(entries[0], side, ground.canary);
}
