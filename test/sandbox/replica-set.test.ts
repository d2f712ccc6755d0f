// What a ReplicaSet's controller tells about the pods that it makes and ends.
import { describe, expect, test } from '@jest/globals';
import { deployment, DEPLOYMENTS, type Loose, MERGE, read, virtualSandbox } from './client.ts';

const EVENTS = '/api/v1/namespaces/test/events?fieldSelector=involvedObject.kind%3DReplicaSet';

describe('Events about a ReplicaSet', () => {
  test('name each pod that was made and each that was ended, once', async () => {
    const sandbox = virtualSandbox();
    const { ask } = sandbox;
    await sandbox.apply([deployment('podinfo')]);
    await sandbox.until(() => read(sandbox, 'Deployment', 'podinfo').status.availableReplicas === 2);
    const made: string[] = sandbox.world.list('Pod', 'test').map(({ metadata }) => metadata.name);
    await ask('PATCH', `${DEPLOYMENTS}/podinfo`, { spec: { replicas: 1 } }, MERGE);
    await sandbox.until(() => sandbox.world.list('Pod', 'test').length === 1);
    const [left] = sandbox.world.list('Pod', 'test');
    const [set] = sandbox.world.list('ReplicaSet', 'test');
    const { items } = (await ask('GET', EVENTS)).body;
    const told = items.map(({ type, reason, message, count, source }: Loose) => [type, reason, message, count, source.component]);
    const ended = made.filter((name) => name !== left?.metadata.name);
    const wanted = [
      ...made.map((name) => ['Normal', 'SuccessfulCreate', `Created pod: ${name}`, 1, 'replicaset-controller']),
      ...ended.map((name) => ['Normal', 'SuccessfulDelete', `Deleted pod: ${name}`, 1, 'replicaset-controller']),
    ];
    expect(ended.length).toBe(1);
    expect(told.toSorted()).toEqual(wanted.toSorted());
    expect(items.every(({ involvedObject }: Loose) => involvedObject.uid === set?.metadata.uid)).toBe(true);
  });
});
