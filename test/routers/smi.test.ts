// SMI: the recordings' TrafficSplits when they are made by us, a user's stays the user's but for its backends.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { isObject } from '../../src/common/json.ts';
import type { Canary, Change, Ctx, Obj, TrafficRouter } from '../../src/contracts.ts';
import { linkerd, osm, smiV1alpha1, smiV1alpha2, smiV1alpha3 } from '../../src/routers/smi.ts';
import { recordedRoutes } from '../parity/compare.ts';
import { applied, canaryOf, foundOf, objectsOf, seenBy } from '../support/found.ts';
import { keepsTheRouterLaw } from '../support/router-contract.ts';

const routers = [linkerd, osm, smiV1alpha1, smiV1alpha2, smiV1alpha3];
const gateways = 'VirtualService.v1alpha3.networking.istio.io/spec.gateways';
const ours = { 'app.kubernetes.io/managed-by': 'canary' };

function canaryWith(service: Partial<Canary['service']> = {}, mesh?: string): Canary {
  const none = { labels: {}, annotations: {} };
  const marks = { apex: none, primary: none, canary: none };
  return canaryOf({ service: { ...canaryOf().service, marks, ...service }, match: [], ...(mesh ? { mesh } : {}) });
}

function see(router: TrafficRouter, objects: readonly Obj[], canary: Canary = canaryWith()): Ctx {
  return seenBy([router], canary, foundOf(objects));
}

function routed(router: TrafficRouter, objects: readonly Obj[], to: { weight: number; canary?: Canary }): Obj {
  const change = router.route(see(router, objects, to.canary), { kind: 'split', canary: to.weight });
  const object = applied(objects, change).find(({ kind }) => kind === 'TrafficSplit');
  if (!object) throw new Error('no TrafficSplit came of it');
  return object;
}

function versionOf(router: TrafficRouter): string {
  return router.drives(see(router, []))[0]?.apiVersion.split('/')[1] ?? '';
}

/** As a user would have made it: everything to the apex, or as `spec` says. */
function split(router: TrafficRouter, spec: string, metadata: Partial<Obj['metadata']> = {}): Obj {
  return {
    apiVersion: `split.smi-spec.io/${versionOf(router)}`,
    kind: 'TrafficSplit',
    metadata: { name: 'podinfo', namespace: 'test', labels: { mine: 'yes' }, ...metadata },
    spec: load(spec),
  };
}

const whole = '{service: podinfo, backends: [{service: podinfo, weight: 100}]}';

/** The law counts numbers. Weights of the first version are quantities, which are texts to be written and both to be read. */
function inNumbers(router: TrafficRouter): TrafficRouter {
  const counted = (change: Change): Change => JSON.parse(JSON.stringify(change).replace(/"weight":"([0-9]+)"/g, '"weight":$1')) as Change;
  return { ...router, route: (c, want) => router.route(c, want).map(counted) };
}

describe.each(routers.map((router) => [router.ids[0], router] as const))('%s', (_id, router) => {
  const law = inNumbers(router);
  describe('the router law where there is nothing', () => keepsTheRouterLaw(law, canaryWith(), []));
  describe('the router law with hosts and gateways', () =>
    keepsTheRouterLaw(law, canaryWith({ hosts: ['a.example.com'], gateways: ['g'], name: 'web' }, 'istio'), []));
  describe('the router law on a TrafficSplit that a user made', () => keepsTheRouterLaw(law, canaryWith(), [split(router, whole)]));

  test.each([0, 1, 33, 100])('reads its own %i again, and has nothing to change', (weight) => {
    const ctx = see(router, [routed(router, [], { weight })]);
    expect(router.read(ctx)).toEqual({ kind: 'split', canary: weight });
    expect(router.route(ctx, { kind: 'split', canary: weight })).toEqual([]);
  });

  test('can split and nothing else', () => {
    expect(router.can).toEqual({ split: true, match: false, mirror: false, affinity: false });
    const ctx = see(router, []);
    expect(() => router.route(ctx, { kind: 'mirror', percent: 10 })).toThrow('cannot mirror');
    expect(() => router.route(ctx, { kind: 'match' })).toThrow('cannot match');
  });

  test('names the version that is not served', () => {
    const ctx = seenBy([router], canaryWith(), foundOf([], ['TrafficSplit']));
    expect(router.check(ctx)).toEqual([
      {
        path: 'TrafficSplit/podinfo',
        text: `kind TrafficSplit (split.smi-spec.io/${versionOf(router)}) is not served by this cluster`,
      },
    ]);
  });

  test('is not settled before there is a route', () => {
    expect(router.settled(see(router, []))).toEqual({ is: 'waiting', why: 'TrafficSplit podinfo does not route to this canary' });
  });
});

