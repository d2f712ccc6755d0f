// Where requests go, read from objects as people and tools write them.
import { describe, expect, test } from '@jest/globals';
import { shares, workloadOf, workloadShares } from '../../../src/sandbox/mesh/index.ts';
import { apex, obj, pod, podinfo, read, route, service, slice, virtual, world } from './podinfo.ts';

describe('without a route', () => {
  test('the Service takes it all', () => {
    expect(read()).toEqual(['podinfo 100']);
    expect(workloadShares(world(...podinfo), apex)).toEqual(new Map([['test/podinfo-primary', 100]]));
  });

  test('no Service, no share', () => {
    expect(shares(world(...podinfo), { name: 'other', namespace: 'test' })).toEqual([]);
    expect(shares(world(...podinfo), { name: 'podinfo', namespace: 'prod' })).toEqual([]);
    expect(workloadShares(world(), apex)).toEqual(new Map([['', 100]]));
  });

  test('a full name is the same host, a half one is not', () => {
    expect(shares(world(...podinfo), { name: 'podinfo.test.svc.cluster.local', namespace: 'other' })).toHaveLength(1);
    expect(shares(world(...podinfo), { name: 'podinfo.test', namespace: 'test' })).toEqual([]);
  });
});

describe('endpoints', () => {
  const only = [service('podinfo'), pod('a', 'podinfo'), pod('b', 'podinfo')];
  test.each([
    ['ready', [slice('podinfo', { name: 'a' }, { name: 'b' })], ['a', 'b']],
    ['ready in two slices', [slice('podinfo', { name: 'a' }, { name: 'b' }), slice('podinfo', { name: 'a' })], ['a', 'b']],
    ['no condition', [slice('podinfo', { name: 'a', conditions: {} })], ['a']],
    ['not ready', [slice('podinfo', { name: 'a', conditions: { ready: false } }, { name: 'b' })], ['b']],
    ['terminating', [slice('podinfo', { name: 'a', conditions: { ready: true, terminating: true } })], []],
    ['a pod that is gone', [slice('podinfo', { name: 'z' })], []],
    ["another Service's slice", [slice('other', { name: 'a' })], []],
    ['no slice', [], []],
  ] as const)('%s', (_case, slices, names) => {
    const [share] = shares(world(...only, ...slices), apex);
    expect(share?.endpoints.map(({ pod: each }) => each.metadata.name)).toEqual(names);
  });
});

