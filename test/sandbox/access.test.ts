// The rules of a Role, enforced as the real API server does: what none of them allows is refused, and reviews tell the same.
import { describe, expect, test } from '@jest/globals';
import type { Allowance } from '../../src/sandbox/index.ts';
import { deployment, DEPLOYMENTS, MERGE, virtualSandbox } from './client.ts';

const rules: Allowance[] = [
  { namespace: 'test', apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'], resourceNames: ['podinfo'] },
  { namespace: 'test', apiGroups: ['apps'], resources: ['deployments'], verbs: ['create'] },
];

async function restricted() {
  const sandbox = virtualSandbox();
  await sandbox.apply([deployment('podinfo')]);
  sandbox.world.allowed.push(...rules);
  return sandbox;
}

const can = (verb: string, subject = 'deployments.apps "podinfo"'): string =>
  `${subject} is forbidden: User "ana" cannot ${verb} resource "deployments" in API group "apps" in the namespace "test"`;

describe('with a Role', () => {
  test('what it allows is done; a list of one name is about that name', async () => {
    const { ask } = await restricted();
    expect((await ask('GET', `${DEPLOYMENTS}/podinfo`)).status).toBe(200);
    expect((await ask('GET', `${DEPLOYMENTS}?fieldSelector=metadata.name%3Dpodinfo`)).status).toBe(200);
    expect((await ask('POST', DEPLOYMENTS, deployment('another'))).status).toBe(201);
  });

  test('all else is a 403 with the words of Kubernetes', async () => {
    const { ask } = await restricted();
    const said = async (...asked: Parameters<typeof ask>): Promise<unknown> => {
      const { status, body } = await ask(...asked);
      return [status, body.message];
    };
    expect(await said('PATCH', `${DEPLOYMENTS}/podinfo`, {}, MERGE)).toEqual([403, can('patch')]);
    expect(await said('GET', `${DEPLOYMENTS}/other`)).toEqual([403, can('get', 'deployments.apps "other"')]);
    expect(await said('GET', DEPLOYMENTS)).toEqual([403, can('list', 'deployments.apps')]);
    expect(await said('GET', `${DEPLOYMENTS}?watch=1&fieldSelector=metadata.name%3Dpodinfo`)).toEqual([403, can('watch')]);
    expect((await ask('GET', DEPLOYMENTS.replace('/test/', '/default/'))).status).toBe(403);
  });

  test('a kind that is not served is refused like any other, before anybody looks for it', async () => {
    const { ask, world } = await restricted();
    const canaries = '/apis/flagger.app/v1beta1/namespaces/test/canaries';
    expect((await ask('GET', canaries)).status).toBe(403);
    world.allowed.push({ apiGroups: ['flagger.app'], resources: ['canaries'], verbs: ['list'] });
    expect((await ask('GET', canaries)).status).toBe(404);
  });

  test('reviews answer from the same rules', async () => {
    const { ask } = await restricted();
    const root = '/apis/authorization.k8s.io/v1';
    const allowed = async (attributes: object): Promise<unknown> => {
      const resourceAttributes = { group: 'apps', resource: 'deployments', namespace: 'test', ...attributes };
      return (await ask('POST', `${root}/selfsubjectaccessreviews`, { spec: { resourceAttributes } })).body.status.allowed;
    };
    expect(await allowed({ verb: 'get', name: 'podinfo' })).toBe(true);
    expect(await allowed({ verb: 'get' })).toBe(false);
    expect(await allowed({ verb: 'create' })).toBe(true);
    expect(await allowed({ verb: 'create', namespace: 'default' })).toBe(false);
    const told = await ask('POST', `${root}/selfsubjectrulesreviews`, { spec: { namespace: 'test' } });
    expect(told.body.status).toMatchObject({ incomplete: false });
    expect(told.body.status.resourceRules).toEqual(
      expect.arrayContaining([
        { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'], resourceNames: ['podinfo'] },
        { apiGroups: ['apps'], resources: ['deployments'], verbs: ['create'] },
      ]),
    );
    const elsewhere = await ask('POST', `${root}/selfsubjectrulesreviews`, { spec: { namespace: 'default' } });
    expect(JSON.stringify(elsewhere.body.status.resourceRules)).not.toContain('deployments');
  });

  test('is saved with the world', async () => {
    const { ask, world } = await restricted();
    const saved = world.snapshot();
    world.allowed.length = 0;
    expect((await ask('GET', DEPLOYMENTS)).status).toBe(200);
    world.restore(saved);
    expect((await ask('GET', DEPLOYMENTS)).status).toBe(403);
  });
});
