// TrafficSplit after the SMI specification, v1alpha1 to v1alpha3.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../../src/contracts.ts';
import { shares, speaksSmi, workloadShares } from '../../../src/sandbox/mesh/index.ts';
import { apex, obj, podinfo, read, route, service, virtual, world } from './podinfo.ts';

function split(spec: string, { version = 'v1alpha1', metadata = 'name: podinfo' } = {}): Obj {
  return obj(`{kind: TrafficSplit, apiVersion: split.smi-spec.io/${version}, metadata: {${metadata}}, spec: ${spec}}`);
}

function backends(primary: string | number, canary: string | number): string {
  return `backends: [{service: podinfo-canary, weight: ${canary}}, {service: podinfo-primary, weight: ${primary}}]`;
}

describe('weights', () => {
  test.each<[string, string | number, string | number, string[]]>([
    ['v1alpha1', '"90"', '"10"', ['podinfo-canary 10', 'podinfo-primary 90']],
    ['v1alpha1', '1500m', '500m', ['podinfo-canary 25', 'podinfo-primary 75']],
    ['v1alpha1', '"1"', '500m', ['podinfo-canary 33.33333333333333', 'podinfo-primary 66.66666666666666']],
    ['v1alpha1', '1k', '"1000"', ['podinfo-canary 50', 'podinfo-primary 50']],
    ['v1alpha1', '"100"', '"0"', ['podinfo-primary 100']],
    ['v1alpha2', 75, 25, ['podinfo-canary 25', 'podinfo-primary 75']],
    ['v1alpha3', 1, 1, ['podinfo-canary 50', 'podinfo-primary 50']],
    ['v1alpha3', 300, 100, ['podinfo-canary 25', 'podinfo-primary 75']],
    ['v1alpha3', 0, 100, ['podinfo-canary 100']],
    ['v1alpha3', 0, 0, []],
    ['v1alpha3', '"ten"', 5, ['podinfo-canary 100']],
  ])('%s: %s to %s', (version, primary, canary, expected) => {
    const found = read(split(`{service: podinfo, ${backends(primary, canary)}}`, { version }));
    const rounded = (lines: readonly string[]) => lines.map((line) => line.replace(/\d+\.\d+/, (number) => Number(number).toFixed(6)));
    expect(rounded(found)).toEqual(rounded(expected));
  });
});

describe('the root', () => {
  test.each([
    ['podinfo.test.svc.cluster.local', ['podinfo-canary 10', 'podinfo-primary 90']],
    ['other', ['podinfo 100']],
    // An outer name: who means podinfo comes by it.
    ['app.example.com', ['podinfo-canary 10', 'podinfo-primary 90']],
    // A full name of another Service is not an outer name.
    ['reviews.test.svc.cluster.local', ['podinfo 100']],
  ])('%s', (root, expected) => {
    expect(read(service('reviews'), split(`{service: ${root}, ${backends(90, 10)}}`))).toEqual(expected);
  });

  test('an outer name may be asked for itself', () => {
    const objects = world(...podinfo, split(`{service: app.example.com, ${backends(0, 1)}}`));
    expect(shares(objects, { name: 'app.example.com', namespace: 'test' }).map((share) => share.service)).toEqual(['podinfo-canary']);
  });

  test('is of the namespace of its split', () => {
    expect(read(split(`{service: podinfo, ${backends(0, 1)}}`, { metadata: 'name: podinfo, namespace: prod' }))).toEqual(['podinfo 100']);
  });
});

test('of two splits the older one counts', () => {
  const young = split(`{service: podinfo, ${backends(0, 1)}}`, { metadata: 'name: a, creationTimestamp: "2022-01-01T00:00:00Z"' });
  const old = split(`{service: podinfo, ${backends(1, 0)}}`, { metadata: 'name: b, creationTimestamp: "2021-01-01T00:00:00Z"' });
  expect(read(young, old)).toEqual(['podinfo-primary 100']);
});

test('a split of special requests is not for ordinary ones', () => {
  const matches = 'matches: [{kind: HTTPRouteGroup, name: firefox}]';
  expect(read(split(`{service: podinfo, ${matches}, ${backends(0, 1)}}`, { version: 'v1alpha3' }))).toEqual(['podinfo 100']);
});

test('a backend without a Service loses its share', () => {
  const objects = world(
    ...podinfo,
    split('{service: podinfo, backends: [{service: gone, weight: 3}, {service: podinfo-canary, weight: 1}]}'),
  );
  expect(workloadShares(objects, apex)).toEqual(
    new Map([
      ['', 75],
      ['test/podinfo', 25],
    ]),
  );
});

test('a VirtualService for the host comes first', () => {
  const istio = virtual(`{hosts: [podinfo], http: [{${route(60, 40)}}]}`);
  expect(read(split(`{service: podinfo, ${backends(0, 1)}}`), istio)).toEqual(['podinfo-primary 60', 'podinfo-canary 40']);
});

test('a namespace speaks SMI when a split stands in it', () => {
  const objects = world(...podinfo, split(`{service: podinfo, ${backends(1, 1)}}`));
  expect([speaksSmi(objects, 'test'), speaksSmi(objects, 'prod')]).toEqual([true, false]);
});

test('a kind that is not served is not asked for', () => {
  const listing = world(...podinfo);
  const strict = {
    kinds: [{ kind: 'Service' }, { kind: 'Pod' }, { kind: 'EndpointSlice' }],
    list(kind: string, namespace?: string) {
      if (/Split|Virtual|Rule/.test(kind)) throw new Error(`${kind} is not served`);
      return listing.list(kind, namespace);
    },
  };
  expect(shares(strict, apex).map(({ service: name }) => name)).toEqual(['podinfo']);
});
