// Traffic on the embedded cluster: its own controllers make the pods and endpoints that requests go to.
import { expect, test } from '@jest/globals';
import type { Obj } from '../../../src/contracts.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { workloadShares } from '../../../src/sandbox/mesh/index.ts';
import { seededRandom } from '../../../src/sandbox/prom/random.ts';
import { prometheus } from '../../../src/sandbox/prom/server.ts';
import { startTraffic } from '../../../src/sandbox/prom/traffic.ts';

function deployment(name: string, image: string, replicas: number): Obj {
  const labels = { app: name };
  const containers = [{ name: 'podinfod', image, ports: [{ containerPort: 9898 }] }];
  const spec = { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'test' }, spec };
}

function service(name: string, app: string): Obj {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'test' }, spec: { selector: { app }, ports: [{ port: 9898 }] } };
}

function route(canary: number): Obj {
  const to = (host: string, weight: number) => ({ destination: { host }, weight });
  const http = [{ route: [to('podinfo-primary', 100 - canary), to('podinfo-canary', canary)] }];
  const spec = { hosts: ['podinfo'], gateways: ['public'], http };
  return { apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService', metadata: { name: 'podinfo', namespace: 'test' }, spec };
}

test('requests follow the weights, a broken image fails its share, and a save and restore loses nothing', async () => {
  const sandbox = createSandbox({ clock: 'virtual' });
  const { world, clock } = sandbox;
  const random = seededRandom(5);
  const metrics = startTraffic({ objects: world, clock, faults: world.faults, requestsPerSecond: 50, random });
  world.parts.set('traffic', metrics);
  world.hosts.set('prometheus:9090', prometheus(metrics, clock));
  const sleep = (ms: number) => clock.sleep(ms, new AbortController().signal);
  const ask = async (query: string): Promise<number> => {
    const url = `http://prometheus:9090/api/v1/query?query=${encodeURIComponent(query)}`;
    const reply = await sandbox.http({ method: 'GET', url, headers: {} }, new AbortController().signal);
    let text = '';
    for await (const chunk of reply.body) text += Buffer.from(chunk).toString();
    return Number((JSON.parse(text) as { data: { result: { value: [number, string] }[] } }).data.result[0]?.value[1]);
  };
  const passed = 'sum(rate(istio_requests_total{destination_workload="podinfo",response_code!~"5.*"}[30s]))';
  const all = 'sum(rate(istio_requests_total{destination_workload="podinfo"}[30s]))';

  await sandbox.apply([deployment('podinfo', 'podinfo:2', 1), deployment('podinfo-primary', 'podinfo:1', 2)]);
  await sleep(10_000);
  await sandbox.apply([service('podinfo-primary', 'podinfo-primary'), service('podinfo-canary', 'podinfo'), route(0)]);
  await sleep(5_000);
  await sandbox.apply([service('podinfo', 'podinfo-primary')]);
  await sleep(10_000);
  expect(metrics.totals().lost).toBe(0);
  await sandbox.apply([route(10)]);
  expect(workloadShares(world, { name: 'podinfo', namespace: 'test' })).toEqual(
    new Map([
      ['test/podinfo-primary', 90],
      ['test/podinfo', 10],
    ]),
  );
  await sleep(40_000);
  expect(await ask(all)).toBeCloseTo(5, 9);
  expect(await ask(`${passed} / ${all} * 100`)).toBe(100);
  world.faults.set('podinfo:2', { errors: 0.5 });
  await sleep(40_000);
  const rate = await ask(`${passed} / ${all} * 100`);
  expect(rate).toBeGreaterThan(35);
  expect(rate).toBeLessThan(65);

  const saved = world.snapshot();
  const before = metrics.snapshot();
  await sleep(20_000);
  world.restore(saved);
  expect(clock.now()).toBe(saved.now);
  expect(metrics.snapshot()).toEqual(before);
  await sleep(20_000);
  expect(metrics.totals().sent).toBe((before as { totals: { sent: number } }).totals.sent + 1000);
});
