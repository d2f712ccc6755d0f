// Gateway API on the embedded cluster: its kinds beside Istio's, what the schema fills in, and a controller that takes routes for Gateways that exist.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import { service, virtualSandbox } from './client.ts';

const group = 'gateway.networking.k8s.io';
const routes = `/apis/${group}/v1/namespaces/test/httproutes`;

function route(spec: object): Obj {
  return { apiVersion: `${group}/v1`, kind: 'HTTPRoute', metadata: { name: 'podinfo', namespace: 'test' }, spec };
}

const ofClass = (name: string): Obj => ({
  apiVersion: `${group}/v1`,
  kind: 'GatewayClass',
  metadata: { name },
  spec: { controllerName: 'example.com/proxy' },
});

const gateway = (name: string, gatewayClassName: string): Obj => ({
  apiVersion: `${group}/v1`,
  kind: 'Gateway',
  metadata: { name, namespace: 'test' },
  spec: { gatewayClassName },
});

const toPodinfo = { backendRefs: [{ name: 'podinfo', port: 80 }] };

describe('the kinds', () => {
  test('are served in both versions, each object once', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([route({ parentRefs: [{ name: 'gateway' }] })]);
    const { status, body } = await ask('GET', `/apis/${group}/v1beta1/namespaces/test/httproutes/podinfo`);
    expect([status, body.apiVersion, body.metadata.generation]).toEqual([200, `${group}/v1beta1`, 1]);
    const { body: list } = await ask('GET', `/apis/${group}/v1`);
    expect(list.resources.map(({ name, shortNames = [], namespaced }: Record<string, unknown>) => [name, shortNames, namespaced])).toEqual(
      expect.arrayContaining([
        ['httproutes', [], true],
        ['gateways', ['gtw'], true],
        ['gatewayclasses', ['gc'], false],
      ]),
    );
  });

  test('a Gateway is not a Gateway of Istio, nor does its end take one away', async () => {
    const { ask, apply } = virtualSandbox();
    const istios: Obj = { ...gateway('gateway', ''), apiVersion: 'networking.istio.io/v1beta1', spec: { servers: [] } };
    await apply([gateway('gateway', 'proxy'), istios]);
    const address = (of: string): string => `/apis/${of}/namespaces/test/gateways/gateway`;
    expect((await ask('GET', address(`${group}/v1`))).body.spec).toEqual({ gatewayClassName: 'proxy' });
    await ask('DELETE', address(`${group}/v1`));
    const statuses = await Promise.all([`${group}/v1`, 'networking.istio.io/v1beta1'].map((of) => ask('GET', address(of))));
    expect(statuses.map(({ status }) => status)).toEqual([404, 200]);
  });

  test('TraefikService is served', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([
      { apiVersion: 'traefik.io/v1alpha1', kind: 'TraefikService', metadata: { name: 'podinfo', namespace: 'test' }, spec: {} },
    ]);
    expect((await ask('GET', '/apis/traefik.io/v1alpha1/namespaces/test/traefikservices/podinfo')).status).toBe(200);
  });
});

