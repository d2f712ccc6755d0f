// `canary delete` on the sandbox: everything that a user made is as it was, everything of ours is gone, and users were served throughout.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import yaml from 'js-yaml';
import type { Obj } from '../../src/contracts.ts';
import type { Send } from '../../src/ports.ts';
import { workloadShares } from '../../src/sandbox/mesh/index.ts';
import type { SandboxWorld } from '../../src/sandbox/index.ts';
import { killAt } from '../faults/kill.ts';
import { signals, stage, staged, type Ran, type Stage } from '../support/stage.ts';

const adopted = readFileSync(join(import.meta.dirname, '../parity/recordings/adopted-istio/input.yaml'), 'utf8');
const good = { queries: [['histogram_quantile', 0.12] as [string, number], ['', 99.9] as [string, number]] };
const hpa = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'podinfo', labels: { mine: 'yes' } },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
    minReplicas: 2,
    maxReplicas: 4,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 99 } } }],
  },
};
const withScaler = adopted.replace(
  '  progressDeadlineSeconds: 60\n  service:',
  '  autoscalerRef:\n    apiVersion: autoscaling/v2\n    kind: HorizontalPodAutoscaler\n    name: podinfo\n  progressDeadlineSeconds: 60\n  service:',
);

/** A deletion that never comes to rest fails, instead of holding the tests. */
const most = 2_000;
function bounded(at: Stage): Stage {
  const api = (send: Send): Send => {
    let sent = 0;
    return (wire, signal) => (++sent > most ? Promise.reject(new Error(`more than ${most} requests`)) : send(wire, signal));
  };
  return { ...at, remove: (options = {}) => at.remove({ ...options, api: (send) => (options.api ?? ((same) => same))(api(send)) }) };
}

interface Set {
  readonly at: Stage;
  readonly before: Obj[];
}

async function setUp(): Promise<Set> {
  const at = bounded(await stage('test', `${withScaler}\n---\n${yaml.dump(hpa)}`, good));
  await at.sandbox.until((world) => readyPods(world, 'podinfo') === 2);
  return { at, before: users(at.sandbox.world) };
}

const kinds = [
  'Deployment',
  'Service',
  'HorizontalPodAutoscaler',
  'VirtualService',
  'DestinationRule',
  'ConfigMap',
  'Secret',
  'TrafficSplit',
  'Lease',
];

/** All objects of the namespace that people and we make, without what the server sets. */
function users(world: SandboxWorld): Obj[] {
  return kinds.flatMap((kind) => world.list(kind, 'test')).map(asWritten);
}

function asWritten(object: Obj): Obj {
  const { resourceVersion: _version, generation: _generation, managedFields: _fields, ...metadata } = object.metadata;
  const { status: _status, ...rest } = object;
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([name]) => name !== 'deployment.kubernetes.io/revision');
  return { ...rest, metadata: { ...metadata, ...(metadata.annotations ? { annotations: Object.fromEntries(annotations) } : {}) } } as Obj;
}

function readyPods(world: SandboxWorld, deployment: string): number {
  const status = world.get('Deployment', 'test', deployment)?.['status'] as { readyReplicas?: number } | undefined;
  return status?.readyReplicas ?? 0;
}

/** After every change of the world: does somebody ready answer the users of the apex, through the mesh and without it? */
function watchUsers({ at }: Set): string[] {
  const { world } = at.sandbox;
  const lost: string[] = [];
  world.store.subscribe(undefined, () => {
    const nobody = workloadShares(world, { name: 'podinfo', namespace: 'test' }).get('') ?? 0;
    const last = lost.at(-1);
    const text = `${nobody} % to nobody`;
    if (nobody > 0 && last !== text) lost.push(text);
  });
  return lost;
}

function last(ran: Ran): { exitCode: number | undefined; is: string | undefined; changed: boolean | undefined } {
  const [outcome] = ran.outcomes;
  return { exitCode: outcome?.exitCode, is: outcome?.result.is, changed: outcome?.changed };
}

