import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { chmod, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import yaml from 'js-yaml';
import { CanaryError, ForbiddenError, UnreachableError, UsageError } from '../../src/errors.ts';
import { readBody, readLines } from '../../src/kube/body.ts';
import { login } from '../../src/kube/login.ts';
import type { Around, Login, LoginOptions } from '../../src/kube/login.ts';
import { never } from './scripted.ts';
import { cert, key } from './tls.ts';

let home: string;
const closers: (() => unknown)[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'canary-login-'));
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await rm(home, { recursive: true });
});

async function file(name: string, content: unknown): Promise<string> {
  const path = join(home, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : yaml.dump(content));
  return path;
}

async function enter(options: LoginOptions = {}, env: Around['env'] = {}): Promise<Login> {
  const entered = await login(options, { env, home, account: join(home, 'account') });
  closers.push(() => entered.close());
  return entered;
}

interface Seen {
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly client: string | undefined;
}

/** Says what it saw; `codes` are given first. */
async function server(options: { tls?: boolean; codes?: number[] } = {}): Promise<{ address: string; port: number; seen: Seen[] }> {
  const seen: Seen[] = [];
  const codes = options.codes ?? [];
  const answer: Parameters<typeof createServer>[1] = (request, response) => {
    const socket = request.socket as { getPeerCertificate?: () => { subject?: { CN?: string } } };
    seen.push({ url: request.url, headers: request.headers, client: socket.getPeerCertificate?.().subject?.CN });
    response.writeHead(codes.shift() ?? 200, { location: '/elsewhere', 'x-said': 'yes' });
    response.end('{"kind":"x"}');
  };
  const listening: Server = options.tls
    ? (createTlsServer({ cert, key, requestCert: true, rejectUnauthorized: false }, answer) as unknown as Server)
    : createServer(answer);
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => (listening.closeAllConnections(), listening.close(resolve))));
  const { port } = listening.address() as AddressInfo;
  return { address: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`, port, seen };
}

function kubeconfig(cluster: object, user: object = {}, context: object = {}): object {
  return {
    'current-context': 'prod',
    contexts: [{ name: 'prod', context: { cluster: 'c', user: 'ana', namespace: 'shop', ...context } }],
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'ana', user }],
  };
}

const get = (entered: Login, url = '/api/v1/pods') => entered.send({ method: 'GET', url, headers: { accept: 'application/json' } }, never);

async function refusal(options: LoginOptions = {}, env: Around['env'] = {}): Promise<CanaryError> {
  const error: unknown = await enter(options, env).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CanaryError);
  return error as CanaryError;
}

describe('which kubeconfig and context', () => {
  test('the one at home, with its namespace', async () => {
    const { address, seen } = await server();
    await file('.kube/config', kubeconfig({ server: address }, { token: 's3cret' }));
    const entered = await enter();
    expect(entered.about).toEqual({ context: 'prod', user: 'ana', namespace: 'shop' });
    expect(entered.warnings).toEqual([]);
    expect(await readBody(await get(entered))).toBe('{"kind":"x"}');
    expect(seen[0]).toMatchObject({
      url: '/api/v1/pods',
      headers: { authorization: 'Bearer s3cret', accept: 'application/json', 'user-agent': 'canary' },
    });
    expect(JSON.stringify(entered)).not.toContain('s3cret');
  });

  test('flags win over the file', async () => {
    const other = await file('other', { ...kubeconfig({ server: 'http://127.0.0.1:1' }), 'current-context': 'nowhere' });
    await file('.kube/config', 'not: {used');
    expect((await enter({ kubeconfig: other, context: 'prod', namespace: 'lab' }, { KUBECONFIG: '/nowhere' })).about).toEqual({
      context: 'prod',
      user: 'ana',
      namespace: 'lab',
    });
  });

  test('KUBECONFIG is a list: the first to name a thing wins, missing files are passed over, paths start at their own file', async () => {
    const { address, seen } = await server();
    await file('a/token', ' t-a \n');
    const first = await file('a/config', { users: [{ name: 'ana', user: { tokenFile: 'token' } }], contexts: [] });
    const second = await file('b/config', kubeconfig({ server: address }, { token: 't-b' }, { namespace: undefined }));
    const entered = await enter({}, { KUBECONFIG: [join(home, 'none'), first, second].join(':') });
    await get(entered);
    expect(entered.about.namespace).toBe('default');
    expect(seen[0]?.headers.authorization).toBe('Bearer t-a');
    await file('a/token', 't-new');
    await get(entered);
    expect(seen[1]?.headers.authorization).toBe('Bearer t-new');
  });

  test('in a pod, its service account', async () => {
    const { port, seen } = await server({ tls: true });
    await file('account/token', 'pod-token');
    await file('account/namespace', 'jobs\n');
    await file('account/ca.crt', cert);
    const entered = await enter({}, { KUBERNETES_SERVICE_HOST: 'localhost', KUBERNETES_SERVICE_PORT: String(port) });
    expect(entered.about).toEqual({ context: 'in-cluster', user: 'a service account of jobs', namespace: 'jobs' });
    await get(entered);
    expect(seen[0]?.headers.authorization).toBe('Bearer pod-token');
  });
});

describe('refusals, in plain words and without secrets', () => {
  test('nothing there', async () => {
    expect(await refusal()).toMatchObject({ exitCode: 5, message: expect.stringContaining('no kubeconfig') });
    expect(await refusal({ kubeconfig: join(home, 'none') })).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('no such file'),
    });
  });

  test('no such context', async () => {
    await file('.kube/config', kubeconfig({ server: 'http://127.0.0.1:1' }));
    const error = await refusal({ context: 'prdo' });
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe('no context "prdo" in the kubeconfig; did you mean "prod"?');
    expect(error.hint).toBe('known: prod');
    expect((await refusal({ context: 'something-else' })).message).not.toContain('did you mean');
  });

  test.each<[string, unknown, string]>([
    ['not YAML', 'users:\n- {name: s3cret', 'is not YAML'],
    ['not an object', '[]', 'is not a kubeconfig'],
    ['a list that is none', { users: 's3cret' }, 'has a "users" that is not a list'],
    ['an entry without a name', { users: [{ user: { token: 's3cret' } }] }, 'has an entry without a name in "users" (number 1)'],
    ['no current context', { ...kubeconfig({}), 'current-context': undefined }, 'has no current context'],
    ['no such cluster', kubeconfig({}, {}, { cluster: 'gone' }), 'names the cluster "gone", which'],
    ['no such user', kubeconfig({}, {}, { user: 'gone' }), 'names the user "gone", which'],
    ['no server', kubeconfig({}, { token: 's3cret' }), 'has no valid server address'],
    ['a server with a password', kubeconfig({ server: 'https://ana:s3cret@127.0.0.1' }), 'has sign-in data in its server address'],
    ['a server of another kind', kubeconfig({ server: 'ftp://127.0.0.1' }), 'neither https nor http'],
    [
      'a proxy of another kind',
      kubeconfig({ server: 'https://127.0.0.1', 'proxy-url': 'socks5://s3cret@127.0.0.1' }),
      'neither http nor https',
    ],
    ['a token file that is gone', kubeconfig({ server: 'https://127.0.0.1' }, { tokenFile: 'gone' }), 'cannot read the token file'],
    [
      'half a certificate',
      kubeconfig({ server: 'https://127.0.0.1' }, { 'client-certificate-data': 'czNjcmV0' }),
      'a certificate or a key, but not both',
    ],
  ])('%s', async (_, content, text) => {
    await file('.kube/config', content);
    const error = await refusal();
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toContain(text);
    expect(`${error.message} ${error.hint}`).not.toContain('s3cret');
  });
});

describe('what must be text and is not', () => {
  test.each([
    ['contexts[0].context.namespace', kubeconfig({ server: 'http://127.0.0.1:1' }, {}, { namespace: 2024 })],
    ['users[0].user.token', kubeconfig({ server: 'http://127.0.0.1:1' }, { token: 12345 })],
    ['users[0].user.password', kubeconfig({ server: 'http://127.0.0.1:1' }, { username: 'ana', password: 12345 })],
    ['clusters[0].cluster.server', kubeconfig({ server: ['x12345'] })],
    ['current-context', { ...kubeconfig({ server: 'http://127.0.0.1:1' }), 'current-context': 12345 }],
  ])('%s is refused with its path and without its value', async (path, content) => {
    await file('.kube/config', content);
    const error = await refusal();
    expect([error.exitCode, error.message]).toEqual([5, `${path} of the kubeconfig is not text`]);
  });

  test('an empty field is one that is not there', async () => {
    await file('.kube/config', kubeconfig({ server: 'http://127.0.0.1:1' }, { token: null }, { namespace: null }));
    expect((await enter()).about.namespace).toBe('default');
  });
});

describe('the connection', () => {
  async function enterWith(cluster: object, user: object = {}): Promise<Login> {
    return enter({ kubeconfig: await file('config', kubeconfig(cluster, user)) });
  }

  test('TLS is verified with the authority of the file; a client certificate is shown', async () => {
    const { port, seen } = await server({ tls: true });
    const data = Buffer.from(cert).toString('base64');
    const user = { 'client-certificate-data': data, 'client-key-data': Buffer.from(key).toString('base64') };
    const entered = await enterWith(
      { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': data, 'tls-server-name': 'cluster.test' },
      user,
    );
    expect((await get(entered)).status).toBe(200);
    expect(seen[0]?.client).toBe('canary test');
  });

  test('an unknown authority is no answer; switched off, it is warned of', async () => {
    const { address } = await server({ tls: true });
    await expect(get(await enterWith({ server: address }))).rejects.toThrow(/^GET \/api\/v1\/pods: .*certificate/);
    const entered = await enterWith({ server: address, 'insecure-skip-tls-verify': true });
    expect((await get(entered)).status).toBe(200);
    expect(entered.warnings).toEqual([`cluster "c": the server's certificate is not verified (insecure-skip-tls-verify)`]);
  });

  test('a path in the server address stands before every request', async () => {
    const { address, seen } = await server();
    await get(await enterWith({ server: `${address}/k8s/clusters/c-1/` }));
    expect(seen[0]?.url).toBe('/k8s/clusters/c-1/api/v1/pods');
  });

  test('a redirect is not followed', async () => {
    const { address, seen } = await server({ codes: [302] });
    expect((await get(await enterWith({ server: address }))).status).toBe(302);
    expect(seen).toHaveLength(1);
  });

  test('a 401 is asked once more, no more', async () => {
    const { address, seen } = await server({ codes: [401, 401, 401] });
    expect((await get(await enterWith({ server: address }, { token: 'x' }))).status).toBe(401);
    expect(seen).toHaveLength(2);
  });

  test('names and passwords, and acting as another', async () => {
    const { address, seen } = await server();
    const acting = { as: 'bob', 'as-uid': '7', 'as-groups': ['dev', 'ops'], 'as-user-extra': { team: ['x'] } };
    await get(await enterWith({ server: address }, { username: 'ana', password: 'p:w', ...acting }));
    expect(seen[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('ana:p:w').toString('base64')}`,
      'impersonate-user': 'bob',
      'impersonate-uid': '7',
      'impersonate-group': 'dev, ops',
      'impersonate-extra-team': 'x',
    });
  });

  test('goes through the proxy of the file', async () => {
    const { port, seen } = await server({ tls: true });
    const asked: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      closers.push(() => (onward.destroy(), socket.destroy()));
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    closers.push(() => proxy.close());
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const cluster = {
      server: 'https://cluster.test:6443',
      'certificate-authority-data': Buffer.from(cert).toString('base64'),
      'proxy-url': proxyUrl,
    };
    expect((await get(await enterWith(cluster, { token: 't' }))).status).toBe(200);
    expect(asked).toEqual(['cluster.test:6443']);
    expect(seen[0]?.headers.authorization).toBe('Bearer t');
  });

  test('nobody there is no answer, in the words of the network', async () => {
    await expect(get(await enterWith({ server: 'http://127.0.0.1:1' }, { token: 's3cret' }))).rejects.toThrow(
      /^GET \/api\/v1\/pods: connect ECONNREFUSED 127.0.0.1:1$/,
    );
  });

  test('a signal ends a request under way', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closers.push(() => (silent.closeAllConnections(), silent.close()));
    const entered = await enterWith({ server: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` });
    const stop = new AbortController();
    const asked = entered.send({ method: 'GET', url: '/', headers: {} }, stop.signal);
    stop.abort(new Error('parked'));
    await expect(asked).rejects.toThrow('parked');
  });

  test('a watch is told line by line as the server speaks, and ends with its signal', async () => {
    const say: ((text: string) => void)[] = [];
    const hung: string[] = [];
    const speaking = createServer((_request, response) => {
      response.on('close', () => hung.push('up'));
      response.writeHead(200);
      response.flushHeaders();
      say.push((text) => response.write(text));
    });
    await new Promise<void>((resolve) => speaking.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => (speaking.closeAllConnections(), speaking.close(resolve))));
    const entered = await enterWith({ server: `http://127.0.0.1:${(speaking.address() as AddressInfo).port}` });
    const stop = new AbortController();
    const reply = await entered.send({ method: 'GET', url: '/api/v1/pods?watch=1', headers: {} }, stop.signal);
    const lines = readLines(reply.body);
    say[0]?.('{"a":1}\n{"b"');
    expect((await lines.next()).value).toBe('{"a":1}');
    say[0]?.(':2}\n');
    expect((await lines.next()).value).toBe('{"b":2}');
    const next = lines.next();
    stop.abort();
    await expect(next).rejects.toThrow('aborted');
    while (!hung.length) await new Promise((resolve) => setImmediate(resolve));
    expect(hung).toEqual(['up']);
  });

  test('an open http server and a file that everybody can write are warned of', async () => {
    const path = await file('config', kubeconfig({ server: 'http://cluster.test' }));
    await chmod(path, 0o666);
    expect((await enter({ kubeconfig: path })).warnings).toEqual([
      `${path} can be written by everybody: anyone here can redirect this run`,
      'cluster "c": the connection is not encrypted (http)',
    ]);
  });
});

