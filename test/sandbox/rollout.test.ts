// The Deployment's way from a template to ready pods, as a client sees it.
import { describe, expect, test } from '@jest/globals';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { deployment, DEPLOYMENTS, type Loose, MERGE, pause, read, startWatch, virtualSandbox } from './client.ts';

function isRolledOut(sandbox: Sandbox, name: string, replicas: number): boolean {
  const { metadata, status } = read(sandbox, 'Deployment', name);
  return (
    status.observedGeneration === metadata.generation &&
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas
  );
}

function condition(sandbox: Sandbox, name: string, type: string): Loose {
  return read(sandbox, 'Deployment', name).status.conditions?.find((one: Loose) => one.type === type);
}

function sets(sandbox: Sandbox): Loose[] {
  return sandbox.world.list('ReplicaSet', 'test');
}

describe('a Deployment', () => {
  test('gets a ReplicaSet named by its template hash, and pods that are ready a second later', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo')]);
    expect(read(sandbox, 'Deployment', 'podinfo').status).toEqual({});
    const start = sandbox.clock.now();
    await sandbox.until(() => isRolledOut(sandbox, 'podinfo', 2));
    expect(sandbox.clock.now() - start).toBeGreaterThan(1000);
    expect(sandbox.clock.now() - start).toBeLessThan(1200);
    const [set] = sets(sandbox);
    const hash = set.metadata.labels['pod-template-hash'];
    expect(set.metadata.name).toBe(`podinfo-${hash}`);
    expect(set.spec.selector.matchLabels).toEqual({ app: 'podinfo', 'pod-template-hash': hash });
    const pods: Loose[] = sandbox.world.list('Pod', 'test');
    expect(pods.map((pod) => pod.metadata.labels)).toEqual(Array(2).fill({ app: 'podinfo', 'pod-template-hash': hash }));
    expect(pods.every((pod) => pod.metadata.name.startsWith(`podinfo-${hash}-`))).toBe(true);
    expect(condition(sandbox, 'podinfo', 'Available')).toMatchObject({ status: 'True', reason: 'MinimumReplicasAvailable' });
    expect(condition(sandbox, 'podinfo', 'Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
    expect(read(sandbox, 'Deployment', 'podinfo').metadata.annotations['deployment.kubernetes.io/revision']).toBe('1');
  });

  test('shows that a new generation was not observed yet', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo')]);
    await sandbox.until(() => isRolledOut(sandbox, 'podinfo', 2));
    const { body } = await sandbox.ask('PATCH', `${DEPLOYMENTS}/podinfo`, { spec: { replicas: 3 } }, MERGE);
    expect([body.metadata.generation, body.status.observedGeneration]).toEqual([2, 1]);
    await sandbox.until(() => isRolledOut(sandbox, 'podinfo', 3));
    expect(sets(sandbox)).toHaveLength(1);
  });

  test.each([
    { maxSurge: '25%', maxUnavailable: '25%', replicas: 4, most: 5, least: 3 },
    { maxSurge: '25%', maxUnavailable: 0, replicas: 2, most: 3, least: 2 },
    { maxSurge: 0, maxUnavailable: '50%', replicas: 4, most: 4, least: 2 },
    { maxSurge: '100%', maxUnavailable: '100%', replicas: 2, most: 4, least: 0 },
    { maxSurge: '10%', maxUnavailable: '10%', replicas: 10, most: 11, least: 9 },
  ])(
    'rolls within surge $maxSurge and unavailable $maxUnavailable of $replicas',
    async ({ maxSurge, maxUnavailable, replicas, most, least }) => {
      const sandbox = virtualSandbox();
      const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
      await sandbox.apply([deployment('podinfo', { replicas, strategy })]);
      await sandbox.until(() => isRolledOut(sandbox, 'podinfo', replicas));
      let [highest, lowest] = [0, replicas];
      sandbox.world.store.subscribe('Deployment.apps', () => {
        const { status } = read(sandbox, 'Deployment', 'podinfo');
        highest = Math.max(
          highest,
          sets(sandbox).reduce((sum, set) => sum + set.spec.replicas, 0),
        );
        lowest = Math.min(lowest, status.availableReplicas ?? 0);
      });
      await sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
      await sandbox.until(() => isRolledOut(sandbox, 'podinfo', replicas));
      expect([highest, lowest]).toEqual([most, least]);
      expect(
        sets(sandbox)
          .map((set) => set.spec.replicas)
          .sort(),
      ).toEqual([0, replicas]);
    },
  );

  test('Recreate ends all old pods before the first new one', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo', { strategy: { type: 'Recreate' } })]);
    await sandbox.until(() => isRolledOut(sandbox, 'podinfo', 2));
    const images: string[] = [];
    sandbox.world.store.subscribe('Pod', () => {
      const now = new Set(sandbox.world.list('Pod', 'test').map((pod: Loose) => pod.spec.containers[0].image));
      images.push([...now].join(' and '));
    });
    await sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    await sandbox.until(() => read(sandbox, 'Deployment', 'podinfo').status.updatedReplicas === 2 && isRolledOut(sandbox, 'podinfo', 2));
    expect([...new Set(images)]).toEqual(['podinfo:3.1.0', '', 'podinfo:3.1.1']);
  });

  test.each([
    ['RollingUpdate', '3'],
    ['Recreate', '2'],
  ])('%s goes back to the ReplicaSet of an earlier template and raises its revision', async (type, most) => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo', { strategy: { type } })]);
    await sandbox.until(() => isRolledOut(sandbox, 'podinfo', 2));
    for (const image of ['podinfo:3.1.1', 'podinfo:3.1.0']) {
      await sandbox.setImage('test', 'podinfo', image);
      await pause(sandbox, 5000);
    }
    expect(sets(sandbox)).toHaveLength(2);
    expect(read(sandbox, 'Deployment', 'podinfo').metadata.annotations['deployment.kubernetes.io/revision']).toBe('3');
    const active = sets(sandbox).find((set) => set.spec.replicas === 2);
    expect(active.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
      'deployment.kubernetes.io/desired-replicas': '2',
      'deployment.kubernetes.io/max-replicas': most,
    });
  });

  test('keeps revisionHistoryLimit old ReplicaSets', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo', { revisionHistoryLimit: 2 })]);
    for (const tag of ['1', '2', '3', '4']) {
      await sandbox.setImage('test', 'podinfo', `podinfo:3.1.${tag}`);
      await pause(sandbox, 5000);
    }
    const images = sets(sandbox).map((set) => set.spec.template.spec.containers[0].image);
    expect(images.sort()).toEqual(['podinfo:3.1.2', 'podinfo:3.1.3', 'podinfo:3.1.4']);
  });

  test('with an image that cannot be pulled keeps the old pods and says ProgressDeadlineExceeded', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo', { progressDeadlineSeconds: 60 })]);
    await sandbox.until(() => isRolledOut(sandbox, 'podinfo', 2));
    await sandbox.setImage('test', 'podinfo', 'podinfo:bad');
    const start = sandbox.clock.now();
    await sandbox.until(() => condition(sandbox, 'podinfo', 'Progressing').reason === 'ProgressDeadlineExceeded');
    expect(Math.round((sandbox.clock.now() - start) / 10_000)).toBe(6);
    expect(condition(sandbox, 'podinfo', 'Progressing').message).toMatch(/^ReplicaSet "podinfo-\w+" has timed out progressing\.$/);
    const { status } = read(sandbox, 'Deployment', 'podinfo');
    expect(status).toMatchObject({ replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2, unavailableReplicas: 1 });
    const pod: Loose = sandbox.world.list('Pod', 'test').find((one: Loose) => one.spec.containers[0].image === 'podinfo:bad');
    expect(pod.status.phase).toBe('Pending');
    expect(pod.status.containerStatuses[0].state.waiting).toEqual({
      reason: 'ImagePullBackOff',
      message: 'Back-off pulling image "podinfo:bad"',
    });
    const url = `/api/v1/namespaces/test/events?fieldSelector=involvedObject.name=${pod.metadata.name},involvedObject.kind=Pod`;
    const events: Loose[] = (await sandbox.ask('GET', url)).body.items;
    expect(events.map(({ reason }) => reason).sort()).toEqual(['BackOff', 'Failed']);
  });

  test('that was scaled to 0 never exceeds its deadline, but is not available after scaling up', async () => {
    // The oddity of the real controller that makes Flagger look at MinimumReplicasUnavailable.
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo', { replicas: 0, progressDeadlineSeconds: 60 }, 'podinfo:never')]);
    await pause(sandbox, 1000);
    expect(condition(sandbox, 'podinfo', 'Progressing').reason).toBe('NewReplicaSetAvailable');
    await sandbox.ask('PATCH', `${DEPLOYMENTS}/podinfo`, { spec: { replicas: 1 } }, MERGE);
    await pause(sandbox, 300_000);
    expect(condition(sandbox, 'podinfo', 'Progressing').reason).toBe('NewReplicaSetAvailable');
    const available = condition(sandbox, 'podinfo', 'Available');
    expect(available).toMatchObject({
      status: 'False',
      reason: 'MinimumReplicasUnavailable',
      message: 'Deployment does not have minimum availability.',
    });
    expect(sandbox.clock.now() - Date.parse(available.lastUpdateTime)).toBeGreaterThan(290_000);
  });

  test('waits for minReadySeconds before a pod counts as available', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo', { replicas: 1, minReadySeconds: 10 })]);
    await sandbox.until(() => read(sandbox, 'Deployment', 'podinfo').status.readyReplicas === 1);
    expect(read(sandbox, 'Deployment', 'podinfo').status.availableReplicas).toBeUndefined();
    const ready = sandbox.clock.now();
    await sandbox.until(() => isRolledOut(sandbox, 'podinfo', 1));
    expect(Math.round((sandbox.clock.now() - ready) / 1000)).toBe(10);
  });

  test('when paused is scaled but not rolled', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo', { paused: true, replicas: 1 })]);
    await pause(sandbox, 3000);
    expect(sets(sandbox)).toHaveLength(0);
    await sandbox.ask('PATCH', `${DEPLOYMENTS}/podinfo`, { spec: { paused: false } }, MERGE);
    await sandbox.until(() => isRolledOut(sandbox, 'podinfo', 1));
    await sandbox.ask('PATCH', `${DEPLOYMENTS}/podinfo`, { spec: { paused: true, replicas: 3 } }, MERGE);
    await sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    await pause(sandbox, 5000);
    expect(sets(sandbox).map((set) => set.spec.replicas)).toEqual([3]);
  });

  test('scaled in the middle of a rollout shares the change out', async () => {
    const sandbox = virtualSandbox();
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } };
    await sandbox.apply([deployment('podinfo', { replicas: 10, strategy })]);
    await sandbox.until(() => isRolledOut(sandbox, 'podinfo', 10));
    await sandbox.setImage('test', 'podinfo', 'podinfo:bad');
    await pause(sandbox, 5000);
    expect(
      sets(sandbox)
        .map((set) => set.spec.replicas)
        .sort(),
    ).toEqual([5, 8]);
    await sandbox.ask('PATCH', `${DEPLOYMENTS}/podinfo`, { spec: { replicas: 15 } }, MERGE);
    await pause(sandbox, 5000);
    // The example of the Kubernetes documentation: 3 of the 5 go to the old ReplicaSet, 2 to the new one.
    expect(
      sets(sandbox)
        .map((set) => set.spec.replicas)
        .sort((a, b) => a - b),
    ).toEqual([7, 11]);
  });

  test('and its deletion takes ReplicaSets and pods along', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo')]);
    await sandbox.until(() => isRolledOut(sandbox, 'podinfo', 2));
    await sandbox.ask('DELETE', `${DEPLOYMENTS}/podinfo`);
    await sandbox.until((world) => world.list('Pod', 'test').length === 0);
    expect(sets(sandbox)).toEqual([]);
  });

  test('deleted with propagationPolicy Orphan leaves its ReplicaSet', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo')]);
    await sandbox.until(() => isRolledOut(sandbox, 'podinfo', 2));
    await sandbox.ask('DELETE', `${DEPLOYMENTS}/podinfo`, { propagationPolicy: 'Orphan' });
    await pause(sandbox, 5000);
    expect(sets(sandbox)).toHaveLength(1);
    expect(sandbox.world.list('Pod', 'test')).toHaveLength(2);
  });

  test('tells every step of a rollout to a watch', async () => {
    const sandbox = virtualSandbox();
    const watch = await startWatch(sandbox.api, `${DEPLOYMENTS}?watch=1`);
    await sandbox.apply([deployment('podinfo', { replicas: 1 })]);
    await sandbox.until(() => isRolledOut(sandbox, 'podinfo', 1));
    await watch.stop();
    expect(watch.events[0].type).toBe('ADDED');
    const ready = watch.events.map(({ object }) => object.status.readyReplicas ?? 0);
    expect([ready[0], ready.at(-1)]).toEqual([0, 1]);
    const versions = watch.events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });
});