const deleted = { exitCode: 0, is: 'deleted', changed: true };

describe('after a Service, an HPA and a VirtualService were adopted', () => {
  test('everything is as it was, what we made is gone, and users were served throughout', async () => {
    const set = await setUp();
    expect(last(await set.at.run())).toMatchObject({ exitCode: 0, is: 'initialized' });
    expect(users(set.at.sandbox.world)).not.toEqual(set.before);
    const lost = watchUsers(set);
    const ran = await set.at.remove();
    expect(last(ran)).toEqual(deleted);
    expect(ran.lines[0]).toBe('Normal Terminating canary podinfo.test');
    expect(ran.lines.at(-1)).toBe('Normal Terminated canary podinfo.test');
    expect(lost).toEqual([]);
    expect(users(set.at.sandbox.world)).toEqual(set.before);
    expect(readyPods(set.at.sandbox.world, 'podinfo')).toBe(2);
  });

  test('a target that holds a revision which was never released gets what the primary runs', async () => {
    const set = await setUp();
    await set.at.run();
    await set.at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    const lost = watchUsers(set);
    expect(last(await set.at.remove())).toEqual(deleted);
    expect([lost, users(set.at.sandbox.world)]).toEqual([[], set.before]);
  });

  test('a release that was under way and parked is given up', async () => {
    const set = await setUp();
    await set.at.run();
    await set.at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    const stop = signals();
    const lost = watchUsers(set);
    const parked = await set.at.run({
      signals: stop,
      onLine: ({ text }) => (text.endsWith('weight 25') ? stop.send('SIGTERM') : undefined),
    });
    expect(last(parked)).toMatchObject({ exitCode: 143, is: 'parked' });
    expect(last(await set.at.remove())).toEqual(deleted);
    expect([lost, users(set.at.sandbox.world)]).toEqual([[], set.before]);
  });

  test('what a user has changed meanwhile stays theirs', async () => {
    const set = await setUp();
    await set.at.run();
    const metadata = { name: 'podinfo', namespace: 'test', labels: { theirs: 'yes' } };
    const ports = [
      { name: 'http', port: 9898, targetPort: 9898 },
      { name: 'metrics', port: 9797, targetPort: 9797 },
    ];
    const theirs = { apiVersion: 'v1', kind: 'Service', metadata, spec: { sessionAffinity: 'ClientIP', ports } };
    await set.at.sandbox.apply([theirs]);
    expect(last(await set.at.remove())).toEqual(deleted);
    expect(set.at.sandbox.world.get('Service', 'test', 'podinfo')).toMatchObject({
      metadata: { labels: { mine: 'yes', theirs: 'yes' } },
      spec: { sessionAffinity: 'ClientIP', selector: { app: 'podinfo' }, ports },
    });
  });
});

describe('with other strategies and routers, after a push that was never released', () => {
  const plain = readFileSync(join(import.meta.dirname, '../parity/recordings/adopted-service/input.yaml'), 'utf8');
  const recorded = (name: string): string => readFileSync(join(import.meta.dirname, `../parity/recordings/${name}/input.yaml`), 'utf8');
  const blueGreen = plain
    .replace('provider: istio', 'provider: kubernetes')
    .replace('    stepWeight: 25\n    maxWeight: 50\n', '    iterations: 2\n');

  test.each([
    ['blue/green on a Service that was adopted', blueGreen, true],
    ['blue/green', recorded('bg-kubernetes'), false],
    ['a TrafficSplit', recorded('smi-v1alpha3'), false],
    ['A/B', recorded('ab-istio'), false],
    ['tracked config', recorded('config-tracking'), false],
  ])('%s', async (_, input, isAdopted) => {
    const at = bounded(await stage('test', input, good));
    await at.sandbox.until((world) => readyPods(world, 'podinfo') > 0);
    const before = users(at.sandbox.world);
    await at.run();
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    const lost = isAdopted ? watchUsers({ at, before }) : [];
    expect(last(await at.remove())).toEqual(deleted);
    expect([lost, users(at.sandbox.world)]).toEqual([[], before]);
  });
});

