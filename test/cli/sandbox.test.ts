// `canary sandbox`: start serves what the files say until it is told to stop; fault and clear work on a sandbox and on nothing else.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import type { Sandbox } from '../../src/cli/connect.ts';
import { main } from '../../src/cli/main.ts';
import { realParts, type Parts } from '../../src/cli/parts.ts';
import { fakeIo, fakeParts, type FakeIo } from './fake-io.ts';
import { podinfo } from './specs.ts';
import { fakeWorld } from './worlds.ts';

const folder = mkdtempSync(join(tmpdir(), 'canary-sandbox-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const deployment = (name: string, image: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image }] } },
  },
});

interface Started {
  readonly exit: number;
  readonly io: FakeIo;
}

/** Starts one, does something while it serves, and presses Ctrl-C. */
async function served(argv: readonly string[], stdin: string, look: (kubeconfig: string, io: FakeIo) => Promise<void>): Promise<Started> {
  let looked: Promise<void> | undefined;
  const io = fakeIo({
    stdin,
    onWrite(text) {
      const path = /^export KUBECONFIG=(\S+)\n$/.exec(text)?.[1];
      if (path === undefined || looked) return;
      looked = new Promise((resolve) => setTimeout(resolve, 0)).then(() => look(path, io)).finally(() => io.send('SIGINT'));
    },
  });
  const exit = await main(['sandbox', 'start', ...argv], io, fakeParts({ sandbox: (options) => realParts.sandbox(options) }));
  await looked;
  return { exit, io };
}

function serverOf(kubeconfig: string): string {
  const config = load(readFileSync(kubeconfig, 'utf8')) as { clusters: { cluster: { server: string } }[] };
  return config.clusters[0]?.cluster.server ?? '';
}

