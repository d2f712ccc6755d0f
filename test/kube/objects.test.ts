import { describe, expect, test } from '@jest/globals';
import type { Obj, Ref } from '../../src/contracts.ts';
import { ForbiddenError, PreflightError, UnreachableError } from '../../src/errors.ts';
import { ApiError, NoAnswerError, asCanaryError } from '../../src/kube/api-error.ts';
import { readBody, readLines } from '../../src/kube/body.ts';
import { collectionOf, kinds, pathOf } from '../../src/kube/kinds.ts';
import { createObjects } from '../../src/kube/objects.ts';
import type { Objects } from '../../src/kube/objects.ts';
import type { Wire, WireReply } from '../../src/ports.ts';
import { handClock, never, reply, script, settle, silence, status } from './scripted.ts';
import type { HandClock } from './scripted.ts';

const podinfo: Ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' };
const object: Obj = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'podinfo', resourceVersion: '7', uid: 'u' } };
const forbidden = (verb: string): WireReply =>
  status(403, 'Forbidden', {
    message: `deployments.apps "podinfo" is forbidden: User "ana" cannot ${verb} resource "deployments" in API group "apps" in the namespace "test"`,
  });

function over(...answers: Parameters<typeof script>): { objects: Objects; sent: Wire[]; clock: HandClock } {
  const clock = handClock();
  const { send, sent } = script(...answers);
  return { objects: createObjects({ send, clock, namespace: 'test', random: () => 0 }), sent, clock };
}

