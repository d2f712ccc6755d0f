// Traefik: the recording's TraefikServices when they are made by us; a user's stays the user's but for the entries of this canary's Services.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { isObject } from '../../src/common/json.ts';
import type { Canary, Ctx, Found, JsonObject, Obj, TrafficRouter } from '../../src/contracts.ts';
import { traefik } from '../../src/routers/traefik.ts';
import { recordedRoutes } from '../parity/compare.ts';
import { applied, canaryOf, foundOf, objectsOf, seenBy } from '../support/found.ts';
import { keepsTheRouterLaw } from '../support/router-contract.ts';

const ours = { 'app.kubernetes.io/managed-by': 'canary' };
const none = { labels: {}, annotations: {} };

function canaryWith(service: Partial<Canary['service']> = {}): Canary {
  const marks = { apex: none, primary: none, canary: none };
  return canaryOf({ service: { ...canaryOf().service, port: 9898, marks, ...service }, match: [] });
}

function see(objects: readonly Obj[], canary: Canary = canaryWith()): Ctx {
  return seenBy([traefik], canary, foundOf(objects));
}

function routed(objects: readonly Obj[], weight: number, canary: Canary = canaryWith()): Obj {
  const change = traefik.route(see(objects, canary), { kind: 'split', canary: weight });
  const object = applied(objects, change).find(({ kind }) => kind === 'TraefikService');
  if (!object) throw new Error('no TraefikService came of it');
  return object;
}

function made(spec: string, metadata: Partial<Obj['metadata']> = {}): Obj {
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    metadata: { name: 'podinfo', namespace: 'test', labels: { mine: 'yes' }, ...metadata },
    spec: load(spec),
  };
}

function weighted(...services: string[]): string {
  return `{weighted: {services: [${services.join(', ')}]}}`;
}

const whole = weighted('{name: podinfo, port: 9898}');
const primary = (weight: number): JsonObject => ({ name: 'podinfo-primary', namespace: 'test', port: 9898, weight });
const canary = (weight: number): JsonObject => ({ name: 'podinfo-canary', namespace: 'test', port: 9898, weight });

/** The law wants both sides named. Here one without a share is not: it is put in for the law, and taken out before the router looks. */
function withBothSides(router: TrafficRouter): TrafficRouter {
  const bare = (c: Ctx): Ctx => ({ ...c, found: seenWithout(c.found) });
  return {
    ...router,
    check: (c) => router.check(bare(c)),
    read: (c) => router.read(bare(c)),
    settled: (c) => router.settled(bare(c)),
    route: (c, want) => router.route(bare(c), want).map((change) => changed(change, (services) => completed(services, c.canary))),
  };
}

function seenWithout(found: Found): Found {
  return {
    many: (need) => found.many(need),
    one(ref) {
      const look = found.one(ref);
      return look.is === 'present'
        ? { ...look, object: changed(look.object, (services) => services.filter((each) => each['weight'] !== 0)) }
        : look;
    },
  };
}

function changed<T>(value: T, change: (services: JsonObject[]) => JsonObject[]): T {
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([key, each]) => [
    key,
    key === 'services' && Array.isArray(each) ? change(each as JsonObject[]) : changed(each, change),
  ]);
  return Object.fromEntries(fields) as T;
}

function completed(services: JsonObject[], { service }: Canary): JsonObject[] {
  const names = ['primary', 'canary'].map((side) => `${service.name}-${side}`);
  return names.map((name) => services.find((each) => each['name'] === name) ?? { name, port: service.port, weight: 0 });
}

describe('the router law', () => {
  const law = withBothSides(traefik);
  describe('where there is nothing', () => keepsTheRouterLaw(law, canaryWith(), []));
  describe('with another name and port', () => keepsTheRouterLaw(law, canaryWith({ name: 'web', port: 80 }), []));
  describe('on one that a user made', () => keepsTheRouterLaw(law, canaryWith(), [made(whole)]));
  describe('on one with options and a named port', () =>
    keepsTheRouterLaw(law, canaryWith(), [
      made('{weighted: {sticky: {cookie: {name: at}}, services: [{name: podinfo, port: http, scheme: h2c}]}}'),
    ]));
});

test.each([0, 1, 33, 50, 100])('reads its own %i again, has nothing to change, and names no side without a share', (weight) => {
  const object = routed([], weight);
  expect(traefik.read(see([object]))).toEqual({ kind: 'split', canary: weight });
  expect(traefik.route(see([object]), { kind: 'split', canary: weight })).toEqual([]);
  const shares = [...(weight < 100 ? [primary(100 - weight)] : []), ...(weight > 0 ? [canary(weight)] : [])];
  expect(object['spec']).toEqual({ weighted: { services: shares } });
});

