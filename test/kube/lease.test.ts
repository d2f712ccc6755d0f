import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import { heartbeat, leaseRef, sweepLease, watchDriver } from '../../src/kube/lease.ts';
import { createObjects } from '../../src/kube/objects.ts';
import type { Objects } from '../../src/kube/objects.ts';
import { handClock, never, settle, status, tinyServer } from './scripted.ts';
import type { HandClock, TinyServer } from './scripted.ts';

const path = '/apis/coordination.k8s.io/v1/namespaces/test/leases/canary-f00d';

function stage(): { server: TinyServer; clock: HandClock; objects: Objects } {
  const server = tinyServer();
  const clock = handClock();
  return { server, clock, objects: createObjects({ send: server.send, clock, namespace: 'test', random: () => 0 }) };
}

function renewTime({ server }: { server: TinyServer }): unknown {
  return (server.object(path)?.['spec'] as { renewTime?: string } | undefined)?.renewTime;
}

function lease(): Obj {
  return { ...leaseRef('test', 'f00d'), metadata: { name: 'canary-f00d', namespace: 'test' }, spec: {} };
}

describe('a heartbeat', () => {
  const begin = (all: ReturnType<typeof stage>, signal = never) =>
    heartbeat({ ...all, now: () => all.clock.now(), namespace: 'test', id: 'f00d', host: 'ana@laptop', signal });

  test('tells the API server’s time, however wrong our own is', async () => {
    const all = stage();
    await heartbeat({ ...all, now: () => Date.UTC(2030, 0, 1), namespace: 'test', id: 'f00d', host: 'ana@laptop', signal: never });
    expect(renewTime(all)).toBe('2030-01-01T00:00:00.000000Z');
  });

  test('stands when it resolves, and is renewed every 10 s by its version', async () => {
    const all = stage();
    const beat = await begin(all);
    expect(beat.name).toBe('canary-f00d');
    expect(all.server.object(path)).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'canary' } },
      spec: {
        holderIdentity: 'ana@laptop',
        leaseDurationSeconds: 30,
        acquireTime: '2023-11-14T22:13:20.000000Z',
        renewTime: '2023-11-14T22:13:20.000000Z',
      },
    });
    await all.clock.advance(25_000);
    expect(renewTime(all)).toBe('2023-11-14T22:13:40.000000Z');
    expect(all.server.sent.slice(1)).toEqual([`PATCH ${path}`, `PATCH ${path}`]);
    expect(beat.renewedAt()).toBe(1_700_000_020_000);
    await beat.release(never);
    expect(all.server.object(path)).toBeUndefined();
  });

  test('is made again when somebody deletes it, and goes on when somebody touches it', async () => {
    const all = stage();
    const beat = await begin(all);
    all.server.drop(path);
    await all.clock.advance(11_000);
    expect(renewTime(all)).toBe('2023-11-14T22:13:30.000000Z');
    all.server.put(all.server.object(path) as Obj);
    await all.clock.advance(10_000);
    expect(renewTime(all)).toBe('2023-11-14T22:13:40.000000Z');
    await beat.release(never);
  });

  test('survives refusals and silence on the way', async () => {
    const all = stage();
    const beat = await begin(all);
    all.server.before = () => status(403, 'Forbidden');
    await all.clock.advance(11_000);
    all.server.before = () => Promise.reject(new Error('reset'));
    await all.clock.advance(12_000);
    all.server.before = () => undefined;
    await all.clock.advance(5_000);
    expect(renewTime(all)).toBe('2023-11-14T22:13:40.000000Z');
    expect(beat.renewedAt()).toBe(1_700_000_020_000);
    await beat.release(never);
  });

  test('a lost answer to the first write is found out', async () => {
    const all = stage();
    all.server.put(lease());
    const beat = await begin(all);
    expect(renewTime(all)).toBe('2023-11-14T22:13:20.000000Z');
    await beat.release(never);
    expect(all.server.object(path)).toBeUndefined();
  });

  test('not allowed: said at once', async () => {
    const all = stage();
    all.server.before = () => status(403, 'Forbidden');
    await expect(begin(all)).rejects.toMatchObject({ code: 403 });
  });

  test('ends with the signal, and a release that is out of time does not hang', async () => {
    const all = stage();
    const end = new AbortController();
    const beat = await begin(all, end.signal);
    end.abort(new Error('over'));
    await all.clock.advance(60_000);
    expect(all.server.sent).toHaveLength(1);
    all.server.before = (_wire) => new Promise(() => undefined);
    const enough = new AbortController();
    const released = beat.release(enough.signal);
    enough.abort(new Error('enough'));
    await released;
    expect(all.server.object(path)).toBeDefined();
  });

  test('a release takes a renewal under way along', async () => {
    const all = stage();
    const beat = await begin(all);
    all.server.before = (wire) => (wire.method === 'PATCH' ? new Promise(() => undefined) : undefined);
    await all.clock.advance(10_000);
    await beat.release(never);
    expect(all.server.object(path)).toBeUndefined();
  });
});

