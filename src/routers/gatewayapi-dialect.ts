// How the Gateway API writes the rules that a canary needs. Must not decide where traffic goes.
import { dig, listAt, objectAt, textAt } from '../common/dig.ts';
import { isObject } from '../common/json.ts';
import type { Canary, Json, JsonObject } from '../contracts.ts';
import {
  cookieSetBy,
  fileFilters,
  mirroredTo,
  mirroring,
  notMirroring,
  serviceRef,
  settingCookie,
  settingNoCookie,
  withFilters,
} from './gatewayapi-filters.ts';
import { headerName, joinedMatches, matchesInFull, matchOf } from './gatewayapi-matches.ts';
import { backendsOf } from './rules/backends.ts';
import type { Backends, Dialect, Role } from './rules/dialect.ts';

/** The definitions of v1beta1's time had neither time-outs nor CORS. */
export interface Version {
  readonly version: 'v1' | 'v1beta1';
  readonly timeouts: boolean;
  readonly cors: boolean;
}

export function gatewayDialect(version: Version): Dialect {
  return {
    destinations: 'backendRefs',
    conditions: 'matches',
    unique: ['name'],
    unsaidWeight: 1,
    isHttp: () => true,
    roleOf,
    destination,
    // Weight 0 would be an error for whoever is not under test.
    loneWeight: () => 100,
    withFile: (rule, canary, { conditions }) => withFile(rule, canary, { ...version, conditions }),
    testConditions: ({ match }) => match.map(matchOf),
    joined: joinedMatches,
    inFull,
    mirrored,
    mirroredPart: (rule, backends) => mirroredTo(rule, isCanary(backends)),
    unmirrored: (rule, backends) => notMirroring(rule, isCanary(backends)),
    cookieCondition: (value) => ({ headers: [{ type: 'RegularExpression', name: 'Cookie', value }] }),
    cookiePattern,
    setCookie: cookieSetBy,
    settingCookie,
    settingNoCookie,
  };
}

function roleOf(ref: Json, backends: Backends): Role | undefined {
  const { group, kind, name, namespace } = objectAt(ref);
  if ((group ?? '') !== '' || (kind ?? 'Service') !== 'Service' || (namespace ?? backends.namespace) !== backends.namespace)
    return undefined;
  const roles: readonly Role[] = ['apex', 'primary', 'canary'];
  return roles.find((role) => backends[role] === name);
}

function isCanary(backends: Backends): (ref: Json) => boolean {
  return (ref) => roleOf(ref, backends) === 'canary';
}

/** Port and filters of the user's own stay. */
function destination(model: JsonObject | undefined, role: Role, canary: Canary): JsonObject {
  return serviceRef({ port: canary.service.port, ...model, name: backendsOf(canary)[role] });
}

function withFile(rule: JsonObject, canary: Canary, version: Version & { conditions: boolean }): JsonObject {
  const { match, timeout, backendTimeout } = canary.service;
  const timeouts = { ...(timeout ? { request: timeout } : {}), ...(backendTimeout ? { backendRequest: backendTimeout } : {}) };
  const timed = version.timeouts && Object.keys(timeouts).length > 0;
  return {
    ...withFilters(rule, fileFilters(canary, version)),
    ...(version.conditions && match.length ? { matches: match.map(matchOf) } : {}),
    ...(timed ? { timeouts: { ...objectAt(rule, 'timeouts'), ...timeouts } } : {}),
  };
}

function inFull(rule: JsonObject): JsonObject {
  const backendRefs = listAt(rule, 'backendRefs').map((each) => (isObject(each) ? serviceRef(each) : each));
  return { ...rule, matches: matchesInFull(listAt(rule, 'matches')), backendRefs };
}

function mirrored(rule: JsonObject, percent: number, canary: Canary): JsonObject {
  const { group, kind, namespace, name, port } = serviceRef(objectAt(listAt(rule, 'backendRefs').find(isCanary(backendsOf(canary)))));
  const ref = { group, kind, namespace, name, port };
  const said = Object.entries(ref).filter((field): field is [string, Json] => field[1] !== undefined);
  return mirroring(rule, Object.fromEntries(said), percent);
}

function cookiePattern(match: Json): string | undefined {
  const header = listAt(match, 'headers').find((each) => headerName(each) === 'cookie');
  return dig(header, 'type') === 'RegularExpression' ? textAt(header, 'value') : undefined;
}
