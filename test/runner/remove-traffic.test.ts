// `canary delete` from states that are not whole: stopped half-way, the primary or the record gone. Nobody's traffic may lead to what it takes away.
import { describe, expect, test } from '@jest/globals';
import type { Wire } from '../../src/ports.ts';
import { heal } from '../../src/runner/heal.ts';
import { signals, staged, type Ran, type Stage } from '../support/stage.ts';
import { adopted, gone, killed, last, patched, readyPods, setUp, shares, sleep, users, watchUsers } from './adopted.ts';

const deleted = { exitCode: 0, is: 'deleted' };
const primary = { 'test/podinfo-primary': 100 };
const all = { 'test/podinfo': 100 };
const deployments = '/apis/apps/v1/namespaces/test/deployments';
const records = '/api/v1/namespaces/test/configmaps/canary-deployment-podinfo';

async function interrupted(at: Stage, line: string): Promise<void> {
  const stop = signals();
  const ran = await at.run({ signals: stop, onLine: ({ text }) => (text.startsWith(line) ? stop.send('SIGINT') : undefined) });
  expect(last(ran)).toEqual({ exitCode: 130, is: 'parked' });
}

function imageOf(at: Stage, deployment: string): string | undefined {
  return /"image":"([^"]+)"/.exec(JSON.stringify(at.sandbox.world.get('Deployment', 'test', deployment)))?.[1];
}

/** Traffic follows the cluster's own controllers, which come later. */
const settling = 30_000;

async function removed(at: Stage): Promise<Ran> {
  const ran = await at.remove();
  await sleep(at, settling);
  return ran;
}

/** As if nothing had been pushed. */
function unreleased(at: Stage): unknown {
  return JSON.parse(JSON.stringify(users(at.sandbox.world)).replace('podinfo:3.1.1', 'podinfo:3.1.0'));
}

describe('users are served throughout, and all is as it was', () => {
  test('after Ctrl-C in a bootstrap, a primary that came up later, and a push', async () => {
    const { at, before } = await setUp();
    const lost = watchUsers(at);
    await interrupted(at, 'Waiting for podinfo-primary');
    await sleep(at, 60_000);
    expect(readyPods(at.sandbox.world, 'podinfo-primary')).toBe(2);
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    await sleep(at, 30_000);
    expect(last(await removed(at))).toEqual(deleted);
    expect([lost, shares(at)]).toEqual([[], { inside: all, outside: all }]);
    expect(unreleased(at)).toEqual(before);
  });

  test('after Ctrl-C in a promotion, with the weights of both sides in their VirtualService', async () => {
    const { at, before } = await setUp();
    await at.run();
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    const lost = watchUsers(at);
    await interrupted(at, 'Waiting for podinfo-primary.test');
    await sleep(at, 60_000);
    expect(last(await removed(at))).toEqual(deleted);
    expect([lost, shares(at)]).toEqual([[], { inside: all, outside: all }]);
    expect(unreleased(at)).toEqual(before);
  });

  test('after a bootstrap that failed: the target that was mended since is theirs', async () => {
    const { at, before } = await setUp();
    at.sandbox.world.faults.set('podinfo-primary', { notReady: true });
    const lost = watchUsers(at);
    expect(last(await at.run())).toMatchObject({ is: 'not-initialized' });
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    await sleep(at, 30_000);
    expect(last(await removed(at))).toEqual(deleted);
    expect([lost, imageOf(at, 'podinfo')]).toEqual([[], 'podinfo:3.1.1']);
    expect(unreleased(at)).toEqual(before);
  });

  test('after somebody wrote weights of their own, and a rule, into their VirtualService', async () => {
    const { at, before } = await setUp();
    await at.run();
    const lost = watchUsers(at);
    const path = '/apis/networking.istio.io/v1beta1/namespaces/test/virtualservices/podinfo';
    const { spec } = at.sandbox.world.get('VirtualService', 'test', 'podinfo') as unknown as { spec: { http: object[] } };
    const route = ['primary', 'canary'].map((side, no) => ({ destination: { host: `podinfo-${side}` }, weight: 1 - no }));
    const env = { match: [{ uri: { prefix: '/env' } }], route: [{ destination: { host: 'other' } }] };
    await patched(at, path, { spec: { http: [...spec.http.map((rule) => ({ ...rule, route })), env] } });
    expect(last(await removed(at))).toEqual(deleted);
    expect([lost, shares(at)]).toEqual([[], { inside: all, outside: all }]);
    const after = at.sandbox.world.get('VirtualService', 'test', 'podinfo');
    const theirs = before.find(({ kind }) => kind === 'VirtualService') as unknown as { spec: { http: object[] } };
    expect(after).toMatchObject({ spec: { ...theirs.spec, http: [...theirs.spec.http, env] } });
  });

  test('a primary that is gone is followed by the target, scaled up to what it was before anything is given back', async () => {
    const { at, before } = await setUp();
    await at.run();
    await gone(at, `${deployments}/podinfo-primary`);
    await sleep(at, 5_000);
    expect(shares(at)).toEqual({ inside: { '': 100 }, outside: { '': 100 } });
    const ready: number[] = [];
    const writes = ({ method, body }: Wire): void => {
      if (method === 'PATCH' && String(body).includes('"selector"')) ready.push(readyPods(at.sandbox.world, 'podinfo'));
    };
    const ran = await at.remove({ api: (send) => (wire, signal) => (writes(wire), send(wire, signal)) });
    expect(last(ran)).toEqual(deleted);
    expect(ready.length).toBeGreaterThan(0);
    expect(ready.filter((pods) => pods !== 2)).toEqual([]);
    await sleep(at, settling);
    expect([shares(at), users(at.sandbox.world)]).toEqual([{ inside: all, outside: all }, before]);
  });
});

