// A VirtualService and DestinationRules that a user made: they stay the user's but for what the canary needs.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import { istio } from '../../src/routers/istio.ts';
import { applied, objectOf } from '../support/found.ts';
import { adopted, adopting, busy, foreign, routed, see, virtualService, withService } from './mesh.ts';

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
    ['is a delegate', '{http: [{route: [{destination: {host: podinfo}}]}]}', /has no hosts/],
  ])('is refused where it %s', (_, spec, text) => {
    expect(istio.check(see([virtualService(spec)]))).toEqual([{ path: 'VirtualService/podinfo', text: expect.stringMatching(text) }]);
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
});