describe('what the schema fills in', () => {
  test('everywhere', async () => {
    const { ask, apply } = virtualSandbox();
    const mirror = { type: 'RequestMirror', requestMirror: { backendRef: { name: 'b', port: 80 }, fraction: { numerator: 1 } } };
    const filters = [mirror, { type: 'RequestRedirect', requestRedirect: {} }, { type: 'CORS', cors: {} }];
    const match = { path: {}, headers: [{ name: 'a', value: 'b' }], queryParams: [{ name: 'c', value: 'd' }] };
    await apply([
      route({
        parentRefs: [{ name: 'gateway' }],
        rules: [{ matches: [match, {}], filters, backendRefs: [{ name: 'podinfo', port: 80 }] }, {}],
      }),
    ]);
    const every = { path: { type: 'PathPrefix', value: '/' } };
    const to = { group: '', kind: 'Service' };
    const requestMirror = { backendRef: { ...to, name: 'b', port: 80 }, fraction: { denominator: 100, numerator: 1 } };
    const first = {
      matches: [
        { ...every, headers: [{ type: 'Exact', name: 'a', value: 'b' }], queryParams: [{ type: 'Exact', name: 'c', value: 'd' }] },
        every,
      ],
      filters: [
        { type: 'RequestMirror', requestMirror },
        { type: 'RequestRedirect', requestRedirect: { statusCode: 302 } },
        { type: 'CORS', cors: { maxAge: 5 } },
      ],
      backendRefs: [{ ...to, name: 'podinfo', port: 80, weight: 1 }],
    };
    expect((await ask('GET', `${routes}/podinfo`)).body.spec).toEqual({
      parentRefs: [{ group, kind: 'Gateway', name: 'gateway' }],
      rules: [first, { matches: [every] }],
    });
  });

  test('where nothing is said of rules', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([route({})]);
    expect((await ask('GET', `${routes}/podinfo`)).body.spec).toEqual({
      rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }] }],
    });
  });
});

describe('the controller of Gateways', () => {
  async function statusOf(at: ReturnType<typeof virtualSandbox>): Promise<unknown> {
    await at.clock.sleep(1_000, new AbortController().signal);
    const { body } = await at.ask('GET', `${routes}/podinfo`);
    const parents = (body.status?.parents ?? []) as {
      parentRef: { name: string };
      controllerName: string;
      conditions: Record<string, unknown>[];
    }[];
    return parents.map(({ parentRef, controllerName, conditions }) => [
      parentRef.name,
      controllerName,
      ...conditions.map(({ type, status, reason, observedGeneration }) => `${type} ${status} ${reason} ${observedGeneration}`),
    ]);
  }

  test('takes a route for the parents that exist, and tells of each generation', async () => {
    const at = virtualSandbox();
    const parentRefs = [{ name: 'gateway' }, { name: 'other' }, { kind: 'Service', group: '', name: 'podinfo' }];
    await at.apply([
      ofClass('proxy'),
      gateway('gateway', 'proxy'),
      service('podinfo', 'podinfo'),
      route({ parentRefs, rules: [toPodinfo] }),
    ]);
    expect(await statusOf(at)).toEqual([['gateway', 'example.com/proxy', 'Accepted True Accepted 1', 'ResolvedRefs True ResolvedRefs 1']]);
    await at.apply([route({ parentRefs, hostnames: ['a.example.com'], rules: [toPodinfo] })]);
    expect(await statusOf(at)).toEqual([['gateway', 'example.com/proxy', 'Accepted True Accepted 2', 'ResolvedRefs True ResolvedRefs 2']]);
  });

  test('tells of a Service that is missing, until it comes', async () => {
    const at = virtualSandbox();
    await at.apply([gateway('gateway', 'unknown'), route({ parentRefs: [{ name: 'gateway' }], rules: [toPodinfo] })]);
    const name = 'sandbox.example.com/gateway-controller';
    expect(await statusOf(at)).toEqual([['gateway', name, 'Accepted True Accepted 1', 'ResolvedRefs False BackendNotFound 1']]);
    await at.apply([service('podinfo', 'podinfo')]);
    expect(await statusOf(at)).toEqual([['gateway', name, 'Accepted True Accepted 1', 'ResolvedRefs True ResolvedRefs 1']]);
  });

  test('says nothing of Gateways that nobody made, and speaks as soon as somebody does', async () => {
    const at = virtualSandbox();
    await at.apply([service('podinfo', 'podinfo'), route({ parentRefs: [{ name: 'gateway' }], rules: [toPodinfo] })]);
    expect(await statusOf(at)).toEqual([]);
    await at.apply([gateway('gateway', 'proxy')]);
    expect(await statusOf(at)).toHaveLength(1);
  });
});