test('can split and nothing else', () => {
  expect(traefik.can).toEqual({ split: true, match: false, mirror: false, affinity: false });
  expect(() => traefik.route(see([]), { kind: 'mirror', percent: 10 })).toThrow('cannot mirror');
  expect(() => traefik.route(see([]), { kind: 'match' })).toThrow('cannot match');
});

test('says what is not served, and that nothing routes yet', () => {
  const ctx = seenBy([traefik], canaryWith(), foundOf([], ['TraefikService']));
  expect(traefik.check(ctx)).toEqual([
    { path: 'TraefikService/podinfo', text: 'kind TraefikService (traefik.io/v1alpha1) is not served by this cluster' },
  ]);
  expect(traefik.settled(see([]))).toEqual({ is: 'waiting', why: 'TraefikService podinfo does not route to this canary' });
});

describe('the recording', () => {
  const file = (what: string): string => readFileSync(new URL(`../parity/recordings/traefik/${what}`, import.meta.url), 'utf8');
  const inRecording = { ...canaryWith(), namespace: 'traefik' };

  test('the same object', () => {
    const recorded = objectsOf(file('initialized.yaml')).find(({ kind }) => kind === 'TraefikService');
    const object = routed([], 0, inRecording);
    expect([object.metadata.name, object['spec']]).toEqual([recorded?.metadata.name, recorded?.['spec']]);
    expect(object.metadata.annotations).toEqual(recorded?.metadata.annotations);
  });

  test('the same routes, in the same form', () => {
    const routes = recordedRoutes(file('transcript.txt'))['TraefikService/podinfo'] ?? [];
    const made = [0, 25, 50, 0].reduce<Obj[]>((objects, weight) => [...objects, routed(objects.slice(-1), weight, inRecording)], []);
    expect(made.map(({ spec }) => spec)).toEqual(routes);
  });
});

