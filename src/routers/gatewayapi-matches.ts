// Which requests a rule of an HTTPRoute is for: from the conditions of the file (written as Istio writes them), and two of them joined. Must not
// widen a condition; what an HTTPRoute cannot say is refused before.
import { dig, listAt, objectAt, textAt } from '../common/dig.ts';
import { isObject } from '../common/json.ts';
import type { Json, JsonObject } from '../contracts.ts';

const anyPath: JsonObject = { type: 'PathPrefix', value: '/' };

/** As the file says it: what is left open stays so, for joining. */
export function matchOf(condition: JsonObject): JsonObject {
  const path = pathOf(objectAt(condition, 'uri'));
  const method = textAt(condition, 'method', 'exact');
  const headers = namedValues(objectAt(condition, 'headers'));
  const queryParams = namedValues(objectAt(condition, 'queryParams'));
  return {
    ...(path ? { path } : {}),
    ...(method ? { method } : {}),
    ...(headers.length ? { headers } : {}),
    ...(queryParams.length ? { queryParams } : {}),
  };
}

function pathOf(uri: JsonObject): JsonObject | undefined {
  const kinds = { regex: 'RegularExpression', exact: 'Exact', prefix: 'PathPrefix' } as const;
  for (const kind of ['regex', 'exact', 'prefix'] as const) {
    const value = textAt(uri, kind);
    if (value) return { type: kinds[kind], value };
  }
  return undefined;
}

/** In the order of their names, as Flagger writes lists of headers. */
function namedValues(asked: JsonObject): JsonObject[] {
  return Object.keys(asked)
    .sort()
    .map((name) => {
      const exact = textAt(asked, name, 'exact');
      return exact ? { type: 'Exact', name, value: exact } : { type: 'RegularExpression', name, value: textAt(asked, name, 'regex') ?? '' };
    });
}

export function joinedMatches(within: JsonObject, condition: JsonObject): JsonObject {
  const headers = joinedByName(within, condition, { field: 'headers', nameOf: headerName });
  const queryParams = joinedByName(within, condition, { field: 'queryParams', nameOf: (each) => textAt(each, 'name') });
  return { ...within, ...condition, ...headers, ...queryParams };
}

interface Named {
  readonly field: string;
  nameOf(each: Json): string | undefined;
}

/** A name may stand once only: the server refuses two, or the proxy forgets one. */
function joinedByName(within: JsonObject, condition: JsonObject, { field, nameOf }: Named): JsonObject {
  const asked = listAt(condition, field);
  const names = asked.map(nameOf);
  const kept = listAt(within, field).filter((each) => !names.includes(nameOf(each)));
  return kept.length + asked.length ? { [field]: [...kept, ...asked] } : {};
}

/** Headers are the same in upper and lower case. */
export function headerName(each: Json): string | undefined {
  return textAt(each, 'name')?.toLowerCase();
}

/** With all that the API server puts in where it is left out. */
export function matchesInFull(matches: readonly Json[]): JsonObject[] {
  const given = matches.filter(isObject);
  return given.length ? given.map(matchInFull) : [{ path: anyPath }];
}

function matchInFull(match: JsonObject): JsonObject {
  const typed = (field: string): JsonObject => {
    const list = dig(match, field);
    return Array.isArray(list) ? { [field]: list.map((each) => (isObject(each) ? { type: 'Exact', ...each } : each)) } : {};
  };
  return { ...match, path: { ...anyPath, ...objectAt(match, 'path') }, ...typed('headers'), ...typed('queryParams') };
}
