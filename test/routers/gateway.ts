// What the tests of the Gateway API stand on: how they look at a cluster, HTTPRoutes that users made in several shapes, what an API server makes of
// an HTTPRoute before it keeps it (the defaults of the published schema), and what Flagger did as recorded (test/parity/recordings).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dig, listAt, numberAt, objectAt, textAt } from '../../src/common/dig.ts';
import { isObject } from '../../src/common/json.ts';
import type { Canary, Ctx, Found, Json, JsonObject, Obj, Strings, Traffic, TrafficRouter } from '../../src/contracts.ts';
import { gatewayV1 } from '../../src/routers/gatewayapi.ts';
import { applied, canaryOf, foundOf, objectOf, objectsOf, seenBy } from '../support/found.ts';

export function split(canary: number): Traffic {
  return { kind: 'split', canary };
}

/** As the other tests' canary, on a Gateway. */
export function gatewayed(service: Partial<Canary['service']> = {}, changed: Partial<Canary> = {}): Canary {
  const base = canaryOf({ provider: 'gatewayapi:v1' });
  return { ...base, service: { ...base.service, gatewayRefs: [{ name: 'gateway', namespace: 'infra' }], ...service }, ...changed };
}

export function see(objects: readonly Obj[], canary: Canary = gatewayed(), router: TrafficRouter = gatewayV1): Ctx {
  return seenBy([router], canary, foundOf(objects));
}

export function routed(objects: readonly Obj[], want: number | Traffic, canary: Canary = gatewayed(), router = gatewayV1): Obj[] {
  return applied(objects, router.route(see(objects, canary, router), typeof want === 'number' ? split(want) : want));
}

export function rulesOf(objects: readonly Obj[]): JsonObject[] {
  const route = objects.find(({ kind }) => kind === 'HTTPRoute');
  return listAt(route, 'spec', 'rules').filter(isObject);
}

export function weightsIn(rule: JsonObject | undefined): Record<string, unknown> {
  return Object.fromEntries(listAt(rule, 'backendRefs').map((entry) => [textAt(entry, 'name') ?? '', dig(entry, 'weight')]));
}

export function httpRoute(spec: string, labels: Strings = { mine: 'yes' }): Obj {
  const metadata = { name: 'podinfo', namespace: 'test', labels, annotations: { keep: 'me' } };
  return { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata, spec: objectOf(spec) };
}

/** A live service before its first canary, as people write it. */
export const live = httpRoute(`
parentRefs: [{name: gateway, namespace: infra}]
hostnames: [app.example.com]
rules:
- backendRefs: [{name: podinfo, port: 9898}]
`);

/** Several rules, one of them to somebody else, one with filters on its destination, one that redirects. */
export const busy = httpRoute(`
parentRefs: [{name: theirs, sectionName: https}]
hostnames: [a.example.com, b.example.com]
rules:
- matches: [{path: {type: PathPrefix, value: /other}}]
  backendRefs: [{name: other, port: 80}]
- name: first
  matches: [{path: {value: /v1}}, {headers: [{name: x-a, value: b}]}]
  timeouts: {request: 3s}
  filters:
  - type: RequestHeaderModifier
    requestHeaderModifier: {set: [{name: x-keep, value: '1'}]}
  - type: ResponseHeaderModifier
    responseHeaderModifier: {add: [{name: x-more, value: '2'}]}
  backendRefs:
  - name: podinfo
    namespace: test
    port: 9898
    filters: [{type: ResponseHeaderModifier, responseHeaderModifier: {add: [{name: x-entry, value: '3'}]}}]
- matches: [{path: {type: Exact, value: /old}}]
  filters: [{type: RequestRedirect, requestRedirect: {hostname: b.example.com}}]
- name: last
  filters: [{type: RequestMirror, requestMirror: {backendRef: {name: shadow, port: 80}}}]
  backendRefs: [{name: podinfo-primary, port: 9898, weight: 60}, {kind: Service, name: podinfo, port: 9898, weight: 40}]
`);

export const foreign = httpRoute(`
parentRefs: [{name: gateway, namespace: infra}]
rules:
- matches: [{path: {value: /other}}]
  backendRefs: [{name: other, port: 80}]
`);

/** Every field that the file may give to a rule. */
export const full = gatewayed({
  hosts: ['app.example.com'],
  gatewayRefs: [
    { name: 'gateway', namespace: 'infra', sectionName: 'https' },
    { name: 'mesh', kind: 'Service', group: '' },
  ],
  match: [{ uri: { prefix: '/api' } }, { uri: { exact: '/web' }, headers: { 'x-a': { exact: 'b' } }, method: { exact: 'GET' } }],
  rewrite: { uri: '/', authority: 'a.com' },
  timeout: '15s',
  backendTimeout: '5s',
  headers: { request: { set: { 'x-s': '1' }, remove: ['x-gone'] }, response: { add: { 'x-some': 'value' } } },
  corsPolicy: { allowOrigin: ['https://a.com'], allowOrigins: [{ exact: 'https://b.com' }], allowCredentials: true, maxAge: '1h' },
  mirrors: [{ backendRef: { name: 'shadow', port: 80 } }],
});

