import { afterEach, describe, expect, test } from '@jest/globals';
import type { Obj, Ref } from '../../src/contracts.ts';
import { ForbiddenError } from '../../src/errors.ts';
import { createLookout } from '../../src/kube/lookout.ts';
import type { Lookout } from '../../src/kube/lookout.ts';
import { createObjects } from '../../src/kube/objects.ts';
import { handClock, never, reply, settle, status, tinyServer } from './scripted.ts';
import type { HandClock, TinyServer } from './scripted.ts';

const podinfo: Ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' };
const path = '/apis/apps/v1/namespaces/test/deployments/podinfo';
const pods = { list: { apiVersion: 'v1', kind: 'Pod' }, labels: { app: 'podinfo' } };

interface Stage {
  server: TinyServer;
  clock: HandClock;
  lookout: Lookout;
  changes: number;
}

const ends: AbortController[] = [];
afterEach(() => ends.splice(0).forEach((end) => end.abort()));

function stage(options: { watch?: boolean } = {}): Stage {
  const server = tinyServer();
  const clock = handClock();
  const end = new AbortController();
  ends.push(end);
  const objects = createObjects({ send: server.send, clock, namespace: 'test', random: () => 0 });
  const onChange = (): void => void made.changes++;
  const lookout = createLookout({
    objects,
    send: server.send,
    clock,
    namespace: 'test',
    onChange,
    signal: end.signal,
    random: () => 0,
    ...options,
  });
  const made: Stage = { server, clock, lookout, changes: 0 };
  return made;
}

function deployment(replicas: number, name = 'podinfo'): Obj {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'test' }, spec: { replicas } };
}

function pod(name: string, app = 'podinfo'): Obj {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'test', labels: { app } } };
}

async function replicas({ lookout }: Stage): Promise<unknown> {
  const look = (await lookout.see([podinfo], never)).one(podinfo);
  return look.is === 'present' ? (look.object['spec'] as { replicas: number }).replicas : look.is;
}

async function podNames({ lookout }: Stage): Promise<string[]> {
  return (await lookout.see([pods], never)).many(pods).map(({ metadata }) => metadata.name);
}