describe('start', () => {
  test('prints one line for the shell, serves the files, and leaves nothing behind', async () => {
    let file = '';
    const { exit, io } = await served(['-', '--speed', '20', '-n', 'test'], podinfo, async (kubeconfig) => {
      file = kubeconfig;
      expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
      const made = await fetch(`${serverOf(kubeconfig)}/apis/apps/v1/namespaces/test/deployments/podinfo`);
      expect(made.status).toBe(200);
      const canaries = await fetch(`${serverOf(kubeconfig)}/apis/flagger.app/v1beta1/canaries`);
      expect(canaries.status).toBe(404);
    });
    expect(exit).toBe(0);
    expect(io.out()).toBe(`export KUBECONFIG=${file}\n`);
    expect(io.err()).toMatch(/^note: the files hold no Deployment\/podinfo: the sandbox makes one up$/m);
    expect(io.err()).toMatch(/^applied Deployment\/podinfo in test$/m);
    expect(io.err()).toMatch(/^metrics at http:\/\/127\.0\.0\.1:\d+\/prometheus$/m);
    expect(existsSync(file)).toBe(false);
    expect(existsSync(join(file, '..'))).toBe(false);
    expect(io.listeners()).toBe(0);
  });

  test('the addresses that it prints are answered, and the Services are there', async () => {
    const { io } = await served(['--speed', '20'], '', async (kubeconfig, running) => {
      const metrics = /^metrics at (\S+)$/m.exec(running.err())?.[1] ?? '';
      expect(await (await fetch(`${metrics}/-/ready`)).text()).toContain('Ready');
      const hooks = /^webhooks at (\S+) /m.exec(running.err())?.[1] ?? '';
      expect((await fetch(`${hooks}/gate/check`, { method: 'POST', body: '{"name":"a","namespace":"b"}' })).status).toBe(403);
      const services = `${serverOf(kubeconfig)}/api/v1/namespaces`;
      expect((await fetch(`${services}/istio-system/services/prometheus:9090/proxy/-/ready`)).status).toBe(200);
      expect((await fetch(`${services}/test/services/flagger-loadtester:80/proxy/`, { method: 'POST', body: '{}' })).status).toBe(200);
    });
    expect(io.err()).not.toMatch(/^error/m);
  });

  test('files without a Canary, and a kubeconfig where it is wanted', async () => {
    const wanted = join(folder, 'its config');
    const file = join(folder, 'web.json');
    writeFileSync(file, JSON.stringify(deployment('web', 'nginx:1.0')));
    const io = fakeIo({ onWrite: (text) => void (text.startsWith('export') && setTimeout(() => io.send('SIGTERM'), 0)) });
    const parts = fakeParts({ sandbox: (options) => realParts.sandbox(options) });
    expect(await main(['sandbox', 'start', file, '--kubeconfig', wanted], io, parts)).toBe(0);
    expect(io.out()).toBe(`export KUBECONFIG='${wanted}'\n`);
    expect(io.err()).toMatch(/^applied Deployment\/web in default$/m);
    expect(existsSync(wanted)).toBe(false);
    expect(existsSync(folder)).toBe(true);
  });

  test('overwrites no file that is there', async () => {
    const mine = join(folder, 'mine');
    writeFileSync(mine, 'mine');
    const io = fakeIo();
    const parts = fakeParts({ sandbox: (options) => realParts.sandbox(options) });
    expect(await main(['sandbox', 'start', '--kubeconfig', mine], io, parts)).toBe(2);
    expect(io.err()).toContain('is there already; it is not overwritten');
    expect([readFileSync(mine, 'utf8'), io.out()]).toEqual(['mine', '']);
  });

  test.each([
    [['start', '--port', '0'], '--port: expected 1 to 65535'],
    [['start', '--port', 'x'], '--port: expected 1 to 65535'],
    [['start', '--speed', '0'], '--speed: expected a number from 1 to 100'],
    [['start', '--errors', '3%'], 'sandbox start: --errors does not go with it'],
    [['start', 'none.yaml'], 'no such file'],
    [['fault', 'podinfo', '--speed', '3', '--errors', '3%'], 'sandbox fault: --speed does not go with it'],
    [['fault', 'podinfo'], 'nothing to do; say --errors, --latency, --not-ready or --crash'],
    [['fault', '--errors', '3%'], 'expected one TARGET'],
    [['fault', 'a', 'b', '--errors', '3%'], 'expected one TARGET'],
    [['fault', 'podinfo', '--errors', '0.3'], '--errors: expected 0% to 100%, got "0.3"'],
    [['fault', 'podinfo', '--errors', '101%'], '--errors: expected 0% to 100%'],
    [['fault', 'podinfo', '--latency', 'soon'], '--latency: expected a duration'],
    [['clear', 'a', 'b'], 'expected one TARGET, or none'],
    [['stop'], 'sandbox: expected start, fault, clear, got "stop"'],
    [[], 'missing required argument'],
  ])('wrong usage: %j', async (argv, words) => {
    const io = fakeIo();
    expect(await main(['sandbox', ...argv], io, fakeParts())).toBe(2);
    expect(io.err()).toContain(words);
  });

  test('an invalid file: exit 3', async () => {
    expect(await main(['sandbox', 'start', '-'], fakeIo({ stdin: 'a: [' }), fakeParts())).toBe(3);
  });
});

interface Stage {
  readonly sandbox: Sandbox;
  run(...argv: string[]): Promise<{ exit: number; io: FakeIo }>;
  faults(): Promise<unknown[]>;
}

/** fault and clear in virtual time: the cluster that they meet is a sandbox in this process. */
async function stage(): Promise<Stage> {
  const sandbox = await realParts.sandbox({ clock: 'virtual', metricsServers: [], hooks: [] });
  const at = (name: string, namespace: string, image: string) => ({ ...deployment(name, image), metadata: { name, namespace } });
  await sandbox.apply([
    at('podinfo', 'test', 'stefanprodan/podinfo:3.1.0'),
    at('podinfo', 'shop', 'stefanprodan/podinfo:3.1.0'),
    at('web', 'shop', 'nginx:1.0'),
  ] as unknown as Parameters<Sandbox['apply']>[0]);
  const cluster: Parts['cluster'] = ({ namespace = 'test' }) =>
    Promise.resolve({ ...sandbox.world, about: { context: 'sandbox', user: 'ana', namespace } });
  return {
    sandbox,
    async run(...argv) {
      const io = fakeIo();
      return { exit: await main(['sandbox', ...argv], io, fakeParts({ cluster })), io };
    },
    async faults() {
      const reply = await sandbox.world.api({ method: 'GET', url: '/canary.run/v1/faults', headers: {} }, new AbortController().signal);
      let text = '';
      for await (const part of reply.body) text += Buffer.from(part).toString();
      return (JSON.parse(text) as { items: unknown[] }).items;
    },
  };
}

