// TraefikService after Traefik's reference: weights, nested ones, and what Traefik cannot build.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../../src/contracts.ts';
import { shares, workloadShares } from '../../../src/sandbox/mesh/index.ts';
import { apex, obj, podinfo, read, route, service, slice, virtual, world } from './podinfo.ts';

function traefik(services: string, metadata = 'name: podinfo'): Obj {
  return obj(
    `{kind: TraefikService, apiVersion: traefik.io/v1alpha1, metadata: {${metadata}}, spec: {weighted: {services: [${services}]}}}`,
  );
}

const to = (name: string, weight?: number, more = ''): string =>
  `{name: podinfo-${name}, port: 9898${weight === undefined ? '' : `, weight: ${weight}`}${more}}`;

describe('weights', () => {
  test.each<[string, string, string[]]>([
    ['are shares of their sum', `${to('primary', 3)}, ${to('canary', 1)}`, ['podinfo-primary 75', 'podinfo-canary 25']],
    ['100 and 100 are halves', `${to('primary', 100)}, ${to('canary', 100)}`, ['podinfo-primary 50', 'podinfo-canary 50']],
    ['1 where none is written', `${to('primary')}, ${to('canary', 3)}`, ['podinfo-primary 25', 'podinfo-canary 75']],
    ['0 is no share', `${to('primary', 100)}, ${to('canary', 0)}`, ['podinfo-primary 100']],
    ['0 in all is nobody', to('primary', 0), []],
    ['an only one', to('canary', 7), ['podinfo-canary 100']],
  ])('%s', (_, services, expected) => {
    expect(read(traefik(services))).toEqual(expected);
  });
});

test('one may lead to another', () => {
  const nested = traefik(`${to('primary', 1)}, ${to('canary', 1)}`, 'name: both');
  const outer = traefik(`${to('primary', 1)}, {name: both, kind: TraefikService, weight: 4}`);
  expect(read(outer, nested)).toEqual(['podinfo-primary 20', 'podinfo-primary 40', 'podinfo-canary 40']);
});

describe('is not built, so that everybody is answered 404, where', () => {
  test.each<[string, string]>([
    ['a Service is not there, whatever its weight', `${to('primary', 100)}, {name: gone, port: 9898, weight: 0}`],
    ['another namespace is named', to('primary', 1, ', namespace: prod')],
    ['another TraefikService is not there', `${to('primary', 1)}, {name: gone, kind: TraefikService, weight: 1}`],
    ['it leads to itself', `${to('primary', 1)}, {name: podinfo, kind: TraefikService, weight: 1}`],
    ['it leads nowhere', ''],
  ])('%s', (_, services) => {
    expect(read(traefik(services))).toEqual([]);
    expect(workloadShares(world(...podinfo, traefik(services)), apex)).toEqual(new Map([['', 100]]));
  });

  test('a Service has no such port', () => {
    const ported = { ...service('ported'), spec: { ports: [{ name: 'http', port: 80 }] } };
    const reads = (port: string): string[] =>
      shares(world(...podinfo, ported, slice('ported', { name: 'p1' }), traefik(`{name: ported, port: ${port}}`)), apex).map(
        (each) => each.service,
      );
    expect([reads('80'), reads('http'), reads('"80"'), reads('9898'), reads('web')]).toEqual([['ported'], ['ported'], ['ported'], [], []]);
  });

  test('a Service has no pod that is ready, though it has no share', () => {
    const asleep = [service('asleep'), slice('asleep', { name: 'c1', conditions: { ready: false } })];
    expect(read(...asleep, traefik(`${to('primary', 100)}, {name: asleep, weight: 0}`))).toEqual([]);
  });

  test('it is none of weights', () => {
    const mirroring = { ...traefik(''), spec: { mirroring: { name: 'podinfo' } } };
    expect(read(mirroring)).toEqual([]);
  });
});

test('is for those who ask for the Service of its name, in its namespace', () => {
  expect(read(traefik(to('canary'), 'name: other'))).toEqual(['podinfo 100']);
  expect(read(traefik(to('canary'), 'name: podinfo, namespace: prod'))).toEqual(['podinfo 100']);
});

test('who comes by another door does not meet it, and who comes through Traefik does so to any Service', () => {
  const route = traefik(to('canary'));
  const asks = (name: string, gateway: string): string[] =>
    shares(world(...podinfo, route), { name, namespace: 'test' }, { gateway }).map(
      ({ service: found, backend = '' }) => `${found} ${backend}`,
    );
  expect(asks('podinfo', 'mesh')).toEqual(['podinfo ']);
  expect(asks('podinfo', 'traefik')).toEqual(['podinfo-canary test-podinfo-canary-9898']);
  expect(asks('podinfo-primary', 'traefik')).toEqual(['podinfo-primary test-podinfo-primary']);
  expect(asks('podinfo-primary', 'mesh')).toEqual(['podinfo-primary ']);
});

test('its parts are called as Traefik calls them', () => {
  const objects = world(...podinfo, traefik(`${to('primary', 1)}, {name: podinfo-canary, weight: 1}`));
  expect(shares(objects, apex).map(({ backend }) => backend)).toEqual(['test-podinfo-primary-9898', 'test-podinfo-canary']);
});

test('a VirtualService for the host comes first', () => {
  const istio = virtual(`{hosts: [podinfo], http: [{${route(60, 40)}}]}`);
  expect(read(traefik(to('canary')), istio)).toEqual(['podinfo-primary 60', 'podinfo-canary 40']);
});