describe('with watches', () => {
  test('the first look lists and watches; later looks cost nothing and are up to date', async () => {
    const all = stage();
    all.server.put(deployment(1));
    expect(await replicas(all)).toBe(1);
    await settle();
    expect(all.server.sent).toEqual([
      'GET /apis/apps/v1/namespaces/test/deployments',
      'GET WATCH /apis/apps/v1/namespaces/test/deployments',
    ]);
    all.server.put(deployment(2));
    await settle();
    expect(all.changes).toBe(1);
    expect(await replicas(all)).toBe(2);
    all.server.drop(path);
    await settle();
    expect(await replicas(all)).toBe('absent');
    expect(all.server.sent).toHaveLength(2);
  });

  test('what is absent is watched too', async () => {
    const all = stage();
    expect(await replicas(all)).toBe('absent');
    await settle();
    all.server.put(deployment(3));
    all.server.put(deployment(9, 'another'));
    await settle();
    expect(await replicas(all)).toBe(3);
    expect(all.changes).toBe(1);
  });

  test('by labels: comes, stays, goes, sorted by name', async () => {
    const all = stage();
    all.server.put(pod('b'));
    all.server.put(pod('x', 'other'));
    expect(await podNames(all)).toEqual(['b']);
    await settle();
    all.server.put(pod('a'));
    await settle();
    expect(await podNames(all)).toEqual(['a', 'b']);
    all.server.drop('/api/v1/namespaces/test/pods/b');
    await settle();
    expect(await podNames(all)).toEqual(['a']);
  });

  test.each<[string, (all: Stage) => void]>([
    ['ended by the server', ({ server }) => server.watches.forEach((watcher) => watcher.end())],
    ['cut in the middle of a line', ({ server }) => server.watches.forEach((watcher) => (watcher.push('{"type":"MOD'), watcher.end()))],
    [
      'told that it is too old',
      ({ server }) => server.watches.forEach((watcher) => watcher.push('{"type":"ERROR","object":{"code":410}}')),
    ],
    ['told nonsense', ({ server }) => server.watches.forEach((watcher) => watcher.push('<html>'))],
  ])('a watch that is %s comes back by itself and misses nothing', async (_, breakIt) => {
    const all = stage();
    all.server.put(deployment(1));
    await replicas(all);
    await all.clock.advance(5_000);
    breakIt(all);
    all.server.line = () => undefined;
    all.server.put(deployment(2));
    all.server.line = (line) => line;
    await all.clock.advance(5_000);
    expect(all.changes).toBe(1);
    all.server.put(deployment(3));
    await settle();
    expect(all.changes).toBe(2);
    expect(await replicas(all)).toBe(3);
  });

  test('a watch that keeps news to itself is found out within 30 s, and opened anew', async () => {
    const all = stage();
    all.server.put(deployment(1));
    await replicas(all);
    await settle();
    for (const watcher of all.server.watches) Object.assign(watcher, { push: () => undefined });
    all.server.put(deployment(2));
    await all.clock.advance(29_000);
    expect(all.changes).toBe(0);
    await all.clock.advance(2_000);
    expect(all.changes).toBe(1);
    all.server.put(deployment(3));
    await settle();
    expect(all.changes).toBe(2);
    expect(await replicas(all)).toBe(3);
  });

  test('a quiet cluster is asked less and less', async () => {
    const all = stage();
    all.server.put(deployment(1));
    await replicas(all);
    await all.clock.advance(30 * 60_000);
    const lists = all.server.sent.filter((line) => !line.includes('WATCH'));
    expect(lists.length).toBeLessThan(12);
    expect(lists.length).toBeGreaterThan(5);
  });

  test('lost events cost only time: an old shelf is read again when it is asked for', async () => {
    const all = stage();
    all.server.put(deployment(1));
    await replicas(all);
    await settle();
    all.server.line = () => undefined;
    all.server.put(deployment(2));
    const bookmark = '{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"102"}}}';
    await all.clock.advance(20_000);
    all.server.line = (line) => line;
    all.server.watches.forEach((watcher) => watcher.push(bookmark));
    await all.clock.advance(11_000);
    expect(await replicas(all)).toBe(2);
  });

  test('while the watch cannot be had, looks read again what is older than a second', async () => {
    const all = stage();
    all.server.before = (wire) => (wire.url.includes('watch=') ? status(500, 'InternalError') : undefined);
    all.server.put(deployment(1));
    await replicas(all);
    await settle();
    all.server.put(deployment(2));
    await all.clock.advance(1_100);
    expect(await replicas(all)).toBe(2);
  });

  test('a role without watch is enough', async () => {
    const all = stage();
    all.server.before = (wire) => (wire.url.includes('watch=') ? status(403, 'Forbidden') : undefined);
    all.server.put(deployment(1));
    await replicas(all);
    await all.clock.advance(60_000);
    all.server.put(deployment(2));
    expect(await replicas(all)).toBe(2);
    expect(all.server.sent.filter((line) => line.includes('WATCH'))).toHaveLength(1);
  });

  test('a role without list is enough for named objects; for others the rule is named', async () => {
    const all = stage();
    const message = 'User "ana" cannot list resource "pods" in API group ""';
    all.server.before = (wire) => (wire.url.includes('limit=') ? status(403, 'Forbidden', { message }) : undefined);
    all.server.put(deployment(1));
    expect(await replicas(all)).toBe(1);
    await expect(podNames(all)).rejects.toBeInstanceOf(ForbiddenError);
    await expect(podNames(all)).rejects.toMatchObject({
      hint: 'add the rule {apiGroups: [""], resources: ["pods"], verbs: ["list"]} in a Role of namespace test',
    });
  });

  const other: Ref = { ...podinfo, name: 'other' };
  const both = async ({ lookout }: Stage): Promise<string[]> => {
    const found = await lookout.see([podinfo, other], never);
    return [found.one(podinfo).is, found.one(other).is];
  };

  test('objects of one kind share a list and a watch; of the others nothing is told', async () => {
    const all = stage();
    all.server.put(deployment(1));
    all.server.put(deployment(1, 'other'));
    expect(await both(all)).toEqual(['present', 'present']);
    await settle();
    expect(all.server.sent).toHaveLength(2);
    all.server.put(deployment(1, 'stranger'));
    await settle();
    expect(all.changes).toBe(0);
    all.server.put(deployment(2, 'other'));
    await settle();
    expect(all.changes).toBe(1);
  });

  const allDeployments = { list: { apiVersion: 'apps/v1', kind: 'Deployment' }, labels: {} };
  const everyName = async ({ lookout }: Stage): Promise<string[]> =>
    (await lookout.see([podinfo, allDeployments, other], never)).many(allDeployments).map(({ metadata }) => metadata.name);

  test.each([[true], [false]])(
    'whoever wants all of such a kind shares that list and that watch (from the first look: %s)',
    async (first) => {
      const all = stage();
      for (const name of ['podinfo', 'other', 'stranger']) all.server.put(deployment(1, name));
      if (!first) await both(all);
      const before = all.server.sent.length;
      expect(await everyName(all)).toEqual(['other', 'podinfo', 'stranger']);
      await settle();
      expect(all.server.sent.length - before).toBe(first ? 2 : 1);
      expect(all.server.sent.filter((line) => line.includes('WATCH'))).toHaveLength(1);
      all.server.put(deployment(1, 'newcomer'));
      await settle();
      expect([all.changes, await everyName(all)]).toEqual([1, ['newcomer', 'other', 'podinfo', 'stranger']]);
    },
  );

  test('all of a kind are all of them, also where there are too many for one list', async () => {
    const all = stage();
    for (let no = 0; no < 120; no++) all.server.put(deployment(1, `other-${no}`));
    expect(await everyName(all)).toHaveLength(120);
  });

  test('where a role names the objects, each is listed and watched by itself', async () => {
    const all = stage();
    all.server.put(deployment(1));
    all.server.before = (wire) => (wire.url.includes('fieldSelector') ? undefined : status(403, 'Forbidden', { message: 'no' }));
    expect(await both(all)).toEqual(['present', 'absent']);
    await settle();
    expect(all.server.sent.filter((line) => line.includes('WATCH'))).toHaveLength(2);
  });

  test('where a namespace holds many of a kind, those that are wanted are looked at by name', async () => {
    const all = stage();
    for (let no = 0; no < 101; no++) all.server.put(deployment(1, `other-${no}`));
    all.server.put(deployment(3));
    expect(await replicas(all)).toBe(3);
    await settle();
    all.server.put(deployment(4));
    await settle();
    expect([all.changes, await replicas(all)]).toEqual([1, 4]);
    expect(all.server.sent.filter((line) => line.includes('WATCH'))).toHaveLength(1);
    expect([...all.server.watches].map(({ url }) => url.searchParams.get('fieldSelector'))).toEqual(['metadata.name=podinfo']);
  });

  test('what may be listed but not asked for by name is not taken for gone', async () => {
    const all = stage({ watch: false });
    all.server.put(deployment(1));
    all.server.put(deployment(1, 'other'));
    expect(await both(all)).toEqual(['present', 'present']);
    all.server.before = (wire) => (/other(&|$)/.test(wire.url) ? status(403, 'Forbidden', { message: 'no' }) : undefined);
    await all.clock.advance(2_000);
    expect(await both(all)).toEqual(['present', 'forbidden']);
  });

  test('what is in doubt is read again before it is shown', async () => {
    const all = stage();
    all.server.put(deployment(1));
    await replicas(all);
    await settle();
    all.server.line = () => undefined;
    all.server.put(deployment(2));
    expect(await replicas(all)).toBe(1);
    all.lookout.doubt();
    expect(await replicas(all)).toBe(2);
  });

  test('secrets are looked at by name only', async () => {
    const all = stage();
    const secret: Ref = { apiVersion: 'v1', kind: 'Secret', name: 'key' };
    expect((await all.lookout.see([secret], never)).one(secret).is).toBe('absent');
    await all.clock.advance(10_000);
    expect(all.server.sent).toEqual(['GET /api/v1/namespaces/test/secrets/key']);
  });

  test('a kind that is not served is remembered, for a while', async () => {
    const all = stage();
    all.server.before = () => reply(404, '404 page not found\n');
    expect(await replicas(all)).toBe('no-such-kind');
    await all.clock.advance(30_000);
    expect(await replicas(all)).toBe('no-such-kind');
    expect(all.server.sent).toHaveLength(1);
    all.server.before = () => undefined;
    await all.clock.advance(31_000);
    expect(await replicas(all)).toBe('absent');
  });

  test('asked by two at once, it reads once', async () => {
    const all = stage();
    await Promise.all([replicas(all), replicas(all)]);
    expect(all.server.sent.filter((line) => !line.includes('WATCH'))).toHaveLength(1);
  });
});