/** Fields that the schema fills in where they are left out, by the place of the mapping that has them. */
const schemaDefaults: readonly [place: string, fields: JsonObject][] = [
  ['parentRefs[]', { group: 'gateway.networking.k8s.io', kind: 'Gateway' }],
  ['rules[]', { matches: [{ path: { type: 'PathPrefix', value: '/' } }] }],
  ['rules[].matches[]', { path: { type: 'PathPrefix', value: '/' } }],
  ['rules[].matches[].path', { type: 'PathPrefix', value: '/' }],
  ['rules[].matches[].headers[]', { type: 'Exact' }],
  ['rules[].matches[].queryParams[]', { type: 'Exact' }],
  ['rules[].backendRefs[]', { group: '', kind: 'Service', weight: 1 }],
  ...['rules[].filters[]', 'rules[].backendRefs[].filters[]'].flatMap((place): [string, JsonObject][] => [
    [`${place}.cors`, { maxAge: 5 }],
    [`${place}.requestMirror.backendRef`, { group: '', kind: 'Service' }],
    [`${place}.requestMirror.fraction`, { denominator: 100 }],
    [`${place}.requestRedirect`, { statusCode: 302 }],
  ]),
];

/** As an API server keeps and answers it. */
export function defaulted(object: Obj): Obj {
  if (object.kind !== 'HTTPRoute') return object;
  const rules = { rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }] }] };
  return { ...object, spec: filled({ ...rules, ...objectAt(object, 'spec') }, '') };
}

function filled(value: Json, place: string): Json {
  if (Array.isArray(value)) return value.map((each) => filled(each, `${place}[]`));
  if (!isObject(value)) return value;
  const fields = schemaDefaults.find(([where]) => where === place)?.[1] ?? {};
  const whole = { ...fields, ...value };
  return Object.fromEntries(Object.entries(whole).map(([name, each]) => [name, filled(each, place === '' ? name : `${place}.${name}`)]));
}

/** The router in front of an API server that fills in what was left out. */
export function onServer(router: TrafficRouter): TrafficRouter {
  const seen = (c: Ctx): Ctx => ({ ...c, found: filling(c.found) });
  return {
    ...router,
    check: (c) => router.check(seen(c)),
    route: (c, want) => router.route(seen(c), want),
    read: (c) => router.read(seen(c)),
    settled: (c) => router.settled(seen(c)),
  };
}

function filling(found: Found): Found {
  return {
    ...found,
    one: (ref) => {
      const look = found.one(ref);
      return look.is === 'present' ? { is: 'present', object: defaulted(look.object) } : look;
    },
  };
}

export interface Recording {
  canary: Canary;
  /** What the HTTPRoute's rules became, in order. */
  rules: Json[][];
  initialized: Obj;
  final: Obj;
}

export function recordingOf(name: string): Recording {
  const read = (file: string): string => readFileSync(join(import.meta.dirname, '../parity/recordings', name, file), 'utf8');
  const routeIn = (file: string): Obj => {
    const route = objectsOf(read(file)).find(({ kind }) => kind === 'HTTPRoute');
    if (!route) throw new Error(`no HTTPRoute in ${file}`);
    return route;
  };
  const document = objectsOf(read('input.yaml')).find(({ kind }) => kind === 'Canary');
  return {
    canary: canaryFrom(document, name),
    rules: read('transcript.txt').split('\n').flatMap(rulesIn),
    initialized: routeIn('initialized.yaml'),
    final: routeIn('final.yaml'),
  };
}

function rulesIn(line: string): Json[][] {
  const [, text] = /^\s*[\d.]+ {2}route {4}HTTPRoute\/\S+ (.*)$/.exec(line) ?? [];
  return text === undefined ? [] : [JSON.parse(text) as Json[]];
}

/** The few fields that a router needs; it knows no loader. */
function canaryFrom(document: Obj | undefined, namespace: string): Canary {
  const service = objectAt(document, 'spec', 'service');
  const analysis = objectAt(document, 'spec', 'analysis');
  const count = numberAt(analysis, 'iterations');
  const timeout = textAt(service, 'timeout');
  const given: Partial<Canary['service']> = {
    port: numberAt(service, 'port') ?? 0,
    hosts: listAt(service, 'hosts').map(String),
    gatewayRefs: listAt(service, 'gatewayRefs').filter(isObject),
    ...(timeout === undefined ? {} : { timeout }),
    ...('headers' in service ? { headers: objectAt(service, 'headers') } : {}),
  };
  const mirror = analysis['mirror'] === true ? { mirror: 100 } : {};
  const strategy: Canary['strategy'] = count
    ? { kind: 'iterations', count, by: 'all', ...mirror }
    : { kind: 'weights', steps: [], back: [0], ...mirror };
  return gatewayed(given, { namespace, strategy });
}
