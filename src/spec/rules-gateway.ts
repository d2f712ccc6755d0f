// The rules about spec.service on the Gateway API: what the HTTPRoute needs, and what an API server would refuse in it. Pure; requests are in
// rules-gateway-match.ts.
import { parseDuration } from '../common/duration.ts';
import { isObject } from '../common/json.ts';
import { authorityProblem, corsMethodProblem, hostProblem, nameProblem, originProblem, pathProblem } from './gateway-words.ts';
import { timeProblem, valueProblem } from './gateway-words.ts';
import { isHost } from './names.ts';
import type { Path } from './path.ts';
import { conditionRules, oneOfMany } from './rules-gateway-match.ts';
import { isGiven, isPresent } from './ruling.ts';
import type { Ruling } from './ruling.ts';
import type { Json, JsonObject } from './types.ts';

export function gatewayRules(service: JsonObject, ruling: Ruling): void {
  gateways(service, ruling);
  eachText(service['hosts'], { path: at('hosts'), most: 16, problem: hostText }, ruling);
  conditionRules(service, ruling);
  rewrite(service, ruling);
  headers(service, ruling);
  mirrors(service, ruling);
  rareFilters(service, ruling);
  if (ruling.provider?.id === 'gatewayapi:v1beta1') return;
  times(service, ruling);
  cors(service, ruling);
}

/** What is no host anywhere has been said of the field. */
function hostText(host: string): string | undefined {
  return isHost(host) === undefined ? hostProblem(host) : undefined;
}

function gateways({ gatewayRefs }: JsonObject, { say, apex }: Ruling): void {
  if (!isGiven(gatewayRefs)) {
    const why = `missing; name the Gateway through which requests reach ${apex} (an HTTPRoute without one gets none)`;
    return say(at('gatewayRefs'), why);
  }
  if (!Array.isArray(gatewayRefs)) return;
  if (gatewayRefs.length > 32) say(at('gatewayRefs'), `expected at most 32, got ${gatewayRefs.length}`);
  gatewayRefs.forEach((ref, index) => {
    const same = gatewayRefs.slice(0, index).filter((other) => isObject(other) && isObject(ref) && parentOf(other) === parentOf(ref));
    if (!isObject(ref) || same.every((other) => isObject(other) && areApart(other, ref))) return;
    say([...at('gatewayRefs'), index], 'names a Gateway that stands above already; give each its sectionName, or remove one');
  });
}

function parentOf({ group, kind, namespace, name }: JsonObject): string {
  return [group ?? 'gateway.networking.k8s.io', kind ?? 'Gateway', namespace ?? '', name].map(String).join('/');
}

/** Both name a part, in the same way, and not the same one. */
function areApart(a: JsonObject, b: JsonObject): boolean {
  const alike = (field: string): boolean => isGiven(a[field]) === isGiven(b[field]);
  return alike('sectionName') && alike('port') && (a['sectionName'] !== b['sectionName'] || a['port'] !== b['port']);
}

function rewrite({ rewrite: written }: JsonObject, ruling: Ruling): void {
  if (!isObject(written)) return;
  const { uri, authority, type } = written;
  const say = (field: string, text: string | undefined): void => {
    if (text !== undefined) ruling.say([...at('rewrite'), field], text);
  };
  if (typeof authority === 'string' && authority !== '') say('authority', authorityProblem(authority));
  if (typeof uri === 'string') say('uri', pathProblem(uri, true));
  if (isGiven(type) && type !== 'ReplacePrefixMatch' && type !== 'ReplaceFullPath')
    ruling.note([...at('rewrite'), 'type'], `${JSON.stringify(type)} means ReplaceFullPath, as in Flagger`);
  if (type === 'ReplacePrefixMatch' && isGiven(uri)) say('type', oneOfMany(ruling));
}

function headers({ headers: written }: JsonObject, ruling: Ruling): void {
  for (const way of ['request', 'response']) {
    const modifier = isObject(written) ? written[way] : undefined;
    if (!isObject(modifier)) continue;
    const path = [...at('headers'), way];
    for (const operation of ['set', 'add']) namedValues(modifier[operation], [...path, operation], ruling);
    eachText(modifier['remove'], { path: [...path, 'remove'], most: 16, problem: nameProblem }, ruling);
  }
}

function namedValues(values: Json | undefined, path: Path, { say }: Ruling): void {
  if (!isObject(values)) return;
  const names = Object.keys(values);
  if (names.length > 16) say(path, `expected at most 16 headers, got ${names.length}`);
  names.forEach((name, index) => {
    const value = values[name];
    const twice = names.slice(0, index).some((other) => other.toLowerCase() === name.toLowerCase());
    const wrong =
      nameProblem(name) ?? (twice ? `${JSON.stringify(name)} stands here twice: headers are the same in upper and lower case` : undefined);
    const text = wrong ?? (typeof value === 'string' ? valueProblem(value, 4096) : undefined);
    if (text !== undefined) say([...path, name], text);
  });
}