describe('what stands in the way', () => {
  test('a driver that is alive: exit 7, and nothing is written', async () => {
    const { at } = await setUp();
    await at.run();
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    const release = at.run({ seed: 'first' });
    await at.sandbox.clock.sleep(20_000, new AbortController().signal);
    const ran = await at.remove({ seed: 'second' });
    expect(last(ran)).toEqual({ exitCode: 7, is: 'stopped', changed: false });
    expect(ran.outcomes[0]).toMatchObject({ why: expect.stringContaining('is driven by first@test, which is alive') });
    expect(ran.outcomes[0]?.next).not.toContain('--queue');
    expect(last(await release)).toMatchObject({ exitCode: 0, is: 'promoted' });
  });

  test('no such canary: exit 6', async () => {
    const { at } = await setUp();
    await expect(at.remove()).rejects.toMatchObject({ exitCode: 6, message: 'there is no canary podinfo in namespace test' });
  });

  test('a target that is gone: exit 20, and traffic stays on the primary', async () => {
    const { at } = await setUp();
    await at.run();
    await at.sandbox.api(
      { method: 'DELETE', url: '/apis/apps/v1/namespaces/test/deployments/podinfo', headers: {} },
      new AbortController().signal,
    );
    const ran = await at.remove();
    expect(last(ran)).toMatchObject({ exitCode: 20, changed: false });
    expect(ran.outcomes[0]?.next).toContain('canary delete podinfo -n test');
    expect(readyPods(at.sandbox.world, 'podinfo-primary')).toBe(2);
  });
});

test('Ctrl-C on the way: 130, and the same command goes on to the end', async () => {
  const set = await setUp();
  await set.at.run();
  const stop = signals();
  const stopped = await set.at.remove({
    signals: stop,
    onLine: ({ text }) => (text.startsWith('Waiting') ? stop.send('SIGINT') : undefined),
  });
  expect(last(stopped)).toEqual({ exitCode: 130, is: 'parked', changed: false });
  expect(set.at.sandbox.world.list('Lease', 'test')).toEqual([]);
  expect(last(await set.at.remove())).toEqual(deleted);
  expect(users(set.at.sandbox.world)).toEqual(set.before);
});

test('killed at a write: the next one goes on, and the end is the same', async () => {
  const whole = await setUp();
  await whole.at.run();
  const writes: string[] = [];
  await whole.at.remove({
    api: (send) => (wire, signal) => {
      if (wire.method !== 'GET') writes.push(`${wire.method} ${wire.url}`);
      return send(wire, signal);
    },
  });
  // Behind that come only the last Event and the Lease.
  const recordGoes = 1 + writes.indexOf('DELETE /api/v1/namespaces/test/configmaps/canary-deployment-podinfo');
  expect(recordGoes).toBeGreaterThan(10);
  const sampled = Array.from({ length: recordGoes }, (_, at) => at + 1).filter((no) => no % 4 === 1 || no >= recordGoes - 1);
  for (const no of sampled) {
    const set = await setUp();
    await set.at.run();
    const killer = killAt(Infinity, 'before');
    const dead = new Promise((resolve) => killer.onDeath(() => resolve(undefined)));
    let count = 0;
    const lost = watchUsers(set);
    const api = (send: Send): Send => {
      const wrapped = killer.wrap(send);
      return (wire, signal) => {
        if (wire.method !== 'GET' && ++count === no) killer.kill();
        return wrapped(wire, signal);
      };
    };
    await Promise.race([set.at.remove({ api, clock: (clock) => killer.clock(clock), seed: 'dead' }), dead]);
    const again = bounded(staged(set.at));
    const ran = await again.remove({ seed: 'again' });
    expect([no, ran.outcomes.map(({ exitCode }) => exitCode).filter((code) => code !== 0), lost]).toEqual([no, [], []]);
    expect([no, users(set.at.sandbox.world)]).toEqual([no, set.before]);
  }
}, 60_000);
