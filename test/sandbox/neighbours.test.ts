// Who answers at which address, the Services that stand for them, the API server's proxy to Services, and the door for faults.
import { describe, expect, test } from '@jest/globals';
import { serviceNamed } from '../../src/sandbox/hosts.ts';
import { settle, type NeighbourOptions } from '../../src/sandbox/neighbours.ts';
import { client, deployment, DEPLOYMENTS, pause, virtualSandbox, type Ask, type Loose } from './client.ts';

type Stage = ReturnType<typeof virtualSandbox> & { web: Ask; told: string[] };

async function stage(options: Partial<NeighbourOptions> = {}): Promise<Stage> {
  const sandbox = virtualSandbox();
  const told: string[] = [];
  const { services } = settle(sandbox.world, {
    metricsServers: ['http://prometheus:9090'],
    hooks: ['http://flagger-loadtester.test/'],
    tell: (line) => told.push(line),
    ...options,
  });
  await sandbox.apply(services);
  return { ...sandbox, web: client(sandbox.http), told };
}

test.each([
  ['prometheus', { name: 'prometheus', namespace: 'own' }],
  ['flagger-loadtester.test', { name: 'flagger-loadtester', namespace: 'test' }],
  ['a.b.svc', { name: 'a', namespace: 'b' }],
  ['a.b.svc.cluster.local', { name: 'a', namespace: 'b' }],
  ['example.com', undefined],
  ['localhost', undefined],
  ['127.0.0.1', undefined],
  ['hooks.slack.com', undefined],
])('%s is a Service, or is none', (host, expected) => {
  expect(serviceNamed(host, 'own')).toEqual(expected);
});

describe('addresses', () => {
  test('by the name that was given and by every longer one', async () => {
    const { web } = await stage();
    for (const url of ['http://prometheus:9090/-/ready', 'http://prometheus.istio-system.svc:9090/-/ready'])
      expect((await web('GET', url)).status).toBe(200);
    for (const host of ['flagger-loadtester.test', 'flagger-loadtester.test.svc.cluster.local'])
      expect((await web('POST', `http://${host}/gate/check`, { name: 'a', namespace: 'b' })).status).toBe(403);
    await expect(web('GET', 'http://elsewhere/')).rejects.toThrow('ECONNREFUSED');
  });

  test('one host may be all of them: the path tells', async () => {
    const at = 'http://127.0.0.1:16450';
    const { web, told } = await stage({
      metricsServers: [at],
      hooks: [`${at}/hook/pre`, `${at}/hook/load`],
      rollbacks: [`${at}/hook/rollback`],
      chats: [{ name: 'discord', address: `${at}/hook/discord` }],
    });
    const body = { name: 'podinfo', namespace: 'test', text: 'hello' };
    const status = async (path: string): Promise<number> => (await web('POST', `${at}${path}`, body)).status;
    expect((await web('GET', `${at}/api/v1/query?query=up`)).body.status).toBe('success');
    expect(await Promise.all(['/hook/pre', '/hook/load', '/hook/rollback', '/hook/discord/slack'].map(status))).toEqual([
      200, 200, 403, 200,
    ]);
    expect(told).toEqual(['discord: hello']);
  });

  test('a command makes traffic on a Service that is there, and none on one that is not', async () => {
    const sandbox = await stage({ hooks: ['http://flagger-loadtester.test/'] });
    await sandbox.apply([
      deployment('podinfo'),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'podinfo-canary', namespace: 'test' },
        spec: { selector: { app: 'podinfo' }, ports: [{ port: 9898 }] },
      },
    ]);
    await pause(sandbox, 20_000);
    const command = (host: string): object => ({
      name: 'podinfo',
      namespace: 'test',
      metadata: { cmd: `hey -z 1m -q 10 -c 2 http://${host}:9898/` },
    });
    for (const host of ['podinfo-canary.test', 'nobody.test'])
      expect((await sandbox.web('POST', 'http://flagger-loadtester.test/', command(host))).status).toBe(202);
    await pause(sandbox, 30_000);
    const query = encodeURIComponent('sum(increase(http_requests_total[20s])) or sum(increase(istio_requests_total[20s]))');
    const { body } = await sandbox.web('GET', `http://prometheus:9090/api/v1/query?query=${query}`);
    // 20 a second: 400 in 20 s, give or take what was not scraped yet.
    expect(Number(body.data.result[0].value[1])).toBeGreaterThan(200);
  });
});

