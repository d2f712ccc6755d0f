// One forwarded port and what comes of its connections when somebody leaves, dies or says no. The API server is a small one on loopback.
import { createServer, type RequestListener } from 'node:http';
import { connect as dial, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectHttp } from '../../src/http/send.ts';
import { openForward, throughForward, type Forward, type ForwardOptions } from '../../src/kube/reach/forward.ts';
import type { PodPort } from '../../src/kube/reach/pods.ts';
import { connect, type Connection } from '../../src/kube/transport.ts';
import { realClock } from '../../src/runner/clock.ts';
import { startCluster, type Cluster } from './forwarding.ts';

let cluster: Cluster;
const closers: (() => unknown)[] = [];
const never = new AbortController().signal;

beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await cluster.close();
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Puts a server behind a pod. */
async function app(name: string, listener: RequestListener = (_, response) => response.end(name)): Promise<PodPort> {
  const server = createServer(listener);
  cluster.pods.set(name, { to: await listening(server) });
  closers.push(() => (server.closeAllConnections(), server.close()));
  return { namespace: 'mon', pod: name, port: 9099 };
}

function connectionTo(address: string): Connection {
  const connection = connect({ address, insecure: false }, async () => ({ headers: [] }));
  closers.push(() => connection.close());
  return connection;
}

async function forwardTo(pods: readonly PodPort[], upgrade: ForwardOptions['upgrade']): Promise<Forward> {
  const forward = await openForward({ upgrade, pods: async () => pods, signal: never });
  closers.push(() => forward.close());
  return forward;
}

/** Resolves for everybody once it was opened. */
function gate(): { open(): void; passed: Promise<void> } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open, passed };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function post(size: number): string {
  return `POST /hook HTTP/1.1\r\nhost: x\r\ncontent-length: ${size}\r\n\r\n${'x'.repeat(size)}`;
}

/** Time enough for the other end of loopback to see it. */
async function leave(client: Socket): Promise<void> {
  client.destroy();
  await once(client, 'close');
  await new Promise((resolve) => setTimeout(resolve, 100));
}

