// Connections to the API server by a proxy: one that takes CONNECT and then says nothing is left, so that it never keeps the process alive.
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect as dial, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { once } from 'node:events';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { connect, type Connection } from '../../src/kube/transport.ts';
import { readBody } from '../../src/kube/body.ts';
import { cert, key } from './tls.ts';

const closers: (() => unknown)[] = [];
const never = new AbortController().signal;
const get = { method: 'GET', url: '/api', headers: {} } as const;

afterEach(async () => {
  jest.useRealTimers();
  for (const close of closers.splice(0).reverse()) await close();
});

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => (sockets.forEach((socket) => socket.destroy()), server.close()));
  return (server.address() as AddressInfo).port;
}

/** `held` gets the connection of a CONNECT that nobody will answer. */
async function silentProxy(): Promise<{ proxy: string; held: Promise<Duplex> }> {
  const server = createServer();
  const held = once(server, 'connect').then(([, socket]) => socket as Duplex);
  return { proxy: `http://127.0.0.1:${await listening(server)}`, held };
}

function behind(address: string, proxy: string): Connection {
  const connection = connect({ address, ca: cert, insecure: false, proxy }, async () => ({ headers: [] }));
  closers.push(() => connection.close());
  return connection;
}

describe.each(['http://cluster.test:6443', 'https://cluster.test:6443'])('a proxy that says nothing, to %s', (address) => {
  test('is left when the connection is closed, even by whom nobody waits for any more', async () => {
    const { proxy, held } = await silentProxy();
    const connection = behind(address, proxy);
    const stop = new AbortController();
    const asked = connection.send(get, stop.signal);
    const left = once((await held).resume(), 'end');
    stop.abort(new Error('parked'));
    await expect(asked).rejects.toThrow('parked');
    await connection.close();
    await left;
  });

  test('is left after a while', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const { proxy, held } = await silentProxy();
    const asked = behind(address, proxy).send(get, never);
    const failed = expect(asked).rejects.toThrow('GET /api: the proxy did not open a way');
    const left = once((await held).resume(), 'end');
    jest.advanceTimersByTime(10_000);
    await failed;
    await left;
  });

  test('a tunnel is given up with its signal', async () => {
    const { proxy, held } = await silentProxy();
    const stop = new AbortController();
    const asked = behind(address, proxy).upgrade({ path: '/x', protocol: 'p' }, stop.signal);
    const left = once((await held).resume(), 'end');
    stop.abort(new Error('closed'));
    await expect(asked).rejects.toThrow('closed');
    await left;
  });
});

test.each(['http', 'https'])('by a proxy that works connections are kept for the next request (%s)', async (scheme) => {
  const answer = (_: unknown, response: { end(text: string): void }): void => response.end('here');
  const port = await listening(scheme === 'https' ? createTlsServer({ cert, key }, answer) : createServer(answer));
  let tunnels = 0;
  const proxy = createServer().on('connect', (_, socket) => {
    tunnels++;
    const onward = dial(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    closers.push(() => onward.destroy());
  });
  const connection = behind(`${scheme}://cluster.test:6443`, `http://127.0.0.1:${await listening(proxy)}`);
  for (let round = 0; round < 3; round++) {
    expect(await readBody(await connection.send(get, never))).toBe('here');
    // The connection is free only after the answer was read.
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(tunnels).toBe(1);
});
