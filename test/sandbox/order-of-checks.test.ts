// What the API server finds wrong first, and in which words: as a real one, asked the same, answered.
import { describe, expect, test } from '@jest/globals';
import { configMap, deployment, type Loose, MERGE, STRATEGIC, virtualSandbox } from './client.ts';

const CONFIGS = '/api/v1/namespaces/test/configmaps';
const SERVICES = '/api/v1/namespaces/test/services';
const EVENTS = '/api/v1/namespaces/test/events';
const ROUTES = '/apis/networking.istio.io/v1beta1/namespaces/test/virtualservices';
const PODINFO = '/apis/apps/v1/namespaces/test/deployments/podinfo';

function route(change: Loose): Loose {
  return { apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService', metadata: { name: 'r' }, spec: {}, ...change };
}

function service(spec: Loose, metadata: Loose = {}): Loose {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', ...metadata }, spec };
}

describe('of what is wrong in more than one way, the API server tells', () => {
  test('the form of a patch before its options', async () => {
    const { ask } = virtualSandbox();
    const { status } = await ask('PATCH', `${ROUTES}/r?fieldValidation=Odd`, {}, STRATEGIC);
    expect(status).toBe(415);
  });

  test('what may not be before what is already there', async () => {
    const { ask } = virtualSandbox();
    await ask('POST', SERVICES, service({ ports: [{ port: 80 }] }));
    const { status, body } = await ask('POST', SERVICES, service({ ports: [{ port: 80 }], sessionAffinity: 'Odd' }));
    expect([status, body.message]).toEqual([
      422,
      'Service "s" is invalid: spec.sessionAffinity: Unsupported value: "Odd": supported values: "ClientIP", "None"',
    ]);
  });

  test('an address that it cannot give before all else of a Service', async () => {
    const { ask } = virtualSandbox();
    const { body } = await ask('POST', SERVICES, service({ clusterIP: 'nonsense', sessionAffinity: 'Odd' }));
    expect(body.details.causes.map(({ field }: Loose) => field)).toEqual(['spec.clusterIPs[0]']);
  });

  test('what is there before a version that nothing new may have, where nothing is written', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([configMap('x', {})]);
    const versioned = (name: string): Loose => configMap(name, {}, { resourceVersion: '5' });
    expect((await ask('POST', `${CONFIGS}?dryRun=All`, versioned('x'))).status).toBe(409);
    expect((await ask('POST', `${CONFIGS}?dryRun=All`, versioned('y'))).status).toBe(201);
    expect((await ask('POST', CONFIGS, versioned('x'))).status).toBe(500);
  });

  test('another version of a custom kind at once, another kind only when it looks at the object', async () => {
    const { ask } = virtualSandbox();
    const told = async (change: Loose): Promise<unknown> => {
      const { status, body } = await ask('POST', ROUTES, route(change));
      return [status, body.message];
    };
    expect(await told({ kind: 'Odd', apiVersion: 'odd/v1' })).toEqual([
      400,
      'the API version in the data (odd/v1) does not match the expected API version (networking.istio.io/v1beta1)',
    ]);
    expect(await told({ kind: 'Odd' })).toEqual([
      422,
      'Odd.networking.istio.io "r" is invalid: kind: Invalid value: "Odd": must be VirtualService',
    ]);
    await ask('POST', ROUTES, route({}));
    const patched = await ask('PATCH', `${ROUTES}/r`, { apiVersion: 'odd/v1' }, MERGE);
    expect(patched.body.message).toBe(
      'VirtualService.odd "r" is invalid: apiVersion: Invalid value: "odd/v1": must be networking.istio.io/v1beta1',
    );
  });
});