describe('without watches', () => {
  test('what is older than a second is read by name, labels are listed', async () => {
    const all = stage({ watch: false });
    all.server.put(deployment(1));
    expect(await replicas(all)).toBe(1);
    expect(await podNames(all)).toEqual([]);
    await all.clock.advance(900);
    all.server.put(deployment(2));
    all.server.put(pod('a'));
    expect(await replicas(all)).toBe(1);
    await all.clock.advance(200);
    expect(await replicas(all)).toBe(2);
    expect(await podNames(all)).toEqual(['a']);
    expect(all.server.sent).toEqual([
      'GET /apis/apps/v1/namespaces/test/deployments',
      'GET /api/v1/namespaces/test/pods',
      `GET ${path}`,
      'GET /api/v1/namespaces/test/pods',
    ]);
  });

  test('gone by name is gone only when the list agrees', async () => {
    const all = stage({ watch: false });
    all.server.put(deployment(1));
    await replicas(all);
    await all.clock.advance(1_100);
    all.server.before = (wire) => (wire.url === path ? status(404, 'NotFound', { details: { name: 'podinfo' } }) : undefined);
    expect(await replicas(all)).toBe(1);
    all.server.drop(path);
    await all.clock.advance(1_100);
    expect(await replicas(all)).toBe('absent');
  });
});