describe('the API server leads to Services', () => {
  const prometheus = '/api/v1/namespaces/istio-system/services';

  test('kubectl get svc shows them', async () => {
    const { ask } = await stage();
    const { items } = (await ask('GET', '/api/v1/services')).body as { items: Loose[] };
    expect(items.map(({ metadata, spec }) => [metadata.namespace, metadata.name, spec.ports[0].port])).toEqual(
      expect.arrayContaining([
        ['istio-system', 'prometheus', 9090],
        ['test', 'flagger-loadtester', 80],
      ]),
    );
  });

  test.each(['prometheus:9090', 'prometheus', 'http:prometheus:9090', 'prometheus:http-9090'])('%s', async (name) => {
    const { ask } = await stage();
    expect((await ask('GET', `${prometheus}/${name}/proxy/-/ready`)).text).toContain('Ready');
    expect((await ask('GET', `${prometheus}/${name}/proxy/api/v1/query?query=1%2B1`)).body.data.result[1]).toBe('2');
  });

  test('a POST with its body', async () => {
    const { ask } = await stage();
    const gate = '/api/v1/namespaces/test/services/flagger-loadtester:80/proxy/gate';
    const body = { name: 'podinfo', namespace: 'test' };
    expect((await ask('POST', `${gate}/check`, body)).status).toBe(403);
    expect((await ask('POST', `${gate}/open`, body)).status).toBe(202);
    expect((await ask('POST', `${gate}/check`, body)).status).toBe(200);
  });

  test('no Service, no such port, nobody behind it, no right: in the API server’s words', async () => {
    const { ask, apply, world } = await stage();
    const refusal = async (path: string): Promise<unknown[]> => {
      const { status, body } = await ask('GET', `${prometheus}/${path}/proxy/`);
      return [status, body.message];
    };
    await apply([
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'lonely', namespace: 'istio-system' }, spec: { ports: [{ port: 80 }] } },
    ]);
    expect(await refusal('none:80')).toEqual([404, 'services "none" not found']);
    expect(await refusal('prometheus:91')).toEqual([503, 'no service port "91" found for service "prometheus"']);
    expect(await refusal('lonely:80')).toEqual([503, 'no endpoints available for service "lonely"']);
    world.denied.push({ resource: 'services/proxy' });
    expect(await refusal('prometheus:9090')).toEqual([
      403,
      expect.stringContaining('cannot get resource "services/proxy" in API group "" in the namespace'),
    ]);
  });
});

describe('the door for faults', () => {
  const faults = '/canary.run/v1/faults';

  test('sets, adds to, tells and takes away', async () => {
    const { ask, world } = await stage();
    expect((await ask('GET', faults)).body).toEqual({ kind: 'SandboxFaultList', apiVersion: 'canary.run/v1', items: [] });
    await ask('POST', faults, { target: 'podinfo:3.1.1', errors: 0.3 });
    const { body } = await ask('POST', faults, { target: 'podinfo:3.1.1', latencyMs: 1000 });
    expect(body.items).toEqual([{ target: 'podinfo:3.1.1', errors: 0.3, latencyMs: 1000 }]);
    await ask('POST', faults, { target: 'podinfo', notReady: true });
    expect(world.faults.of('podinfo:3.1.1', 'podinfo')).toEqual({ errors: 0.3, latencyMs: 1000, notReady: true });
    expect((await ask('DELETE', `${faults}?target=${encodeURIComponent('podinfo:3.1.1')}`)).body.items).toEqual([
      { target: 'podinfo', notReady: true },
    ]);
    expect((await ask('DELETE', faults)).body.items).toEqual([]);
  });

  test.each([
    [{ errors: 0.3 }],
    [{ target: '', errors: 0.3 }],
    [{ target: 'x', errors: 2 }],
    [{ target: 'x', latencyMs: '1s' }],
    [{ target: 'x', notReady: 1 }],
    [{ target: 'x', gone: true }],
    [{ target: 'x', constructor: true }],
    [[]],
  ])('refuses %j', async (body) => {
    const { ask, world } = await stage();
    expect((await ask('POST', faults, body)).status).toBe(400);
    expect(world.faults.snapshot()).toEqual([]);
  });

  test('pods go wrong and well again', async () => {
    const sandbox = await stage();
    const ready = async (): Promise<number> => (await sandbox.ask('GET', `${DEPLOYMENTS}/podinfo`)).body.status.readyReplicas ?? 0;
    await sandbox.apply([deployment('podinfo')]);
    await pause(sandbox, 30_000);
    expect(await ready()).toBe(2);
    await sandbox.ask('POST', faults, { target: 'podinfo', notReady: true });
    await pause(sandbox, 10_000);
    expect(await ready()).toBe(0);
    await sandbox.ask('DELETE', faults);
    await pause(sandbox, 10_000);
    expect(await ready()).toBe(2);
    expect((await sandbox.ask('PUT', faults, {})).status).toBe(405);
  });
});
