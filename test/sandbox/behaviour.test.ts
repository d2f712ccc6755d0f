// Pods and their faults, what stands behind a Service, and the autoscaler's bounds.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import { configMap, deployment, DEPLOYMENTS, type Loose, MERGE, pause, read, service, virtualSandbox } from './client.ts';

function ready(status: Loose): number {
  return status.readyReplicas ?? 0;
}

describe('a pod', () => {
  test('starts, with a moment of ContainerCreating', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo', { replicas: 1 })]);
    await pause(sandbox, 500);
    const [young]: Loose[] = sandbox.world.list('Pod', 'test');
    expect([young.status.phase, young.status.containerStatuses[0].state.waiting.reason]).toEqual(['Pending', 'ContainerCreating']);
    await pause(sandbox, 1000);
    const [pod]: Loose[] = sandbox.world.list('Pod', 'test');
    expect([pod.status.phase, pod.status.containerStatuses[0]]).toMatchObject(['Running', { ready: true, started: true, restartCount: 0 }]);
    expect(pod.status.podIP).toMatch(/^10\.244\./);
    expect(pod.status.conditions.map(({ type, status }: Loose) => `${type}=${status}`)).toContain('Ready=True');
  });

  test.each(['podinfo:bad', 'podinfo:broken', 'podinfo:never-2'])('of image %s is never ready', async (image) => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo', { replicas: 1 }, image)]);
    await pause(sandbox, 60_000);
    expect(ready(read(sandbox, 'Deployment', 'podinfo').status)).toBe(0);
    const [pod]: Loose[] = sandbox.world.list('Pod', 'test');
    expect(pod.status.containerStatuses[0].state.waiting.reason).toBe('ImagePullBackOff');
  });

  test('obeys faults of its workload and of its image, and recovers', async () => {
    const sandbox = virtualSandbox();
    const { world } = sandbox;
    await sandbox.apply([deployment('podinfo'), deployment('other')]);
    const states = (): number[] => ['podinfo', 'other'].map((name) => ready(read(sandbox, 'Deployment', name).status));
    await pause(sandbox, 2000);
    expect(states()).toEqual([2, 2]);
    world.faults.set('podinfo', { notReady: true });
    await pause(sandbox, 500);
    expect(states()).toEqual([0, 2]);
    world.faults.set('podinfo:3.1.0', { notReady: true });
    world.faults.set('podinfo', { notReady: false });
    await pause(sandbox, 500);
    expect(states()).toEqual([2, 0]);
    world.faults.clear();
    await pause(sandbox, 500);
    expect(states()).toEqual([2, 2]);
    const reasons = (await sandbox.ask('GET', '/api/v1/namespaces/test/events?fieldSelector=reason%3DUnhealthy')).body.items;
    expect(reasons.length).toBe(4);
  });

  test('takes as long as it is told to be ready', async () => {
    const sandbox = virtualSandbox();
    sandbox.world.faults.set('podinfo:3.1.0', { readyAfter: 30_000 });
    await sandbox.apply([deployment('podinfo')]);
    const start = sandbox.clock.now();
    await sandbox.until(() => ready(read(sandbox, 'Deployment', 'podinfo').status) === 2);
    expect(Math.floor((sandbox.clock.now() - start) / 1000)).toBe(30);
  });

  test('that crashes is restarted ever more slowly', async () => {
    const sandbox = virtualSandbox();
    sandbox.world.faults.set('podinfo', { crashLoop: true });
    await sandbox.apply([deployment('podinfo', { replicas: 1 })]);
    const restarts: number[] = [];
    for (const wait of [5000, 10_000, 20_000, 40_000]) {
      await pause(sandbox, wait);
      const [pod]: Loose[] = sandbox.world.list('Pod', 'test');
      expect(pod.status.containerStatuses[0]).toMatchObject({ ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } });
      restarts.push(pod.status.containerStatuses[0].restartCount);
    }
    expect(restarts).toEqual([0, 1, 2, 3]);
    const [event] = (await sandbox.ask('GET', '/api/v1/namespaces/test/events?fieldSelector=reason%3DBackOff')).body.items;
    expect([event.message.slice(0, 45), event.count]).toEqual(['Back-off restarting failed container podinfod', 4]);
    sandbox.world.faults.clear('podinfo');
    await pause(sandbox, 1000);
    expect(ready(read(sandbox, 'Deployment', 'podinfo').status)).toBe(1);
  });

  test('that is deleted ends a little later and is replaced at once', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo', { replicas: 1 })]);
    await pause(sandbox, 2000);
    const [pod]: Loose[] = sandbox.world.list('Pod', 'test');
    const { body } = await sandbox.ask('DELETE', `/api/v1/namespaces/test/pods/${pod.metadata.name}`);
    expect(body.metadata.deletionTimestamp).toBeDefined();
    await pause(sandbox, 200);
    expect(sandbox.world.list('Pod', 'test')).toHaveLength(2);
    await pause(sandbox, 2000);
    const [next]: Loose[] = sandbox.world.list('Pod', 'test');
    expect(next.metadata.uid).not.toBe(pod.metadata.uid);
    await sandbox.ask('DELETE', `/api/v1/namespaces/test/pods/${next.metadata.name}?gracePeriodSeconds=0`);
    expect(sandbox.world.get('Pod', 'test', next.metadata.name)).toBeUndefined();
  });
});

