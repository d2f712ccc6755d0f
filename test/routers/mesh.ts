// What the tests of Istio stand on: how they look at a cluster, VirtualServices that users made in several shapes, and what Flagger did as
// recorded (test/parity/recordings). Of a recorded Canary it reads the few fields that a router needs by itself: it knows no loader.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dig, listAt, numberAt, objectAt, stringsAt, textAt } from '../../src/common/dig.ts';
import { isObject } from '../../src/common/json.ts';
import type { Canary, Ctx, Json, JsonObject, Obj, Strings, Traffic } from '../../src/contracts.ts';
import { istio } from '../../src/routers/istio.ts';
import { applied, canaryOf, foundOf, objectOf, objectsOf, seenBy } from '../support/found.ts';

export function split(canary: number): Traffic {
  return { kind: 'split', canary };
}

export function see(objects: readonly Obj[], canary: Canary = canaryOf(), notServed: readonly string[] = []): Ctx {
  return seenBy([istio], canary, foundOf(objects, notServed));
}

export function routed(objects: readonly Obj[], want: number | Traffic, canary?: Canary): Obj[] {
  return applied(objects, istio.route(see(objects, canary), typeof want === 'number' ? split(want) : want));
}

/** The rules of the VirtualService's http list. */
export function httpOf(objects: readonly Obj[]): JsonObject[] {
  const virtualService = objects.find(({ kind }) => kind === 'VirtualService');
  return listAt(virtualService, 'spec', 'http').filter(isObject);
}

export function withService(service: Partial<Canary['service']>): Canary {
  return canaryOf({ service: { ...canaryOf().service, ...service } });
}