describe('Istio', () => {
  test.each([
    ['weights', `{hosts: [podinfo], http: [{${route(95, 5)}}]}`, ['podinfo-primary 95', 'podinfo-canary 5']],
    ['a weight of 0 is nothing', `{hosts: [podinfo], http: [{${route(100, 0)}}]}`, ['podinfo-primary 100']],
    ['weights are shares of their sum', `{hosts: [podinfo], http: [{${route(3, 1)}}]}`, ['podinfo-primary 75', 'podinfo-canary 25']],
    ['no weights at all are refused by Istio', `{hosts: [podinfo], http: [{${route(0, 0)}}]}`, []],
    [
      'the weight of an only route does not count',
      '{hosts: [podinfo], http: [{route: [{destination: {host: podinfo-canary}, weight: 0}]}]}',
      ['podinfo-canary 100'],
    ],
    [
      'gateway and outer host',
      `{gateways: [public], hosts: [app.example.com, podinfo], http: [{${route(50, 50)}}]}`,
      ['podinfo-primary 50', 'podinfo-canary 50'],
    ],
    ['full host name', `{hosts: [podinfo.test.svc.cluster.local], http: [{${route(0, 100)}}]}`, ['podinfo-canary 100']],
    ['wildcard', `{hosts: ["*.test.svc.cluster.local"], http: [{${route(0, 100)}}]}`, ['podinfo-canary 100']],
    ['another host', `{hosts: [reviews], http: [{${route(0, 100)}}]}`, ['podinfo 100']],
    ['a redirect is answered by the proxy', '{hosts: [podinfo], http: [{redirect: {uri: /}}]}', []],
    ['no rule', '{hosts: [podinfo], http: []}', []],
    ['tcp', `{hosts: [podinfo], tcp: [{${route(90, 10)}}]}`, ['podinfo-primary 90', 'podinfo-canary 10']],
    [
      'a rule for marked clients is not for ordinary ones',
      `{hosts: [podinfo], http: [{match: [{headers: {x-canary: {exact: "1"}}}], ${route(0, 100)}}, {${route(100, 0)}}]}`,
      ['podinfo-primary 100'],
    ],
    [
      'nor one for some sources',
      `{hosts: [podinfo], http: [{match: [{sourceLabels: {a: b}}, {queryParams: {a: {exact: b}}}], ${route(0, 100)}}, {${route(100, 0)}}]}`,
      ['podinfo-primary 100'],
    ],
    [
      'paths and methods are known to clients',
      `{hosts: [podinfo], http: [{match: [{uri: {prefix: /api}, method: {exact: GET}}], ${route(80, 20)}}]}`,
      ['podinfo-primary 80', 'podinfo-canary 20'],
    ],
    ['only rules for marked clients', `{hosts: [podinfo], http: [{match: [{headers: {a: {exact: b}}}], ${route(0, 100)}}]}`, []],
  ])('%s', (_case, spec, expected) => {
    expect(read(virtual(spec))).toEqual(expected);
  });

  test('the closest host wins, then the oldest', () => {
    const wild = virtual(`{hosts: ["*"], http: [{${route(50, 50)}}]}`, 'name: a, creationTimestamp: "2020-01-01T00:00:00Z"');
    const young = virtual(`{hosts: [podinfo], http: [{${route(10, 90)}}]}`, 'name: b, creationTimestamp: "2022-01-01T00:00:00Z"');
    const old = virtual(`{hosts: [podinfo], http: [{${route(90, 10)}}]}`, 'name: c, creationTimestamp: "2021-01-01T00:00:00Z"');
    expect(read(wild, young, old)).toEqual(['podinfo-primary 90', 'podinfo-canary 10']);
    expect(read(wild)).toEqual(['podinfo-primary 50', 'podinfo-canary 50']);
  });

  test('a short host is of the namespace of its VirtualService', () => {
    const foreign = virtual(`{hosts: [podinfo], http: [{${route(0, 100)}}]}`, 'name: podinfo, namespace: prod');
    expect(read(foreign)).toEqual(['podinfo 100']);
  });

  test('a delegate is followed once, and only if it names no hosts', () => {
    const root = virtual('{hosts: [podinfo], http: [{delegate: {name: child}}]}', 'name: root');
    const child = virtual(`{http: [{${route(60, 40)}}]}`, 'name: child');
    expect(read(root, child)).toEqual(['podinfo-primary 60', 'podinfo-canary 40']);
    expect(read(root)).toEqual([]);
    expect(read(root, virtual(`{hosts: [x], http: [{${route(60, 40)}}]}`, 'name: child'))).toEqual([]);
  });

  test('a destination without a Service loses its share', () => {
    const spec =
      '{hosts: [podinfo], http: [{route: [{destination: {host: gone}, weight: 30}, {destination: {host: podinfo-canary}, weight: 70}]}]}';
    const map = workloadShares(world(...podinfo, virtual(spec)), apex);
    expect(map).toEqual(
      new Map([
        ['', 30],
        ['test/podinfo', 70],
      ]),
    );
  });

  test('a subset takes only the pods with its labels; an unknown one takes none', () => {
    const subsets = obj(
      '{kind: DestinationRule, apiVersion: x, metadata: {name: d}, spec: {host: podinfo, subsets: [{name: v2, labels: {version: v2}}]}}',
    );
    const both = slice('podinfo', { name: 'p1' }, { name: 'c1' });
    const to = (subset: string) => virtual(`{hosts: [podinfo], http: [{route: [{destination: {host: podinfo, subset: ${subset}}}]}]}`);
    expect(workloadShares(world(...podinfo, both, subsets, to('v2')), apex)).toEqual(new Map([['test/podinfo', 100]]));
    expect(workloadShares(world(...podinfo, both, subsets, to('v3')), apex)).toEqual(new Map([['', 100]]));
  });

  test('a share is split evenly between the pods behind it', () => {
    const mixed = [service('podinfo'), pod('p1', 'one'), pod('p2', 'one'), pod('p3', 'two'), pod('p4', 'two')];
    const all = slice('podinfo', { name: 'p1' }, { name: 'p2' }, { name: 'p3' }, { name: 'p4' });
    expect(workloadShares(world(...mixed, all), apex)).toEqual(
      new Map([
        ['test/one', 50],
        ['test/two', 50],
      ]),
    );
  });
});

test('the workload of a pod is its Deployment, its DaemonSet, or itself', () => {
  expect(workloadOf(pod('x', 'podinfo'))).toBe('podinfo');
  const metadata = { name: 'x', ownerReferences: [{ kind: 'DaemonSet', name: 'agent', controller: true }] };
  expect(workloadOf({ apiVersion: 'v1', kind: 'Pod', metadata })).toBe('agent');
  expect(workloadOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare' } })).toBe('bare');
});