describe('what stands behind a Service', () => {
  function addresses(sandbox: ReturnType<typeof virtualSandbox>): [slices: number, endpoints: number, notReady: number] {
    const [slice]: Loose[] = sandbox.world.list('EndpointSlice', 'test');
    const { subsets = [] } = read(sandbox, 'Endpoints', 'web') ?? {};
    const count = (field: string): number => subsets.flatMap((subset: Loose) => subset[field] ?? []).length;
    return [
      (slice?.endpoints ?? []).filter(({ conditions }: Loose) => conditions.ready).length,
      count('addresses'),
      count('notReadyAddresses'),
    ];
  }

  test('is every ready pod that its selector matches, by EndpointSlice and by Endpoints', async () => {
    const sandbox = virtualSandbox();
    const ports = [{ name: 'http', port: 80, targetPort: 'http' }];
    await sandbox.apply([service('web', 'podinfo', ports), deployment('podinfo'), deployment('other', { replicas: 1 })]);
    await pause(sandbox, 100);
    expect(addresses(sandbox)).toEqual([0, 0, 0]);
    const [empty]: Loose[] = sandbox.world.list('EndpointSlice', 'test');
    expect([empty.endpoints, empty.ports]).toEqual([null, null]);
    await pause(sandbox, 2000);
    expect(addresses(sandbox)).toEqual([2, 2, 0]);
    const [slice]: Loose[] = sandbox.world.list('EndpointSlice', 'test');
    expect(slice.metadata.labels['kubernetes.io/service-name']).toBe('web');
    expect(slice.ports).toEqual([{ name: 'http', port: 9898, protocol: 'TCP' }]);
    expect(slice.endpoints[0].targetRef.name).toMatch(/^podinfo-/);
    sandbox.world.faults.set('podinfo', { notReady: true });
    await pause(sandbox, 500);
    expect(addresses(sandbox)).toEqual([0, 0, 2]);
    await sandbox.ask('PATCH', '/api/v1/namespaces/test/services/web', { spec: { selector: { app: 'other' } } }, MERGE);
    await pause(sandbox, 500);
    expect(addresses(sandbox)).toEqual([1, 1, 0]);
    await sandbox.ask('PATCH', `${DEPLOYMENTS}/other`, { spec: { replicas: 0 } }, MERGE);
    await pause(sandbox, 2000);
    expect(addresses(sandbox)).toEqual([0, 0, 0]);
  });

  test('lags as much as it is told to', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([service('web', 'podinfo'), deployment('podinfo')]);
    await pause(sandbox, 3000);
    sandbox.world.knobs.endpointLagMs = 5000;
    await sandbox.ask('PATCH', '/api/v1/namespaces/test/services/web', { spec: { selector: { app: 'other' } } }, MERGE);
    await pause(sandbox, 4900);
    expect(addresses(sandbox)).toEqual([2, 2, 0]);
    await pause(sandbox, 200);
    expect(addresses(sandbox)).toEqual([0, 0, 0]);
  });

  test('goes with the Service', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([service('web', 'podinfo'), deployment('podinfo')]);
    await pause(sandbox, 3000);
    await sandbox.ask('DELETE', '/api/v1/namespaces/test/services/web');
    await pause(sandbox, 500);
    expect([sandbox.world.list('EndpointSlice', 'test'), sandbox.world.list('Endpoints', 'test')]).toEqual([[], []]);
  });
});

describe('the autoscaler', () => {
  const scaler: Obj = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'podinfo', namespace: 'test' },
    spec: { minReplicas: 2, maxReplicas: 4, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' } },
  };

  test.each([
    [0, 0, 'ScalingDisabled'],
    [1, 2, 'DesiredWithinRange'],
    [3, 3, 'DesiredWithinRange'],
    [9, 4, 'DesiredWithinRange'],
  ])('makes of %i replicas %i', async (replicas, wanted, reason) => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo', { replicas }), scaler]);
    await pause(sandbox, 5000);
    expect(read(sandbox, 'Deployment', 'podinfo').spec.replicas).toBe(wanted);
    const { status } = read(sandbox, 'HorizontalPodAutoscaler', 'podinfo');
    expect([status.desiredReplicas, status.conditions.at(-1).reason]).toEqual([wanted, reason]);
  });

  test('follows its own new bounds', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo'), scaler]);
    await pause(sandbox, 2000);
    await sandbox.ask(
      'PATCH',
      '/apis/autoscaling/v2/namespaces/test/horizontalpodautoscalers/podinfo',
      { spec: { minReplicas: 3 } },
      MERGE,
    );
    await pause(sandbox, 2000);
    expect(read(sandbox, 'Deployment', 'podinfo').status.readyReplicas).toBe(3);
  });
});

describe('the garbage collector', () => {
  test('deletes what has no owner left, and leaves what has another', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([configMap('one', {}), configMap('two', {})]);
    const owner = (name: string): object => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      uid: read(sandbox, 'ConfigMap', name).metadata.uid,
    });
    await sandbox.apply([
      configMap('of-one', {}, { ownerReferences: [owner('one')] }),
      configMap('of-both', {}, { ownerReferences: [owner('one'), owner('two')] }),
    ]);
    await sandbox.ask('DELETE', '/api/v1/namespaces/test/configmaps/one');
    await pause(sandbox, 1000);
    expect(read(sandbox, 'ConfigMap', 'of-one')).toBeUndefined();
    expect(read(sandbox, 'ConfigMap', 'of-both').metadata.ownerReferences).toEqual([owner('two')]);
  });
});