function mirrors({ mirror }: JsonObject, { say, apex }: Ruling): void {
  if (!Array.isArray(mirror)) return;
  // Headers both ways, a rewrite, CORS and the canary's own mirror may stand beside them.
  if (mirror.length > 11) say(at('mirror'), `expected at most 11, got ${mirror.length}`);
  mirror.forEach((each, index) => {
    const ref = isObject(each) ? each['backendRef'] : undefined;
    if (!isObject(ref)) return;
    const { group, kind, namespace, name, port } = ref;
    const path = [...at('mirror'), index, 'backendRef'];
    const isService = !isGiven(group) && (!isPresent(kind) || kind === 'Service');
    if (isService && !isPresent(port)) say([...path, 'port'], 'missing; expected the port of the Service');
    const [service = '', home] = apex.split('.');
    if (isService && name === `${service}-canary` && (!isGiven(namespace) || namespace === home))
      say([...path, 'name'], 'this is the canary itself: remove it, and write analysis.mirror: true for copies during a release');
  });
}

/** Filters that not every Gateway knows. Of a rule, one that it does not know makes it answer all requests with an error. */
function rareFilters({ mirror }: JsonObject, { spec, note }: Ruling): void {
  const analysis = isObject(spec['analysis']) ? spec['analysis'] : {};
  const copies =
    'needs a Gateway that can copy requests: one that cannot (such as Traefik 3) answers every request with an error meanwhile';
  if (isGiven(mirror)) note(at('mirror'), copies);
  if (isObject(analysis['sessionAffinity']) && !isGiven(analysis['iterations'])) {
    const text = 'needs a Gateway that takes filters on backendRefs: one that does not (such as Traefik 3) deals no cookies';
    note(['spec', 'analysis', 'sessionAffinity'], text);
  }
  const { mirrorWeight } = analysis;
  if (analysis['mirror'] !== true) return;
  note(['spec', 'analysis', 'mirror'], copies);
  if (!isGiven(mirrorWeight) || mirrorWeight === 100) return;
  // The server of older definitions drops what it does not know.
  note(['spec', 'analysis', 'mirrorWeight'], 'needs the definitions of Gateway API 1.3 or later: older ones copy all requests or none');
}

function times({ timeout, backendTimeout }: JsonObject, { say }: Ruling): void {
  const millis = Object.entries({ timeout, backendTimeout }).map(([field, value]) => {
    if (typeof value !== 'string' || value === '') return NaN;
    const text = timeProblem(value);
    if (text !== undefined) say(at(field), text);
    return parseDuration(value) ?? NaN;
  });
  const [whole = NaN, part = NaN] = millis;
  if (whole > 0 && part > whole) say(at('backendTimeout'), 'more than timeout, which is for the whole request');
}

const corsLists: readonly [string, (value: string) => string | undefined, number][] = [
  ['allowOrigin', originProblem, 64],
  ['allowMethods', corsMethodProblem, 9],
  ['allowHeaders', nameProblem, 64],
  ['exposeHeaders', nameProblem, 64],
];

function cors({ corsPolicy }: JsonObject, ruling: Ruling): void {
  if (!isObject(corsPolicy)) return;
  const { say, note } = ruling;
  const path = at('corsPolicy');
  note(
    path,
    'needs the experimental definitions of the Gateway API (with others the API server refuses the HTTPRoute), and a Gateway that knows CORS filters',
  );
  for (const [field, problem, most] of corsLists) eachText(corsPolicy[field], { path: [...path, field], most, problem }, ruling);
  const origins = [corsPolicy['allowOrigin'], patternless(corsPolicy['allowOrigins'], [...path, 'allowOrigins'], ruling)].flat();
  if (origins.includes('*') && new Set(origins.filter(isPresent)).size > 1)
    say([...path, 'allowOrigin'], '"*" is all origins; remove the others');
  const { maxAge, allowMethods } = corsPolicy;
  if (Array.isArray(allowMethods) && allowMethods.includes('*') && allowMethods.length > 1)
    say([...path, 'allowMethods'], '"*" is all methods; remove the others');
  const age = typeof maxAge === 'string' ? parseDuration(maxAge) : undefined;
  if (isPresent(maxAge) && (age === undefined || age < 1000)) say([...path, 'maxAge'], 'expected a duration of at least 1s, such as 24h');
  for (const field of Object.keys(corsPolicy)) if (!known.has(field)) note([...path, field], 'not used by the Gateway API');
}

const known = new Set([...corsLists.map(([field]) => field), 'allowOrigins', 'maxAge', 'allowCredentials']);

/** Origins by condition: the Gateway API has exact ones only. */
function patternless(origins: Json | undefined, path: Path, { say }: Ruling): Json[] {
  if (!Array.isArray(origins)) return [];
  return origins.flatMap((origin, index) => {
    const exact = isObject(origin) ? origin['exact'] : undefined;
    const text = typeof exact === 'string' ? originProblem(exact) : 'the Gateway API has no patterns of origins; write exact';
    if (text !== undefined) say([...path, index], text);
    return typeof exact === 'string' ? [exact] : [];
  });
}

interface Texts {
  readonly path: Path;
  readonly most: number;
  problem(value: string): string | undefined;
}

function eachText(list: Json | undefined, { path, most, problem }: Texts, { say }: Ruling): void {
  if (!isPresent(list)) return;
  if (!Array.isArray(list)) return say(path, 'expected a list of texts');
  if (list.length > most) say(path, `expected at most ${most}, got ${list.length}`);
  list.forEach((each, index) => {
    const text = typeof each === 'string' ? problem(each) : 'expected text';
    if (text !== undefined) say([...path, index], text);
  });
}

function at(name: string): Path {
  return ['spec', 'service', name];
}
