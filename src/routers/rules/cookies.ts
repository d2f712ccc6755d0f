// The cookies of session affinity: what they say, and the patterns that find them again. Must not decide which side a cookie leads to.
import { listAt } from '../../common/dig.ts';
import type { Canary, JsonObject, Side } from '../../contracts.ts';
import type { Ground } from './dialect.ts';

type Affinity = NonNullable<Canary['affinity']>;

export function cookieName(affinity: Affinity | undefined, side: Side): string | undefined {
  return side === 'canary' ? affinity?.cookieName : affinity?.primaryCookieName;
}

/** The primary's cookie lasts for one interval, so that users are dealt anew with every weight. */
export function cookieText(canary: Canary, side: Side, value: string): string | undefined {
  const { affinity } = canary;
  const name = cookieName(affinity, side);
  if (!affinity || name === undefined) return undefined;
  const seconds = side === 'canary' ? affinity.maxAge : Math.max(1, Math.trunc(canary.interval / 1000));
  return [`${name}=${value}`, `Max-Age=${seconds}`, ...attributesOf(affinity)].join('; ');
}

/** A browser drops only the cookie of the same domain and path, and of the same partition. */
export function expiredText(affinity: Affinity, value: string): string {
  const { cookieName: name, domain, path, partitioned } = affinity;
  const same = attributesOf({ domain, path, partitioned, secure: partitioned, httpOnly: false });
  return [`${name}=${value}`, 'Max-Age=-1', ...same].join('; ');
}

type Attributes = { [name in 'domain' | 'path' | 'sameSite']?: string | undefined } & Pick<Affinity, 'httpOnly' | 'secure' | 'partitioned'>;

/** In Flagger's order. */
function attributesOf({ domain, path, sameSite, httpOnly, secure, partitioned }: Attributes): string[] {
  return [
    domain ? `Domain=${domain}` : '',
    httpOnly ? 'HttpOnly' : '',
    partitioned ? 'Partitioned' : '',
    path ? `Path=${path}` : '',
    sameSite ? `SameSite=${sameSite}` : '',
    secure ? 'Secure' : '',
  ].filter(Boolean);
}

export function cookiePatternOf(name: string, value: string): string {
  return `${patternStart(name)}${value}.*`;
}

/** The cookie's value in a rule all of whose conditions ask for the same one of this name. */
export function cookieIn(rule: JsonObject, name: string | undefined, { dialect }: Ground): string | undefined {
  if (name === undefined) return undefined;
  const values = listAt(rule, dialect.conditions).map((condition) => valueIn(dialect.cookiePattern(condition) ?? '', name));
  return values.every((value) => value !== '' && value === values[0]) ? values[0] : undefined;
}

function valueIn(pattern: string, name: string): string {
  const start = patternStart(name);
  return pattern.startsWith(start) && pattern.endsWith('.*') ? pattern.slice(start.length, -2) : '';
}

/** A cookie's name may hold characters that mean something in a pattern. */
function patternStart(name: string): string {
  return `.*${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}.*`;
}

/** The destination without the cookie that we had it set; headers of the user's stay. `dealt`: the rules for cookies that stand before it. */
export function withoutOurCookie(entry: JsonObject, dealt: readonly JsonObject[], ground: Ground): JsonObject {
  const { dialect, canary } = ground;
  const text = dialect.setCookie(entry) ?? '';
  const sides: readonly Side[] = ['primary', 'canary'];
  const ours = sides.some((side) => text.startsWith(`${cookieName(canary.affinity, side) ?? ''}=`));
  return ours || dealt.some((rule) => isFoundBy(rule, entry, ground)) ? dialect.settingNoCookie(entry) : entry;
}

/** The rule asks for the very cookie that the holder sets, whatever its name: one that we wrote when the file named another, or none as it does now. */
export function isFoundBy(rule: JsonObject, holder: JsonObject, { dialect }: Ground): boolean {
  const [, name = '', value = ''] = /^([^=;]+)=([^;]+)/.exec(dialect.setCookie(holder) ?? '') ?? [];
  const conditions = listAt(rule, dialect.conditions);
  if (name === '' || conditions.length === 0) return false;
  return conditions.every((condition) => dialect.cookiePattern(condition) === cookiePatternOf(name, value));
}

export function expires(rule: JsonObject, { dialect }: Ground): boolean {
  return (dialect.setCookie(rule) ?? '').split('; ').includes('Max-Age=-1');
}
