// Services of a real API server, asked from outside by their in-cluster addresses: what arrives, byte for byte, and what is said where it may not.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import yaml from 'js-yaml';
import { connectCluster } from '../../src/cli/connect.ts';
import { sendHttp, type Sent } from '../../src/http/request.ts';
import type { HttpRequest, Obj } from '../../src/contracts.ts';
import type { Reach, World } from '../../src/ports.ts';
import { podinfo } from '../cli/specs.ts';
import { openArena } from './arena.ts';
import { clusterUnderTest, must, type Cluster } from './cluster.ts';
import { kubeconfigOf } from './control-plane.ts';

interface Arrived {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const cluster: Cluster = clusterUnderTest();
const namespace = `reach-${process.pid}`;
const arrived: Arrived[] = [];
let answer: { status: number; headers: Record<string, string>; body: string };
let server: Server;
let port = 0;
let folder = '';
const worlds: World[] = [];

/** The API server forwards to no loopback address. */
const ownAddress = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'canary-reach-'));
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      arrived.push({ method: request.method, url: request.url, headers: request.headers, body });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  port = (server.address() as AddressInfo).port;
  await must(cluster, { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } });
  await pod('prom');
  await service('prom', { ports: [{ name: 'web', port: 9090, targetPort: port }] });
  await endpoints('prom', { name: 'web', port });
  await service('empty', { selector: { app: 'nobody' }, ports: [{ port: 80 }] });
}, 60_000);

beforeEach(() => {
  arrived.length = 0;
  answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"status":"success"}' };
});

afterAll(async () => {
  for (const world of worlds) await world.close();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
  await must(cluster, { method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
});

function service(name: string, spec: object): Promise<unknown> {
  return must(cluster, { method: 'POST', path: `/api/v1/namespaces/${namespace}/services`, body: { metadata: { name }, spec } });
}

/** On a node that nobody plays, so that it stays as it is said to be: ready, at our own address. */
async function pod(name: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const body = { metadata: { name, labels: { app: name } }, spec: { nodeName: 'elsewhere', containers: [{ name: 'app', image: 'app' }] } };
  await must(cluster, { method: 'POST', path, body });
  const conditions = [{ type: 'Ready', status: 'True' }];
  const status = { phase: 'Running', podIP: ownAddress, podIPs: [{ ip: ownAddress }], conditions };
  await must(cluster, { method: 'PATCH', path: `${path}/${name}/status`, body: { status }, type: 'application/merge-patch+json' });
}

/** Its proxy goes by these, not by EndpointSlices, and takes no address that is no pod's. */
function endpoints(name: string, at: object): Promise<unknown> {
  const targetRef = { kind: 'Pod', namespace, name: 'prom' };
  const subsets = [{ addresses: [{ ip: ownAddress, targetRef }], ports: [at] }];
  return must(cluster, { method: 'POST', path: `/api/v1/namespaces/${namespace}/endpoints`, body: { metadata: { name }, subsets } });
}

interface Rules {
  readonly resources: string[];
  readonly verbs: string[];
  readonly resourceNames?: string[];
}

/** The token of a new ServiceAccount with just these rights. */
async function someone(name: string, rules: readonly Rules[]): Promise<string> {
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  await must(cluster, { method: 'POST', path: `/api/v1/namespaces/${namespace}/serviceaccounts`, body: { metadata: { name } } });
  const role = { metadata: { name }, rules: rules.map((rule) => ({ apiGroups: [''], ...rule })) };
  await must(cluster, { method: 'POST', path: `${rbac}/roles`, body: role });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  await must(cluster, { method: 'POST', path: `${rbac}/rolebindings`, body: { metadata: { name }, roleRef, subjects } });
  const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3_600 } };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status } = await must(cluster, { method: 'POST', path, body: asked });
  return String((status as { token: string }).token);
}

async function enter(reach: Reach, token = cluster.token): Promise<{ world: World; notes: string[] }> {
  const kubeconfig = join(folder, `kubeconfig-${worlds.length}`);
  writeFileSync(kubeconfig, kubeconfigOf({ server: cluster.server, ca: cluster.ca, token, user: 'someone', namespace }));
  const world = await connectCluster({ kubeconfig, reach }, () => undefined);
  const notes: string[] = [];
  world.hear?.((line) => notes.push(line));
  worlds.push(world);
  return { world, notes };
}

function ask({ http, clock }: World, request: Pick<HttpRequest, 'url'> & Partial<HttpRequest>): Promise<Sent> {
  return sendHttp({ send: http, clock, home: namespace }, { method: 'GET', timeout: 10_000, ...request }, new AbortController().signal);
}