describe('the cache never goes back', () => {
  test('a late event, an old read and an old list change nothing', async () => {
    const all = stage();
    const old = all.server.put(deployment(1));
    const stale = () => reply(200, { kind: 'List', metadata: { resourceVersion: old.metadata.resourceVersion }, items: [old] });
    await replicas(all);
    await settle();
    all.server.put(deployment(2));
    await settle();
    all.server.watches.forEach((watcher) => watcher.push(JSON.stringify({ type: 'MODIFIED', object: old })));
    await settle();
    expect(await replicas(all)).toBe(2);
    all.server.before = (wire) => (wire.url === path ? reply(200, old) : wire.url.includes('limit=') ? stale() : undefined);
    expect(await all.lookout.fresh([podinfo], never)).toBe(true);
    expect(await replicas(all)).toBe(2);
    await all.clock.advance(31_000);
    expect(await replicas(all)).toBe(2);
    expect(all.changes).toBe(1);
    // A stale read is no read: the next look asks again.
    const asked = all.server.sent.length;
    await replicas(all);
    expect(all.server.sent.length).toBe(asked + 1);
  });

  test('what was deleted does not come back by a late event', async () => {
    const all = stage();
    const old = all.server.put(deployment(1));
    await replicas(all);
    await settle();
    all.server.drop(path);
    await settle();
    all.server.watches.forEach((watcher) => watcher.push(JSON.stringify({ type: 'MODIFIED', object: old })));
    await settle();
    expect(await replicas(all)).toBe('absent');
  });

  test('versions that are no numbers are believed only when asked for', async () => {
    const all = stage();
    const odd = (count: number): Obj => ({
      ...deployment(count),
      metadata: { name: 'podinfo', namespace: 'test', uid: 'u', resourceVersion: `v-${count}` },
    });
    all.server.before = (wire) =>
      wire.url.includes('limit=') ? reply(200, { metadata: { resourceVersion: 'x' }, items: [odd(1)] }) : undefined;
    expect(await replicas(all)).toBe(1);
    await settle();
    all.server.watches.forEach((watcher) => watcher.push(JSON.stringify({ type: 'MODIFIED', object: odd(5) })));
    await settle();
    expect(all.changes).toBe(1);
    expect(await replicas(all)).toBe(1);
  });
});