describe('whoever gave up', () => {
  test.each([2, 200_000])('gets nothing carried out when the tunnel opens afterwards (%d bytes)', async (size) => {
    const hits: string[] = [];
    const pod = await app('one', (request, response) => (hits.push(`${request.method}`), response.end()));
    const { upgrade } = connectionTo(cluster.url);
    const [slow, begun] = [gate(), gate()];
    const { port } = await forwardTo([pod], async (to, signal) => {
      begun.open();
      await slow.passed;
      return upgrade(to, signal);
    });
    const client = dial(port, '127.0.0.1');
    client.write(post(size));
    await begun.passed;
    await leave(client);
    slow.open();
    await until(() => cluster.upgrades.length === 1 && cluster.tunnels.size === 0);
    expect(hits).toEqual([]);
  });

  test('is not carried on to another pod', async () => {
    const pods = [await app('one'), await app('two')];
    const [slow, begun] = [gate(), gate()];
    const asked: string[] = [];
    const { port } = await forwardTo(pods, async ({ path }) => {
      asked.push(path);
      begun.open();
      await slow.passed;
      throw new Error('gone');
    });
    const client = dial(port, '127.0.0.1');
    client.write(post(2));
    await begun.passed;
    await leave(client);
    slow.open();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toEqual([expect.stringContaining('/pods/one/')]);
  });

  test('what came before the tunnel was open arrives whole, more than is kept too', async () => {
    let size = 0;
    const pod = await app('one', (request, response) => {
      request.on('data', (chunk: Buffer) => (size += chunk.length)).on('end', () => response.end(`${size}`));
    });
    const { upgrade } = connectionTo(cluster.url);
    const [slow, begun] = [gate(), gate()];
    const { port } = await forwardTo([pod], async (to, signal) => (begun.open(), await slow.passed, upgrade(to, signal)));
    const client = dial(port, '127.0.0.1');
    closers.push(() => client.destroy());
    client.write(post(5_000_000));
    await begun.passed;
    await new Promise((resolve) => setTimeout(resolve, 50));
    slow.open();
    const [head] = (await once(client, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/\r\n5000000(\r\n|$)/);
  });
});

describe('which pod', () => {
  test('the one of the connection before, only as long as it is one of them', async () => {
    const [one, two] = [await app('one'), await app('two')];
    const { upgrade } = connectionTo(cluster.url);
    let pods = [one];
    const forward = await openForward({ upgrade, pods: async () => pods, signal: never });
    closers.push(() => forward.close());
    const send = throughForward({ http: connectHttp({ timeoutCap: 5_000 }), clock: realClock() }, forward);
    const ask = async (): Promise<string> => {
      const { body } = await send({ method: 'GET', url: 'http://prom/', headers: {} }, never);
      let text = '';
      for await (const chunk of body) text += Buffer.from(chunk).toString();
      return text;
    };
    expect(await ask()).toBe('one');
    pods = [two];
    expect(await ask()).toBe('two');
    pods = [one, two];
    expect(await ask()).toBe('two');
  });
});

describe('why a request failed', () => {
  const get = { method: 'GET', url: 'http://prom/', headers: {} } as const;
  const sending = (forward: Forward, timeoutCap = 5_000): Promise<unknown> =>
    throughForward({ http: connectHttp({ timeoutCap }), clock: realClock() }, forward)(get, never);

  test('is told after its own words', async () => {
    const forward = await forwardTo([{ namespace: 'mon', pod: 'one', port: 1 }], () => Promise.reject(new Error('no way')));
    await expect(sending(forward)).rejects.toThrow(/^(socket hang up|read ECONNRESET); by port-forward: no way$/);
  });

  test('is not what befell a connection that was there before', async () => {
    const { upgrade } = connectionTo(cluster.url);
    const slow = gate();
    const pod = await app('one', (request) => {
      slow.open();
      void until(() => forward.trouble().times === 1).then(() => request.socket.destroy());
    });
    let first = true;
    const forward = await forwardTo([pod], async (to, signal) => {
      if (!first) return upgrade(to, signal);
      first = false;
      await slow.passed;
      throw new Error('no way');
    });
    const before = dial(forward.port, '127.0.0.1').on('error', () => undefined);
    closers.push(() => before.destroy());
    await until(() => forward.begun() === 1);
    await expect(sending(forward)).rejects.toThrow(/^socket hang up$/);
  });

  test('is its own, where that is no broken connection', async () => {
    const { upgrade } = connectionTo(cluster.url);
    const pod = await app('one', () => undefined);
    let first = true;
    const forward = await forwardTo([pod], (to, signal) => {
      const isFirst = first;
      first = false;
      return isFirst ? upgrade(to, signal) : Promise.reject(new Error('no way'));
    });
    const held = expect(sending(forward, 500)).rejects.toThrow(/^no answer in time$/);
    await until(() => cluster.tunnels.size === 1);
    await expect(sending(forward)).rejects.toThrow('no way');
    await held;
  });
});

describe('a refusal without an end', () => {
  async function refusing(): Promise<{ url: string; sockets: Socket[] }> {
    const sockets: Socket[] = [];
    const server = createTcpServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      socket.once('data', () => socket.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 100000\r\n\r\nnot you'));
    });
    closers.push(() => (sockets.forEach((socket) => socket.destroy()), server.close()));
    return { url: `http://127.0.0.1:${await listening(server)}`, sockets };
  }

  test('ends with the signal, and its connection with it', async () => {
    const { url, sockets } = await refusing();
    const stop = new AbortController();
    const asked = connectionTo(url).upgrade({ path: '/x', protocol: 'p' }, stop.signal);
    await until(() => (sockets[0]?.bytesWritten ?? 0) > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort(new Error('closed'));
    await expect(asked).rejects.toThrow('closed');
    await until(() => sockets[0]?.destroyed === true);
  });

  test('is told as far as it came', async () => {
    const { url } = await refusing();
    expect(await connectionTo(url).upgrade({ path: '/x', protocol: 'p' }, never)).toEqual({ is: 'refused', status: 403, text: 'not you' });
  });
});