const ways = (): string[] => ['prom', `prom.${namespace}`, `prom.${namespace}.svc`, `prom.${namespace}.svc.cluster.local`];

describe('through the API server', () => {
  test('by every name', async () => {
    const { world, notes } = await enter('auto');
    for (const host of ways())
      expect(await ask(world, { url: `http://${host}:9090/-/ready` })).toMatchObject({
        reply: { status: 200, body: '{"status":"success"}' },
      });
    expect(arrived.map(({ url }) => url)).toEqual(ways().map(() => '/-/ready'));
    expect(notes).toEqual([`reach prom.${namespace}:9090: through the API server (services/proxy)`]);
  });

  const query = `sum(rate(http_requests_total{job=~"a|b",code!~"5..", path="/x?y=1&z"}[1m])) by (le) / 100 > +0 # ü %2F`;
  test.each([
    ['as Prometheus is asked', `/api/v1/query?query=${encodeURIComponent(query)}&time=1`],
    ['with signs that need no encoding', `/a/b.c/~d_e-f?x=[1m]&y={a="b"}|(c)+'d'*!;:@,/?`],
    ['with a slash at the end', '/api/'],
    ['with an empty query', '/api?'],
    ['with a query alone', '/?a=%2F&&b'],
    ['with signs of a path', `/a:b/c@d/e,f;g=h/$&+~._-`],
    ['with nothing', ''],
  ])('arrives byte for byte %s', async (_, path) => {
    const { world } = await enter('proxy');
    const url = `http://prom:9090${path}`;
    expect(await ask(world, { url })).toMatchObject({ reply: { status: 200 } });
    const { pathname, search } = new URL(url);
    expect(arrived.map((each) => each.url)).toEqual([`${pathname}${search}`]);
  });

  test('headers and body of a hook arrive; what lets us in does not', async () => {
    const { world } = await enter('proxy');
    const headers = { 'content-type': 'application/json', 'x-own': 'yes', 'idempotency-key': 'a/b' };
    await ask(world, { method: 'POST', url: 'http://prom:9090/hook', headers, body: '{"name":"ü"}' });
    expect(arrived).toMatchObject([{ method: 'POST', url: '/hook', headers, body: '{"name":"ü"}' }]);
    expect(JSON.stringify(arrived)).not.toContain(cluster.token);
    expect(arrived[0]?.headers.authorization).toBeUndefined();
  });

  test.each([401, 403, 404, 500, 503])('an answer of %i is the application’s own', async (status) => {
    const { world } = await enter('proxy');
    const body = JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      code: status,
      message: 'mine',
      reason: 'Forbidden',
    });
    answer = { status, headers: { 'content-type': 'application/json' }, body };
    expect(await ask(world, { url: 'http://prom:9090/' })).toMatchObject({ reply: { status, body } });
    expect(arrived).toHaveLength(1);
  });

  test('a redirect is not followed', async () => {
    const { world } = await enter('proxy');
    answer = { status: 302, headers: { location: '/elsewhere' }, body: '' };
    expect(await ask(world, { url: 'http://prom:9090/' })).toMatchObject({ reply: { status: 302 } });
    expect(arrived).toHaveLength(1);
  });
});

describe('what is in the way is said', () => {
  test('a Service that nobody gave endpoints', async () => {
    await service('bare', { ports: [{ port: 80 }] });
    const { world } = await enter('proxy');
    expect(await ask(world, { url: 'http://bare/' })).toEqual({
      error: expect.stringContaining('has no endpoints that the API server knows'),
    });
  });

  test('no pod that is ready', async () => {
    const { world } = await enter('proxy');
    expect(await ask(world, { url: 'http://empty/' })).toEqual({
      error: expect.stringContaining(`Service empty in namespace ${namespace} has no pod that is ready`),
    });
  });

  test('a port that the Service does not have', async () => {
    const { world } = await enter('auto');
    expect(await ask(world, { url: 'http://prom:9091/' })).toEqual({ error: expect.stringContaining('has no port 9091, only 9090') });
  });

  test('nobody at its address', async () => {
    await service('gone', { ports: [{ port: 80 }] });
    await endpoints('gone', { port: 1 });
    const { world } = await enter('proxy');
    expect(await ask(world, { url: 'http://gone/' })).toEqual({
      error: expect.stringMatching(/the API server cannot reach gone\..*refused/),
    });
  });

  test('what it cannot carry', async () => {
    const { world } = await enter('proxy');
    const auth = { user: 'ana', password: 'pw' };
    expect(await ask(world, { url: 'http://prom:9090/', auth })).toEqual({
      error: expect.stringContaining('keeps the header authorization to itself'),
    });
    for (const path of ['a%2Fb', 'a//b', "it's", '(x)', 'a%20b'])
      expect(await ask(world, { url: `http://prom:9090/${path}` })).toEqual({ error: expect.stringContaining('does not keep a path') });
    expect(arrived).toEqual([]);
  });
});