describe('our own writes', () => {
  test('are seen at once, and a watch that tells them later is no news', async () => {
    const all = stage();
    all.server.put(deployment(1));
    await replicas(all);
    await settle();
    all.lookout.put(all.server.put(deployment(2)));
    expect(await replicas(all)).toBe(2);
    await settle();
    expect(all.changes).toBe(0);
  });

  test('move an object from label to label', async () => {
    const all = stage();
    const mine = all.server.put(pod('a'));
    await podNames(all);
    all.lookout.put({ ...mine, metadata: { ...mine.metadata, labels: {}, resourceVersion: '999' } });
    expect(await podNames(all)).toEqual([]);
  });

  test('after a delete the cluster is asked again', async () => {
    const all = stage();
    all.server.put(deployment(1));
    await replicas(all);
    all.lookout.drop(podinfo);
    expect(await replicas(all)).toBe(1);
    all.server.drop(path);
    all.lookout.drop(podinfo);
    expect(await replicas(all)).toBe('absent');
  });
});

describe('fresh', () => {
  test('says whether anything moved since the last look, even when the watch told it already', async () => {
    const all = stage();
    all.server.put(deployment(1));
    await replicas(all);
    await settle();
    expect(await all.lookout.fresh([podinfo], never)).toBe(false);
    all.server.put(deployment(2));
    await settle();
    expect(await all.lookout.fresh([podinfo], never)).toBe(true);
    await replicas(all);
    expect(await all.lookout.fresh([podinfo], never)).toBe(false);
  });

  test('our own write has not moved it, another after it has', async () => {
    const all = stage();
    all.server.put(deployment(1));
    await replicas(all);
    all.lookout.put(all.server.put(deployment(2)));
    expect(await all.lookout.fresh([podinfo], never)).toBe(false);
    all.server.put(deployment(3));
    expect(await all.lookout.fresh([podinfo], never)).toBe(true);
    expect(await replicas(all)).toBe(3);
  });

  test('absent still, come, gone', async () => {
    const all = stage({ watch: false });
    await replicas(all);
    expect(await all.lookout.fresh([podinfo], never)).toBe(false);
    all.server.put(deployment(1));
    expect(await all.lookout.fresh([podinfo], never)).toBe(true);
    await replicas(all);
    all.server.drop(path);
    expect(await all.lookout.fresh([podinfo], never)).toBe(true);
    expect(await replicas(all)).toBe('absent');
  });

  test('what was never looked at counts as moved', async () => {
    const all = stage();
    expect(await all.lookout.fresh([podinfo], never)).toBe(true);
  });
});

describe('what is found', () => {
  test('does not change under the reader, and cannot be changed', async () => {
    const all = stage();
    all.server.put(deployment(1));
    const found = await all.lookout.see([podinfo, pods], never);
    all.lookout.put(all.server.put(deployment(2)));
    const look = found.one(podinfo);
    expect(look).toMatchObject({ object: { spec: { replicas: 1 } } });
    expect(() => Object.assign((look as unknown as { object: { spec: object } }).object.spec, { replicas: 5 })).toThrow(TypeError);
  });

  test('looking at what no need named is our bug', async () => {
    const found = await stage().lookout.see([podinfo], never);
    expect(found.one({ ...podinfo, namespace: 'test' }).is).toBe('absent');
    expect(() => found.one({ ...podinfo, name: 'other' })).toThrow('no need named');
    expect(() => found.many(pods)).toThrow('no need named');
  });

  test('a look can be given up', async () => {
    const all = stage();
    all.server.before = () => new Promise(() => undefined);
    const stop = new AbortController();
    const look = all.lookout.see([podinfo], stop.signal);
    stop.abort(new Error('parked'));
    await expect(look).rejects.toThrow('parked');
  });
});
