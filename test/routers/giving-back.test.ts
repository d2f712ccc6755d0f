// The route without a canary: from whatever traffic, the apex alone stands where the sides stood, and the user's other rules are untouched.
import { describe, expect, test } from '@jest/globals';
import type { Canary, Obj, Traffic } from '../../src/contracts.ts';
import { gatewayV1 } from '../../src/routers/gatewayapi.ts';
import { istio } from '../../src/routers/istio.ts';
import { applied, objectOf } from '../support/found.ts';
import * as gateway from './gateway.ts';
import * as mesh from './mesh.ts';

const affinity = { cookieName: 'c', maxAge: 60, httpOnly: false, secure: false, partitioned: false } as NonNullable<Canary['affinity']>;
const tests: Partial<Canary> = { strategy: { kind: 'iterations', count: 2, by: 'match' }, match: [{ headers: { 'x-a': { exact: 'b' } } }] };
const ways: [string, Traffic, Partial<Canary>][] = [
  ['a split', { kind: 'split', canary: 30 }, {}],
  ['mirrored requests', { kind: 'mirror', percent: 50 }, { strategy: { kind: 'weights', steps: [5], back: [0], mirror: 50 } }],
  ['an A/B test', { kind: 'match' }, tests],
  ['an A/B test at rest', { kind: 'split', canary: 0 }, tests],
  ['cookies', { kind: 'split', canary: 30, cookies: { canary: 'abc', expire: 'old' } }, { affinity }],
];

const httpRoute = gateway.defaulted(
  gateway.httpRoute(`
parentRefs: [{name: gateway, namespace: infra}]
rules:
- matches: [{path: {value: /other}}]
  backendRefs: [{name: other, port: 80}]
- name: first
  matches: [{path: {value: /v1}}]
  timeouts: {request: 3s}
  backendRefs: [{name: podinfo, port: 9898}]
- matches: [{path: {value: /v2}}]
  filters: [{type: RequestMirror, requestMirror: {backendRef: {name: shadow, port: 80}}}]
  backendRefs: [{name: podinfo, port: 9898}]
`),
);
const virtualService = mesh.virtualService(`
hosts: [podinfo]
http:
- match: [{uri: {prefix: /other}}]
  route: [{destination: {host: other}}]
- match: [{uri: {prefix: /v1}}]
  timeout: 3s
  route: [{destination: {host: podinfo, port: {number: 9898}}}]
- redirect: {uri: /elsewhere}
- route: [{destination: {host: podinfo}}]
`);

describe.each(ways)('of %s', (_, traffic, changed) => {
  test('an HTTPRoute is as it was', () => {
    const canary = gateway.gatewayed({}, changed);
    const led = gateway.routed([httpRoute], traffic, canary).map(gateway.defaulted);
    expect(JSON.stringify(led)).toContain('podinfo-primary');
    const back = applied(led, gatewayV1.without?.(gateway.see(led, canary)) ?? []);
    expect(gateway.rulesOf(back.map(gateway.defaulted))).toEqual(gateway.rulesOf([httpRoute]));
    expect(gatewayV1.without?.(gateway.see(back, canary))).toEqual([]);
  });

  test('a VirtualService is as it was', () => {
    const canary = { ...mesh.withService({}), ...changed };
    const led = mesh.routed([virtualService], traffic, canary);
    expect(JSON.stringify(led)).toContain('podinfo-primary');
    const back = applied(led, istio.without?.(mesh.see(led, canary)) ?? []);
    expect(mesh.httpOf(back)).toEqual(mesh.httpOf([virtualService]));
    expect(istio.without?.(mesh.see(back, canary))).toEqual([]);
  });
});

describe('is left alone', () => {
  const ours = (object: Obj): Obj => ({
    ...object,
    metadata: { ...object.metadata, labels: { 'app.kubernetes.io/managed-by': 'canary' } },
  });
  const sides = objectOf(`
apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata: {name: podinfo, namespace: test}
spec: {hosts: [podinfo], http: [{route: [{destination: {host: podinfo-primary}, weight: 100}, {destination: {host: podinfo-canary}, weight: 0}]}]}
`);

  test('an object that we made', () => {
    expect(istio.without?.(mesh.see([ours(sides)]))).toEqual([]);
    expect(istio.without?.(mesh.see([sides]))).toHaveLength(1);
    const led = gateway.routed([httpRoute], 30);
    expect(gatewayV1.without?.(gateway.see(led.map(ours)))).toEqual([]);
    expect(gatewayV1.without?.(gateway.see(led))).toHaveLength(1);
  });

  test('one that is not there', () => {
    expect(istio.without?.(mesh.see([]))).toEqual([]);
    expect(gatewayV1.without?.(gateway.see([]))).toEqual([]);
  });
});
