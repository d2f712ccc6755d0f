// What the API server refuses, with the words that Kubernetes uses.
import { describe, expect, test } from '@jest/globals';
import { configMap, deployment, DEPLOYMENTS, JSON_PATCH, type Loose, MERGE, read, service, STRATEGIC, virtualSandbox } from './client.ts';

const CONFIGS = '/api/v1/namespaces/test/configmaps';
const VIRTUAL = '/apis/networking.istio.io/v1beta1/namespaces/test/virtualservices';
const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

describe('a refusal', () => {
  test('of a missing object is a whole Status', async () => {
    const { ask } = virtualSandbox();
    const { status, body } = await ask('GET', `${DEPLOYMENTS}/podinfo`);
    expect(status).toBe(404);
    expect(body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'deployments.apps "podinfo" not found',
      reason: 'NotFound',
      details: { name: 'podinfo', group: 'apps', kind: 'deployments' },
      code: 404,
    });
    expect((await ask('GET', `${CONFIGS}/x`)).body).toMatchObject({
      message: 'configmaps "x" not found',
      details: { name: 'x', kind: 'configmaps' },
    });
  });

  test.each(['/api/v1/namespaces/test/nonsense', '/api/v1/pods/x', '/apis/apps/v1/namespaces/test/deployments/x/nonsense'])(
    'of %s, in a group that is served, is a Status',
    async (path) => {
      const { status, body } = await virtualSandbox().ask('GET', path);
      expect([status, body.message]).toEqual([404, 'the server could not find the requested resource']);
    },
  );

  test.each(['/apis/flagger.app/v1beta1/namespaces/test/canaries'])('of %s, which is not served, is plain text', async (path) => {
    const { status, text, headers } = await virtualSandbox().ask('GET', path);
    expect([status, text, headers['content-type']]).toEqual([404, '404 page not found\n', 'text/plain; charset=utf-8']);
  });

  test('of a kind that was taken away is the same', async () => {
    const { ask, world } = virtualSandbox();
    expect((await ask('GET', VIRTUAL)).status).toBe(200);
    world.kinds.splice(0, world.kinds.length, ...world.kinds.filter(({ group }) => group !== 'networking.istio.io'));
    expect((await ask('GET', VIRTUAL)).text).toBe('404 page not found\n');
    expect((await ask('GET', '/apis')).body.groups.map(({ name }: Loose) => name)).not.toContain('networking.istio.io');
  });

  test('of a second object of one name', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([deployment('podinfo')]);
    const { status, body } = await ask('POST', DEPLOYMENTS, deployment('podinfo'));
    expect([status, body.reason, body.message]).toEqual([409, 'AlreadyExists', 'deployments.apps "podinfo" already exists']);
  });

  test('of an unknown namespace', async () => {
    const { ask } = virtualSandbox();
    const { status, body } = await ask('POST', '/api/v1/namespaces/nowhere/configmaps', { metadata: { name: 'x' } });
    expect([status, body.message]).toEqual([404, 'namespaces "nowhere" not found']);
    expect((await ask('GET', '/api/v1/namespaces/nowhere/configmaps')).body.items).toEqual([]);
  });

  test('of a write to an object that moved on, by PUT and by every patch', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([configMap('x', { a: '1' })]);
    const old = (await ask('GET', `${CONFIGS}/x`)).body;
    await ask('PATCH', `${CONFIGS}/x`, { data: { a: '2' } }, MERGE);
    const { resourceVersion } = old.metadata;
    const stale = { metadata: { resourceVersion }, data: { a: '3' } };
    const answers = [
      await ask('PUT', `${CONFIGS}/x`, { ...old, data: { a: '3' } }),
      await ask('PATCH', `${CONFIGS}/x`, stale, MERGE),
      await ask('PATCH', `${CONFIGS}/x`, stale, STRATEGIC),
      await ask('PATCH', `${CONFIGS}/x`, [{ op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion }], JSON_PATCH),
    ];
    for (const { status, body } of answers) {
      expect([status, body.reason, body.details]).toEqual([409, 'Conflict', { name: 'x', kind: 'configmaps' }]);
      expect(body.message).toBe(`Operation cannot be fulfilled on configmaps "x": ${MODIFIED}`);
    }
    expect((await ask('GET', `${CONFIGS}/x`)).body.data).toEqual({ a: '2' });
  });

  test('of a JSON patch whose test fails', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([configMap('x', { a: '1' })]);
    const patch = [
      { op: 'test', path: '/metadata/resourceVersion', value: '1' },
      { op: 'replace', path: '/data/a', value: '2' },
    ];
    const { status, body } = await ask('PATCH', `${CONFIGS}/x`, patch, JSON_PATCH);
    expect([status, body.reason, body.message]).toEqual([422, 'Invalid', 'the server rejected our request due to an error in our request']);
  });

  test('of a uid that is another object', async () => {
    const { ask, apply, world } = virtualSandbox();
    await apply([configMap('x', { a: '1' })]);
    const uid = world.get('ConfigMap', 'test', 'x')?.metadata.uid;
    const put = await ask('PUT', `${CONFIGS}/x`, configMap('x', { a: '2' }, { uid: 'other' }));
    expect([put.status, put.body.reason]).toEqual([409, 'Conflict']);
    expect(put.body.message).toContain(`Precondition failed: UID in precondition: other, UID in object meta: ${uid}`);
    const patch = await ask('PATCH', `${CONFIGS}/x`, { metadata: { uid: 'other' } }, MERGE);
    expect([patch.status, patch.body.reason]).toEqual([422, 'Invalid']);
    expect(patch.body.message).toBe('ConfigMap "x" is invalid: metadata.uid: Invalid value: "other": field is immutable');
  });

  test('of a DELETE whose preconditions do not hold', async () => {
    const { ask, apply, world } = virtualSandbox();
    await apply([configMap('x', { a: '1' })]);
    const { uid, resourceVersion } = world.get('ConfigMap', 'test', 'x')?.metadata ?? {};
    const byUid = await ask('DELETE', `${CONFIGS}/x`, { preconditions: { uid: 'other' } });
    expect(byUid.status).toBe(409);
    expect(byUid.body.message).toBe(
      `Operation cannot be fulfilled on ConfigMap "x": the UID in the precondition (other) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
    const byVersion = await ask('DELETE', `${CONFIGS}/x`, { preconditions: { uid, resourceVersion: '1' } });
    expect(byVersion.body.message).toContain(`(1) does not match the ResourceVersion in record (${resourceVersion})`);
    const done = await ask('DELETE', `${CONFIGS}/x`, { preconditions: { uid, resourceVersion } });
    expect(done.body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'x', kind: 'configmaps', uid },
    });
  });

  test('of a PUT without resourceVersion: overwritten where Kubernetes overwrites, refused where it does not', async () => {
    const { ask, apply } = virtualSandbox();
    const route = {
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'VirtualService',
      metadata: { name: 'x', namespace: 'test' },
      spec: { hosts: ['x'] },
    };
    await apply([configMap('x', { a: '1' }), route]);
    expect((await ask('PUT', `${CONFIGS}/x`, configMap('x', { a: '2' }))).status).toBe(200);
    const { status, body } = await ask('PUT', `${VIRTUAL}/x`, route);
    expect([status, body.reason]).toEqual([422, 'Invalid']);
    expect(body.message).toBe(
      'virtualservices.networking.istio.io "x" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
  });

  test.each([
    ['application/apply-patch+yaml', DEPLOYMENTS, '415: Unsupported Media Type'],
    [
      'application/strategic-merge-patch+json',
      VIRTUAL,
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    ],
    ['text/plain', DEPLOYMENTS, '415: Unsupported Media Type'],
  ])('of the patch type %s on %s', async (type, url, message) => {
    const { ask, apply } = virtualSandbox();
    const route = {
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'VirtualService',
      metadata: { name: 'podinfo', namespace: 'test' },
      spec: {},
    };
    await apply([deployment('podinfo'), route]);
    const { status, body } = await ask('PATCH', `${url}/podinfo`, {}, { 'content-type': type });
    expect([status, body.reason]).toEqual([415, 'UnsupportedMediaType']);
    expect(body.message).toBe(message);
  });

  test('of a body that is not JSON, of another kind, of another namespace, of another name', async () => {
    const sandbox = virtualSandbox();
    const { ask, apply } = sandbox;
    await apply([configMap('x', {})]);
    const raw = await sandbox.api({ method: 'POST', url: CONFIGS, headers: {}, body: '{' }, new AbortController().signal);
    expect(raw.status).toBe(400);
    expect((await ask('POST', CONFIGS, service('x', 'x'))).status).toBe(400);
    const elsewhere = await ask('POST', '/api/v1/namespaces/default/configmaps', configMap('y', {}));
    expect(elsewhere.body.message).toBe('the namespace of the provided object does not match the namespace sent on the request');
    const renamed = await ask('PUT', `${CONFIGS}/x`, configMap('y', {}));
    expect(renamed.body.message).toBe('the name of the object (y) does not match the name on the URL (x)');
  });

  test('of a method that a path does not have', async () => {
    const { ask } = virtualSandbox();
    const { status, body } = await ask('POST', `${CONFIGS}/x`, {});
    expect([status, body.reason, body.message]).toEqual([
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    ]);
  });

  test('of formats that nobody serves', async () => {
    const { ask } = virtualSandbox();
    expect((await ask('GET', CONFIGS, undefined, { accept: 'application/yaml' })).status).toBe(406);
    expect((await ask('GET', CONFIGS, undefined, { accept: 'application/vnd.kubernetes.protobuf, application/json' })).status).toBe(200);
    expect((await ask('POST', CONFIGS, {}, { 'content-type': 'application/vnd.kubernetes.protobuf' })).status).toBe(415);
  });
});

describe('a denial', () => {
  test('is a 403 with the words of Kubernetes, and seen by an access review', async () => {
    const { ask, apply, world } = virtualSandbox();
    await apply([deployment('podinfo')]);
    world.denied.push({ verb: 'patch', resource: 'deployments', namespace: 'test' }, { verb: 'list', group: '', resource: 'nodes' });
    const { status, body } = await ask('PATCH', `${DEPLOYMENTS}/podinfo`, {}, MERGE);
    expect([status, body.reason, body.details]).toEqual([403, 'Forbidden', { name: 'podinfo', group: 'apps', kind: 'deployments' }]);
    expect(body.message).toBe(
      'deployments.apps "podinfo" is forbidden: User "ana" cannot patch resource "deployments" in API group "apps" in the namespace "test"',
    );
    const nodes = await ask('GET', '/api/v1/nodes');
    expect(nodes.body.message).toBe('nodes is forbidden: User "ana" cannot list resource "nodes" in API group "" at the cluster scope');
    const review = async (resourceAttributes: object): Promise<unknown> => {
      const url = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      return (await ask('POST', url, { spec: { resourceAttributes } })).body.status;
    };
    expect(await review({ verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'test' })).toEqual({
      allowed: false,
      reason: '',
    });
    expect(await review({ verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'default' })).toEqual({ allowed: true });
    expect(await review({ verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale', namespace: 'test' })).toEqual({
      allowed: true,
    });
    const self = await ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    expect([self.status, self.body.status.userInfo.username]).toEqual([201, 'ana']);
  });

  test('of content in a namespace that ends', async () => {
    const sandbox = virtualSandbox();
    const { ask, apply } = sandbox;
    await apply([deployment('podinfo')]);
    await sandbox.until((world) => world.list('Pod', 'test').length === 2);
    const { body } = await ask('DELETE', '/api/v1/namespaces/test');
    expect(body.status.phase).toBe('Terminating');
    const refused = await ask('POST', CONFIGS, configMap('x', {}));
    expect(refused.status).toBe(403);
    expect(refused.body.message).toBe(
      'configmaps "x" is forbidden: unable to create new content in namespace test because it is being terminated',
    );
    await sandbox.until((world) => world.get('Namespace', undefined, 'test') === undefined);
    expect([read(sandbox, 'Deployment', 'podinfo'), sandbox.world.list('Pod', 'test')]).toEqual([undefined, []]);
  });
});
