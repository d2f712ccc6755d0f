// Istio: the recordings' objects when they are made by us, and what is read from routes.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import { istio } from '../../src/routers/istio.ts';
import { canaryOf, objectOf, objectsOf } from '../support/found.ts';
import { keepsTheRouterLaw } from '../support/router-contract.ts';
import { adopted, adopting, busy, foreign, routed, see, virtualService, withService } from './mesh.ts';

describe('the router law', () => {
  describe('where there is nothing', () => keepsTheRouterLaw(istio, canaryOf(), []));
  describe('with hosts and gateways', () => keepsTheRouterLaw(istio, withService({ hosts: ['a.com'], gateways: ['g'], name: 'web' }), []));
  describe('on a VirtualService that leads to the apex', () => keepsTheRouterLaw(istio, adopting, [adopted]));
  describe('on one with routes of others', () => keepsTheRouterLaw(istio, canaryOf(), [busy]));
  describe('on one without a route to the apex', () => keepsTheRouterLaw(istio, canaryOf(), [foreign]));
});

describe("objects that we make are the recordings'", () => {
  const [rulePrimary, ruleCanary] = objectsOf(`
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: {name: podinfo-primary, namespace: test}
spec: {host: podinfo-primary}
---
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: {name: podinfo-canary, namespace: test}
spec: {host: podinfo-canary}
`);
  const recorded = (hosts: string, gateways: string): Obj =>
    objectOf(`
apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata:
  annotations:
    helm.toolkit.fluxcd.io/driftDetection: disabled
    kustomize.toolkit.fluxcd.io/reconcile: disabled
  name: podinfo
  namespace: test
spec:
  gateways: ${gateways}
  hosts: ${hosts}
  http:
  - route:
    - destination:
        host: podinfo-primary
      weight: 100
    - destination:
        host: podinfo-canary
      weight: 0
`);

  test('DestinationRules', () => {
    expect(istio.prepare(see([])).map((change) => change.op === 'create' && change.object)).toEqual([rulePrimary, ruleCanary]);
  });

  test.each([
    [[], [], '[podinfo]', '[mesh]'],
    [['app.example.com'], ['public-gateway.istio-system'], '[app.example.com, podinfo]', '[public-gateway.istio-system]'],
    [['podinfo', 'a.com'], [], '[podinfo, a.com]', '[mesh]'],
    [['*'], [], "['*']", '[mesh]'],
  ] as [string[], string[], string, string][])(
    'VirtualService for hosts %j and gateways %j',
    (hosts, gateways, wantedHosts, wantedGateways) => {
      const [change] = istio.route(see([], withService({ hosts, gateways })), { kind: 'split', canary: 0 });
      expect(change?.op === 'create' && change.object).toEqual(recorded(wantedHosts, wantedGateways));
    },
  );

  test('a weight is the only thing that the next write changes', () => {
    const [change] = istio.route(see(routed([], 0)), { kind: 'split', canary: 5 });
    const route = [
      { destination: { host: 'podinfo-primary' }, weight: 95 },
      { destination: { host: 'podinfo-canary' }, weight: 5 },
    ];
    expect(change).toMatchObject({ op: 'merge', patch: { spec: { http: [{ route }] } } });
    expect(Object.keys(change?.op === 'merge' ? (change.patch['spec'] ?? {}) : {})).toEqual(['http']);
  });

  test('hosts of ours follow the file, also where one is taken away', () => {
    const before = routed([], 0, withService({ hosts: ['a.com', 'b.com'], gateways: ['g'] }));
    expect(routed(before, 0, withService({ hosts: ['b.com'] }))[0]).toMatchObject({
      spec: { hosts: ['b.com', 'podinfo'], gateways: ['mesh'] },
    });
  });
});

describe('read', () => {
  const http = (route: string): Obj => virtualService(`{hosts: [podinfo], http: [{route: ${route}}]}`);

  test.each([
    ['both sides', '[{destination: {host: podinfo-primary}, weight: 70}, {destination: {host: podinfo-canary}, weight: 30}]', 30],
    [
      'whole names',
      '[{destination: {host: podinfo-primary.test.svc.cluster.local}, weight: 70}, {destination: {host: podinfo-canary.test}, weight: 30}]',
      30,
    ],
    ['the canary first', '[{destination: {host: podinfo-canary}, weight: 30}, {destination: {host: podinfo-primary}, weight: 70}]', 30],
    ['a weight left out, which is 0', '[{destination: {host: podinfo-primary}, weight: 100}, {destination: {host: podinfo-canary}}]', 0],
    ['one side only', '[{destination: {host: podinfo-primary}}]', undefined],
    ['the apex', '[{destination: {host: podinfo}}]', undefined],
    [
      'a sum that is not 100',
      '[{destination: {host: podinfo-primary}, weight: 70}, {destination: {host: podinfo-canary}, weight: 20}]',
      undefined,
    ],
    [
      'another namespace',
      '[{destination: {host: podinfo-primary.x}, weight: 70}, {destination: {host: podinfo-canary.x}, weight: 30}]',
      undefined,
    ],
    [
      'a third',
      '[{destination: {host: podinfo-primary}, weight: 50}, {destination: {host: podinfo-canary}, weight: 50}, {destination: {host: x}}]',
      undefined,
    ],
  ] as [string, string, number | undefined][])('%s', (_, route, canary) => {
    expect(istio.read(see([http(route)]))).toEqual(canary === undefined ? undefined : { kind: 'split', canary });
  });

  test('routes that disagree are drift, and are brought together', () => {
    const route = (primary: number): string =>
      `{route: [{destination: {host: podinfo-primary}, weight: ${primary}}, {destination: {host: podinfo-canary}, weight: ${100 - primary}}]}`;
    const torn = virtualService(`{hosts: [podinfo], http: [${route(60)}, ${route(40)}]}`);
    expect(istio.read(see([torn]))).toBeUndefined();
    expect(istio.read(see(routed([torn], 10)))).toEqual({ kind: 'split', canary: 10 });
  });

  test('nothing where there is no VirtualService, and then it is not settled', () => {
    expect(istio.read(see([]))).toBeUndefined();
    expect(istio.settled(see([]))).toEqual({ is: 'waiting', why: 'VirtualService podinfo does not route to this canary' });
  });
});

describe('check', () => {
  test('names the kinds that are not served', () => {
    const texts = istio.check(see([], canaryOf(), ['VirtualService', 'DestinationRule'])).map((problem) => problem.text);
    expect(new Set(texts)).toEqual(
      new Set([
        'kind VirtualService (networking.istio.io/v1beta1) is not served by this cluster',
        'kind DestinationRule (networking.istio.io/v1beta1) is not served by this cluster',
      ]),
    );
  });
});