describe("another driver's Lease", () => {
  const look = (all: ReturnType<typeof stage>, forMs = 30_000, signal = never) =>
    watchDriver({ ...all, namespace: 'test', id: 'f00d', forMs, signal });

  test('moves: told soon', async () => {
    const all = stage();
    all.server.put(lease());
    const seen = look(all);
    await all.clock.advance(9_000);
    all.server.put(lease());
    await all.clock.advance(2_000);
    expect(await seen).toBe('moved');
  });

  test.each([true, false])('does not move for all of the time (there: %s)', async (there) => {
    const all = stage();
    if (there) all.server.put(lease());
    let answer = '';
    const seen = look(all).then((said) => (answer = said));
    await all.clock.advance(29_000);
    expect(answer).toBe('');
    await all.clock.advance(1_500);
    expect(await seen).toBe('still');
  });

  test('appears: it moved; disappears: it did not', async () => {
    const all = stage();
    const seen = look(all);
    await all.clock.advance(5_000);
    all.server.put(lease());
    expect(await all.clock.until(seen)).toBe('moved');
    const again = look(all);
    await all.clock.advance(5_000);
    all.server.drop(path);
    expect(await all.clock.until(again)).toBe('still');
  });

  test('time in which nothing could be seen does not count', async () => {
    const all = stage();
    all.server.put(lease());
    let answer = '';
    const seen = look(all).then((said) => (answer = said));
    await all.clock.advance(20_000);
    all.server.before = () => status(503, 'Down');
    await all.clock.advance(10_000);
    all.server.before = () => undefined;
    await all.clock.advance(20_000);
    expect(answer).toBe('');
    expect(await all.clock.until(seen)).toBe('still');
  });

  test('ends by the signal', async () => {
    const all = stage();
    const stop = new AbortController();
    const seen = look(all, 30_000, stop.signal);
    await settle();
    stop.abort(new Error('parked'));
    await expect(seen).rejects.toThrow('parked');
  });

  test('of a dead driver is swept by uid and version', async () => {
    const all = stage();
    await sweepLease({ ...all, namespace: 'test', id: 'f00d' }, never);
    const put = all.server.put(lease());
    all.server.before = (wire) => {
      if (wire.method === 'DELETE')
        expect(JSON.parse(wire.body ?? '')).toMatchObject({
          preconditions: { uid: put.metadata.uid, resourceVersion: put.metadata.resourceVersion },
        });
      return undefined;
    };
    await sweepLease({ ...all, namespace: 'test', id: 'f00d' }, never);
    expect(all.server.object(path)).toBeUndefined();
    expect(all.server.sent).toEqual([`GET ${path}`, `GET ${path}`, `DELETE ${path}`]);
  });
});
