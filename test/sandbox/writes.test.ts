// What a write does to an object: versions, generations, defaults, and every form of patch.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import { configMap, deployment, DEPLOYMENTS, JSON_PATCH, type Loose, MERGE, read, service, STRATEGIC, virtualSandbox } from './client.ts';

const PODINFO = `${DEPLOYMENTS}/podinfo`;
const CONFIGS = '/api/v1/namespaces/test/configmaps';

describe('a write', () => {
  test('counts one resourceVersion for the whole cluster', async () => {
    const { ask, world } = virtualSandbox();
    const before = world.store.version();
    const versions = [];
    for (const name of ['a', 'b']) versions.push(Number((await ask('POST', CONFIGS, configMap(name, {}))).body.metadata.resourceVersion));
    versions.push(Number((await ask('PATCH', `${CONFIGS}/a`, { data: { x: '1' } }, MERGE)).body.metadata.resourceVersion));
    const gone = await ask('DELETE', `${CONFIGS}/b`);
    expect(gone.status).toBe(200);
    expect(versions).toEqual([before + 1, before + 2, before + 3]);
    expect((await ask('GET', CONFIGS)).body.metadata.resourceVersion).toBe(String(before + 4));
  });

  test('that changes nothing raises nothing and tells nobody', async () => {
    const { ask, apply, world } = virtualSandbox();
    await apply([deployment('podinfo')]);
    const before = (await ask('GET', PODINFO)).body;
    let told = 0;
    world.store.subscribe(undefined, () => told++);
    const noops = [
      await ask('PUT', PODINFO, before),
      await ask('PATCH', PODINFO, { spec: { replicas: 2 } }, MERGE),
      await ask('PATCH', PODINFO, { metadata: { labels: { gone: null } } }, MERGE),
      await ask('PATCH', PODINFO, [{ op: 'replace', path: '/spec/replicas', value: 2 }], JSON_PATCH),
      await ask(
        'PATCH',
        PODINFO,
        { spec: { template: { spec: { containers: [{ name: 'podinfod', image: 'podinfo:3.1.0' }] } } } },
        STRATEGIC,
      ),
    ];
    expect(noops.map(({ status, body }) => [status, body.metadata.resourceVersion])).toEqual(
      Array(5).fill([200, before.metadata.resourceVersion]),
    );
    expect(told).toBe(0);
  });

  test('raises the generation for the spec, and for the annotations of a Deployment', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([deployment('podinfo')]);
    const generation = async (url: string, patch: unknown): Promise<number> =>
      (await ask('PATCH', url, patch, MERGE)).body.metadata.generation;
    expect(await generation(PODINFO, { metadata: { labels: { 'canary.run/epoch': '2' } } })).toBe(1);
    expect(await generation(`${PODINFO}/status`, { status: { replicas: 7 }, metadata: { annotations: { seen: 'yes' } } })).toBe(1);
    expect(await generation(PODINFO, { spec: { replicas: 3 } })).toBe(2);
    expect(await generation(PODINFO, { metadata: { annotations: { a: 'b' } } })).toBe(3);
    expect(await generation(`${PODINFO}?dryRun=All`, { metadata: { annotations: { a: 'c' } } })).toBe(4);
    expect((await ask('GET', PODINFO)).body.status.replicas).toBe(7);
  });

  test('to the object leaves the status alone, and to the status the object', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([deployment('podinfo')]);
    await ask('PATCH', PODINFO, { status: { replicas: 9 } }, MERGE);
    expect((await ask('GET', PODINFO)).body.status).toEqual({});
    const { body } = await ask('PATCH', `${PODINFO}/status`, { spec: { replicas: 9 }, status: { readyReplicas: 1 } }, MERGE);
    expect([body.spec.replicas, body.status]).toEqual([2, { readyReplicas: 1 }]);
  });

  test('cannot set what the server sets', async () => {
    const { ask } = virtualSandbox();
    const sent = configMap('x', {}, { uid: 'mine', generation: 9, creationTimestamp: '2000-01-01T00:00:00Z', managedFields: [{}] });
    const { body } = await ask('POST', CONFIGS, sent);
    expect(body.metadata).toEqual({
      name: 'x',
      namespace: 'test',
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      resourceVersion: expect.any(String),
      creationTimestamp: '2026-01-01T00:00:00Z',
      // Kinds that keep no generation keep what was sent as one.
      generation: 9,
    });
    const versioned = await ask('POST', CONFIGS, configMap('y', {}, { resourceVersion: '5' }));
    expect([versioned.status, versioned.body.message]).toEqual([500, 'resourceVersion should not be set on objects to be created']);
  });

  test('with dryRun=All changes nothing but is answered', async () => {
    const { ask, apply, world } = virtualSandbox();
    await apply([configMap('x', { a: '1' })]);
    expect((await ask('POST', `${CONFIGS}?dryRun=All`, configMap('y', {}))).status).toBe(201);
    expect((await ask('PATCH', `${CONFIGS}/x?dryRun=All`, { data: { a: '2' } }, MERGE)).body.data).toEqual({ a: '2' });
    expect((await ask('DELETE', `${CONFIGS}/x?dryRun=All`)).status).toBe(200);
    expect(world.list('ConfigMap', 'test').filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')).toMatchObject([
      { data: { a: '1' } },
    ]);
  });

  test('makes a name from generateName', async () => {
    const { ask } = virtualSandbox();
    const names = [];
    for (let no = 0; no < 2; no++) names.push((await ask('POST', CONFIGS, { metadata: { generateName: 'x-' } })).body.metadata.name);
    expect(names[0]).toMatch(/^x-[a-z0-9]{5}$/);
    expect(names[0]).not.toBe(names[1]);
  });

  test('by PUT creates a Lease that is not there, but not a Deployment', async () => {
    const { ask } = virtualSandbox();
    const lease = { metadata: { name: 'x' }, spec: { holderIdentity: 'ana', renewTime: '2026-01-01T00:00:00.000000Z' } };
    const url = '/apis/coordination.k8s.io/v1/namespaces/test/leases/x';
    const made = await ask('PUT', url, lease);
    expect([made.status, made.body.spec.holderIdentity]).toEqual([201, 'ana']);
    expect((await ask('PUT', PODINFO, deployment('podinfo'))).status).toBe(404);
    const { uid } = made.body.metadata;
    expect((await ask('DELETE', url, { preconditions: { uid } })).status).toBe(200);
  });

  test('waits for finalizers before it deletes', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([configMap('x', {}, { finalizers: ['test/hold'] })]);
    const marked = await ask('DELETE', `${CONFIGS}/x`);
    expect(marked.body.metadata.deletionTimestamp).toBe('2026-01-01T00:00:00Z');
    expect((await ask('GET', `${CONFIGS}/x`)).status).toBe(200);
    await ask('PATCH', `${CONFIGS}/x`, { metadata: { finalizers: null } }, MERGE);
    expect((await ask('GET', `${CONFIGS}/x`)).status).toBe(404);
  });

  test('of a selection deletes what the selector names', async () => {
    const { ask, apply, world } = virtualSandbox();
    await apply([configMap('a', {}, { labels: { x: '1' } }), configMap('b', {}, { labels: { x: '2' } })]);
    await ask('DELETE', `${CONFIGS}?labelSelector=x%3D1`);
    expect(world.list('ConfigMap', 'test').map(({ metadata }) => metadata.name)).toEqual(['b']);
  });
});

