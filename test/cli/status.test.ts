// `canary status`: what it asks of the API server, what it prints, and how --watch ends.
import { describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import type { Wire } from '../../src/ports.ts';
import { fakeIo, fakeParts, type FakeIo } from './fake-io.ts';
import { fakeWorld, jumpingClock, type Answer, type FakeWorld } from './worlds.ts';

function record(name: string, phase: string, weight: string): object {
  const values = { canary: name, target: `Deployment/${name}`, phase, weight, since: '2019-01-16T14:05:07.000Z', why: 'because' };
  const annotations = Object.fromEntries(Object.entries(values).map(([key, value]) => [`canary.run/${key}`, value]));
  return { metadata: { name: `canary-deployment-${name}`, namespace: 'test', annotations } };
}

function answering(records: (look: number) => object[]): Answer {
  let looks = 0;
  return ({ url }) => ({
    status: 200,
    body: { metadata: { resourceVersion: '7' }, items: url.includes('/configmaps') ? records(looks++) : [] },
  });
}

const two = answering(() => [record('podinfo', 'Progressing', '15'), record('frontend', 'Promoting', '0')]);

async function status(answer: Answer, ...argv: string[]): Promise<{ exit: number; io: FakeIo; world: FakeWorld }> {
  const io = fakeIo();
  const world = fakeWorld(answer);
  const exit = await main(['status', ...argv], io, fakeParts({ cluster: () => Promise.resolve(world) }));
  return { exit, io, world };
}

describe('once', () => {
  test('one list of records without their data, one of Leases, one of Flagger’s canaries, nothing else', async () => {
    const { world } = await status(two, '-A');
    const urls = world.asked.map(({ method, url }) => `${method} ${url}`).sort();
    expect(urls).toHaveLength(3);
    expect(urls[0]).toMatch(/^GET \/api\/v1\/configmaps\?.*labelSelector=canary\.run%2Fkind%3Drecord/);
    expect(urls[1]).toMatch(/^GET \/apis\/coordination\.k8s\.io\/v1\/leases(\?|$)/);
    expect(urls[2]).toMatch(/^GET \/apis\/flagger\.app\/v1beta1\/canaries(\?|$)/);
    expect(world.asked.find((wire) => wire.url.includes('configmaps'))?.headers['accept']).toContain('PartialObjectMetadataList');
    expect(world.closed()).toBe(1);
  });

  test('the namespace is -n, else that of the context', async () => {
    const of = async (...argv: string[]): Promise<(string | undefined)[]> =>
      (await status(two, ...argv)).world.asked.map((wire: Wire) => /namespaces\/([^/]+)\//.exec(wire.url)?.[1]);
    expect(await of()).toEqual(['test', 'test', 'test']);
    expect(await of('-n', 'prod')).toEqual(['prod', 'prod', 'prod']);
  });

  test('a table on stdout, exit 0', async () => {
    const { exit, io } = await status(two, '-A');
    expect([exit, io.err()]).toEqual([0, '']);
    expect(io.out()).toBe(
      'NAMESPACE   NAME       STATUS     WEIGHT   LASTTRANSITIONTIME\n' +
        'test        frontend   Orphaned   0        2019-01-16T14:05:07Z\n' +
        'test        podinfo    Orphaned   15       2019-01-16T14:05:07Z\n',
    );
  });

  test('one NAME, also as a list in JSON', async () => {
    const { io } = await status(two, 'podinfo', '-o', 'json');
    expect(JSON.parse(io.out())).toMatchObject({
      apiVersion: 'canary.run/v1',
      kind: 'CanaryList',
      items: [{ name: 'podinfo', state: 'orphaned' }],
    });
  });

  test('a NAME that is not there is exit 6', async () => {
    const { exit, io } = await status(two, 'backend');
    expect([exit, io.out()]).toEqual([6, '']);
    expect(io.err()).toBe('error: no canary "backend" in namespace test\nnext: canary status -A shows all of them\n');
    const meant = await status(two, 'podinof');
    expect([meant.exit, meant.io.err().split('\n')[0]]).toEqual([
      6,
      'error: no canary "podinof" in namespace test; did you mean "podinfo"?',
    ]);
  });

  test('none: said on stderr, an empty list in JSON', async () => {
    const nothing = answering(() => []);
    const { exit, io } = await status(nothing);
    expect([exit, io.out(), io.err()]).toEqual([0, '', 'no canary in namespace test\n']);
    expect(JSON.parse((await status(nothing, '-o', 'json')).io.out())).toMatchObject({ items: [] });
  });

  test('not allowed is exit 4, with the rule to add', async () => {
    const said = 'configmaps is forbidden: User "ana" cannot list resource "configmaps" in API group "" in the namespace "test"';
    const { exit, io } = await status(() => ({ status: 403, body: { kind: 'Status', reason: 'Forbidden', message: said, code: 403 } }));
    expect(exit).toBe(4);
    expect(io.err()).toMatch(/add the rule .*list/);
  });

  test('an API server that never answers is exit 5', async () => {
    const { exit, io } = await status(() => {
      throw new Error('connect ECONNREFUSED');
    });
    expect(exit).toBe(5);
    expect(io.err()).toMatch(/^error: the API server does not answer: .*ECONNREFUSED/);
  });
});

describe('canaries of a live Flagger', () => {
  const theirs = {
    metadata: { name: 'checkout', namespace: 'test' },
    spec: { targetRef: { kind: 'Deployment', name: 'checkout' } },
    status: { phase: 'Progressing', canaryWeight: 5, lastTransitionTime: '2019-01-16T14:05:07Z' },
  };
  const alsoAnswering =
    (reply: ReturnType<Answer>): Answer =>
    (wire) =>
      wire.url.includes('/canaries') ? reply : two(wire);
  const refusal = (code: number): ReturnType<Answer> => ({ status: code, body: { kind: 'Status', code, reason: 'x', message: 'no' } });

  test('stand in the list, marked, and are nobody’s drift', async () => {
    const { exit, io, world } = await status(
      alsoAnswering({ status: 200, body: { metadata: {}, items: [theirs] } }),
      '-o',
      'wide',
      '-n',
      'test',
    );
    expect(exit).toBe(0);
    expect(io.out()).toMatch(/^checkout +Progressing +5 .* Flagger *$/m);
    expect(io.out()).toMatch(/^frontend +Orphaned/m);
    expect(world.asked.filter(({ method }) => method !== 'GET')).toEqual([]);
    const json = await status(alsoAnswering({ status: 200, body: { metadata: {}, items: [theirs] } }), 'checkout', '-o', 'json');
    expect(JSON.parse(json.io.out())).toMatchObject({ items: [{ name: 'checkout', driver: null, managedBy: 'flagger' }] });
  });

  test.each([403, 404])('that may not be seen or are not served (%p) are no error', async (code) => {
    const { exit, io } = await status(alsoAnswering(refusal(code)), '-A');
    expect([exit, io.err()]).toEqual([0, '']);
    expect(io.out()).toContain('podinfo');
  });
});

describe('--watch', () => {
  async function watched(answer: Answer, until: number, ...argv: string[]): Promise<{ exit: number; io: FakeIo }> {
    const io = fakeIo();
    let looks = 0;
    const world = fakeWorld((wire) => {
      if (wire.url.includes('/configmaps') && ++looks === until) io.send('SIGINT');
      return answer(wire);
    });
    const parts = fakeParts({ cluster: () => Promise.resolve(world), clock: () => Promise.resolve(jumpingClock()) });
    return { exit: await main(['status', '-w', ...argv], io, parts), io };
  }

  const moving = answering((look) => [record('podinfo', 'Progressing', look < 2 ? '15' : '20')]);

  test('in a pipe: one table per change, until Ctrl-C', async () => {
    const { exit, io } = await watched(moving, 5);
    expect([exit, io.listeners()]).toEqual([130, 0]);
    expect(io.out().match(/NAME +STATUS/g)).toHaveLength(2);
    expect(io.out()).toMatch(/ 15 [^]* 20 /);
    expect(io.out()).not.toContain('\u001b');
  });

  test('Flagger’s canaries are not asked for again where there are none', async () => {
    let asked = 0;
    const answer: Answer = (wire) => {
      if (!wire.url.includes('/canaries')) return moving(wire);
      asked++;
      return { status: 404, body: { kind: 'Status', code: 404, message: 'the server could not find the requested resource' } };
    };
    await watched(answer, 5);
    expect(asked).toBe(1);
  });

  test('as JSON: one line per change', async () => {
    const moving = answering((look) => [record('podinfo', 'Progressing', look < 2 ? '15' : '20')]);
    const { io } = await watched(moving, 5, '-o', 'json');
    const lines = io
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { items: { weight: number }[] });
    expect(lines.map(({ items }) => items[0]?.weight)).toEqual([15, 20]);
  });

  test('a NAME that is not there is exit 6, as without --watch', async () => {
    const { exit, io } = await watched(two, 9, 'backend');
    expect([exit, io.out(), io.listeners()]).toEqual([6, '', 0]);
    expect(io.err()).toContain('error: no canary "backend" in namespace test\n');
  });

  test('ends when its reader has gone, with 0', async () => {
    const io = fakeIo();
    let looks = 0;
    const world = fakeWorld((wire) => {
      if (wire.url.includes('/configmaps') && ++looks === 3) io.leave();
      if (looks > 5) io.send('SIGINT');
      return moving(wire);
    });
    const parts = fakeParts({ cluster: () => Promise.resolve(world), clock: () => Promise.resolve(jumpingClock()) });
    expect([await main(['status', '-w'], io, parts), io.listeners(), world.closed()]).toEqual([0, 0, 1]);
    expect(looks).toBe(3);
  });

  test('-o wide on a terminal shows the wide columns, cut to the window', async () => {
    const io = fakeIo({ isTTY: true, columns: 120, env: { TERM: 'xterm' } });
    let looks = 0;
    const world = fakeWorld((wire) => {
      if (wire.url.includes('/configmaps') && ++looks === 2) io.send('SIGINT');
      return two(wire);
    });
    const parts = fakeParts({ cluster: () => Promise.resolve(world), clock: () => Promise.resolve(jumpingClock()) });
    await main(['status', '-w', '-o', 'wide'], io, parts);
    expect(io.out()).toMatch(/NAME +STATUS +WEIGHT +LASTTRANSITIONTIME +STEP +FAILEDCHECKS +REVISION +TARGET/);
    for (const line of io.out().split('\n')) expect(line.replace(/\u001b\[[0-9]*[A-Z]|\r/g, '').length).toBeLessThanOrEqual(120);
  });
});
