// How Istio writes the rules that a canary needs. Must not decide where traffic goes.
import { dig, listAt, numberAt, objectAt, textAt } from '../common/dig.ts';
import { isObject } from '../common/json.ts';
import type { Canary, Json, JsonObject } from '../contracts.ts';
import { backendsOf } from './rules/backends.ts';
import type { Backends, Dialect, Role } from './rules/dialect.ts';

const setCookie = ['headers', 'response', 'add', 'Set-Cookie'] as const;

export const istioDialect: Dialect = {
  destinations: 'route',
  conditions: 'match',
  unique: [],
  unsaidWeight: 0,
  isHttp: (canary) => !isTcp(canary),
  roleOf: (entry, backends) => roleOf(dig(entry, 'destination', 'host'), backends),
  destination,
  // A weight alone in its list means nothing, and is what Flagger writes.
  loneWeight: (tested) => 100 - tested,
  withFile: (rule, canary, { conditions }) => {
    const { match, ...fields } = fileFields(canary);
    return { ...rule, ...(conditions && match !== undefined ? { match } : {}), ...fields };
  },
  testConditions: ({ match }) => match,
  joined,
  inFull: (rule) => rule,
  mirrored,
  mirroredPart: (rule, backends) => (mirrorsHere(rule, backends) ? (numberAt(rule, 'mirrorPercentage', 'value') ?? 100) : undefined),
  unmirrored,
  cookieCondition: (regex) => ({ headers: { Cookie: { regex } } }),
  cookiePattern: (condition) => textAt(condition, 'headers', 'Cookie', 'regex'),
  setCookie: (holder) => textAt(holder, ...setCookie),
  settingCookie,
  settingNoCookie: (holder) => without(holder, setCookie),
};

export function isTcp(canary: Canary): boolean {
  return canary.service.appProtocol?.toLowerCase() === 'tcp';
}

/** Istio takes a Service's short name for the whole one; users write either. */
export function isHostOf(host: Json | undefined, service: string, namespace: string): boolean {
  if (typeof host !== 'string') return false;
  const whole = `${service}.${namespace}.svc`;
  return host === service || host === `${service}.${namespace}` || host === whole || host.startsWith(`${whole}.`);
}

export function mirrorsHere(rule: JsonObject, backends: Backends): boolean {
  return roleOf(dig(rule, 'mirror', 'host'), backends) === 'canary';
}

function roleOf(host: Json | undefined, backends: Backends): Role | undefined {
  const roles: readonly Role[] = ['apex', 'primary', 'canary'];
  return roles.find((role) => isHostOf(host, backends[role], backends.namespace));
}

/** Ports and headers of the user's route stay, subsets of the apex do not. */
function destination(model: JsonObject | undefined, role: Role, canary: Canary): JsonObject {
  const { port: number, portDiscovery } = canary.service;
  // A Service with several ports does not say which one is meant.
  const port = model ? dig(model, 'destination', 'port') : portDiscovery ? { number } : undefined;
  return { ...model, destination: { host: backendsOf(canary)[role], ...(port === undefined ? {} : { port }) } };
}

/** The fields that the file gives to every rule. */
function fileFields(canary: Canary): JsonObject {
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

function mirrored(rule: JsonObject, percent: number, canary: Canary): JsonObject {
  const backends = backendsOf(canary);
  const entry = listAt(rule, 'route').find((each) => roleOf(dig(each, 'destination', 'host'), backends) === 'canary');
  const part = percent === 100 ? {} : { mirrorPercentage: { value: percent } };
  return { ...rule, mirror: objectAt(entry, 'destination'), ...part };
}

function unmirrored(rule: JsonObject, backends: Backends): JsonObject {
  const { mirror, mirrorPercentage, ...rest } = rule;
  const mirrors = mirror === undefined || mirrorsHere(rule, backends) ? {} : { mirror, ...(mirrorPercentage ? { mirrorPercentage } : {}) };
  return { ...rest, ...mirrors };
}

const byName = ['headers', 'withoutHeaders', 'queryParams', 'sourceLabels'];

function joined(within: JsonObject, condition: JsonObject): JsonObject {
  const maps = byName.filter((field) => isObject(within[field]) && isObject(condition[field]));
  const both = maps.map((field) => [field, { ...objectAt(within, field), ...objectAt(condition, field) }]);
  return { ...within, ...condition, ...(Object.fromEntries(both) as JsonObject) };
}

function settingCookie(holder: JsonObject, text: string): JsonObject {
  const headers = objectAt(holder, 'headers');
  const response = objectAt(headers, 'response');
  const add = { ...objectAt(response, 'add'), 'Set-Cookie': text };
  return { ...holder, headers: { ...headers, response: { ...response, add } } };
}

/** Takes a field away, and the objects around it that are empty then. */
function without(object: JsonObject, [key = '', ...deeper]: readonly string[]): JsonObject {
  const { [key]: _gone, ...rest } = object;
  const inner = dig(object, key);
  if (!deeper.length || !isObject(inner)) return rest;
  const left = without(inner, deeper);
  return Object.keys(left).length ? { ...rest, [key]: left } : rest;
}