describe('the scale subresource', () => {
  test('reads and writes replicas, under the resourceVersion of the whole object', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([deployment('podinfo')]);
    const scale = (await ask('GET', `${PODINFO}/scale`)).body;
    expect(scale).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 2 },
      status: { replicas: 0, selector: 'app=podinfo' },
    });
    const done = await ask('PUT', `${PODINFO}/scale`, { ...scale, spec: { replicas: 4 } });
    expect([done.status, done.body.spec.replicas]).toEqual([200, 4]);
    expect((await ask('PUT', `${PODINFO}/scale`, { ...scale, spec: { replicas: 5 } })).status).toBe(409);
    expect((await ask('PATCH', `${PODINFO}/scale`, { spec: { replicas: 0 } }, MERGE)).body.spec).toEqual({});
    expect((await ask('GET', PODINFO)).body).toMatchObject({ metadata: { generation: 3 }, spec: { replicas: 0 } });
  });
});

const CONTAINER = {
  name: 'podinfod',
  image: 'podinfo:3.1.0',
  ports: [{ name: 'http', containerPort: 9898, protocol: 'TCP' }],
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
};

const POD_SPEC = {
  containers: [CONTAINER],
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: {},
  schedulerName: 'default-scheduler',
};

describe('defaults, as in the recordings of a real 1.34 API server', () => {
  test('of a Deployment', async () => {
    const { ask } = virtualSandbox();
    const given = deployment('podinfo', { minReadySeconds: 0, strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } } });
    const { body } = await ask('POST', DEPLOYMENTS, given);
    expect(body.spec).toEqual({
      replicas: 2,
      selector: { matchLabels: { app: 'podinfo' } },
      template: { metadata: { labels: { app: 'podinfo' } }, spec: POD_SPEC },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    });
  });

  test('of volumes, probes, variables and images', async () => {
    const { ask } = virtualSandbox();
    const containers = [
      {
        name: 'a',
        image: 'busybox',
        readinessProbe: { httpGet: { port: 80 } },
        env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
        resources: { limits: { cpu: '1' } },
      },
    ];
    const volumes = [
      { name: 'c', configMap: { name: 'c' } },
      { name: 's', secret: { secretName: 's' } },
      { name: 'p', projected: { sources: [] } },
      { name: 'e' },
    ];
    const template = { metadata: { labels: { app: 'podinfo' } }, spec: { containers, volumes, serviceAccountName: 'robot' } };
    const { body } = await ask('POST', DEPLOYMENTS, deployment('podinfo', { template }));
    const spec = body.spec.template.spec;
    expect([spec.serviceAccountName, spec.serviceAccount]).toEqual(['robot', 'robot']);
    expect(spec.volumes).toEqual([
      { name: 'c', configMap: { name: 'c', defaultMode: 420 } },
      { name: 's', secret: { secretName: 's', defaultMode: 420 } },
      { name: 'p', projected: { sources: null, defaultMode: 420 } },
      { name: 'e', emptyDir: {} },
    ]);
    expect(spec.containers[0]).toMatchObject({
      imagePullPolicy: 'Always',
      readinessProbe: {
        httpGet: { port: 80, path: '/', scheme: 'HTTP' },
        timeoutSeconds: 1,
        periodSeconds: 10,
        successThreshold: 1,
        failureThreshold: 3,
      },
      env: [{ name: 'IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }],
      resources: { limits: { cpu: '1' } },
    });
  });

  test('of a Service, which keeps its address through every update', async () => {
    const { ask } = virtualSandbox();
    const services = '/api/v1/namespaces/test/services';
    const { body } = await ask('POST', services, service('a', 'a', [{ name: 'http', port: 9898 }]));
    const { clusterIP } = body.spec;
    expect(clusterIP).toMatch(/^10\.96\.\d+\.\d+$/);
    expect(body.spec).toEqual({
      selector: { app: 'a' },
      ports: [{ name: 'http', protocol: 'TCP', port: 9898, targetPort: 9898 }],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      clusterIP,
      clusterIPs: [clusterIP],
    });
    expect(body.status).toEqual({ loadBalancer: {} });
    const put = await ask('PUT', `${services}/a`, service('a', 'b'));
    expect([put.status, put.body.spec.clusterIP, put.body.spec.selector]).toEqual([200, clusterIP, { app: 'b' }]);
    const open = service('n', 'a');
    const nodePort = (await ask('POST', services, { ...open, spec: { ...(open['spec'] as object), type: 'NodePort' } })).body.spec;
    expect([nodePort.externalTrafficPolicy, typeof nodePort.ports[0].nodePort]).toEqual(['Cluster', 'number']);
    const headless = (
      await ask('POST', services, { ...open, metadata: { name: 'h' }, spec: { ...(open['spec'] as object), clusterIP: 'None' } })
    ).body.spec;
    expect(headless.clusterIPs).toEqual(['None']);
  });

  test('of a DaemonSet, an autoscaler, a Secret and a Namespace', async () => {
    const { ask } = virtualSandbox();
    const daemon = { ...deployment('d'), kind: 'DaemonSet' };
    const { replicas: _, ...spec } = (daemon as Obj)['spec'] as Record<string, unknown>;
    const made = (await ask('POST', '/apis/apps/v1/namespaces/test/daemonsets', { ...daemon, spec })).body.spec;
    expect([made.updateStrategy, made.revisionHistoryLimit]).toEqual([
      { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      10,
    ]);
    const scaler = {
      metadata: { name: 'h' },
      spec: { maxReplicas: 4, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' } },
    };
    const bounds = (await ask('POST', '/apis/autoscaling/v2/namespaces/test/horizontalpodautoscalers', scaler)).body.spec;
    expect([bounds.minReplicas, bounds.metrics[0].resource.target]).toEqual([1, { type: 'Utilization', averageUtilization: 80 }]);
    const secret = (await ask('POST', '/api/v1/namespaces/test/secrets', { metadata: { name: 's' }, stringData: { a: 'ü' } })).body;
    expect([secret.type, secret.data, secret.stringData]).toEqual(['Opaque', { a: 'w7w=' }, undefined]);
    const namespace = (await ask('POST', '/api/v1/namespaces', { metadata: { name: 'x' } })).body;
    expect([namespace.metadata.labels, namespace.status]).toEqual([{ 'kubernetes.io/metadata.name': 'x' }, { phase: 'Active' }]);
  });

  test('are not given to kinds of a CustomResourceDefinition', async () => {
    const { ask } = virtualSandbox();
    const spec = { hosts: ['a'], http: [{ route: [{ destination: { host: 'a' }, weight: 0 }], match: [] }] };
    const url = '/apis/networking.istio.io/v1beta1/namespaces/test/virtualservices';
    const type = { apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService' };
    expect((await ask('POST', url, { ...type, metadata: { name: 'a' }, spec })).body.spec).toEqual(spec);
    const newer = (await ask('GET', url.replace('v1beta1', 'v1') + '/a')).body;
    expect([newer.apiVersion, newer.spec]).toEqual(['networking.istio.io/v1', spec]);
    const patched = await ask('PATCH', url.replace('v1beta1', 'v1alpha3') + '/a', { spec: { hosts: ['b'] } }, MERGE);
    expect([patched.status, patched.body.apiVersion, patched.body.metadata.generation]).toEqual([200, 'networking.istio.io/v1alpha3', 2]);
  });
});

describe('a strategic merge patch', () => {
  const pod = {
    containers: [
      {
        name: 'a',
        image: 'a:1',
        env: [
          { name: 'X', value: '1' },
          { name: 'Y', value: '2' },
        ],
        ports: [{ containerPort: 80 }],
      },
      { name: 'b', image: 'b:1' },
    ],
  };
  const given = deployment('podinfo', {
    template: { metadata: { labels: { app: 'podinfo' } }, spec: { ...pod, volumes: [{ name: 'v', emptyDir: {} }] } },
  });

  test.each([
    [
      'merges a container by name',
      { containers: [{ name: 'a', image: 'a:2' }] },
      (spec: Loose) => spec.containers.map((c: Loose) => c.image),
      ['a:2', 'b:1'],
    ],
    [
      'adds a container, before those that it does not name',
      { containers: [{ name: 'c', image: 'c:1' }] },
      (spec: Loose) => spec.containers.map((c: Loose) => c.name),
      ['c', 'a', 'b'],
    ],
    [
      'deletes a container',
      { containers: [{ name: 'a', $patch: 'delete' }] },
      (spec: Loose) => spec.containers.map((c: Loose) => c.name),
      ['b'],
    ],
    [
      'merges variables by name',
      {
        containers: [
          {
            name: 'a',
            env: [
              { name: 'Y', value: '3' },
              { name: 'Z', value: '4' },
            ],
          },
        ],
      },
      (spec: Loose) => spec.containers[0].env,
      [
        { name: 'X', value: '1' },
        { name: 'Y', value: '3' },
        { name: 'Z', value: '4' },
      ],
    ],
    [
      'merges ports by number',
      { containers: [{ name: 'a', ports: [{ containerPort: 80, name: 'http' }, { containerPort: 81 }] }] },
      (spec: Loose) => spec.containers[0].ports,
      [
        { containerPort: 80, name: 'http', protocol: 'TCP' },
        { containerPort: 81, protocol: 'TCP' },
      ],
    ],
    [
      'merges volumes by name',
      { volumes: [{ name: 'w', emptyDir: {} }] },
      (spec: Loose) => spec.volumes.map((v: Loose) => v.name),
      ['w', 'v'],
    ],
    [
      'orders as told',
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'a', image: 'a:2' }] },
      (spec: Loose) => spec.containers.map((c: Loose) => c.name),
      ['b', 'a'],
    ],
    ['takes away by null', { volumes: null }, (spec: Loose) => spec.volumes, undefined],
    ['replaces a list of plain values', { containers: [{ name: 'a', args: ['x'] }] }, (spec: Loose) => spec.containers[0].args, ['x']],
  ])('%s', async (_, patch, look, wanted) => {
    const { ask, apply } = virtualSandbox();
    await apply([given]);
    const { status, body } = await ask('PATCH', PODINFO, { spec: { template: { spec: patch } } }, STRATEGIC);
    expect([status, look(body.spec.template.spec)]).toEqual([200, wanted]);
  });

  test('keeps only what $retainKeys names, as a change to Recreate needs', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([given]);
    const { body } = await ask('PATCH', PODINFO, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }, STRATEGIC);
    expect(body.spec.strategy).toEqual({ type: 'Recreate' });
  });
});