describe('signing in by a plug-in', () => {
  const exec = (script: string): object => ({
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', script], interactiveMode: 'Never' },
  });
  const credential = `console.log(JSON.stringify({apiVersion:'client.authentication.k8s.io/v1',kind:'ExecCredential',status:{token:'from-plugin-'+process.hrtime.bigint()}}))`;

  test('its token is used, and asked for anew after a 401', async () => {
    const { address, seen } = await server({ codes: [200, 200, 401] });
    const entered = await enter({ kubeconfig: await file('config', kubeconfig({ server: address }, { ...exec(credential), as: 'bob' })) });
    expect(entered.warnings).toEqual([`the kubeconfig signs in by plug-in ${process.execPath}`]);
    for (let asked = 0; asked < 3; asked++) await get(entered);
    const tokens = seen.map(({ headers }) => headers.authorization ?? '');
    expect(tokens[0]).toMatch(/^Bearer from-plugin-\d+$/);
    expect(tokens.map((token) => tokens.indexOf(token))).toEqual([0, 0, 0, 3]);
    expect(seen[0]?.headers['impersonate-user']).toBe('bob');
  });

  test('its failure is told with its own words, made safe', async () => {
    await file(
      '.kube/config',
      kubeconfig({ server: 'http://127.0.0.1:1' }, exec(`console.error('\\u001b[31mtoken expired\\nsign in again'); process.exit(1)`)),
    );
    const error = await refusal();
    expect(error).toBeInstanceOf(ForbiddenError);
    expect(error.message).toBe(`plug-in ${process.execPath} could not sign in: token expired sign in again`);
  });
});