describe('without what was kept', () => {
  const forget = async (at: Stage): Promise<void> => {
    await at.run();
    for (const path of [records, `${records}-kept`]) await gone(at, path);
    expect(last(await at.run())).toMatchObject({ exitCode: 0 });
  };

  test('a Service gets the selector of the target', async () => {
    const plain = adopted
      .replace(/---\napiVersion: networking.istio.io[\s\S]*?(?=---\napiVersion: flagger.app)/, '')
      .replace('provider: istio', 'provider: kubernetes')
      .replace(/ {4}hosts:\n.*\n {4}gateways:\n.*\n/, '')
      .replace('    stepWeight: 25\n    maxWeight: 50\n', '    iterations: 2\n');
    const { at, before } = await setUp(plain);
    await forget(at);
    const inside: string[] = [];
    at.sandbox.world.store.subscribe(undefined, () => {
      if (shares(at).inside[''] !== undefined) inside.push('nobody');
    });
    expect(last(await removed(at))).toEqual(deleted);
    expect([inside, shares(at).inside, users(at.sandbox.world)]).toEqual([[], all, before]);
  });

  test('a VirtualService that still leads to our sides ends it with exit 20, and nothing is taken away', async () => {
    const { at, before } = await setUp();
    await forget(at);
    const lost = watchUsers(at);
    const ran = await removed(at);
    expect(last(ran)).toMatchObject({ exitCode: 20 });
    expect(ran.outcomes[0]).toMatchObject({ changed: false, next: 'mend it, then go on with canary delete podinfo -n test' });
    expect(ran.outcomes[0]?.why).toContain('VirtualService podinfo still leads to podinfo-primary or podinfo-canary');
    expect(lost).toEqual([]);
    expect(shares(at)).toEqual({ inside: primary, outside: primary });

    const theirs = before.find(({ kind }) => kind === 'VirtualService');
    await patched(at, '/apis/networking.istio.io/v1beta1/namespaces/test/virtualservices/podinfo', { spec: theirs?.['spec'] ?? {} });
    expect(last(await removed(at))).toEqual(deleted);
    expect([lost, shares(at)]).toEqual([[], { inside: all, outside: all }]);
    expect(users(at.sandbox.world)).toEqual(before);
  });
});

describe('behind a driver that died', () => {
  test('Ctrl-C ends it at once, and nothing was taken', async () => {
    const { at, before } = await setUp();
    await at.run();
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    await killed((killer, options) =>
      at.run({ ...options, onLine: ({ text }) => (text.endsWith('weight 25') ? killer.kill() : undefined) }),
    );
    await sleep(at, 60_000);
    const stop = signals();
    const began = at.sandbox.clock.now();
    const writes: string[] = [];
    const ran = await staged(at).remove({
      seed: 'second',
      signals: stop,
      api: (send) => (wire, signal) => {
        if (wire.method !== 'GET' && !wire.url.includes('selfsubject')) writes.push(`${wire.method} ${wire.url}`);
        else if (!stop.intents.list().length) stop.send('SIGINT');
        return send(wire, signal);
      },
    });
    expect(ran.outcomes[0]).toMatchObject({ exitCode: 20, next: 'canary heal -n test' });
    expect(ran.outcomes[0]?.why).toContain('stopped by SIGINT before it was known whether dead@test still drives');
    expect([at.sandbox.clock.now() - began <= 3_000, writes]).toEqual([true, []]);
    expect(last(await staged(at).remove({ seed: 'third' }))).toEqual(deleted);
    expect(users(at.sandbox.world)).toEqual(before);
  });

  test('heal leaves half a delete alone, and says how to go on', async () => {
    const { at, before } = await setUp();
    await at.run();
    await killed((killer, options) =>
      at.remove({ ...options, onLine: ({ text }) => (text.startsWith('Waiting') ? killer.kill() : undefined) }),
    );
    await sleep(at, settling);
    const half = users(at.sandbox.world);
    let count = 0;
    const reporter = { event: () => undefined, note: () => undefined, result: () => undefined };
    const request = { world: at.sandbox.asWorld(), namespace: 'test', host: 'h', reporter, random: () => `heal-${++count}` };
    const why = 'a delete was begun: canary delete podinfo -n test goes on with it';
    for (const name of [undefined, 'podinfo'])
      expect(await heal({ ...request, ...(name ? { name } : {}) })).toMatchObject([{ name: 'podinfo', is: 'nothing-to-do', why }]);
    expect(users(at.sandbox.world)).toEqual(half);
    expect(last(await staged(at).remove({ seed: 'again' }))).toEqual(deleted);
    expect(users(at.sandbox.world)).toEqual(before);
  });
});
