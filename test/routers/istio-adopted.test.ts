// A VirtualService and DestinationRules that a user made: they stay the user's but for what the canary needs.
import { describe, expect, test } from '@jest/globals';
import type { Canary, Obj } from '../../src/contracts.ts';
import { istio } from '../../src/routers/istio.ts';
import { applied, objectOf } from '../support/found.ts';
import { adopted, adopting, busy, delegate, foreign, full, httpOf, routed, see, virtualService, withService } from './mesh.ts';

describe('a VirtualService that a user made', () => {
  test('keeps labels, annotations, match and timeout; only route and hosts are ours', () => {
    const [change] = istio.route(see([adopted], adopting), { kind: 'split', canary: 0 });
    const route = [
      { destination: { host: 'podinfo-primary' }, weight: 100 },
      { destination: { host: 'podinfo-canary' }, weight: 0 },
    ];
    expect(change).toMatchObject({
      op: 'merge',
      patch: { spec: { hosts: ['app.example.com', 'podinfo'], http: [{ match: [{ uri: { prefix: '/v1' } }], timeout: '3s', route }] } },
    });
    const [after] = routed([adopted], 0, adopting);
    expect(after?.metadata).toEqual(adopted.metadata);
    expect(after?.['spec']).toMatchObject({ gateways: ['istio-system/mine'] });
  });

  test('keeps the routes of others, ports and headers; the subset of the apex goes', () => {
    const headers = { request: { set: { x: 'y' } } };
    const [after] = routed([busy], 10);
    const { http, hosts, gateways, tcp } = after?.['spec'] as { http: unknown[]; hosts: string[]; gateways?: string[]; tcp: unknown };
    const before = busy['spec'] as { http: unknown[]; tcp: unknown };
    expect([http[0], http[2], tcp]).toEqual([before.http[0], before.http[2], before.tcp]);
    expect(http[1]).toEqual({
      match: [{ uri: { prefix: '/v1' } }],
      retries: { attempts: 3 },
      route: [
        { destination: { host: 'podinfo-primary', port: { number: 9898 } }, headers, weight: 90 },
        { destination: { host: 'podinfo-canary', port: { number: 9898 } }, headers, weight: 10 },
      ],
    });
    expect([hosts, gateways]).toEqual([['a.example.com', 'b.example.com', 'podinfo'], undefined]);
  });

  test('gets one more route where none leads to the apex', () => {
    expect((routed([foreign], 0)[0]?.['spec'] as { http: unknown[] }).http).toHaveLength(2);
  });

  test('without gateways is in the mesh, and stays there when the file adds one', () => {
    expect(routed([busy], 0, withService({ gateways: ['g'] }))[0]).toMatchObject({ spec: { gateways: ['mesh', 'g'] } });
  });

  test.each([
    [
      'shares a route with others',
      '{hosts: [a], http: [{route: [{destination: {host: podinfo}, weight: 50}, {destination: {host: old}, weight: 50}]}]}',
      /spec\.http\[0\] splits traffic/,
    ],
    ['leaves no traffic over', '{hosts: [a], http: [{route: [{destination: {host: old}}]}]}', /spec\.http\[0\] takes all traffic/],
    ['is a delegate', '{http: [{route: [{destination: {host: podinfo}}]}]}', /has no hosts.*set spec\.service\.delegation/],
  ])('is refused where it %s', (_, spec, text) => {
    expect(istio.check(see([virtualService(spec)]))).toEqual([{ path: 'VirtualService/podinfo', text: expect.stringMatching(text) }]);
  });
});

describe('a VirtualService that a user made, and the fields of the file', () => {
  test('what the file says holds, what it does not say stays', () => {
    const [rule] = httpOf(routed([adopted], 0, withService({ timeout: '15s', retries: { attempts: 3 } })));
    expect(rule).toMatchObject({ match: [{ uri: { prefix: '/v1' } }], timeout: '15s', retries: { attempts: 3 } });
    const [matched] = httpOf(routed([adopted], 0, withService({ match: [{ uri: { prefix: '/v2' } }] })));
    expect(matched).toMatchObject({ match: [{ uri: { prefix: '/v2' } }], timeout: '3s' });
  });

  test('conditions of the file are not put on several rules at once', () => {
    const rules = httpOf(routed([busy], 0, full));
    expect([rules[1]?.['match'], rules[3]?.['match']]).toEqual([[{ uri: { prefix: '/v1' } }], undefined]);
    expect(rules.map((rule) => rule['timeout'])).toEqual([undefined, '15s', undefined, '15s']);
  });

  test('marks of the apex are added', () => {
    const apex = { labels: { tier: 'apex' }, annotations: { a: 'b' } };
    const none = { labels: {}, annotations: {} };
    const [after] = routed([adopted], 0, withService({ marks: { apex, primary: none, canary: none } }));
    expect(after?.metadata).toMatchObject({ labels: { mine: 'yes', tier: 'apex' }, annotations: { keep: 'me', a: 'b' } });
    expect(Object.keys(after?.metadata.annotations ?? {})).toEqual(['keep', 'a']);
  });
});