describe('where things are', () => {
  test.each([
    [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'test', name: 'a' }, '/api/v1/namespaces/test/configmaps/a'],
    [{ apiVersion: 'v1', kind: 'Namespace', name: 'test' }, '/api/v1/namespaces/test'],
    [
      { apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService', namespace: 'test', name: 'podinfo' },
      '/apis/networking.istio.io/v1beta1/namespaces/test/virtualservices/podinfo',
    ],
    [{ apiVersion: 'v1', kind: 'Pod', namespace: 'a/b', name: '../x' }, '/api/v1/namespaces/a%2Fb/pods/..%2Fx'],
  ])('%j', (ref, path) => expect(pathOf(ref)).toBe(path));

  test('of all namespaces', () =>
    expect(collectionOf({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' })).toBe('/apis/coordination.k8s.io/v1/leases'));
  test('no name, no namespace, no row: our bug', () => {
    expect(() => pathOf({ ...podinfo, namespace: 'test', name: '..' })).toThrow('no name');
    expect(() => pathOf(podinfo)).toThrow('no namespace');
    expect(() => pathOf({ apiVersion: 'v2', kind: 'Pod', name: 'a' })).toThrow('kinds.ts');
  });
  test('no kind stands twice', () => expect(new Set(kinds.map((row) => row.apiVersion + row.kind)).size).toBe(kinds.length));
});

describe('a look', () => {
  test.each<[string, WireReply, unknown]>([
    ['present', reply(200, object), { is: 'present', object }],
    ['absent', status(404, 'NotFound', { details: { name: 'podinfo', kind: 'deployments' } }), { is: 'absent' }],
    ['no such group', reply(404, '404 page not found\n'), { is: 'no-such-kind' }],
    [
      'no such resource',
      status(404, 'NotFound', { message: 'the server could not find the requested resource', details: {} }),
      { is: 'no-such-kind' },
    ],
    [
      'forbidden',
      forbidden('get'),
      {
        is: 'forbidden',
        rule: '{apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"], resourceNames: ["podinfo"]} in a Role of namespace test',
      },
    ],
  ])('%s', async (_, answer, look) => {
    const { objects, sent } = over(answer);
    expect(await objects.get(podinfo, never)).toEqual(look);
    expect(sent[0]?.url).toBe('/apis/apps/v1/namespaces/test/deployments/podinfo');
  });

  test('a page of HTML or half an object is asked for again, and is no answer in the end', async () => {
    const { objects, clock, sent } = over(reply(200, '<html>'), reply(200, '{"kind":'), reply(200, object));
    expect(await clock.until(objects.get(podinfo, never))).toEqual({ is: 'present', object });
    expect(sent).toHaveLength(3);
    const bad = over(() => reply(200, '<html>'));
    await expect(bad.clock.until(bad.objects.get(podinfo, never))).rejects.toBeInstanceOf(NoAnswerError);
  });

  test('another object than the one asked for is no answer', async () => {
    const { objects } = over(reply(200, { ...object, metadata: { name: 'other' } }));
    await expect(objects.get(podinfo, never)).rejects.toBeInstanceOf(NoAnswerError);
  });

  test.each<[string, WireReply | Error, abstract new (...all: never[]) => Error, string]>([
    ['401', status(401, 'Unauthorized'), ForbiddenError, 'not signed in'],
    ['503 after all tries', status(503, 'ServiceUnavailable'), UnreachableError, 'HTTP 503'],
    ['no answer', new Error('connect ECONNREFUSED'), UnreachableError, 'ECONNREFUSED'],
    ['a redirect', reply(302, ''), PreflightError, 'HTTP 302'],
  ])('%s', async (_, answer, type, text) => {
    const error: unknown = await over(answer)
      .objects.get(podinfo, never)
      .catch((thrown: unknown) => asCanaryError(thrown));
    expect(error).toBeInstanceOf(type);
    expect(String(error)).toContain(text);
  });

  test('what the server says is made safe to show', async () => {
    const hostile = status(400, 'BadRequest', { message: '\u001b[31m::error::x\r\nsecond line\u202e' });
    await expect(over(hostile).objects.get(podinfo, never)).rejects.toThrow(/: : :error::x second line$/);
  });
});

describe('a list', () => {
  const page = (name: string, next: string) =>
    reply(200, { kind: 'DeploymentList', metadata: { resourceVersion: '9', continue: next }, items: [{ metadata: { name } }] });

  test('is read page by page, and its items get their kind', async () => {
    const { objects, sent } = over(page('a', 'more'), page('b', ''));
    const { items, resourceVersion } = await objects.list(podinfo, { labels: { app: 'podinfo', tier: 'web' } }, never);
    expect(items.map(({ kind, apiVersion, metadata }) => [kind, apiVersion, metadata.name])).toEqual([
      ['Deployment', 'apps/v1', 'a'],
      ['Deployment', 'apps/v1', 'b'],
    ]);
    expect(resourceVersion).toBe('9');
    expect(sent.map(({ url }) => url)).toEqual([
      '/apis/apps/v1/namespaces/test/deployments?labelSelector=app%3Dpodinfo%2Ctier%3Dweb&limit=500',
      '/apis/apps/v1/namespaces/test/deployments?labelSelector=app%3Dpodinfo%2Ctier%3Dweb&limit=500&continue=more',
    ]);
  });

  test('begins again when its pages are too old', async () => {
    const { objects, sent } = over(page('a', 'more'), status(410, 'Expired'), page('c', ''));
    expect((await objects.list(podinfo, {}, never)).items.map(({ metadata }) => metadata.name)).toEqual(['c']);
    expect(sent).toHaveLength(3);
  });

  test('of all namespaces, metadata only', async () => {
    const { objects, sent } = over(page('a', ''));
    await objects.list({ apiVersion: 'v1', kind: 'ConfigMap' }, { everywhere: true, metadataOnly: true }, never);
    expect(sent[0]?.url).toBe('/api/v1/configmaps?limit=500');
    expect(sent[0]?.headers['accept']).toContain('as=PartialObjectMetadataList');
  });

  test('refused or not served: thrown, with the rule or the kind', async () => {
    const refused: unknown = await over(forbidden('list'))
      .objects.list(podinfo, {}, never)
      .catch((error: unknown) => asCanaryError(error));
    expect(refused).toBeInstanceOf(ForbiddenError);
    expect((refused as ForbiddenError).message).toContain(
      'add the rule {apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"]} in a Role of namespace test',
    );
    const missing: unknown = await over(reply(404, '404 page not found'))
      .objects.list(podinfo, {}, never)
      .catch((error: unknown) => error);
    expect(missing).toMatchObject({ missingKind: true });
    expect(asCanaryError(missing)).toBeInstanceOf(PreflightError);
    expect(String(asCanaryError(missing))).toContain('does not serve deployments.apps');
  });
});

describe('a write', () => {
  test('carries what it was decided on', async () => {
    const { objects, sent } = over(() => reply(200, object));
    await objects.merge(podinfo, { patch: { metadata: { labels: { a: 'b' } }, spec: { replicas: 0 } }, resourceVersion: '7' }, never);
    await objects.merge(podinfo, { patch: { status: {} }, resourceVersion: '7', subresource: 'status' }, never);
    await objects.replace(object, never);
    await objects.remove(podinfo, { uid: 'u', resourceVersion: '7' }, never);
    await objects.create({ ...object, metadata: { name: 'podinfo' } }, never);
    expect(sent.map(({ method, url }) => `${method} ${url.replace('/apis/apps/v1/namespaces/test/deployments', '')}`)).toEqual([
      'PATCH /podinfo',
      'PATCH /podinfo/status',
      'PUT /podinfo',
      'DELETE /podinfo',
      'POST ',
    ]);
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ metadata: { labels: { a: 'b' }, resourceVersion: '7' }, spec: { replicas: 0 } });
    expect(sent[0]?.headers['content-type']).toBe('application/merge-patch+json');
    expect(JSON.parse(sent[3]?.body ?? '')).toMatchObject({ kind: 'DeleteOptions', preconditions: { uid: 'u', resourceVersion: '7' } });
  });

  test('without a precondition is our bug, and is not sent', async () => {
    const { objects, sent } = over(reply(200, object));
    await expect(objects.merge(podinfo, { patch: {}, resourceVersion: '' }, never)).rejects.toThrow('without a resourceVersion');
    await expect(objects.replace({ ...object, metadata: { name: 'podinfo' } }, never)).rejects.toThrow('without a resourceVersion');
    await expect(objects.remove(podinfo, { uid: '', resourceVersion: '7' }, never)).rejects.toThrow('without a uid');
    expect(sent).toHaveLength(0);
  });

  test('is repeated unchanged until it has an answer', async () => {
    const busy = () => reply(503, '');
    const { objects, sent, clock } = over(
      new Error('reset'),
      busy,
      busy,
      busy,
      busy,
      busy,
      new Error('reset'),
      reply(200, '<html>'),
      reply(200, object),
    );
    const written = clock.until(objects.merge(podinfo, { patch: { spec: { replicas: 2 } }, resourceVersion: '7' }, never));
    expect(await written).toEqual({ is: 'done', object });
    expect(sent).toHaveLength(9);
    expect(new Set(sent.map((wire) => JSON.stringify(wire))).size).toBe(1);
    expect(clock.slept).toEqual([100, 200, 400, 800, 1000, 1000, 1000, 1000]);
  });

  test('ends without an answer only by the signal', async () => {
    const clock = handClock();
    const stop = new AbortController();
    const objects = createObjects({ send: silence, clock, namespace: 'test' });
    const written = objects.merge(podinfo, { patch: {}, resourceVersion: '7' }, stop.signal);
    await settle();
    stop.abort(new Error('parked'));
    await expect(written).rejects.toThrow('parked');
  });

  const gone = () => status(404, 'NotFound', { message: 'deployments.apps "podinfo" not found', details: { name: 'podinfo' } });
  const merge = (objects: Objects) => objects.merge(podinfo, { patch: {}, resourceVersion: '7' }, never);
  test.each<[string, () => WireReply, (objects: Objects) => Promise<unknown>, unknown]>([
    ['changed meanwhile', () => status(409, 'Conflict'), merge, { is: 'conflict', why: 'Conflict' }],
    ['gone meanwhile', gone, merge, { is: 'conflict', why: 'deployments.apps "podinfo" not found' }],
    ['gone before the delete', gone, (objects) => objects.remove(podinfo, { uid: 'u', resourceVersion: '7' }, never), { is: 'conflict' }],
    [
      'there already',
      () => status(409, 'AlreadyExists'),
      (objects) => objects.create(object, never),
      { is: 'conflict', why: 'AlreadyExists' },
    ],
    ['into no namespace', gone, (objects) => objects.create(object, never), { is: 'refused', error: { code: 404, missingKind: false } }],
    ['of no known kind', () => reply(404, '404 page not found'), merge, { is: 'refused', error: { missingKind: true } }],
    [
      'not valid',
      () => status(422, 'Invalid', { message: 'spec.replicas: too many' }),
      merge,
      { is: 'refused', error: { code: 422, said: 'spec.replicas: too many' } },
    ],
    [
      'deleted, as it was',
      () => reply(200, object),
      (objects) => objects.remove(podinfo, { uid: 'u', resourceVersion: '7' }, never),
      { is: 'done' },
    ],
  ])('%s', async (_, answer, write, expected) => expect(await write(over(answer).objects)).toMatchObject(expected as object));

  test('a delete that finalizers hold up gives the object; one that is through gives none', async () => {
    const held = { ...object, metadata: { ...object.metadata, finalizers: ['x'] } };
    const remove = (answer: unknown) => over(reply(200, answer)).objects.remove(podinfo, { uid: 'u', resourceVersion: '7' }, never);
    expect(await remove(held)).toEqual({ is: 'done', object: held });
    expect(await remove(object)).toEqual({ is: 'done' });
  });

  test('a refusal by Role names the rule; one by quota or webhook does not', async () => {
    const byRole = await merge(over(forbidden('patch')).objects);
    const byQuota = await merge(over(status(403, 'Forbidden', { message: 'exceeded quota: compute' })).objects);
    const told = [byRole, byQuota].map((written) => (written.is === 'refused' ? asCanaryError(written.error).message : ''));
    expect(told[0]).toContain(
      'add the rule {apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"], resourceNames: ["podinfo"]} in a Role of namespace test',
    );
    expect(told[0]).toContain('canary rbac FILE');
    expect(told[1]).not.toContain('rule');
  });

  test('an error of ours is no word of the API server', () => {
    expect(asCanaryError(new TypeError('x'))).toBeUndefined();
    const about = { verb: 'get', group: '', resource: 'pods', name: 'a', namespace: undefined };
    expect(new ApiError(about, { code: 400, reason: '', message: 'no', details: {} }).message).toBe('get pods a: no');
  });
});

describe('bodies', () => {
  async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
    for (const text of texts) yield new TextEncoder().encode(text);
  }

  test('longer than is reasonable are no answer', async () => {
    await expect(readBody({ status: 200, headers: {}, body: chunks('12345', '67890') }, 9)).rejects.toBeInstanceOf(NoAnswerError);
    expect(await readBody({ status: 200, headers: {}, body: chunks('12345', '6789') }, 9)).toBe('123456789');
  });

  test('lines: whole ones only, split anywhere, none endless', async () => {
    const read = async (limit: number, ...texts: string[]): Promise<string[]> => {
      const lines: string[] = [];
      for await (const line of readLines(chunks(...texts), limit)) lines.push(line);
      return lines;
    };
    expect(await read(9, 'a\n\nb', 'c\nd')).toEqual(['a', 'bc']);
    await expect(read(9, 'a\n12345', '67890')).rejects.toBeInstanceOf(NoAnswerError);
  });
});
