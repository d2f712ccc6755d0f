// LIST, WATCH, discovery and the forms of an answer.
import { describe, expect, test } from '@jest/globals';
import { configMap, deployment, DEPLOYMENTS, type Loose, MERGE, pause, service, startWatch, virtualSandbox } from './client.ts';

const CONFIGS = '/api/v1/namespaces/test/configmaps';

function names({ body }: { body: Loose }): string[] {
  return body.items.map(({ metadata }: Loose) => metadata.name);
}

describe('a list', () => {
  const given = [
    configMap('a', {}, { labels: { app: 'x', tier: 'web' } }),
    configMap('b', {}, { labels: { app: 'y' } }),
    configMap('c', {}, { labels: { tier: 'db' } }),
  ];

  test.each([
    ['app=x', ['a']],
    ['app==x', ['a']],
    ['app!=x', ['b', 'c']],
    ['app in (x, y)', ['a', 'b']],
    ['app notin (x)', ['b', 'c']],
    ['app', ['a', 'b']],
    ['!app', ['c']],
    ['app in (x,y),tier=web', ['a']],
  ])('selects labels %s', async (selector, wanted) => {
    const { ask, apply } = virtualSandbox();
    await apply(given);
    expect(names(await ask('GET', `${CONFIGS}?labelSelector=${encodeURIComponent(selector)}`))).toEqual(wanted);
  });

  test('selects fields, and refuses those it does not know', async () => {
    const { ask, apply } = virtualSandbox();
    await apply(given);
    expect(names(await ask('GET', `${CONFIGS}?fieldSelector=metadata.name%3Db`))).toEqual(['b']);
    expect(names(await ask('GET', '/api/v1/configmaps?fieldSelector=metadata.namespace%3Dtest,metadata.name!%3Db'))).toEqual(['a', 'c']);
    const { status, body } = await ask('GET', `${CONFIGS}?fieldSelector=data.x%3Db`);
    expect([status, body.reason]).toEqual([400, 'BadRequest']);
    expect(body.message).toBe('"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"');
  });

  test('in pages shows one moment, until that is compacted away', async () => {
    const { ask, apply, world } = virtualSandbox();
    await apply(given);
    const first = await ask('GET', `${CONFIGS}?limit=2`);
    expect([names(first), first.body.metadata.remainingItemCount]).toEqual([['a', 'b'], 1]);
    await ask('DELETE', `${CONFIGS}/c`);
    await apply([configMap('d', {})]);
    const rest = `${CONFIGS}?limit=2&continue=${encodeURIComponent(first.body.metadata.continue)}`;
    const second = await ask('GET', rest);
    expect([names(second), second.body.metadata.continue]).toEqual([['c'], undefined]);
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
    world.store.compact();
    const late = await ask('GET', rest);
    expect([late.status, late.body.reason]).toEqual([410, 'Expired']);
  });

  test('at a resourceVersion: not older, exactly, and not from the future', async () => {
    const { ask, apply } = virtualSandbox();
    await apply(given);
    const version = (await ask('GET', CONFIGS)).body.metadata.resourceVersion;
    await ask('DELETE', `${CONFIGS}/a`);
    expect(names(await ask('GET', `${CONFIGS}?resourceVersion=${version}`))).toEqual(['b', 'c']);
    expect(names(await ask('GET', `${CONFIGS}?resourceVersion=${version}&resourceVersionMatch=Exact`))).toEqual(['a', 'b', 'c']);
    const future = await ask('GET', `${CONFIGS}?resourceVersion=999999`);
    expect([future.status, future.body.reason]).toEqual([504, 'Timeout']);
    expect(future.body.message).toMatch(/^Timeout: Too large resource version: 999999, current: \d+$/);
  });
});

