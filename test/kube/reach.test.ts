// By which way a Service is reached, with a real connection to a small API server: what is asked arrives, and is told once.
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectHttp } from '../../src/http/send.ts';
import { sendHttp, type Sent } from '../../src/http/request.ts';
import type { HttpRequest } from '../../src/contracts.ts';
import { login } from '../../src/kube/login.ts';
import { reaching, type Reaching } from '../../src/kube/reach/reach.ts';
import type { ReachOptions } from '../../src/kube/reach/room.ts';
import type { HttpWire } from '../../src/ports.ts';
import { realClock } from '../../src/runner/clock.ts';
import { startCluster, type Cluster } from './forwarding.ts';
import { cert, key } from './tls.ts';

let cluster: Cluster;
let folder: string;
const closers: (() => unknown)[] = [];
const variables = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
const before = new Map(variables.map((name) => [name, process.env[name]]));

beforeEach(async () => {
  for (const name of variables) delete process.env[name];
  cluster = await startCluster();
  folder = await mkdtemp(join(tmpdir(), 'canary-reach-'));
  cluster.services.set('prom.mon', {
    clusterIP: '10.96.0.7',
    clusterIPs: ['10.96.0.7'],
    selector: { app: 'prom' },
    ports: [{ port: 9090, targetPort: 'web' }],
  });
});
afterEach(async () => {
  for (const [name, value] of before) if (value !== undefined) process.env[name] = value;
  for (const close of closers.splice(0).reverse()) await close();
  await cluster.close();
  await rm(folder, { recursive: true });
});

/** Answers with its name and what it was asked. */
async function app(name: string, tls = false): Promise<{ port: number; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const listener = (request: IncomingMessage, response: { end(text: string): void }): void => {
    seen.push(request);
    request.resume().on('end', () => response.end(`${name} ${request.method} ${request.url}`));
  };
  const server = tls ? createTlsServer({ cert, key }, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
  return { port: (server.address() as AddressInfo).port, seen };
}

interface Entered extends Reaching {
  readonly notes: string[];
  ask(url: string, more?: Partial<HttpRequest>): Promise<Sent>;
}

async function enter(mode: ReachOptions['mode'], more: Partial<ReachOptions> & { server?: string; proxy?: string } = {}): Promise<Entered> {
  const kubeconfig = join(folder, 'kubeconfig');
  const { server = cluster.url, proxy, ...rest } = more;
  const clusters = [{ name: 'c', cluster: { server, ...(proxy ? { 'proxy-url': proxy } : {}) } }];
  const users = [{ name: 'u', user: { token: 'our-token' } }];
  await writeFile(
    kubeconfig,
    JSON.stringify({ 'current-context': 'c', contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }], clusters, users }),
  );
  const connection = await login({ kubeconfig });
  const notes: string[] = [];
  const clock = realClock();
  const around = { resolve: async () => [], knock: async () => false };
  const reach = reaching({
    mode,
    connection,
    http: connectHttp({ timeoutCap: 20_000 }),
    clock,
    note: (line) => notes.push(line),
    around,
    ...rest,
  });
  closers.push(() => (reach.close(), connection.close()));
  return {
    ...reach,
    notes,
    ask: (url, about = {}) =>
      sendHttp({ send: reach.send, clock, home: 'mon' }, { method: 'GET', url, timeout: 8_000, ...about }, new AbortController().signal),
  };
}

const said = (body: string): object => ({ reply: { status: 200, body } });
const web = [{ name: 'web', containerPort: 9099 }];

