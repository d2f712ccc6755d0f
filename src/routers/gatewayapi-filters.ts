// The filters of a rule or a destination in an HTTPRoute: those that the file asks for, copies to the canary, cookies. Written in full, so that
// the API server has nothing to add. Must leave alone every other filter.
import { dig, listAt, numberAt, objectAt, stringsAt, textAt } from '../common/dig.ts';
import { parseDuration } from '../common/duration.ts';
import type { Canary, Json, JsonObject } from '../contracts.ts';
import { headerName } from './gatewayapi-matches.ts';

const response = { type: 'ResponseHeaderModifier', field: 'responseHeaderModifier' } as const;

/** In Flagger's order. */
export function fileFilters({ service }: Canary, { cors }: { cors: boolean }): JsonObject[] {
  const { headers, rewrite, mirrors = [], corsPolicy } = service;
  return [
    ...modifier('RequestHeaderModifier', 'requestHeaderModifier', objectAt(headers, 'request')),
    ...modifier(response.type, response.field, objectAt(headers, 'response')),
    ...rewriteFilter(rewrite ?? {}),
    ...mirrors.map((mirror) => ({ type: 'RequestMirror', requestMirror: { backendRef: serviceRef(objectAt(mirror, 'backendRef')) } })),
    ...(cors && corsPolicy ? [{ type: 'CORS', cors: corsOf(corsPolicy) }] : []),
  ];
}

function modifier(type: string, field: string, asked: JsonObject): JsonObject[] {
  const operations = {
    ...headerList('add', stringsAt(asked, 'add')),
    ...headerList('set', stringsAt(asked, 'set')),
    ...(listAt(asked, 'remove').length ? { remove: [...new Set(listAt(asked, 'remove'))] } : {}),
  };
  return Object.keys(operations).length ? [{ type, [field]: operations }] : [];
}

function headerList(operation: 'add' | 'set', headers: Readonly<Record<string, string>>): JsonObject {
  const names = Object.keys(headers).sort();
  return names.length ? { [operation]: names.map((name) => ({ name, value: headers[name] ?? '' })) } : {};
}

/** A type that Flagger does not know is the full path. */
function rewriteFilter({ uri, authority, type }: NonNullable<Canary['service']['rewrite']>): JsonObject[] {
  if (!uri && !authority) return [];
  const path: JsonObject =
    type === 'ReplacePrefixMatch' ? { type, replacePrefixMatch: uri ?? '' } : { type: 'ReplaceFullPath', replaceFullPath: uri ?? '' };
  return [{ type: 'URLRewrite', urlRewrite: { ...(authority ? { hostname: authority } : {}), ...(uri ? { path } : {}) } }];
}

/** A Service of the same namespace, unless it says otherwise. */
export function serviceRef(ref: JsonObject): JsonObject {
  return { group: '', kind: 'Service', ...ref };
}

/** Origins are plain ones: patterns were refused, but for an exact one. */
function corsOf(policy: JsonObject): JsonObject {
  const exact = listAt(policy, 'allowOrigins').flatMap((origin) => textAt(origin, 'exact') ?? []);
  const lists: [string, readonly Json[]][] = [
    ['allowOrigins', [...listAt(policy, 'allowOrigin'), ...exact]],
    ...['allowMethods', 'allowHeaders', 'exposeHeaders'].map((field): [string, Json[]] => [field, listAt(policy, field)]),
  ];
  const given = lists.filter(([, list]) => list.length > 0).map(([field, list]) => [field, [...new Set(list)]]);
  const age = parseDuration(textAt(policy, 'maxAge') ?? '');
  return {
    ...(Object.fromEntries(given) as JsonObject),
    ...(dig(policy, 'allowCredentials') === true ? { allowCredentials: true } : {}),
    // 5 is what the API server writes where nothing is said.
    maxAge: age === undefined ? 5 : Math.trunc(age / 1000),
  };
}

/** The rule with these filters in the place of its own of the same types. */
export function withFilters(rule: JsonObject, filters: readonly JsonObject[]): JsonObject {
  const types = filters.map(({ type }) => type);
  const kept = listAt(rule, 'filters').filter((each) => !types.includes(dig(each, 'type')));
  return havingFilters(rule, [...kept, ...filters]);
}

function havingFilters(holder: JsonObject, filters: readonly Json[]): JsonObject {
  const { filters: _before, ...rest } = holder;
  return filters.length ? { ...rest, filters: [...filters] } : rest;
}

export function mirroring(rule: JsonObject, backendRef: JsonObject, percent: number): JsonObject {
  const part = percent === 100 ? {} : { percent };
  return havingFilters(rule, [...listAt(rule, 'filters'), { type: 'RequestMirror', requestMirror: { backendRef, ...part } }]);
}

type IsMeant = (backendRef: Json) => boolean;

/** Per cent of the requests that are copied there. */
export function mirroredTo(rule: JsonObject, isMeant: IsMeant): number | undefined {
  const filter = listAt(rule, 'filters').find((each) => mirrors(each, isMeant));
  if (filter === undefined) return undefined;
  const part = numberAt(filter, 'requestMirror', 'fraction', 'numerator');
  const whole = numberAt(filter, 'requestMirror', 'fraction', 'denominator') ?? 100;
  return numberAt(filter, 'requestMirror', 'percent') ?? (part === undefined ? 100 : (part * 100) / whole);
}

export function notMirroring(rule: JsonObject, isMeant: IsMeant): JsonObject {
  return havingFilters(
    rule,
    listAt(rule, 'filters').filter((each) => !mirrors(each, isMeant)),
  );
}

function mirrors(filter: Json, isMeant: IsMeant): boolean {
  const backendRef = dig(filter, 'requestMirror', 'backendRef');
  return backendRef !== undefined && isMeant(backendRef);
}

export function cookieSetBy(holder: JsonObject): string | undefined {
  return textAt(headersAdded(holder).find(isCookie), 'value');
}

/** A filter of this type may stand once only, so the header goes into the one that is there. */
export function settingCookie(holder: JsonObject, text: string): JsonObject {
  const others = headersAdded(holder).filter((each) => !isCookie(each));
  return addingHeaders(holder, [...others, { name: 'Set-Cookie', value: text }]);
}

export function settingNoCookie(holder: JsonObject): JsonObject {
  return addingHeaders(
    holder,
    headersAdded(holder).filter((each) => !isCookie(each)),
  );
}

function isCookie(each: Json): boolean {
  return headerName(each) === 'set-cookie';
}

function isResponseModifier(filter: Json): boolean {
  return dig(filter, 'type') === response.type;
}

function headersAdded(holder: JsonObject): Json[] {
  return listAt(listAt(holder, 'filters').find(isResponseModifier), response.field, 'add');
}

/** What is empty then is left out. */
function addingHeaders(holder: JsonObject, add: readonly Json[]): JsonObject {
  const filters = listAt(holder, 'filters');
  const { add: _before, ...rest } = objectAt(filters.find(isResponseModifier), response.field);
  const operations: JsonObject = { ...rest, ...(add.length ? { add: [...add] } : {}) };
  const made = Object.keys(operations).length ? [{ type: response.type, [response.field]: operations }] : [];
  if (!filters.some(isResponseModifier)) return havingFilters(holder, [...filters, ...made]);
  return havingFilters(
    holder,
    filters.flatMap((each) => (isResponseModifier(each) ? made : [each])),
  );
}
