// The Send to everything but the API server, against a real server on loopback.
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { agentFor, resolveBySystem } from '../../src/http/agents.ts';
import { connectHttp, type HttpWire } from '../../src/http/send.ts';
import { certificate } from './certificate.ts';
import { read, serve, type Loopback } from './server.ts';

const never = new AbortController().signal;
const send = connectHttp({ timeoutCap: 30_000 });
const open: Loopback[] = [];
const proxyVariables = ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);
const before = new Map(proxyVariables.map((name) => [name, process.env[name]]));

beforeEach(() => {
  for (const name of proxyVariables) delete process.env[name];
});
afterEach(async () => {
  for (const [name, value] of before) if (value !== undefined) process.env[name] = value;
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(...args: Parameters<typeof serve>): Promise<Loopback> {
  const server = await serve(...args);
  open.push(server);
  return server;
}

function get(url: string, more: Partial<HttpWire> = {}): HttpWire {
  return { method: 'GET', url, headers: {}, ...more };
}

/** Tunnels every CONNECT and remembers where to. */
async function proxy(): Promise<{ server: Loopback; tunnels: string[] }> {
  const tunnels: string[] = [];
  const { createServer } = await import('node:http');
  const http = createServer();
  http.on('connect', (request, socket, head) => {
    tunnels.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    const target = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  return { server: await start((_, response) => response.writeHead(500).end(), http), tunnels };
}

describe('an exchange', () => {
  test('carries method, headers and body, and gives back status, headers and body', async () => {
    let body = '';
    const server = await start(async (request, response) => {
      body = await read(request);
      response.writeHead(418, { 'X-Kind': 'Teapot' }).end('short and stout');
    });
    const reply = await send({ method: 'POST', url: `${server.url}/a?b=c`, headers: { 'X-Asked': 'yes' }, body: '{"a":1}' }, never);
    expect(reply.status).toBe(418);
    expect(reply.headers['x-kind']).toBe('Teapot');
    expect(await read(reply.body)).toBe('short and stout');
    expect(body).toBe('{"a":1}');
    expect(server.asked[0]).toMatchObject({ method: 'POST', url: '/a?b=c', headers: { 'x-asked': 'yes', 'user-agent': 'canary' } });
  });

  test('sends the sign-in data of the address as a header, and no mark of ours', async () => {
    const server = await start((_, response) => response.end());
    await send(get(`http://us%40er:p%3Ass@127.0.0.1:${server.port}/`, { insecure: true }), never);
    expect(server.asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('us@er:p:ss').toString('base64')}`);
    expect(JSON.stringify(server.asked[0]?.rawHeaders)).not.toMatch(/insecure/i);
  });

  test('follows no redirect', async () => {
    const other = await start((_, response) => response.end('stolen'));
    const server = await start((_, response) => response.writeHead(302, { location: other.url }).end());
    expect((await send(get(server.url), never)).status).toBe(302);
    expect(other.asked).toHaveLength(0);
  });

  test.each(['ftp://example.com/', 'file:///etc/passwd', 'data:text/plain,x', 'nonsense'])('refuses %s', async (url) => {
    await expect(send(get(url), never)).rejects.toThrow(/only http and https|not an address/);
  });

  test('a refused connection names its cause and not the address', async () => {
    const server = await start((_, response) => response.end());
    await server.close();
    const failure = send(get(`http://u:s3cret@127.0.0.1:${server.port}/x?token=s3cret`), never);
    await expect(failure).rejects.toThrow(/ECONNREFUSED/);
    await expect(failure).rejects.not.toThrow(/s3cret/);
  });
});

describe('limits', () => {
  test('a body of 1 MiB passes, one byte more does not', async () => {
    const mebibyte = 1024 * 1024;
    const server = await start((request, response) => response.end('x'.repeat(mebibyte + Number(request.url?.slice(1)))));
    expect(await read((await send(get(`${server.url}/0`), never)).body)).toHaveLength(mebibyte);
    await expect(read((await send(get(`${server.url}/1`), never)).body)).rejects.toThrow('larger than 1 MiB');
  });

  test('a small reply that unpacks to a large one counts as large', async () => {
    const packed = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    const server = await start((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed));
    await expect(read((await send(get(server.url), never)).body)).rejects.toThrow('larger than 1 MiB');
  });

  test('a server that never answers is left at the cap', async () => {
    const server = await start(() => undefined);
    await expect(connectHttp({ timeoutCap: 20 })(get(server.url), never)).rejects.toThrow('no answer in time');
  });

  test('a body that never ends is left at the cap', async () => {
    const server = await start((_, response) => void response.writeHead(200).write('x'));
    const reply = await connectHttp({ timeoutCap: 200 })(get(server.url), never);
    await expect(read(reply.body)).rejects.toThrow('no answer in time');
  });

  test('the signal ends an exchange, before and while it runs', async () => {
    const controller = new AbortController();
    const server = await start(() => controller.abort());
    await expect(send(get(server.url), controller.signal)).rejects.toThrow('stopped');
    await expect(send(get(server.url), controller.signal)).rejects.toThrow('stopped');
    expect(server.asked).toHaveLength(1);
  });
});

describe('blocked addresses', () => {
  test.each([
    ...['169.254.169.254', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '0xa9.0xfe.0xa9.0xfe', '169.254.43518', '169.16689662'],
    ...[
      '[fe80::1]',
      '[::ffff:169.254.169.254]',
      '[::ffff:a9fe:a9fe]',
      '[64:ff9b::a9fe:a9fe]',
      '[fd00:ec2::254]',
      '169.254.169.254.',
      '１６９.254.169.254',
    ],
  ])('http://%s/ is refused', async (host) => {
    await expect(send(get(`http://${host}/latest/meta-data`), never)).rejects.toThrow('refused to connect');
  });

  test('a name that leads there is refused, whatever else it leads to', async () => {
    const resolve = () =>
      Promise.resolve([
        { address: '127.0.0.1', family: 4 },
        { address: '169.254.169.254', family: 4 },
      ]);
    const failure = connectHttp({ timeoutCap: 1000, resolve })(get('http://rebind.example/'), never);
    await expect(failure).rejects.toThrow('refused to connect to rebind.example (169.254.169.254)');
  });

  test('the address that was checked is the one that is connected to', async () => {
    const server = await start((_, response) => response.end('here'));
    let asked = 0;
    const resolve = () => Promise.resolve([{ address: asked++ === 0 ? '127.0.0.1' : '169.254.169.254', family: 4 }]);
    const reply = await connectHttp({ timeoutCap: 1000, resolve })(get(`http://rebind.example:${server.port}/`), never);
    expect(await read(reply.body)).toBe('here');
    expect(asked).toBe(1);
  });

  test('a name without an address is no answer', async () => {
    const resolve = () => Promise.reject(new Error('getaddrinfo ENOTFOUND nowhere.example'));
    await expect(connectHttp({ timeoutCap: 1000, resolve })(get('http://nowhere.example/'), never)).rejects.toThrow('ENOTFOUND');
  });
});

describe('TLS', () => {
  test('a certificate that nobody vouches for is refused, unless the request is marked insecure', async () => {
    const server = await start((_, response) => response.end('secret'), createTlsServer(certificate));
    const url = `https://127.0.0.1:${server.port}/`;
    await expect(send(get(url), never)).rejects.toThrow(/certificate/);
    expect(await read((await send(get(url, { insecure: true }), never)).body)).toBe('secret');
    await expect(send(get(url), never)).rejects.toThrow(/certificate/);
  });
});

describe('the proxy of the environment', () => {
  test('is used for http and https, signed in, and left out where NO_PROXY says so', async () => {
    const { server, tunnels } = await proxy();
    const plain = await start((_, response) => response.end('plain'));
    const tls = await start((_, response) => response.end('tls'), createTlsServer(certificate));
    process.env['HTTP_PROXY'] = `http://pat:pw@127.0.0.1:${server.port}`;
    process.env['HTTPS_PROXY'] = `http://127.0.0.1:${server.port}`;
    const resolve = () => Promise.reject(new Error('only the proxy knows'));
    const send = connectHttp({ timeoutCap: 5000, resolve });
    expect(await read((await send(get(`http://plain.example:${plain.port}/`), never)).body)).toBe('plain');
    expect(await read((await send(get(`https://tls.example:${tls.port}/`, { insecure: true }), never)).body)).toBe('tls');
    expect(tunnels).toEqual([`plain.example:${plain.port} Basic ${Buffer.from('pat:pw').toString('base64')}`, `tls.example:${tls.port}`]);
    process.env['NO_PROXY'] = '127.0.0.1';
    expect(await read((await send(get(plain.url), never)).body)).toBe('plain');
    expect(tunnels).toHaveLength(2);
  });

  test('does not open the way to a blocked address', async () => {
    const { server, tunnels } = await proxy();
    process.env['HTTP_PROXY'] = `http://127.0.0.1:${server.port}`;
    const resolve = () => Promise.resolve([{ address: 'fe80::1', family: 6 }]);
    await expect(connectHttp({ timeoutCap: 5000, resolve })(get('http://meta.example/'), never)).rejects.toThrow('refused to connect');
    await expect(send(get('http://169.254.169.254/'), never)).rejects.toThrow('refused to connect');
    expect(tunnels).toEqual([]);
  });
});

describe('a proxy that takes CONNECT and then says nothing', () => {
  test.each(['http', 'https'])('is left with its request (%s)', async (scheme) => {
    const { createServer } = await import('node:http');
    const silent = createServer();
    const held = once(silent, 'connect').then(([, socket]) => socket as Duplex);
    const { url } = await start(() => undefined, silent);
    const stop = new AbortController();
    const failure = expect(send(get(`${scheme}://plain.example/`, { proxy: url }), stop.signal)).rejects.toThrow('stopped');
    const left = once((await held).resume(), 'end');
    stop.abort();
    await failure;
    await left;
  });

  test('is given up after 10 s, whatever the request may take', async () => {
    const options = { resolve: resolveBySystem, insecure: false, signal: never, proxy: 'http://127.0.0.1:1' };
    for (const scheme of ['http', 'https'])
      expect(await agentFor(new URL(`${scheme}://plain.example/`), options)).toMatchObject({ options: { timeout: 10_000 } });
  });
});

describe('a request that is led elsewhere', () => {
  test('is, with the Host and path of its address, and never through a proxy of the environment', async () => {
    const server = await start((_, response) => response.end('led'));
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:1';
    const resolve = () => Promise.reject(new Error('nobody is to be asked'));
    const reply = await connectHttp({ timeoutCap: 5000, resolve })(
      get('http://prom.mon:9090/a%2Fb?c', { dial: { host: '127.0.0.1', port: server.port } }),
      never,
    );
    expect(await read(reply.body)).toBe('led');
    expect(server.asked[0]).toMatchObject({ url: '/a%2Fb?c', headers: { host: 'prom.mon:9090' } });
  });

  test('keeps the TLS name of its address, by which the certificate is judged', async () => {
    const server = await start((_, response) => response.end('tls'), createTlsServer(certificate));
    const dial = { host: '127.0.0.1', port: server.port };
    await expect(send(get('https://prom.mon/', { dial }), never)).rejects.toThrow(/certificate/i);
    expect(await read((await send(get('https://prom.mon/', { dial, insecure: true }), never)).body)).toBe('tls');
    expect((server.asked[0]?.socket as { servername?: string }).servername).toBe('prom.mon');
  });

  test('by a name is resolved as all are, and to no blocked address', async () => {
    const server = await start((_, response) => response.end('led'));
    const resolve = (name: string) => Promise.resolve([{ address: name === 'good.example' ? '127.0.0.1' : '169.254.169.254', family: 4 }]);
    const to = (host: string) =>
      connectHttp({ timeoutCap: 5000, resolve })(get('http://prom.mon/', { dial: { host, port: server.port } }), never);
    expect(await read((await to('good.example')).body)).toBe('led');
    await expect(to('bad.example')).rejects.toThrow('refused to connect to bad.example');
    await expect(to('169.254.169.254')).rejects.toThrow('refused to connect');
  });
});

describe('the proxy of a request', () => {
  test('goes before that of the environment, for http and https, and is not sent', async () => {
    const { server, tunnels } = await proxy();
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:1';
    process.env['NO_PROXY'] = '*';
    const plain = await start((_, response) => response.end('plain'));
    const tls = await start((_, response) => response.end('tls'), createTlsServer(certificate));
    expect(await read((await send(get(plain.url, { proxy: server.url }), never)).body)).toBe('plain');
    const secure = get(`https://127.0.0.1:${tls.port}/`, { proxy: server.url, insecure: true });
    expect(await read((await send(secure, never)).body)).toBe('tls');
    expect(tunnels).toEqual([`127.0.0.1:${plain.port}`, `127.0.0.1:${tls.port}`]);
    expect(JSON.stringify(plain.asked[0]?.rawHeaders)).not.toMatch(/proxy/i);
  });

  test.each(['http://169.254.169.254:3128', 'http://[fe80::1]:3128', 'http://0xa9fea9fe/'])('%s is refused', async (proxy) => {
    const plain = await start((_, response) => response.end('plain'));
    await expect(send(get(plain.url, { proxy }), never)).rejects.toThrow('refused to connect');
    expect(plain.asked).toHaveLength(0);
  });

  test('by a name that leads to a blocked address is refused', async () => {
    const resolve = (name: string) => Promise.resolve([{ address: name === 'proxy.example' ? '169.254.169.254' : '127.0.0.1', family: 4 }]);
    const failure = connectHttp({ timeoutCap: 5000, resolve })(get('http://plain.example/', { proxy: 'http://proxy.example:3128' }), never);
    await expect(failure).rejects.toThrow('refused to connect to proxy.example (169.254.169.254)');
  });

  test('does not open the way to a blocked address', async () => {
    const { server, tunnels } = await proxy();
    await expect(send(get('http://169.254.169.254/', { proxy: server.url }), never)).rejects.toThrow('refused to connect');
    expect(tunnels).toEqual([]);
  });

  test.each(['socks5://127.0.0.1:1080', 'nonsense'])('%s is none', async (proxy) => {
    await expect(send(get('http://127.0.0.1:1/', { proxy }), never)).rejects.toThrow('the proxy is no http or https address');
  });
});