test('each speaks its version of SMI', () => {
  const versions = routers.map((router) => [router.ids[0], routed(router, [], { weight: 0 }).apiVersion]);
  expect(Object.fromEntries(versions)).toEqual({
    linkerd: 'split.smi-spec.io/v1alpha1',
    osm: 'split.smi-spec.io/v1alpha2',
    'smi:v1alpha1': 'split.smi-spec.io/v1alpha1',
    'smi:v1alpha2': 'split.smi-spec.io/v1alpha2',
    'smi:v1alpha3': 'split.smi-spec.io/v1alpha3',
  });
});

test('the built-in queries are those of the mesh, and Istio where SMI alone is named', () => {
  expect(Object.fromEntries(routers.map(({ ids, queries }) => [ids[0], queries]))).toEqual({
    linkerd: 'linkerd',
    osm: 'osm',
    'smi:v1alpha1': 'istio',
    'smi:v1alpha2': 'istio',
    'smi:v1alpha3': 'istio',
  });
});

describe('recordings', () => {
  const recordings: [string, TrafficRouter, Canary][] = [
    ['seed1-smi', smiV1alpha1, canaryWith({ hosts: ['app.example.com'], gateways: ['public-gateway.istio-system.svc.cluster.local'] })],
    ['smi-v1alpha3', smiV1alpha3, canaryWith()],
    ['linkerd', linkerd, canaryWith()],
    ['osm', osm, canaryWith()],
  ];
  const file = (name: string, what: string): string =>
    readFileSync(new URL(`../parity/recordings/${name}/${what}`, import.meta.url), 'utf8');

  test.each(recordings)('%s: the same object', (name, router, canary) => {
    const recorded = objectsOf(file(name, 'initialized.yaml')).find(({ kind }) => kind === 'TrafficSplit');
    const made = routed(router, [], { weight: 0, canary });
    expect([made.metadata.name, made['spec']]).toEqual([recorded?.metadata.name, recorded?.['spec']]);
  });

  test.each(recordings)('%s: the same routes, in the same form', (name, router, canary) => {
    const routes = recordedRoutes(file(name, 'transcript.txt'))['TrafficSplit/podinfo'] ?? [];
    expect(routes.length).toBeGreaterThan(2);
    let objects: Obj[] = [];
    for (const backends of routes) {
      const [first] = Array.isArray(backends) ? backends : [];
      objects = [routed(router, objects, { weight: Number(isObject(first) ? first['weight'] : NaN), canary })];
      expect((objects[0]?.['spec'] as { backends: unknown }).backends).toEqual(backends);
    }
  });
});

describe('one that we made', () => {
  const canary = (mesh?: string): Canary => canaryWith({ gateways: ['public', 'mesh'] }, mesh);
  const annotations = (object: Obj): unknown => object.metadata.annotations?.[gateways];

  test('tells the adapter for Istio the gateways, and nobody else', () => {
    expect(annotations(routed(smiV1alpha2, [], { weight: 0, canary: canary('istio') }))).toBe('["public","mesh"]');
    expect(annotations(routed(smiV1alpha2, [], { weight: 0, canary: canary() }))).toBeUndefined();
    expect(annotations(routed(smiV1alpha2, [], { weight: 0, canary: canary('linkerd') }))).toBeUndefined();
  });

  test('follows the file when gateways or the host change', () => {
    const before = routed(smiV1alpha2, [], { weight: 10, canary: canary('istio') });
    const moved = routed(smiV1alpha2, [before], { weight: 10, canary: canaryWith({ hosts: ['b.example.com'] }, 'istio') });
    expect(annotations(moved)).toBeUndefined();
    expect(moved).toMatchObject({ spec: { service: 'b.example.com' } });
  });

  test('carries the metadata of the apex, and the marks that keep Flux away', () => {
    const marked = { labels: { team: 'blue' }, annotations: { a: 'b' } };
    const none = { labels: {}, annotations: {} };
    const { metadata } = routed(osm, [], { weight: 0, canary: canaryWith({ marks: { apex: marked, primary: none, canary: none } }) });
    expect(metadata.labels).toMatchObject(marked.labels);
    expect(metadata.annotations).toEqual({
      a: 'b',
      'kustomize.toolkit.fluxcd.io/reconcile': 'disabled',
      'helm.toolkit.fluxcd.io/driftDetection': 'disabled',
    });
  });

  test('is mended where somebody changed it: other backends, matches, another service', () => {
    const torn = split(
      smiV1alpha3,
      `{service: other, matches: [{kind: HTTPRouteGroup, name: x}], backends: [{service: old, weight: 50}, {service: podinfo-canary, weight: 50}]}`,
      { labels: ours },
    );
    expect(smiV1alpha3.check(see(smiV1alpha3, [torn]))).toEqual([]);
    expect(smiV1alpha3.read(see(smiV1alpha3, [torn]))).toBeUndefined();
    expect(routed(smiV1alpha3, [torn], { weight: 25 })['spec']).toEqual({
      service: 'podinfo',
      backends: [
        { service: 'podinfo-canary', weight: 25 },
        { service: 'podinfo-primary', weight: 75 },
      ],
    });
  });
});