describe('a delegate that a user made', () => {
  const delegating = withService({ delegation: true });

  test('gets weights, and neither hosts nor gateways', () => {
    const after = routed([delegate], 10, delegating);
    expect(Object.keys(after[0]?.['spec'] as object)).toEqual(['http']);
    expect(httpOf(after).map((rule) => [rule['match'], (rule['route'] as unknown[]).length])).toEqual([
      [[{ uri: { prefix: '/v1' } }], 2],
      [undefined, 2],
    ]);
  });

  test.each([['{hosts: [a], http: []}'], ['{gateways: [g], http: []}']])('is none with %s', (spec) => {
    expect(istio.check(see([virtualService(spec)], delegating))).toEqual([
      { path: 'VirtualService/podinfo', text: expect.stringMatching(/^has hosts or gateways, so nobody can delegate to it/) },
    ]);
  });
});

describe("a user's own mirror", () => {
  const mirroring = (field: string): Obj => virtualService(`{hosts: [a], http: [{route: [{destination: {host: podinfo}}], ${field}}]}`);
  const elsewhere = mirroring('mirror: {host: other}, mirrorPercentage: {value: 5}');

  test('stays through all weights', () => {
    const [rule] = httpOf(routed(routed([elsewhere], 10), 20));
    expect(rule).toMatchObject({ mirror: { host: 'other' }, mirrorPercentage: { value: 5 } });
    expect(istio.read(see(routed([elsewhere], 10)))).toEqual({ kind: 'split', canary: 10 });
  });

  test.each([
    ['mirror', elsewhere],
    ['mirrors', mirroring('mirrors: [{destination: {host: other}}]')],
  ])('of %s leaves no room for analysis.mirror', (_, object) => {
    const canary: Canary = { ...withService({}), strategy: { kind: 'weights', steps: [5], back: [0], mirror: 100 } };
    expect(istio.check(see([object], canary))).toEqual([
      {
        path: 'VirtualService/podinfo',
        text: 'spec.http[0] mirrors requests to another host: take that away, or analysis.mirror',
      },
    ]);
    expect(istio.check(see([object]))).toEqual([]);
  });
});

describe('a DestinationRule that is there', () => {
  const rule = (host: string): Obj =>
    objectOf(
      `{apiVersion: networking.istio.io/v1beta1, kind: DestinationRule, metadata: {name: podinfo-canary}, spec: {host: ${host}, trafficPolicy: {tls: {mode: DISABLE}}}}`,
    );

  test('is left alone where it is for the host, by whichever of its names', () => {
    expect(istio.prepare(see([rule('podinfo-canary.test.svc.cluster.local')]))).toHaveLength(1);
  });

  test('gets the host, and keeps its policy', () => {
    const objects = [rule('other')];
    expect(applied(objects, istio.prepare(see(objects)))[0]).toMatchObject({
      spec: { host: 'podinfo-canary', trafficPolicy: { tls: { mode: 'DISABLE' } } },
    });
  });

  test('gets the parts of the policy that the file names, and keeps the others', () => {
    const objects = [rule('podinfo-canary')];
    const canary = withService({ trafficPolicy: { loadBalancer: { simple: 'LEAST_REQUEST' } } });
    const after = applied(objects, istio.prepare(see(objects, canary)));
    const trafficPolicy = { tls: { mode: 'DISABLE' }, loadBalancer: { simple: 'LEAST_REQUEST' } };
    expect(after[0]?.['spec']).toEqual({ host: 'podinfo-canary', trafficPolicy });
  });

  test('of ours has the policy of the file and no other', () => {
    const policies = [{ tls: { mode: 'DISABLE' }, outlierDetection: { interval: '1s' } }, { tls: { mode: 'SIMPLE' } }, undefined];
    let objects: Obj[] = [];
    for (const trafficPolicy of policies) {
      const canary = withService(trafficPolicy ? { trafficPolicy } : {});
      objects = applied(objects, istio.prepare(see(objects, canary)));
      const spec = { host: 'podinfo-primary', ...(trafficPolicy ? { trafficPolicy } : {}) };
      expect(objects[0]?.['spec']).toEqual(spec);
    }
  });
});