describe('fault and clear', () => {
  test.each([
    ['podinfo', 'podinfo', 'deployment/podinfo in test'],
    ['deployment/podinfo', 'podinfo', 'deployment/podinfo in test'],
    ['deploy/web', 'web', 'deployment/web in shop'],
    ['podinfo:3.1.0', 'stefanprodan/podinfo:3.1.0', 'image stefanprodan/podinfo:3.1.0'],
    ['stefanprodan/podinfo:3.1.1', 'stefanprodan/podinfo:3.1.1', 'image stefanprodan/podinfo:3.1.1'],
    ['localhost:5000/app@sha256:ab', 'localhost:5000/app@sha256:ab', 'image localhost:5000/app@sha256:ab'],
  ])('%s', async (target, key, shown) => {
    const { run, faults } = await stage();
    const { exit, io } = await run('fault', target, '--errors', '30%', '--latency', '1s', '--not-ready', '--crash');
    expect([exit, io.out()]).toEqual([
      0,
      `${shown}: 30 % of the answers are errors, answers take 1s longer, pods are not ready, containers crash\n`,
    ]);
    expect(await faults()).toEqual([{ target: key, errors: 0.3, latencyMs: 1000, notReady: true, crashLoop: true }]);
    const cleared = await run('clear', target);
    expect([cleared.exit, cleared.io.out(), await faults()]).toEqual([0, `${key}: well again\n`, []]);
  });

  test('clear takes all away, and says when there is nothing', async () => {
    const { run, faults } = await stage();
    await run('fault', 'web', '--errors', '1%');
    await run('fault', 'podinfo:9', '--not-ready');
    expect((await run('clear')).io.out()).toBe('web: well again\nstefanprodan/podinfo:9: well again\n');
    expect((await run('clear')).io.out()).toBe('nothing to clear\n');
    expect(await faults()).toEqual([]);
  });

  test('notes: an image that nothing runs yet, a name in two namespaces', async () => {
    const { run } = await stage();
    expect((await run('fault', 'podinfo:9', '--crash')).io.err()).toContain('note: no workload runs stefanprodan/podinfo:9 yet');
    expect((await run('fault', 'podinfo', '--crash')).io.err()).toContain('it also holds for podinfo in shop');
  });

  test('a workload that is not there: exit 6, with those that are', async () => {
    const { run, faults } = await stage();
    for (const argv of [['nobody'], ['web', '-n', 'test'], ['daemonset/podinfo']]) {
      const { exit, io } = await run('fault', ...argv, '--crash');
      expect([exit, io.err()]).toEqual([6, expect.stringContaining('shop: deployment/web')]);
    }
    expect(await faults()).toEqual([]);
  });

  test('a cluster that is no sandbox: exit 6, after one GET and nothing else', async () => {
    const world = fakeWorld(() => ({ status: 404, body: { kind: 'Status', code: 404 } }));
    for (const argv of [['fault', 'podinfo', '--errors', '30%'], ['clear']]) {
      const io = fakeIo();
      expect(await main(['sandbox', ...argv], io, fakeParts({ cluster: () => Promise.resolve(world) }))).toBe(6);
      expect(io.err()).toContain('context prod-eu is no sandbox');
    }
    expect(world.asked.map(({ method, url }) => `${method} ${url}`)).toEqual(Array(2).fill('GET /canary.run/v1/faults'));
    expect(world.closed()).toBe(2);
  });
});