describe('one that a user made', () => {
  test('keeps metadata, the way its service is written and what stands beside a weight', () => {
    const theirs = split(
      smiV1alpha2,
      '{service: podinfo.test.svc.cluster.local, note: keep, backends: [{service: podinfo-primary, weight: 1, zone: a}, {service: podinfo, weight: 9}]}',
      { annotations: { keep: 'me', [gateways]: '["theirs"]' } },
    );
    const after = routed(smiV1alpha2, [theirs], { weight: 10, canary: canaryWith({ gateways: ['g'] }, 'istio') });
    expect(after.metadata).toEqual(theirs.metadata);
    expect(after['spec']).toEqual({
      service: 'podinfo.test.svc.cluster.local',
      note: 'keep',
      backends: [
        { service: 'podinfo-canary', weight: 10 },
        { service: 'podinfo-primary', weight: 90, zone: 'a' },
      ],
    });
  });

  test('gets the gateways where it has none', () => {
    const after = routed(smiV1alpha1, [split(smiV1alpha1, whole)], { weight: 0, canary: canaryWith({ gateways: ['g'] }, 'istio') });
    expect(after.metadata.annotations).toEqual({ [gateways]: '["g"]' });
  });

  test.each([
    ['{service: podinfo, backends: [{service: podinfo-primary, weight: 90}, {service: podinfo-canary, weight: 10}]}'],
    ["{service: podinfo.test, backends: [{service: podinfo-primary, weight: '90'}, {service: podinfo-canary, weight: '10'}]}"],
  ])('is left alone where it says so already, in whichever order: %s', (spec) => {
    expect(smiV1alpha1.route(see(smiV1alpha1, [split(smiV1alpha1, spec)]), { kind: 'split', canary: 10 })).toEqual([]);
  });

  test.each([
    ['splits another service', '{service: web, backends: []}', /splits the traffic of "web", not of podinfo/],
    [
      'leads elsewhere',
      '{service: podinfo, backends: [{service: podinfo, weight: 1}, {service: old, weight: 1}]}',
      /spec\.backends\[1\] leads/,
    ],
    ['splits some requests', '{service: podinfo, backends: [], matches: [{kind: HTTPRouteGroup, name: x}]}', /spec\.matches/],
    ['has no spec', '{}', /splits the traffic of ""/],
  ])('is refused where it %s', (_, spec, text) => {
    const ctx = see(smiV1alpha3, [split(smiV1alpha3, spec)]);
    expect(smiV1alpha3.check(ctx)).toEqual([{ path: 'TrafficSplit/podinfo', text: expect.stringMatching(text) }]);
    expect(smiV1alpha3.read(ctx)).toBeUndefined();
  });

  test('for the host of the file is accepted, by whichever of its names', () => {
    const hosts = ['podinfo.test.svc.cluster.local'];
    expect(smiV1alpha1.check(see(smiV1alpha1, [split(smiV1alpha1, whole)], canaryWith({ hosts })))).toEqual([]);
    expect(smiV1alpha1.check(see(smiV1alpha1, [split(smiV1alpha1, whole)], canaryWith({ hosts: ['a.example.com'] })))).toHaveLength(1);
  });
});

describe('read', () => {
  const sides = (primary: string, canary: string): string =>
    `{service: podinfo, backends: [{service: podinfo-canary, weight: ${canary}}, {service: podinfo-primary, weight: ${primary}}]}`;

  test.each([
    ['whole numbers', sides('60', '40'), 40],
    ['quantities', sides("'60'", "'40'"), 40],
    ['the name with its namespace', sides('60', '40').replace('podinfo,', 'podinfo.test,'), 40],
    ['parts of one', sides('900m', '100m'), undefined],
    ['weights that do not add up', sides('60', '60'), undefined],
    ['halves', sides('60.5', '39.5'), undefined],
    ['below zero', sides('110', '-10'), undefined],
    ['no weight', '{service: podinfo, backends: [{service: podinfo-canary}, {service: podinfo-primary, weight: 100}]}', undefined],
    ['one side', '{service: podinfo, backends: [{service: podinfo-primary, weight: 100}]}', undefined],
    [
      'a third backend',
      '{service: podinfo, backends: [{service: podinfo-canary, weight: 0}, {service: podinfo-primary, weight: 100}, {service: old, weight: 0}]}',
      undefined,
    ],
    [
      'one side twice',
      '{service: podinfo, backends: [{service: podinfo-primary, weight: 50}, {service: podinfo-primary, weight: 50}]}',
      undefined,
    ],
    [
      'another namespace',
      '{service: podinfo.prod, backends: [{service: podinfo-canary, weight: 0}, {service: podinfo-primary, weight: 100}]}',
      undefined,
    ],
  ] as [string, string, number | undefined][])('%s', (_, spec, canary) => {
    const ctx = see(smiV1alpha1, [split(smiV1alpha1, spec)]);
    expect(smiV1alpha1.read(ctx)).toEqual(canary === undefined ? undefined : { kind: 'split', canary });
  });
});