describe('a watch', () => {
  test('goes on from a list without a gap, through selectors', async () => {
    const sandbox = virtualSandbox();
    const { ask, apply } = sandbox;
    await apply([configMap('a', {}, { labels: { on: '1' } })]);
    const { resourceVersion } = (await ask('GET', CONFIGS)).body.metadata;
    await apply([configMap('b', {}, { labels: { on: '1' } }), configMap('c', {})]);
    const watch = await startWatch(sandbox.api, `${CONFIGS}?watch=true&labelSelector=on%3D1&resourceVersion=${resourceVersion}`);
    await ask('PATCH', `${CONFIGS}/c`, { metadata: { labels: { on: '1' } } }, MERGE);
    await ask('PATCH', `${CONFIGS}/b`, { data: { x: 'y' } }, MERGE);
    await ask('PATCH', `${CONFIGS}/b`, { metadata: { labels: { on: null } } }, MERGE);
    await ask('DELETE', `${CONFIGS}/b`);
    await ask('DELETE', `${CONFIGS}/a`);
    await watch.stop();
    expect(watch.events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      'ADDED b',
      'ADDED c',
      'MODIFIED b',
      'DELETED b',
      'DELETED a',
    ]);
    expect(watch.events.at(-2).object.metadata.labels).toEqual({ on: '1' });
  });

  test('without resourceVersion begins with what is there', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([configMap('a', {}), configMap('b', {})]);
    const watch = await startWatch(sandbox.api, `${CONFIGS}?watch=1&fieldSelector=metadata.name%3Db`);
    await sandbox.ask('DELETE', `${CONFIGS}/a`);
    await sandbox.ask('DELETE', `${CONFIGS}/b`);
    await watch.stop();
    expect(watch.events.map(({ type, object }) => [type, object.metadata.name])).toEqual([
      ['ADDED', 'b'],
      ['DELETED', 'b'],
    ]);
  });

  test('from a compacted resourceVersion says 410 in its stream', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([configMap('a', {})]);
    sandbox.world.store.compact();
    const oldest = sandbox.world.store.oldest();
    const watch = await startWatch(sandbox.api, `${CONFIGS}?watch=1&resourceVersion=1`);
    await watch.ended;
    expect(watch.events).toMatchObject([
      { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: `too old resource version: 1 (${oldest})` } },
    ]);
  });

  test('ends at its timeout, with a bookmark for who wants one', async () => {
    const sandbox = virtualSandbox();
    const start = sandbox.clock.now();
    const watch = await startWatch(
      sandbox.api,
      `${CONFIGS}?watch=1&timeoutSeconds=60&allowWatchBookmarks=true&resourceVersion=${sandbox.world.store.version()}`,
    );
    await watch.ended;
    expect(sandbox.clock.now() - start).toBe(60_000);
    expect(watch.events.map(({ type }) => type).at(-1)).toBe('BOOKMARK');
    expect(watch.events.at(-1).object.metadata.resourceVersion).toBe(String(sandbox.world.store.version()));
  });

  test('with sendInitialEvents marks the end of the beginning', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([configMap('a', {})]);
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = await startWatch(sandbox.api, `${CONFIGS}?${query}`);
    await watch.stop();
    expect(watch.events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK']);
    expect(watch.events[1].object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
  });
});

