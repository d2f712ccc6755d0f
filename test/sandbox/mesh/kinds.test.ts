// The kinds that meshes and Canary files bring, over the API; and a mesh of SMI on the embedded cluster, saved and put back.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../../src/contracts.ts';
import { workloadShares } from '../../../src/sandbox/mesh/index.ts';
import { seededRandom } from '../../../src/sandbox/prom/random.ts';
import { instantQuery } from '../../../src/sandbox/prom/promql.ts';
import { startTraffic } from '../../../src/sandbox/prom/traffic.ts';
import { FLAGGER_CANARY } from '../../../src/sandbox/world/kinds.ts';
import { deployment, service, virtualSandbox } from '../client.ts';

const SPLITS = 'namespaces/test/trafficsplits';

function split(version: string, [primary, canary]: readonly [unknown, unknown]): Obj {
  const backends = [
    { service: 'podinfo-primary', weight: primary },
    { service: 'podinfo-canary', weight: canary },
  ];
  const metadata = { name: 'podinfo', namespace: 'test' };
  return { apiVersion: `split.smi-spec.io/${version}`, kind: 'TrafficSplit', metadata, spec: { service: 'podinfo', backends } };
}

describe('TrafficSplit', () => {
  test.each(['v1alpha1', 'v1alpha2', 'v1alpha3'])('is served as %s, and is one object in all', async (version) => {
    const { ask, apply } = virtualSandbox();
    await apply([split(version, [90, 10])]);
    for (const other of ['v1alpha1', 'v1alpha2', 'v1alpha3']) {
      const { status, body } = await ask('GET', `/apis/split.smi-spec.io/${other}/${SPLITS}/podinfo`);
      expect([status, body.apiVersion, body.metadata.generation]).toEqual([200, `split.smi-spec.io/${other}`, 1]);
    }
  });

  test('goes by its short name', async () => {
    const { ask } = virtualSandbox();
    const { body } = await ask('GET', '/apis/split.smi-spec.io/v1alpha2');
    expect(body.resources).toEqual([expect.objectContaining({ name: 'trafficsplits', kind: 'TrafficSplit', shortNames: ['ts'] })]);
  });
});

describe('the kinds of flagger.app', () => {
  const object = (kind: string): Obj => ({
    apiVersion: 'flagger.app/v1beta1',
    kind,
    metadata: { name: 'some', namespace: 'test' },
    spec: {},
  });
  test.each([
    ['MetricTemplate', 'metrictemplates'],
    ['AlertProvider', 'alertproviders'],
  ])('%s may be applied', async (kind, plural) => {
    const { ask, apply } = virtualSandbox();
    await apply([object(kind)]);
    expect((await ask('GET', `/apis/flagger.app/v1beta1/namespaces/test/${plural}/some`)).status).toBe(200);
  });

  test('Canary is not there unless somebody adds it', async () => {
    const { ask, apply, world } = virtualSandbox();
    const canaries = '/apis/flagger.app/v1beta1/namespaces/test/canaries';
    expect((await ask('GET', canaries)).status).toBe(404);
    world.kinds.push(FLAGGER_CANARY);
    await apply([object('Canary')]);
    expect((await ask('GET', canaries)).body.items).toHaveLength(1);
  });
});

test('a split moves requests on the cluster; load, counters and shares are put back with the world', async () => {
  const { apply, clock, world } = virtualSandbox();
  const traffic = startTraffic({ objects: world, clock, faults: world.faults, requestsPerSecond: 20, random: seededRandom(1) });
  world.parts.set('traffic', traffic);
  const sleep = (ms: number) => clock.sleep(ms, new AbortController().signal);
  const apex = { name: 'podinfo', namespace: 'test' };
  const ofCanary = (): number => {
    const result = instantQuery('sum(response_total{deployment="podinfo"})', traffic.stored(), clock.now());
    return result.is === 'vector' ? (result.samples[0]?.value ?? 0) : NaN;
  };
  await apply([deployment('podinfo', { replicas: 1 }), deployment('podinfo-primary'), split('v1alpha1', ['750m', '250m'])]);
  await apply([service('podinfo-primary', 'podinfo-primary'), service('podinfo-canary', 'podinfo'), service('podinfo', 'podinfo-primary')]);
  await sleep(10_000);
  expect(workloadShares(world, apex)).toEqual(
    new Map([
      ['test/podinfo-primary', 75],
      ['test/podinfo', 25],
    ]),
  );
  traffic.load({ host: { name: 'podinfo-canary', namespace: 'test' }, rps: 2, forMs: 30_000 });
  await sleep(10_000);
  const [saved, before] = [world.snapshot(), ofCanary()];
  const home = async (): Promise<number> => {
    await apply([split('v1alpha1', ['1', '0'])]);
    await sleep(60_000);
    return ofCanary();
  };
  const first = await home();
  // At least what was left of the load.
  expect(first - before).toBeGreaterThanOrEqual(40);
  world.restore(saved);
  expect(ofCanary()).toBe(before);
  expect(await home()).toBe(first);
  world.restore(saved);
  await sleep(60_000);
  expect(ofCanary() - first).toBeGreaterThan(250);
});