describe('a JSON patch', () => {
  const given: Obj = configMap('x', { a: '1', b: '2' }, { labels: { l: '1' } });

  test.each([
    ['adds', [{ op: 'add', path: '/data/d', value: '3' }], { a: '1', b: '2', d: '3' }],
    ['removes', [{ op: 'remove', path: '/data/a' }], { b: '2' }],
    ['replaces', [{ op: 'replace', path: '/data/b', value: '9' }], { a: '1', b: '9' }],
    ['moves', [{ op: 'move', from: '/data/a', path: '/data/z' }], { b: '2', z: '1' }],
    ['copies', [{ op: 'copy', from: '/data/a', path: '/data/z' }], { a: '1', b: '2', z: '1' }],
    [
      'goes on after a test that holds',
      [
        { op: 'test', path: '/data/a', value: '1' },
        { op: 'remove', path: '/data/a' },
      ],
      { b: '2' },
    ],
  ])('%s', async (_, patch, data) => {
    const { ask, apply } = virtualSandbox();
    await apply([given]);
    expect((await ask('PATCH', `${CONFIGS}/x`, patch, JSON_PATCH)).body.data).toEqual(data);
  });

  test('escapes slashes and tildes in keys', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([configMap('x', {}, { annotations: { 'a/b': '1' } })]);
    const patch = [{ op: 'replace', path: '/metadata/annotations/a~1b', value: '2' }];
    expect((await ask('PATCH', `${CONFIGS}/x`, patch, JSON_PATCH)).body.metadata.annotations).toEqual({ 'a/b': '2' });
  });

  test.each([
    ['a field that is not there', [{ op: 'remove', path: '/data/nothing' }]],
    ['a parent that is not there', [{ op: 'add', path: '/spec/replicas', value: 1 }]],
    ['an unknown operation', [{ op: 'swap', path: '/data/a' }]],
    ['a prototype', [{ op: 'add', path: '/__proto__/polluted', value: 'x' }]],
    ['no list', { op: 'add', path: '/data/a', value: 'x' }, 400],
  ])('is refused for %s', async (_, patch, code = 422) => {
    const sandbox = virtualSandbox();
    await sandbox.apply([given]);
    expect((await sandbox.ask('PATCH', `${CONFIGS}/x`, patch, JSON_PATCH)).status).toBe(code);
    expect(read(sandbox, 'ConfigMap', 'x').data).toEqual(given['data']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