describe('the proxy to the API server', () => {
  const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'];
  const before = new Map(names.map((name) => [name, process.env[name]]));
  beforeEach(() => names.forEach((name) => delete process.env[name]));
  afterEach(() => before.forEach((value, name) => value !== undefined && (process.env[name] = value)));

  /** Answers every tunnel with this server. */
  async function proxy(port: number): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const tunnels = createServer().on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      closers.push(() => (onward.destroy(), socket.destroy()));
    });
    await new Promise<void>((resolve) => tunnels.listen(0, '127.0.0.1', resolve));
    closers.push(() => tunnels.close());
    return { url: `http://127.0.0.1:${(tunnels.address() as AddressInfo).port}`, asked };
  }

  test('is that of the environment, unless the kubeconfig names one; NO_PROXY is for the environment’s alone', async () => {
    const { port } = await server({ tls: true });
    const [ofFile, ofEnvironment] = [await proxy(port), await proxy(port)];
    const cluster = { server: `https://localhost:${port}`, 'certificate-authority-data': Buffer.from(cert).toString('base64') };
    const asked = async (more: object = {}): Promise<number[]> => {
      expect((await get(await enter({ kubeconfig: await file('config', kubeconfig({ ...cluster, ...more })) }))).status).toBe(200);
      return [ofFile.asked.length, ofEnvironment.asked.length];
    };
    process.env['HTTPS_PROXY'] = ofEnvironment.url;
    expect(await asked()).toEqual([0, 1]);
    expect(await asked({ 'proxy-url': ofFile.url })).toEqual([1, 1]);
    process.env['NO_PROXY'] = 'localhost';
    expect(await asked()).toEqual([1, 1]);
    expect(await asked({ 'proxy-url': ofFile.url })).toEqual([2, 1]);
  });
});