describe('one that we made', () => {
  test('carries the metadata of the apex, now and when it changes, and the marks that keep Flux away', () => {
    const marksOf = (annotations: Record<string, string>): Canary['service']['marks'] => ({
      apex: { labels: { team: 'blue', 'app.kubernetes.io/managed-by': 'Helm' }, annotations },
      primary: none,
      canary: none,
    });
    const before = routed([], 0, canaryWith({ marks: marksOf({ a: 'b' }) }));
    const flux = { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled', 'helm.toolkit.fluxcd.io/driftDetection': 'disabled' };
    expect(before.metadata.labels).toMatchObject({ team: 'blue', ...ours });
    expect(before.metadata.annotations).toEqual({ a: 'b', ...flux });
    const after = routed([before], 0, canaryWith({ marks: marksOf({ a: 'c' }) }));
    expect(after.metadata.annotations).toEqual({ a: 'c', ...flux });
  });

  test('is mended where somebody changed it: another form, options, entries, ports', () => {
    const torn = made(
      '{mirroring: {name: x}, weighted: {sticky: {cookie: {}}, services: [{name: old, weight: 5}, {name: podinfo-primary, port: 80, scheme: h2c}]}}',
      { labels: ours },
    );
    expect(traefik.check(see([torn]))).toEqual([]);
    expect(traefik.read(see([torn]))).toBeUndefined();
    expect(routed([torn], 25)['spec']).toEqual({ weighted: { services: [primary(75), canary(25)] } });
  });

  test('follows the port of the file', () => {
    const moved = routed([routed([], 10)], 10, canaryWith({ port: 80 }));
    expect(moved['spec']).toEqual({
      weighted: {
        services: [
          { ...primary(90), port: 80 },
          { ...canary(10), port: 80 },
        ],
      },
    });
  });
});

describe('one that a user made', () => {
  const options = 'scheme: h2c, passHostHeader: false, strategy: p2c';
  const fields = { scheme: 'h2c', passHostHeader: false, strategy: 'p2c' };
  const theirs = made(`{weighted: {sticky: {cookie: {name: at}}, services: [{name: podinfo, port: http, weight: 7, ${options}}]}}`);

  test('keeps metadata, session cookies, the way its port is written, and gives what it says of the apex to both sides', () => {
    const after = routed([theirs], 10);
    expect(after.metadata).toEqual(theirs.metadata);
    expect(after['spec']).toEqual({
      weighted: {
        sticky: { cookie: { name: 'at' } },
        services: [
          { name: 'podinfo-primary', port: 'http', weight: 90, ...fields },
          { name: 'podinfo-canary', port: 'http', weight: 10, ...fields },
        ],
      },
    });
  });

  test('has them still when the canary comes back', () => {
    expect(routed([routed([routed([theirs], 10)], 0)], 10)).toEqual(routed([theirs], 10));
  });

  test('gets the port of the file where it had one that its Services will not have, and keeps one that was discovered', () => {
    const elsewhere = made(weighted('{name: podinfo, port: 8080}'));
    const services = (object: Obj): unknown => (object['spec'] as { weighted: { services: unknown } }).weighted.services;
    expect(services(routed([elsewhere], 0))).toEqual([{ name: 'podinfo-primary', port: 9898, weight: 100 }]);
    expect(services(routed([elsewhere], 0, canaryWith({ portDiscovery: true })))).toEqual([
      { name: 'podinfo-primary', port: 8080, weight: 100 },
    ]);
  });

  test('gets labels and annotations of the apex beside its own, and no marks of Flux', () => {
    const marks = { apex: { labels: { team: 'blue' }, annotations: { a: 'b' } }, primary: none, canary: none };
    const { metadata } = routed([theirs], 0, canaryWith({ marks }));
    expect([metadata.labels, metadata.annotations]).toEqual([{ mine: 'yes', team: 'blue' }, { a: 'b' }]);
  });

  test('is left alone where it says so already, in whichever order', () => {
    const said = weighted(
      '{name: podinfo-canary, port: "9898", weight: 10}',
      '{name: podinfo-primary, namespace: test, port: http, weight: 90}',
    );
    expect(traefik.route(see([made(said)]), { kind: 'split', canary: 10 })).toEqual([]);
  });

  test('loses an entry without a share: one whose Service has no pods takes the others with it', () => {
    const said = made(weighted('{name: podinfo-primary, port: 9898, weight: 100}', '{name: podinfo-canary, port: 9898, weight: 0}'));
    expect(traefik.read(see([said]))).toEqual({ kind: 'split', canary: 0 });
    expect(routed([said], 0)['spec']).toEqual({ weighted: { services: [{ name: 'podinfo-primary', port: 9898, weight: 100 }] } });
  });

  test.each([
    ['mirrors', '{mirroring: {name: podinfo, mirrors: []}}', /^spec\.mirroring does not divide requests by weight/],
    ['mirrors as well', `{mirroring: {name: podinfo}, weighted: {services: []}}`, /^spec\.mirroring does not/],
    ['hashes clients', '{highestRandomWeight: {services: [{name: podinfo}]}}', /^spec\.highestRandomWeight does not/],
    ['says nothing', '{}', /^has no spec\.weighted/],
    [
      'leads elsewhere',
      weighted('{name: podinfo, port: 1}', '{name: old, port: 1}'),
      /^spec\.weighted\.services\[1\] leads to something else/,
    ],
    ['leads to another namespace', weighted('{name: podinfo, namespace: prod}'), /services\[0\] leads to something else/],
    ['leads to itself', weighted('{name: podinfo, kind: TraefikService}'), /services\[0\] leads to something else/],
    ['names the apex twice', weighted('{name: podinfo, port: 1}', '{name: podinfo, port: 2}'), /services\[1\] leads to podinfo once more/],
  ])('is refused where it %s', (_, spec, text) => {
    const ctx = see([made(spec)]);
    expect(traefik.check(ctx)).toEqual([{ path: 'TraefikService/podinfo', text: expect.stringMatching(text) }]);
    expect(traefik.read(ctx)).toBeUndefined();
  });
});

describe('read', () => {
  const side = (name: string, weight: string): string => `{name: podinfo-${name}, port: 9898, weight: ${weight}}`;

  test.each([
    ['both sides', weighted(side('primary', '60'), side('canary', '40')), 40],
    ['the primary alone, with any weight', weighted(side('primary', '1')), 0],
    ['the primary alone, without one', weighted('{name: podinfo-primary, port: 9898}'), 0],
    ['the canary alone', weighted(side('canary', '100')), 100],
    ['the apex', whole, undefined],
    ['nothing', weighted(), undefined],
    ['100 and 100, which is half and half', weighted(side('primary', '100'), side('canary', '100')), undefined],
    ['no share at all', weighted(side('primary', '0')), undefined],
    ['parts of one', weighted(side('primary', '60.5'), side('canary', '39.5')), undefined],
    ['below zero', weighted(side('primary', '110'), side('canary', '-10')), undefined],
    ['a third', weighted(side('primary', '60'), side('canary', '40'), '{name: old, weight: 0}'), undefined],
    ['one side twice', weighted(side('primary', '50'), side('primary', '50')), undefined],
    ['a port that is not theirs', weighted('{name: podinfo-primary, port: 80, weight: 100}'), undefined],
  ] as [string, string, number | undefined][])('%s', (_, spec, canary) => {
    expect(traefik.read(see([made(spec)]))).toEqual(canary === undefined ? undefined : { kind: 'split', canary });
  });
});