describe('rights', () => {
  const url = 'http://prom:9090/x';
  const seeing: Rules = { resources: ['services'], verbs: ['get'], resourceNames: ['prom'] };

  test('just those that are printed are enough; without one the rule is told, which then is', async () => {
    const token = await someone('reader', [seeing, { resources: ['services/proxy'], verbs: ['get'], resourceNames: ['prom:9090'] }]);
    const { world } = await enter('proxy', token);
    expect(await ask(world, { url })).toMatchObject({ reply: { status: 200 } });
    const refused = await ask(world, { method: 'POST', url, body: '{}' });
    const rule = `{apiGroups: [""], resources: ["services/proxy"], verbs: ["create"], resourceNames: ["prom:9090"]} in a Role of namespace ${namespace}`;
    expect(refused).toEqual({
      error: expect.stringContaining(
        `not allowed to ask prom.${namespace}:9090 through the API server as system:serviceaccount:${namespace}:reader: add the rule ${rule}`,
      ),
    });
    expect(arrived).toHaveLength(1);
  });

  test('whoever may not look at the Service is told so', async () => {
    const { world } = await enter('auto', await someone('nobody', []));
    const got = await ask(world, { url });
    expect(got).toEqual({
      error: expect.stringContaining(
        `add the rule {apiGroups: [""], resources: ["services"], verbs: ["get"], resourceNames: ["prom"]} in a Role of namespace ${namespace}`,
      ),
    });
    expect(got).toEqual({ error: expect.stringMatching(/--metrics-url.*--reach/) });
  });

  test('where the proxy is refused, a port is forwarded, and that it may not be is told', async () => {
    await pod('app');
    await service('app', { selector: { app: 'app' }, ports: [{ port: 80 }] });
    const rules = [
      { resources: ['services'], verbs: ['get'] },
      { resources: ['pods'], verbs: ['list'] },
    ];
    const { world } = await enter('auto', await someone('lister', rules));
    const rule = '{apiGroups: [""], resources: ["pods/portforward"], verbs: ["get", "create"]}';
    expect(await ask(world, { url: 'http://app/' })).toEqual({
      error: expect.stringContaining(`add the rule ${rule} in a Role of namespace ${namespace}`),
    });
  });
});

test('the command says it all, and what it prints is enough', async () => {
  const arena = await openArena(cluster, { namespace: `${namespace}-run` });
  try {
    const labels = { app: 'podinfo' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'podinfo:1' }] } };
    const target: Obj = {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'podinfo' } },
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    };
    await arena.apply(target);
    await arena.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'prometheus' }, spec: { ports: [{ port: 9090 }] } });
    const spec = arena.file('podinfo.yaml', podinfo.replaceAll('namespace: test', `namespace: ${arena.namespace}`));
    await arena.grant(spec);
    const asked = ['run', spec, '-n', arena.namespace, '--reach', 'proxy'];
    const refused = await arena.start(asked).ended;
    expect(refused.code).toBe(5);
    const rule = '{apiGroups: [""], resources: ["services/proxy"], verbs: ["get"], resourceNames: ["prometheus:9090"]}';
    expect(refused.err).toContain(`add the rule ${rule} in a Role of namespace ${arena.namespace}, or choose another way with --reach`);
    expect(refused.err).toContain(`as system:serviceaccount:${arena.namespace}:canary`);
    const { out } = await arena.start(['rbac', spec, '-n', arena.namespace, '--reach', 'proxy']).ended;
    for (const object of yaml.loadAll(out) as Obj[]) {
      const path = `/apis/${object.apiVersion}/namespaces/${arena.namespace}/${object.kind.toLowerCase()}s/${object.metadata.name}`;
      await must(cluster, { method: 'PUT', path, body: object });
    }
    const allowed = await arena.start(asked).ended;
    expect(allowed.err).toContain(`reach prometheus.${arena.namespace}:9090: through the API server (services/proxy)`);
    expect(allowed.err).toMatch(/does not answer: .*has no endpoints that the API server knows/);
  } finally {
    await arena.close();
  }
}, 60_000);
