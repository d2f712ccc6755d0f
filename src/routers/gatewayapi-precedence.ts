// Which of two matches of HTTPRoutes a Gateway prefers for a request that meets both, by the rules of the Gateway API. Knows matches only; it must not
// know whose they are.
import { dig, listAt, textAt } from '../common/dig.ts';
import { equal } from '../common/json.ts';
import type { Json, JsonObject } from '../contracts.ts';
import { headerName } from './gatewayapi-matches.ts';

/** 'tie': the order of rules or the age of routes decides. 'unknown': each Gateway as it likes, where patterns of paths are compared. */
export type Preferred = 'first' | 'second' | 'tie' | 'unknown';

/** Matches are written in full. */
export function preferred(first: JsonObject, second: JsonObject): Preferred {
  const paths = [first, second].map((match) => dig(match, 'path') ?? null);
  if (!equal(paths[0] ?? null, paths[1] ?? null) && paths.some((path) => textAt(path, 'type') === 'RegularExpression')) return 'unknown';
  const others = ranksOf(second);
  const differences = ranksOf(first).map((rank, place) => rank - (others[place] ?? 0));
  const difference = differences.find((each) => each !== 0) ?? 0;
  return difference === 0 ? 'tie' : difference > 0 ? 'first' : 'second';
}

/** What counts, in this order. Two exact paths that one request can meet are the same. */
function ranksOf(match: JsonObject): number[] {
  const isExactPath = textAt(match, 'path', 'type') === 'Exact';
  return [
    isExactPath ? Number.MAX_SAFE_INTEGER : (textAt(match, 'path', 'value') ?? '').length,
    textAt(match, 'method') === undefined ? 0 : 1,
    listAt(match, 'headers').length,
    listAt(match, 'queryParams').length,
  ];
}

/** Is there a request that meets both? Of patterns it is taken for granted. */
export function canMeetBoth(a: JsonObject, b: JsonObject): boolean {
  const methods = [a, b].flatMap((match) => textAt(match, 'method') ?? []);
  if (methods.length === 2 && methods[0] !== methods[1]) return false;
  return pathsMeet(a, b) && namesMeet(a, b, 'headers') && namesMeet(a, b, 'queryParams');
}

function pathsMeet(a: JsonObject, b: JsonObject): boolean {
  const kinds = [a, b].map((match) => textAt(match, 'path', 'type'));
  if (kinds.includes('RegularExpression')) return true;
  const [one = '', other = ''] = [a, b].map((match) => textAt(match, 'path', 'value') ?? '');
  if (kinds[0] === 'Exact' && kinds[1] === 'Exact') return one === other;
  if (kinds[0] === 'Exact') return isUnder(one, other);
  if (kinds[1] === 'Exact') return isUnder(other, one);
  return isUnder(one, other) || isUnder(other, one);
}

/** By whole parts of a path: /v1 is not a prefix of /v10. */
function isUnder(path: string, prefix: string): boolean {
  const start = prefix.replace(/\/$/, '');
  return path === start || path === prefix || path.startsWith(`${start}/`);
}

function namesMeet(a: JsonObject, b: JsonObject, field: 'headers' | 'queryParams'): boolean {
  const isOther = (one: Json, other: Json): boolean =>
    nameOf(one, field) === nameOf(other, field) && [one, other].every(isExact) && textAt(one, 'value') !== textAt(other, 'value');
  return !listAt(a, field).some((one) => listAt(b, field).some((other) => isOther(one, other)));
}

function nameOf(each: Json, field: 'headers' | 'queryParams'): string | undefined {
  return field === 'headers' ? headerName(each) : textAt(each, 'name');
}

function isExact(each: Json): boolean {
  return textAt(each, 'type') === 'Exact';
}

/** Every request that meets `narrow` meets `wide`, because it asks for all that `wide` asks for. */
export function isWithin(narrow: JsonObject, wide: JsonObject): boolean {
  const asked = (match: JsonObject): Json[] => [...listAt(match, 'headers'), ...listAt(match, 'queryParams')];
  const isSame = (field: string): boolean => equal(narrow[field] ?? null, wide[field] ?? null);
  if (!isSame('path') || (wide['method'] !== undefined && !isSame('method'))) return false;
  return asked(wide).every((each) => asked(narrow).some((other) => equal(each, other)));
}