describe('the API server', () => {
  test('says of a name that is taken, and was sent with a prefix, that it could not make another', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([configMap('x', {})]);
    const { body } = await ask('POST', CONFIGS, configMap('x', {}, { generateName: 'made-' }));
    expect([body.message, body.details.retryAfterSeconds]).toEqual([
      'configmaps "x" already exists, the server was not able to generate a unique name for the object',
      1,
    ]);
  });

  test('looks at the name of an Event only as part of a path', async () => {
    const { ask } = virtualSandbox();
    const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: '-X' }, involvedObject: { namespace: 'test' } };
    expect((await ask('POST', EVENTS, event)).status).toBe(201);
  });

  test('wants a domain before a finalizer, but of a Lease', async () => {
    const { ask } = virtualSandbox();
    const { status, body } = await ask('POST', CONFIGS, configMap('x', {}, { finalizers: ['nodomain'] }));
    expect([status, body.details.causes[0].field]).toEqual([422, 'metadata.finalizers[0]']);
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l', finalizers: ['nodomain'] } };
    expect((await ask('POST', '/apis/coordination.k8s.io/v1/namespaces/test/leases', lease)).status).toBe(201);
  });

  test('raises the generation of what it marks for deletion, and takes no new finalizers for it', async () => {
    const { ask } = virtualSandbox();
    await ask('POST', ROUTES, route({ metadata: { name: 'r', finalizers: ['example.com/a'] } }));
    const gone = await ask('DELETE', `${ROUTES}/r`);
    expect(gone.body.metadata.generation).toBe(2);
    const more = await ask('PATCH', `${ROUTES}/r`, { metadata: { finalizers: ['example.com/a', 'example.com/b'] } }, MERGE);
    expect(more.body.message).toContain('found new finalizers []string{"example.com/b"}');
    const again = await ask('POST', ROUTES, route({}));
    expect(again.body.message).toBe('object is being deleted: virtualservices.networking.istio.io "r" already exists');
  });

  test('makes a Service by a PUT of its status, without addresses, and gives it none later', async () => {
    const { ask } = virtualSandbox();
    const made = await ask('PUT', `${SERVICES}/s/status`, service({ ports: [{ port: 80 }] }));
    expect([made.status, made.body.spec.clusterIP]).toEqual([201, undefined]);
    const changed = await ask('PATCH', `${SERVICES}/s`, { spec: { selector: { app: 'x' } } }, MERGE);
    expect([changed.status, changed.body.spec.clusterIP]).toEqual([200, undefined]);
  });

  test('keeps a port outside by its name, takes it away with the type, and refuses to give it twice', async () => {
    const { ask } = virtualSandbox();
    const made = await ask('POST', SERVICES, service({ type: 'NodePort', ports: [{ port: 80 }] }));
    const { nodePort } = made.body.spec.ports[0];
    const moved = await ask('PATCH', `${SERVICES}/s`, { spec: { ports: [{ port: 8080 }] } }, MERGE);
    expect(moved.body.spec.ports).toEqual([{ port: 8080, protocol: 'TCP', targetPort: 8080, nodePort }]);
    const twice = await ask('PATCH', `${SERVICES}/s`, { spec: { ports: [{ port: 80 }, { port: 81 }] } }, MERGE);
    expect([twice.status, twice.body.message]).toEqual([500, `duplicate nodePort: {TCP ${nodePort}}`]);
    const closed = await ask('PATCH', `${SERVICES}/s`, { spec: { type: 'ClusterIP' } }, MERGE);
    expect(closed.body.spec.ports).toEqual([{ port: 8080, protocol: 'TCP', targetPort: 8080 }]);
    expect(closed.body.spec.externalTrafficPolicy).toBeUndefined();
  });
});

test('what a deletion of many answers is as old as the list of them', async () => {
  const { ask, apply, world } = virtualSandbox();
  await apply([configMap('x', {}), configMap('y', {})]);
  const before = world.store.version();
  const { body } = await ask('DELETE', CONFIGS);
  expect([body.metadata.resourceVersion, world.store.version()]).toEqual([String(before), before + 2]);
});

