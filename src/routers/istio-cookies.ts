// The cookies of session affinity in Istio's words: the headers that set them, the conditions that find them again, and how to read both.
// It must not decide which side a cookie leads to.
import { dig, listAt, objectAt, textAt } from '../common/dig.ts';
import { isObject } from '../common/json.ts';
import type { Canary, JsonObject, Side } from '../contracts.ts';

type Affinity = NonNullable<Canary['affinity']>;

const setCookie = 'Set-Cookie';

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

export function cookieCondition(name: string, value: string): JsonObject {
  return { headers: { Cookie: { regex: `${patternStart(name)}${value}.*` } } };
}

/** The cookie's value in a rule all of whose conditions ask for the same one of this name. */
export function cookieIn(rule: JsonObject, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const values = listAt(rule, 'match').map((condition) => valueIn(textAt(condition, 'headers', 'Cookie', 'regex') ?? '', name));
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

/** A rule, or one of its destinations, that also sets the cookie. */
export function settingCookie(holder: JsonObject, text: string | undefined): JsonObject {
  if (text === undefined) return holder;
  const headers = objectAt(holder, 'headers');
  const response = objectAt(headers, 'response');
  const add = { ...objectAt(response, 'add'), [setCookie]: text };
  return { ...holder, headers: { ...headers, response: { ...response, add } } };
}

/** The destination without the cookie that we had it set; headers of the user's stay. */
export function settingNoCookie(entry: JsonObject, affinity: Affinity | undefined): JsonObject {
  const text = textAt(entry, 'headers', 'response', 'add', setCookie) ?? '';
  const sides: readonly Side[] = ['primary', 'canary'];
  const ours = sides.some((side) => text.startsWith(`${cookieName(affinity, side) ?? ''}=`));
  return ours ? without(entry, ['headers', 'response', 'add', setCookie]) : entry;
}

export function expires(rule: JsonObject): boolean {
  return (textAt(rule, 'headers', 'response', 'add', setCookie) ?? '').split('; ').includes('Max-Age=-1');
}

/** Takes a field away, and the objects around it that are empty then. */
function without(object: JsonObject, [key = '', ...deeper]: readonly string[]): JsonObject {
  const { [key]: _gone, ...rest } = object;
  const inner = dig(object, key);
  if (!deeper.length || !isObject(inner)) return rest;
  const left = without(inner, deeper);
  return Object.keys(left).length ? { ...rest, [key]: left } : rest;
}
