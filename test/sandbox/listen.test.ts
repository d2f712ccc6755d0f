// The API server over loopback HTTP, as kubectl and a second process meet it.
import { request } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { createSandbox } from '../../src/sandbox/index.ts';
import { settle } from '../../src/sandbox/neighbours.ts';
import { listen, type Listening } from '../../src/sandbox/listen.ts';
import { configMap, type Loose } from './client.ts';

const open: Listening[] = [];

async function serving(): Promise<{ server: Listening; sandbox: ReturnType<typeof createSandbox> }> {
  const sandbox = createSandbox({ clock: { speed: 20 } });
  const server = await listen(sandbox.api);
  open.push(server);
  return { server, sandbox };
}

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

describe('over HTTP', () => {
  test('a kubeconfig leads to the server', async () => {
    const { server } = await serving();
    const config = load(server.kubeconfig) as Loose;
    expect(config.clusters[0].cluster.server).toBe(server.url);
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const reply = await fetch(`${config.clusters[0].cluster.server}/version`);
    expect(((await reply.json()) as Loose).major).toBe('1');
  });

  test('requests, refusals and the world’s own date go through', async () => {
    const { server } = await serving();
    const url = `${server.url}/api/v1/namespaces/test/configmaps`;
    const made = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(configMap('x', { a: 'ü' })),
      headers: { 'content-type': 'application/json' },
    });
    expect([made.status, ((await made.json()) as Loose).data.a]).toEqual([201, 'ü']);
    expect(made.headers.get('date')).toMatch(/Thu, 01 Jan 2026/);
    const twice = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(configMap('x', {})),
      headers: { 'content-type': 'application/json' },
    });
    expect([twice.status, ((await twice.json()) as Loose).reason]).toEqual([409, 'AlreadyExists']);
    expect((await fetch(url, { method: 'OPTIONS' })).status).toBe(405);
  });

  test('a watch streams as things happen, and ends with its client', async () => {
    const { server, sandbox } = await serving();
    const control = new AbortController();
    const reply = await fetch(`${server.url}/api/v1/namespaces/test/configmaps?watch=1&fieldSelector=metadata.name%3Dx`, {
      signal: control.signal,
    });
    const reader = (reply.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    for (const value of ['1', '2']) {
      await sandbox.apply([configMap('x', { value })]);
      const { value: line = '' } = await reader.read();
      expect((JSON.parse(line) as Loose).object.data).toEqual({ value });
    }
    control.abort();
    await expect(reader.read()).rejects.toThrow();
  });

  test('nothing answers after closing, not even an open watch', async () => {
    const { server } = await serving();
    const reply = await fetch(`${server.url}/api/v1/configmaps?watch=1`);
    await server.close();
    open.length = 0;
    await expect(reply.text()).rejects.toThrow();
    await expect(fetch(`${server.url}/version`)).rejects.toThrow();
  });
});

/** A listener with neighbours, as `canary sandbox start` opens it. */
async function withNeighbours(): Promise<string> {
  const sandbox = createSandbox({ clock: { speed: 20 } });
  const { prometheus, loadTester } = settle(sandbox.world, {
    metricsServers: ['http://prometheus:9090'],
    hooks: ['http://flagger-loadtester.test/'],
  });
  const server = await listen(sandbox.api, { http: sandbox.http, neighbours: { prometheus, loadtester: loadTester } });
  open.push(server);
  return server.url;
}

interface Proxied {
  status: number | undefined;
  text: string;
}

/** As curl and other clients use an HTTP proxy: the whole address in the request line, or a tunnel first. */
function through(door: string, url: string, how: 'absolute' | 'tunnel'): Promise<Proxied> {
  const { hostname, port } = new URL(door);
  const target = new URL(url);
  const authority = `${target.hostname}:${target.port || 80}`;
  return new Promise((resolve, reject) => {
    const answer = (sent: ReturnType<typeof request>): void => {
      sent.on('error', reject);
      sent.on('response', async (reply) => {
        let text = '';
        for await (const chunk of reply) text += String(chunk);
        resolve({ status: reply.statusCode, text });
      });
      sent.end();
    };
    if (how === 'absolute') return answer(request({ hostname, port, path: url, headers: { host: target.host } }));
    const tunnel = request({ hostname, port, method: 'CONNECT', path: authority }).on('error', reject).end();
    tunnel.on('connect', (_, socket) =>
      answer(request({ createConnection: () => socket, path: target.pathname, headers: { host: target.host } })),
    );
  });
}

describe('the same door leads to the neighbours', () => {
  test('by path', async () => {
    const url = await withNeighbours();
    expect(await (await fetch(`${url}/prometheus/-/ready`)).text()).toContain('Ready');
    const query = (await (await fetch(`${url}/prometheus/api/v1/query?query=1%2B1`)).json()) as Loose;
    expect(query.data.result[1]).toBe('2');
    const gate = await fetch(`${url}/loadtester/gate/check`, { method: 'POST', body: JSON.stringify({ name: 'a', namespace: 'b' }) });
    expect(gate.status).toBe(403);
    expect((await fetch(`${url}/loadtester`, { method: 'POST', body: '{}' })).status).toBe(200);
    expect((await fetch(`${url}/constructor`)).status).toBe(404);
  });

  test.each(['absolute', 'tunnel'] as const)('by name, as an HTTP proxy: %s', async (how) => {
    const url = await withNeighbours();
    expect(await through(url, 'http://prometheus:9090/-/ready', how)).toMatchObject({
      status: 200,
      text: expect.stringContaining('Ready'),
    });
    expect(await through(url, 'http://nobody.test/', how)).toEqual({
      status: 502,
      text: 'nobody answers at http://nobody.test/ in the sandbox\n',
    });
    // The API server by its own address: a kubectl with the same proxy set.
    expect(await through(url, `${url}/version`, how)).toMatchObject({ status: 200, text: expect.stringContaining('sandbox') });
  });

  test('a port of one’s own, unless somebody has it', async () => {
    const url = await withNeighbours();
    const sandbox = createSandbox({ clock: { speed: 20 } });
    await expect(listen(sandbox.api, { port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