export function virtualService(spec: string, labels: Strings = { mine: 'yes' }): Obj {
  const metadata = { name: 'podinfo', namespace: 'test', labels, annotations: { keep: 'me' } };
  return { apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService', metadata, spec: objectOf(spec) };
}

/** Input of the recording adopted-istio. */
export const adopted = virtualService(`
hosts: [app.example.com]
gateways: [istio-system/mine]
http:
- match:
  - uri: {prefix: /v1}
  timeout: 3s
  route:
  - destination: {host: podinfo}
`);
export const adopting = withService({ hosts: ['app.example.com'], gateways: ['istio-system/mine'] });

/** Several routes, one of them to somebody else, one by its whole name, with a port and a subset. */
export const busy = virtualService(`
hosts: [a.example.com, b.example.com]
http:
- match: [{uri: {prefix: /other}}]
  route: [{destination: {host: other}}]
- match: [{uri: {prefix: /v1}}]
  retries: {attempts: 3}
  route: [{destination: {host: podinfo.test.svc.cluster.local, subset: v1, port: {number: 9898}}, headers: {request: {set: {x: y}}}}]
- redirect: {uri: /elsewhere}
  match: [{uri: {prefix: /old}}]
- route: [{destination: {host: podinfo-primary}, weight: 60}, {destination: {host: podinfo.test}, weight: 40}]
tcp:
- route: [{destination: {host: other}}]
`);

export const foreign = virtualService(`
hosts: [a.example.com]
http:
- match: [{uri: {prefix: /other}}]
  route: [{destination: {host: other}}]
`);

/** As another VirtualService names it. */
export const delegate = virtualService(`
http:
- match: [{uri: {prefix: /v1}}]
  route: [{destination: {host: podinfo}}]
- route: [{destination: {host: podinfo}}]
`);

export const bytes = virtualService(`
hosts: [a.example.com]
tcp:
- match: [{port: 27017}]
  route: [{destination: {host: podinfo.test.svc.cluster.local, port: {number: 27017}}}]
- route: [{destination: {host: other}}]
http:
- route: [{destination: {host: podinfo}}]
`);

/** Every field that the file may give to a rule. */
export const full = withService({
  portDiscovery: true,
  match: [{ uri: { prefix: '/api' } }, { uri: { exact: '/web' }, headers: { 'x-a': { exact: 'b' } } }],
  rewrite: { uri: '/', authority: 'a.com' },
  retries: { attempts: 3 },
  timeout: '15s',
  headers: { response: { add: { 'x-some': 'value' }, remove: ['x-secret'] } },
  corsPolicy: { allowOrigin: ['a.com'], allowCredentials: false },
  trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
});

export interface Recording {
  canary: Canary;
  /** All of the input but the Canary. */
  objects: Obj[];
  /** What the VirtualService's routes became, in order. */
  routes: Json[][];
  initialized: Obj[];
  final: Obj[];
}

export function recordingOf(name: string): Recording {
  const read = (file: string): string => readFileSync(join(import.meta.dirname, '../parity/recordings', name, file), 'utf8');
  const input = objectsOf(read('input.yaml'));
  const canary = input.find(({ kind }) => kind === 'Canary');
  return {
    canary: canaryFrom(canary, name),
    objects: input.filter((object) => object !== canary),
    routes: read('transcript.txt').split('\n').flatMap(routesIn),
    initialized: objectsOf(read('initialized.yaml')),
    final: objectsOf(read('final.yaml')),
  };
}

function routesIn(line: string): Json[][] {
  const [, text] = /^\s*[\d.]+ {2}route {4}VirtualService\/\S+ (.*)$/.exec(line) ?? [];
  return text === undefined ? [] : [JSON.parse(text) as Json[]];
}

function canaryFrom(document: Obj | undefined, namespace: string): Canary {
  const analysis = objectAt(document, 'spec', 'analysis');
  const match = listAt(analysis, 'match').filter(isObject);
  const mirror = analysis['mirror'] === true ? { mirror: 100 } : {};
  const count = numberAt(analysis, 'iterations');
  const affinity = affinityFrom(objectAt(analysis, 'sessionAffinity'));
  return canaryOf({
    namespace,
    service: serviceFrom(objectAt(document, 'spec', 'service')),
    strategy: count
      ? { kind: 'iterations', count, by: match.length ? 'match' : 'all' }
      : { kind: 'weights', steps: [], back: [0], ...mirror },
    match,
    ...(affinity ? { affinity } : {}),
  });
}

function serviceFrom(service: JsonObject): Canary['service'] {
  const given = ['rewrite', 'retries', 'headers', 'corsPolicy', 'trafficPolicy', 'timeout', 'appProtocol'];
  const texts = (field: string): string[] => listAt(service, field).filter((each): each is string => typeof each === 'string');
  const { marks, ...defaults } = canaryOf().service;
  const apex = { labels: stringsAt(service, 'apex', 'labels'), annotations: stringsAt(service, 'apex', 'annotations') };
  return {
    ...defaults,
    name: textAt(service, 'name') ?? defaults.name,
    port: numberAt(service, 'port') ?? defaults.port,
    portDiscovery: service['portDiscovery'] === true,
    delegation: service['delegation'] === true,
    hosts: texts('hosts'),
    gateways: texts('gateways'),
    match: listAt(service, 'match').filter(isObject),
    marks: { ...marks, apex },
    ...Object.fromEntries(given.filter((field) => field in service).map((field) => [field, dig(service, field)])),
  };
}

function affinityFrom(written: JsonObject): Canary['affinity'] {
  const cookieName = textAt(written, 'cookieName');
  if (cookieName === undefined) return undefined;
  const flags = {
    httpOnly: written['httpOnly'] === true,
    secure: written['secure'] === true,
    partitioned: written['partitioned'] === true,
  };
  const texts = ['primaryCookieName', 'domain', 'path', 'sameSite'].filter((field) => field in written);
  return {
    cookieName,
    maxAge: numberAt(written, 'maxAge') ?? 86_400,
    ...flags,
    ...(Object.fromEntries(texts.map((field) => [field, textAt(written, field)])) as { path?: string }),
  };
}
