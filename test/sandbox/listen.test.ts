// The API server over loopback HTTP, as kubectl and a second process meet it.
import { afterEach, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { createSandbox } from '../../src/sandbox/index.ts';
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
