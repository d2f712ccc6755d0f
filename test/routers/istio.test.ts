// Istio: the recordings' objects when they are made by us, and what is read from routes.
import { describe, expect, test } from '@jest/globals';
import type { Canary, Obj } from '../../src/contracts.ts';
import { istio } from '../../src/routers/istio.ts';
import { canaryOf, objectOf, objectsOf } from '../support/found.ts';
import { keepsTheRouterLaw } from '../support/router-contract.ts';
import {
  adopted,
  adopting,
  busy,
  bytes,
  delegate,
  foreign,
  full,
  httpOf,
  routed,
  see,
  split,
  virtualService,
  withService,
} from './mesh.ts';

describe('the router law', () => {
  describe('where there is nothing', () => keepsTheRouterLaw(istio, canaryOf(), []));
  describe('with hosts and gateways', () => keepsTheRouterLaw(istio, withService({ hosts: ['a.com'], gateways: ['g'], name: 'web' }), []));
  describe('on a VirtualService that leads to the apex', () => keepsTheRouterLaw(istio, adopting, [adopted]));
  describe('on one with routes of others', () => keepsTheRouterLaw(istio, canaryOf(), [busy]));
  describe('on one without a route to the apex', () => keepsTheRouterLaw(istio, canaryOf(), [foreign]));
  describe('with every field of the file', () => keepsTheRouterLaw(istio, full, []));
  describe('with every field of the file, on one with routes of others', () => keepsTheRouterLaw(istio, full, [busy]));
  describe('with every field of the file, on one that leads to the apex', () => keepsTheRouterLaw(istio, full, [adopted]));
  describe('as a delegate', () => keepsTheRouterLaw(istio, withService({ delegation: true }), []));
  describe('on a delegate', () => keepsTheRouterLaw(istio, withService({ delegation: true }), [delegate]));
  describe('for TCP', () => keepsTheRouterLaw(istio, withService({ appProtocol: 'TCP' }), []));
  describe('for TCP, on one with routes of others', () => keepsTheRouterLaw(istio, withService({ appProtocol: 'tcp' }), [bytes]));
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

describe('on a VirtualService of ours', () => {
  test('the file is followed exactly: what it no longer says goes, and so do routes of others', () => {
    const [before = adopted] = routed([], 5, full);
    const more = {
      ...before,
      spec: { ...(before['spec'] as object), tcp: [{ route: [] }], http: [...httpOf([before]), { route: [] }] },
    } as Obj;
    expect(routed([more], 5)[0]?.['spec']).toEqual(routed([], 5)[0]?.['spec']);
  });

  test('hosts and gateways go when it becomes a delegate, and come when it is none any more', () => {
    const delegating = withService({ delegation: true });
    const before = routed([], 0, withService({ hosts: ['a.com'], gateways: ['g'] }));
    const after = routed(before, 0, delegating);
    expect(after[0]?.['spec']).toEqual({ hosts: [], http: httpOf(before) });
    expect(routed(after, 0)[0]?.['spec']).toEqual({ hosts: ['podinfo'], gateways: ['mesh'], http: httpOf(before) });
  });

  test('routes move to the other list with the protocol', () => {
    const http = routed([], 10);
    const tcp = routed(http, 10, withService({ appProtocol: 'tcp' }));
    expect(tcp[0]?.['spec']).toEqual({ hosts: ['podinfo'], gateways: ['mesh'], tcp: httpOf(http) });
    expect(routed(tcp, 10)[0]?.['spec']).toEqual(http[0]?.['spec']);
  });

  test('marks of the apex come back, never one that says whose it is', () => {
    const marks = { labels: { tier: 'apex', 'app.kubernetes.io/managed-by': 'Helm' }, annotations: { a: 'b' } };
    const canary = withService({ marks: { ...canaryOf().service.marks, apex: marks } });
    const [made] = routed([], 0, canary);
    expect(made?.metadata.labels).toEqual({ tier: 'apex', 'app.kubernetes.io/managed-by': 'canary' });
    const [bare] = routed(
      [{ ...(made as Obj), metadata: { name: 'podinfo', labels: { 'app.kubernetes.io/managed-by': 'canary' } } }],
      0,
      canary,
    );
    expect(bare?.metadata.annotations).toEqual(made?.metadata.annotations);
    expect(bare?.metadata.labels).toEqual(made?.metadata.labels);
  });
});

describe('mirroring', () => {
  test('a part of the requests is said, and gone with the first weight', () => {
    const before = routed([], { kind: 'mirror', percent: 25 });
    expect(httpOf(before)).toEqual([
      {
        route: [
          { destination: { host: 'podinfo-primary' }, weight: 100 },
          { destination: { host: 'podinfo-canary' }, weight: 0 },
        ],
        mirror: { host: 'podinfo-canary' },
        mirrorPercentage: { value: 25 },
      },
    ]);
    expect(httpOf(routed(before, 10))).toEqual(httpOf(routed([], 10)));
  });

  test('beside a weight is drift', () => {
    const [rule = {}] = httpOf(routed([], { kind: 'mirror', percent: 100 }));
    const torn = virtualService(
      JSON.stringify({ hosts: ['podinfo'], http: [{ ...rule, route: httpOf(routed([], 10))[0]?.['route'] ?? [] }] }),
    );
    expect(istio.read(see([torn]))).toBeUndefined();
  });
});

describe('what the file says of a rule', () => {
  test('the kind of a rewrite is for other routers, and credentials that are not allowed are not spoken of', () => {
    const canary = withService({
      rewrite: { uri: '/', type: 'ReplacePrefixMatch' },
      corsPolicy: { allowCredentials: false, maxAge: '1h' },
    });
    expect(httpOf(routed([], 0, canary))[0]).toMatchObject({ rewrite: { uri: '/' }, corsPolicy: { maxAge: '1h' } });
    expect(Object.keys(httpOf(routed([], 0, canary))[0]?.['rewrite'] as object)).toEqual(['uri']);
    expect(httpOf(routed([], 0, canary))[0]?.['corsPolicy']).toEqual({ maxAge: '1h' });
  });

  test('a rewrite of the kind alone is none; credentials that are allowed stay', () => {
    const [rule] = httpOf(routed([], 0, withService({ rewrite: { type: 'ReplacePrefixMatch' }, corsPolicy: { allowCredentials: true } })));
    expect([rule?.['rewrite'], rule?.['corsPolicy']]).toEqual([undefined, { allowCredentials: true }]);
  });
});

const noRequests = 'tcp has no requests that could be mirrored, matched, or kept on a side by cookie';

function tcpWith(changed: Partial<Canary>): Canary {
  return { ...withService({ appProtocol: 'tcp' }), ...changed };
}

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

  test.each([
    [
      'a delegate with hosts',
      withService({ delegation: true, hosts: ['a.com'] }),
      'spec.service.delegation',
      'VirtualService podinfo.test cannot have hosts and gateways when delegation enabled',
    ],
    [
      'a delegate for TCP',
      withService({ delegation: true, appProtocol: 'tcp' }),
      'spec.service.delegation',
      'Istio delegates HTTP routes only, and spec.service.appProtocol is tcp',
    ],
    [
      'mirrored bytes',
      tcpWith({ strategy: { kind: 'weights', steps: [5], back: [0], mirror: 100 } }),
      'spec.service.appProtocol',
      noRequests,
    ],
    ['matched bytes', tcpWith({ strategy: { kind: 'iterations', count: 1, by: 'match' } }), 'spec.service.appProtocol', noRequests],
    [
      'bytes with cookies',
      tcpWith({ affinity: { cookieName: 'a', maxAge: 1, httpOnly: false, secure: false, partitioned: false } }),
      'spec.service.appProtocol',
      noRequests,
    ],
  ] as [string, Canary, string, string][])('refuses %s', (_, canary, path, text) => {
    expect(istio.check(see([], canary))).toEqual([{ path, text }]);
  });

  test('bytes never reach a canary by what only requests have', () => {
    const canary = tcpWith({ match: [{ headers: {} }], strategy: { kind: 'iterations', count: 1, by: 'match' } });
    expect(routed([], { kind: 'match' }, canary)).toEqual(routed([], 0, tcpWith({})));
    expect(routed([], { kind: 'mirror', percent: 100 }, canary)).toEqual(routed([], 0, tcpWith({})));
  });
});

test('says what each change is for', () => {
  const why = (want: Parameters<typeof istio.route>[1]): string | undefined => istio.route(see([]), want)[0]?.why;
  expect([why(split(5)), why({ kind: 'mirror', percent: 25 }), why({ kind: 'match' })]).toEqual([
    'podinfo routes 95 % to the primary, 5 % to the canary',
    'podinfo routes all requests to the primary, and copies 25 % of them to the canary',
    'podinfo routes requests that match to the canary, all others to the primary',
  ]);
});