describe('by port-forward', () => {
  test('an address of the cluster works, path, Host and headers as they are', async () => {
    const prom = await app('prom');
    cluster.pods.set('prom-0', { to: prom.port, ports: web });
    const { ask, notes } = await enter('port-forward');
    expect(
      await ask('http://prom.mon.svc:9090/a%2Fb//c?q=%5B1m%5D', { headers: { 'x-own': 'yes' }, auth: { user: 'ana', password: 'pw' } }),
    ).toMatchObject(said('prom GET /a%2Fb//c?q=%5B1m%5D'));
    expect(prom.seen[0]?.headers).toMatchObject({
      host: 'prom.mon.svc:9090',
      'x-own': 'yes',
      authorization: `Basic ${Buffer.from('ana:pw').toString('base64')}`,
    });
    expect(cluster.upgrades[0]?.headers).toMatchObject({
      authorization: 'Bearer our-token',
      'sec-websocket-protocol': 'v4.channel.k8s.io',
    });
    expect(cluster.upgrades[0]?.url).toBe('/api/v1/namespaces/mon/pods/prom-0/portforward?ports=9099');
    expect(notes).toEqual([expect.stringMatching(/^reach prom\.mon:9090: by port-forward to pod prom-0, 127\.0\.0\.1:\d+$/)]);
    expect(cluster.wrong).toEqual([]);
  });

  test('large bodies pass whole, in both directions', async () => {
    const server = createServer((request, response) => {
      let size = 0;
      request.on('data', (chunk: Buffer) => (size += chunk.length)).on('end', () => response.end(`${size} ${'x'.repeat(900_000)}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => (server.closeAllConnections(), server.close()));
    cluster.pods.set('prom-0', { to: (server.address() as AddressInfo).port, ports: web });
    const { send } = await enter('port-forward');
    const wire: HttpWire = { method: 'POST', url: 'http://prom.mon:9090/', headers: {}, body: 'y'.repeat(3_000_000) };
    const { body } = await send(wire, new AbortController().signal);
    let text = '';
    for await (const chunk of body) text += Buffer.from(chunk).toString();
    expect([text.slice(0, 8), text.length]).toEqual(['3000000 ', 900_008]);
  });

  test('many at once, one port, told once', async () => {
    const prom = await app('prom');
    cluster.pods.set('prom-0', { to: prom.port, ports: web });
    const { ask, notes } = await enter('port-forward');
    const urls = Array.from({ length: 12 }, (_, at) => `http://prom.mon:9090/${at}`);
    expect(await Promise.all(urls.map((url) => ask(url)))).toMatchObject(urls.map((_, at) => said(`prom GET /${at}`)));
    expect(notes).toHaveLength(1);
    expect(cluster.asked.filter((line) => line.includes('/services/'))).toHaveLength(1);
  });

  test('when its pod dies the next connection picks another', async () => {
    const [one, two] = [await app('one'), await app('two')];
    cluster.pods.set('prom-0', { to: one.port, ports: web });
    const { ask, notes } = await enter('port-forward');
    expect(await ask('http://prom:9090/')).toMatchObject(said('one GET /'));
    cluster.pods.delete('prom-0');
    cluster.pods.set('prom-1', { to: two.port, ports: web });
    expect(await ask('http://prom:9090/')).toMatchObject(said('two GET /'));
    expect(notes.map((line) => /pod (\S+),/.exec(line)?.[1])).toEqual(['prom-0', 'prom-1']);
  });

  test('a pod at which nobody listens: what was said goes to another one, once', async () => {
    const two = await app('two');
    cluster.pods.set('prom-0', { ports: web });
    cluster.pods.set('prom-1', { to: two.port, ports: web });
    const { ask } = await enter('port-forward');
    expect(await ask('http://prom:9090/hook', { method: 'POST', body: '{}' })).toMatchObject(said('two POST /hook'));
    expect(two.seen).toHaveLength(1);
  });

  test('only pods that are ready', async () => {
    cluster.pods.set('prom-0', { ports: web, ready: false });
    cluster.pods.set('other', { ports: web, labels: { app: 'other' } });
    const { ask, notes } = await enter('port-forward');
    expect(await ask('http://prom:9090/')).toEqual({
      error: 'GET http://prom:9090/: no pod of Service prom in namespace mon is ready (1 match its selector)',
    });
    expect([notes, cluster.upgrades]).toEqual([[], []]);
  });

  test('a missing right is told with the rule', async () => {
    const message = 'pods "prom-0" is forbidden: User "ci" cannot get resource "pods/portforward" in API group "" in the namespace "mon"';
    cluster.pods.set('prom-0', { ports: web, refused: { status: 403, message } });
    const { ask } = await enter('port-forward');
    const rule = '{apiGroups: [""], resources: ["pods/portforward"], verbs: ["get", "create"]} in a Role of namespace mon';
    const { error } = (await ask('http://prom:9090/')) as { error: string };
    // How the connection was cut off stands before it: that is the network's word.
    expect(error).toContain('by port-forward: not allowed to forward port 9099 of pod prom-0 in namespace mon as ci');
    expect(error).toContain(`add the rule ${rule}, or choose another way with --reach`);
  });

  test('nobody anywhere is told in the words of the kubelet', async () => {
    cluster.pods.set('prom-0', { ports: web });
    const { ask } = await enter('port-forward');
    expect(await ask('http://prom:9090/')).toEqual({
      error: expect.stringMatching(/by port-forward: port 9099 of pod prom-0: error forwarding port 9099.*refused/),
    });
  });

  test('a 401 is tried once more', async () => {
    const prom = await app('prom');
    cluster.pods.set('prom-0', { to: prom.port, ports: web });
    cluster.unsigned = 1;
    expect(await (await enter('port-forward')).ask('http://prom:9090/')).toMatchObject(said('prom GET /'));
    expect(cluster.upgrades).toHaveLength(2);
  });

  test('TLS goes by the name of the address and is verified', async () => {
    const secure = await app('secure', true);
    cluster.pods.set('prom-0', { to: secure.port, ports: web });
    const { ask } = await enter('auto');
    expect(await ask('https://prom:9090/')).toEqual({ error: expect.stringMatching(/certificate/i) });
    expect(await ask('https://prom:9090/', { insecure: true })).toMatchObject(said('secure GET /'));
    expect(secure.seen).toHaveLength(1);
  });

  test('through the proxy of the kubeconfig, as every request to that server', async () => {
    const prom = await app('prom');
    cluster.pods.set('prom-0', { to: prom.port, ports: web });
    const { connect } = await import('node:net');
    const tunnels: (string | undefined)[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      tunnels.push(request.url);
      const onward = connect(Number(new URL(cluster.url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      closers.push(() => (onward.destroy(), socket.destroy()));
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    closers.push(() => proxy.close());
    process.env['NO_PROXY'] = '*';
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const { ask } = await enter('port-forward', { server: 'http://cluster.test:6443', proxy: url });
    expect(await ask('http://prom:9090/')).toMatchObject(said('prom GET /'));
    expect(tunnels.length).toBeGreaterThan(1);
    expect(new Set(tunnels)).toEqual(new Set(['cluster.test:6443']));
  });

  test('the environment’s proxy is used as for all requests to that server: not for hosts in NO_PROXY', async () => {
    const prom = await app('prom');
    cluster.pods.set('prom-0', { to: prom.port, ports: web });
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:1';
    expect(await (await enter('port-forward')).ask('http://prom:9090/', { timeout: 1_000 })).toMatchObject({ error: expect.any(String) });
    expect(cluster.asked).toEqual([]);
    process.env['NO_PROXY'] = '127.0.0.1';
    expect(await (await enter('port-forward')).ask('http://prom:9090/')).toMatchObject(said('prom GET /'));
  });

  test('closed with the world: no port, no tunnel is left', async () => {
    const held = createServer(() => undefined);
    await new Promise<void>((resolve) => held.listen(0, '127.0.0.1', resolve));
    closers.push(() => (held.closeAllConnections(), held.close()));
    cluster.pods.set('prom-0', { to: (held.address() as AddressInfo).port, ports: web });
    const { ask, close } = await enter('port-forward');
    const asked = ask('http://prom:9090/');
    while (!cluster.tunnels.size) await new Promise((resolve) => setTimeout(resolve, 5));
    close();
    expect(await asked).toMatchObject({ error: expect.any(String) });
    while (cluster.tunnels.size) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test('a Service without a selector goes by its endpoints', async () => {
    const prom = await app('prom');
    cluster.services.set('own.mon', { clusterIPs: ['10.96.0.8'], ports: [{ name: 'web', port: 80 }] });
    cluster.pods.set('own-0', { to: prom.port, labels: {} });
    const endpoints = [{ addresses: ['10.0.0.1'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'own-0' } }];
    cluster.slices.push({
      metadata: { name: 's', labels: { 'kubernetes.io/service-name': 'own' } },
      ports: [{ name: 'web', port: 9099 }],
      endpoints,
    });
    expect(await (await enter('port-forward')).ask('http://own/x')).toMatchObject(said('prom GET /x'));
    cluster.slices.length = 0;
    expect(await (await enter('port-forward')).ask('http://own/x')).toEqual({ error: expect.stringContaining('has no selector') });
  });
});

describe('by itself', () => {
  const dialled: HttpWire[] = [];
  beforeEach(() => void (dialled.length = 0));
  const http: ReachOptions['http'] = (wire: HttpWire) => {
    dialled.push(wire);
    return Promise.resolve({ status: 200, headers: {}, body: (async function* () {})() });
  };

  test('directly, where the name leads to the Service’s own address and it answers; nowhere else', async () => {
    const knocked: string[] = [];
    const knock = async (address: string, port: number): Promise<boolean> => knocked.push(`${address}:${port}`) > 0;
    const { ask, notes } = await enter('auto', { http, around: { resolve: async () => ['10.96.0.7'], knock } });
    expect(await ask('http://prom:9090/')).toMatchObject({ reply: { status: 200 } });
    expect(dialled[0]?.dial).toEqual({ host: '10.96.0.7', port: 9090 });
    expect([notes, knocked]).toEqual([['reach prom.mon:9090: directly'], ['10.96.0.7:9090']]);
  });

  test.each([
    ['leads elsewhere', ['192.0.2.1'], true],
    ['leads there, where nobody answers', ['10.96.0.7'], false],
    ['is not known', [], true],
  ])('a name that %s is not asked', async (_, addresses, isOpen) => {
    const { ask } = await enter('auto', { http, around: { resolve: async () => addresses, knock: async () => isOpen } });
    expect(await ask('http://prom:9090/')).toEqual({ error: expect.stringContaining('no pod of Service prom') });
    expect(dialled).toEqual([]);
  });

  test('what is no Service is asked as it is; only a name that hardly means a site is told', async () => {
    const { ask, notes } = await enter('auto', { http });
    for (const url of ['http://example.com/', 'http://hooks.slack.com/x', 'http://127.0.0.1:1/', 'http://localhost/', 'http://gone:9090/'])
      expect(await ask(url)).toMatchObject({ reply: { status: 200 } });
    expect(notes).toEqual(['reach gone.mon:9090: directly, as there is no such Service']);
    expect(dialled.map(({ dial }) => dial)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(cluster.asked).toEqual(['GET /api/v1/namespaces/com/services/example', 'GET /api/v1/namespaces/mon/services/gone']);
  });

  test('and why it is not there is said when it does not answer', async () => {
    const { ask } = await enter('auto', { http: () => Promise.reject(new Error('getaddrinfo ENOTFOUND gone')) });
    expect(await ask('http://gone:9090/')).toEqual({
      error: 'GET http://gone:9090/: getaddrinfo ENOTFOUND gone; there is no Service gone in namespace mon',
    });
  });

  test('an ExternalName leads there, under the name that was asked; one of the cluster goes on in it', async () => {
    cluster.services.set('out.mon', { type: 'ExternalName', externalName: 'prom.example.com' });
    cluster.services.set('in.mon', { type: 'ExternalName', externalName: 'prom.mon.svc.cluster.local' });
    cluster.services.set('loop.mon', { type: 'ExternalName', externalName: 'loop.mon.svc' });
    const around = { resolve: async (host: string) => (host.startsWith('prom.mon') ? ['10.96.0.7'] : []), knock: async () => true };
    const { ask, notes } = await enter('auto', { http, around });
    await ask('http://out:9090/');
    await ask('http://in:9090/');
    expect(dialled.map(({ url, dial }) => [url, dial?.host])).toEqual([
      ['http://out:9090/', 'prom.example.com'],
      ['http://in:9090/', '10.96.0.7'],
    ]);
    expect(notes).toEqual([
      'reach out.mon:9090: directly at prom.example.com (ExternalName)',
      'reach in.mon:9090: as prom.mon:9090 (ExternalName) directly',
    ]);
    expect(await ask('http://loop:9090/')).toEqual({ error: expect.stringContaining('a name for a name') });
  });

  test('an address out of a Secret is not told', async () => {
    const { send, notes } = await enter('auto', { http, around: { resolve: async () => ['10.96.0.7'], knock: async () => true } });
    await send({ method: 'GET', url: 'http://prom.mon:9090/', headers: {}, hidden: true } as HttpWire, new AbortController().signal);
    expect([notes, dialled.length]).toEqual([[], 1]);
  });

  test('a request with a proxy of its own passes', async () => {
    const { ask } = await enter('auto', { http });
    await ask('http://prom:9090/', { proxy: 'http://proxy.example:3128' });
    expect([dialled[0]?.dial, cluster.asked]).toEqual([undefined, []]);
  });

  test('whoever asked may stop waiting', async () => {
    const stop = new AbortController();
    const { send } = await enter('auto', { http, around: { resolve: () => new Promise(() => undefined), knock: async () => false } });
    const asked = send({ method: 'GET', url: 'http://prom.mon:9090/', headers: {} }, stop.signal);
    stop.abort();
    await expect(asked).rejects.toThrow('stopped');
  });
});