test('empty data is data to what is immutable, and none when it is stored', async () => {
  const { ask } = virtualSandbox();
  const fixed = { ...configMap('x', {}), data: undefined, immutable: true };
  expect((await ask('POST', CONFIGS, { ...fixed, data: {} })).body.data).toBeUndefined();
  const { status, body } = await ask('PUT', `${CONFIGS}/x`, { ...fixed, data: {} });
  expect([status, body.details.causes[0].field]).toEqual([422, 'data']);
});

test('a Scale is refused under its own name', async () => {
  const { ask, apply } = virtualSandbox();
  await apply([deployment('podinfo')]);
  const { body } = await ask('PATCH', `${PODINFO}/scale`, { spec: { replicas: -1 } }, MERGE);
  expect(body.message).toBe('Scale.autoscaling "podinfo" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0');
});

describe('a strategic merge patch', () => {
  test.each([
    [{ spec: { replicas: 'many' } }, 'map[spec:map[replicas:many]]', 'unrecognized type: int32'],
    [{ spec: { replicas: 1.5 } }, 'map[spec:map[replicas:1.5]]', 'cannot convert float64 to int32'],
    [{ metadata: { labels: { a: 5 } } }, 'map[metadata:map[labels:map[a:5]]]', 'cannot convert int64 to string'],
    [{ spec: { strategy: [] } }, 'map[spec:map[strategy:[]]]', 'cannot restore struct from: slice'],
  ])('that does not fit is shown as the server sees it: %j', async (patch, shown, why) => {
    const { ask, apply } = virtualSandbox();
    await apply([deployment('podinfo')]);
    const { status, body } = await ask('PATCH', PODINFO, patch, STRATEGIC);
    expect([status, body.message]).toEqual([422, ` "" is invalid: patch: Invalid value: "${shown}": ${why}`]);
  });

  test('needs the key of a list that it merges, and an order that is a list', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([deployment('podinfo')]);
    const pods = (spec: Loose): Loose => ({ spec: { template: { spec } } });
    const keyless = await ask('PATCH', PODINFO, pods({ containers: [{ image: 'x' }] }), STRATEGIC);
    expect([keyless.status, keyless.body.message]).toEqual([500, 'map: map[image:x] does not contain declared merge key: name']);
    const orderless = await ask('PATCH', PODINFO, pods({ '$setElementOrder/containers': null }), STRATEGIC);
    expect(orderless.body.message).toBe('expected a []interface {}, but received a %!s(<nil>)');
  });

  test('replaces a map where it says so, and the list that nothing tells apart', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([configMap('x', { a: '1' })]);
    const { body } = await ask('PATCH', `${CONFIGS}/x`, { data: { $patch: 'replace', b: '2' } }, STRATEGIC);
    expect(body.data).toEqual({ b: '2' });
    const slices = '/apis/discovery.k8s.io/v1/namespaces/test/endpointslices';
    const slice = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'e' }, addressType: 'IPv4' };
    await ask('POST', slices, { ...slice, endpoints: [], ports: [{ name: 'http', port: 80 }] });
    const ports = await ask('PATCH', `${slices}/e`, { ports: [{ name: 'x', port: 81 }] }, STRATEGIC);
    expect(ports.body.ports).toEqual([{ name: 'x', port: 81, protocol: 'TCP' }]);
  });
});

test('a Scale tells its selector as a query would', async () => {
  const { ask, apply } = virtualSandbox();
  const selector = {
    matchLabels: { tier: 'web', app: 'podinfo' },
    matchExpressions: [
      { key: 'zone', operator: 'In', values: ['b', 'a'] },
      { key: 'old', operator: 'DoesNotExist' },
    ],
  };
  const made = deployment('podinfo') as Loose;
  const labels = { tier: 'web', app: 'podinfo', zone: 'a' };
  await apply([{ ...made, spec: { ...made.spec, selector, template: { ...made.spec.template, metadata: { labels } } } }]);
  expect((await ask('GET', `${PODINFO}/scale`)).body.status.selector).toBe('app=podinfo,!old,tier=web,zone in (a,b)');
});