describe('an answer', () => {
  test('carries the date of the world', async () => {
    const sandbox = virtualSandbox();
    await pause(sandbox, 3_600_000);
    for (const path of [CONFIGS, '/version', '/nowhere']) {
      expect((await sandbox.ask('GET', path)).headers['date']).toBe('Thu, 01 Jan 2026 01:00:00 GMT');
    }
  });

  test('is a Table for kubectl', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([deployment('podinfo', { replicas: 1 }), service('podinfo', 'podinfo')]);
    await pause(sandbox, 150_000);
    const table = async (url: string): Promise<Loose> => {
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
      const { body } = await sandbox.ask('GET', url, undefined, { accept });
      expect([body.kind, body.apiVersion]).toEqual(['Table', 'meta.k8s.io/v1']);
      const shown = body.columnDefinitions.map(({ priority }: Loose) => priority === 0);
      const narrow = (cells: unknown[]): unknown[] => cells.filter((_, at) => shown[at]);
      return {
        head: narrow(body.columnDefinitions.map(({ name }: Loose) => name)),
        rows: body.rows.map(({ cells }: Loose) => narrow(cells)),
        body,
      };
    };
    const deployments = await table(DEPLOYMENTS);
    expect(deployments).toMatchObject({
      head: ['Name', 'Ready', 'Up-to-date', 'Available', 'Age'],
      rows: [['podinfo', '1/1', 1, 1, '2m30s']],
    });
    expect(deployments.body.rows[0].object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'podinfo' } });
    expect((await table('/api/v1/namespaces/test/pods')).rows).toEqual([
      [expect.stringMatching(/^podinfo-/), '1/1', 'Running', '0', '2m30s'],
    ]);
    expect((await table('/api/v1/namespaces/test/services')).rows).toEqual([
      ['podinfo', 'ClusterIP', expect.any(String), '<none>', '9898/TCP', '2m30s'],
    ]);
  });

  test('is metadata only for who asks so', async () => {
    const sandbox = virtualSandbox();
    await sandbox.apply([configMap('a', { secret: 'x' })]);
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    const { body, text } = await sandbox.ask('GET', '/api/v1/configmaps', undefined, { accept });
    expect([body.kind, body.apiVersion, body.items[0].kind]).toEqual([
      'PartialObjectMetadataList',
      'meta.k8s.io/v1',
      'PartialObjectMetadata',
    ]);
    expect(text).not.toContain('secret');
    const watch = await startWatch(sandbox.api, `${CONFIGS}?watch=1`, {
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    });
    await watch.stop();
    expect(Object.keys(watch.events[0].object)).toEqual(['kind', 'apiVersion', 'metadata']);
  });

  test('names Events in both forms', async () => {
    const { ask } = virtualSandbox();
    const event = {
      metadata: { name: 'e' },
      involvedObject: { kind: 'Deployment', name: 'podinfo', namespace: 'test' },
      reason: 'Synced',
      message: 'hi',
      count: 2,
    };
    expect((await ask('POST', '/api/v1/namespaces/test/events', event)).status).toBe(201);
    const url = '/apis/events.k8s.io/v1/namespaces/test/events?fieldSelector=regarding.name%3Dpodinfo,reason%3DSynced';
    expect((await ask('GET', url)).body.items).toMatchObject([{ regarding: { name: 'podinfo' }, note: 'hi', deprecatedCount: 2 }]);
    const made = {
      metadata: { name: 'f' },
      regarding: { kind: 'Pod', name: 'p', namespace: 'test' },
      reason: 'X',
      note: 'ho',
      eventTime: null,
    };
    expect((await ask('POST', '/apis/events.k8s.io/v1/namespaces/test/events', made)).body.note).toBe('ho');
    const core = await ask('GET', '/api/v1/namespaces/test/events?fieldSelector=involvedObject.kind%3DPod');
    expect(core.body.items).toMatchObject([{ message: 'ho', involvedObject: { name: 'p' } }]);
  });
});

describe('discovery', () => {
  test('tells version, groups, resources and short names', async () => {
    const { ask } = virtualSandbox();
    expect((await ask('GET', '/version')).body).toMatchObject({ major: '1', minor: '34' });
    expect((await ask('GET', '/api')).body.versions).toEqual(['v1']);
    const { groups } = (await ask('GET', '/apis')).body;
    expect(groups.map(({ name }: Loose) => name)).toEqual(
      expect.arrayContaining([
        'apps',
        'autoscaling',
        'coordination.k8s.io',
        'discovery.k8s.io',
        'events.k8s.io',
        'networking.istio.io',
        'authorization.k8s.io',
      ]),
    );
    expect(groups.find(({ name }: Loose) => name === 'networking.istio.io').preferredVersion.version).toBe('v1');
    const short: Record<string, string[]> = {};
    for (const path of ['/api/v1', '/apis/apps/v1', '/apis/autoscaling/v2', '/apis/networking.istio.io/v1beta1']) {
      for (const { name, shortNames } of (await ask('GET', path)).body.resources) if (shortNames) short[name] = shortNames;
    }
    expect(short).toMatchObject({
      virtualservices: ['vs'],
      destinationrules: ['dr'],
      horizontalpodautoscalers: ['hpa'],
      deployments: ['deploy'],
      services: ['svc'],
      pods: ['po'],
      configmaps: ['cm'],
      endpoints: ['ep'],
      events: ['ev'],
      replicasets: ['rs'],
      namespaces: ['ns'],
      nodes: ['no'],
    });
    const apps = (await ask('GET', '/apis/apps/v1')).body.resources;
    expect(apps).toContainEqual(expect.objectContaining({ name: 'deployments/scale', kind: 'Scale', group: 'autoscaling' }));
    expect((await ask('GET', '/apis/apps/v2')).status).toBe(404);
  });

  test('has enough OpenAPI for kubectl to leave checking to the server', async () => {
    const { ask } = virtualSandbox();
    const { paths } = (await ask('GET', '/openapi/v3')).body;
    const { body } = await ask('GET', paths['apis/apps/v1'].serverRelativeURL);
    const { patch } = body.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];
    expect(patch.parameters[0].name).toBe('fieldValidation');
  });
});
