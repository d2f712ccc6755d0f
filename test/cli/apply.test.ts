// `canary run --apply` against the sandbox's API server: what is written, in which order, what is left alone, and how refusals end.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { applyFiles, type FilesToApply } from '../../src/cli/apply.ts';
import { main } from '../../src/cli/main.ts';
import type { Obj } from '../../src/contracts.ts';
import type { Send, World } from '../../src/ports.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { loadCanaries } from '../../src/spec/load.ts';
import { stage } from '../support/stage.ts';
import { fakeIo, fakeParts, type FakeIo } from './fake-io.ts';
import { podinfo } from './specs.ts';
import { outcome } from './worlds.ts';

const labels = { app: 'podinfo' };
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'podinfo' },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'podinfod', image: 'podinfo:3.1.0', ports: [{ containerPort: 9898 }] }] },
    },
  },
};
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'podinfo' },
  spec: { selector: labels, ports: [{ name: 'http', port: 9898 }] },
};
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: 'b' } };
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
const template = {
  apiVersion: 'flagger.app/v1beta1',
  kind: 'MetricTemplate',
  metadata: { name: 'latency' },
  spec: { provider: { type: 'prometheus', address: 'http://prometheus:9090' }, query: 'vector(1)' },
};

interface Ran {
  readonly exit: number;
  readonly io: FakeIo;
  readonly writes: string[];
  readonly runs: number;
}

async function testCluster(): Promise<Sandbox> {
  const sandbox = createSandbox({ clock: 'virtual' });
  await sandbox.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'test' } }]);
  return sandbox;
}

interface Around {
  readonly flags?: readonly string[];
  api?(send: Send, io: FakeIo): Send;
}

async function applied(sandbox: Sandbox, objects: readonly object[], { flags = [], api = (send) => send }: Around = {}): Promise<Ran> {
  const io = fakeIo({ stdin: [podinfo, ...objects.map((object) => JSON.stringify(object))].join('\n---\n') });
  const writes: string[] = [];
  const base = sandbox.asWorld('test');
  const recorded: Send = (wire, signal) => {
    if (wire.method !== 'GET') writes.push(`${wire.method} ${wire.url}`);
    return base.api(wire, signal);
  };
  let runs = 0;
  const parts = fakeParts({
    cluster: () => Promise.resolve<World>({ ...base, api: api(recorded, io) }),
    run: ({ canaries }) => {
      runs += 1;
      return Promise.resolve(canaries.map((canary) => outcome(canary, { is: 'promoted' })));
    },
  });
  return { exit: await main(['run', '-', '--apply', ...flags], io, parts), io, writes, runs };
}

function lines({ io }: Ran): string[] {
  return io
    .err()
    .split('\n')
    .filter((line) => line.startsWith('applied '));
}

function specOf(sandbox: Sandbox, kind: string, name: string): Record<string, unknown> {
  return sandbox.world.get(kind, 'test', name)?.['spec'] as Record<string, unknown>;
}

describe('what is applied', () => {
  test('everything but Flagger’s kinds, what others need first, and then the run', async () => {
    const sandbox = await testCluster();
    const ran = await applied(sandbox, [deployment, template, { apiVersion: 'v1', kind: 'List', items: [service, configMap] }, namespace]);
    expect([ran.exit, ran.runs]).toEqual([0, 1]);
    expect(lines(ran)).toEqual([
      'applied Namespace/shop (created)',
      'applied ConfigMap/settings (created)',
      'applied Service/podinfo (created)',
      'applied Deployment/podinfo (created)',
    ]);
    expect(ran.writes).toEqual([
      'POST /api/v1/namespaces',
      'POST /api/v1/namespaces/test/configmaps',
      'POST /api/v1/namespaces/test/services',
      'POST /apis/apps/v1/namespaces/test/deployments',
    ]);
    expect(ran.io.err()).not.toContain('not applied');
  });

  test('a second time there is nothing to write, whatever the API server has added', async () => {
    const sandbox = await testCluster();
    const all = [namespace, configMap, service, deployment];
    await applied(sandbox, all);
    const again = await applied(sandbox, all);
    expect(again.writes).toEqual([]);
    expect(lines(again).every((line) => line.endsWith(' (unchanged)'))).toBe(true);
  });

  test('what differs is patched, and what the file does not name stays', async () => {
    const sandbox = await testCluster();
    await applied(sandbox, [{ ...configMap, data: { a: 'b', theirs: 'c' } }, service]);
    const ran = await applied(sandbox, [
      { ...configMap, data: { a: 'new' } },
      { ...service, spec: { ...service.spec, selector: { app: 'other' } } },
    ]);
    expect(lines(ran)).toEqual(['applied ConfigMap/settings (changed)', 'applied Service/podinfo (changed)']);
    expect(sandbox.world.get('ConfigMap', 'test', 'settings')).toMatchObject({ data: { a: 'new', theirs: 'c' } });
    expect(specOf(sandbox, 'Service', 'podinfo')).toMatchObject({ selector: { app: 'other' }, ports: [{ port: 9898 }] });
  });

  test('a field that is taken out of an item of a list is taken out of the object', async () => {
    const sandbox = await testCluster();
    const [container] = deployment.spec.template.spec.containers;
    const withEnv = structuredClone(deployment) as typeof deployment & { spec: { template: { spec: { containers: object[] } } } };
    withEnv.spec.template.spec.containers = [{ ...container, env: [{ name: 'A', value: 'b' }] }] as never;
    await applied(sandbox, [withEnv]);
    expect(lines(await applied(sandbox, [deployment]))).toEqual(['applied Deployment/podinfo (changed)']);
    expect(JSON.stringify(specOf(sandbox, 'Deployment', 'podinfo'))).not.toContain('"env"');
  });

  test('fields that only a server sets are no words of the file', async () => {
    const sandbox = await testCluster();
    const printed = {
      ...configMap,
      metadata: { name: 'settings', resourceVersion: '7', uid: 'x', creationTimestamp: '2026-01-01T00:00:00Z' },
      status: {},
    };
    expect(lines(await applied(sandbox, [printed]))).toEqual(['applied ConfigMap/settings (created)']);
  });

  test('an object of a namespace of its own goes there', async () => {
    const sandbox = await testCluster();
    const ran = await applied(sandbox, [namespace, { ...configMap, metadata: { name: 'settings', namespace: 'shop' } }]);
    expect(ran.writes[1]).toBe('POST /api/v1/namespaces/shop/configmaps');
  });
});

describe('what a release drives is left to it', () => {
  const input = readFileSync(join(import.meta.dirname, '../parity/recordings/adopted-istio/input.yaml'), 'utf8');
  const good = { queries: [['histogram_quantile', 0.12] as [string, number], ['', 99.9] as [string, number]] };

  async function initialized() {
    const at = await stage('test', input, good);
    await at.run();
    const loaded = loadCanaries([{ name: 'files.yaml', text: input }], { defaultNamespace: 'test' });
    const apply = async (image?: { container?: string }, how: Partial<FilesToApply> = {}): Promise<string[]> => {
      const told: string[] = [];
      const files = { ...loaded, world: at.sandbox.asWorld('test'), namespace: 'test', note: (text: string) => void told.push(text) };
      await applyFiles({ turn: 'stop', timeout: 60_000, ...files, ...how, ...(image ? { image } : {}) }, new AbortController().signal);
      return told;
    };
    return { at, apply };
  }

  test('replicas, the apex and the route of a canary with a record stay', async () => {
    const { at, apply } = await initialized();
    const before = ['Deployment', 'Service', 'VirtualService'].map((kind) => specOf(at.sandbox, kind, 'podinfo'));
    expect(before[0]).toMatchObject({ replicas: 0 });
    expect(await apply()).toEqual([
      'applied Service/podinfo (unchanged)',
      'applied Deployment/podinfo (unchanged)',
      'applied VirtualService/podinfo (unchanged)',
    ]);
    expect(['Deployment', 'Service', 'VirtualService'].map((kind) => specOf(at.sandbox, kind, 'podinfo'))).toEqual(before);
  });

  test('a new image of the file is a new revision; with --image that container is the run’s', async () => {
    const { at, apply } = await initialized();
    await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
    expect(await apply({ container: 'podinfod' })).toContain('applied Deployment/podinfo (unchanged)');
    expect(JSON.stringify(specOf(at.sandbox, 'Deployment', 'podinfo'))).toContain('podinfo:3.1.1');
    expect(await apply()).toContain('applied Deployment/podinfo (changed)');
    expect(JSON.stringify(specOf(at.sandbox, 'Deployment', 'podinfo'))).toContain('podinfo:3.1.0');
    expect(specOf(at.sandbox, 'Deployment', 'podinfo')).toMatchObject({ replicas: 0 });
  });

  describe('while another run drives', () => {
    /** A release that takes half a minute and more, a few seconds after its beginning. */
    async function underWay() {
      const { at, apply } = await initialized();
      await at.sandbox.setImage('test', 'podinfo', 'podinfo:3.1.1');
      const first = at.run();
      await at.sandbox.clock.sleep(5_000, new AbortController().signal);
      const image = (): boolean => JSON.stringify(specOf(at.sandbox, 'Deployment', 'podinfo')).includes('podinfo:3.1.1');
      return { first, apply, isUntouched: image };
    }

    test('nothing is applied: exit 7, and that release goes on to its end', async () => {
      const { first, apply, isUntouched } = await underWay();
      const error = await apply(undefined, { turn: 'stop' }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ exitCode: 7, message: expect.stringContaining('which is alive: nothing was applied') });
      expect(isUntouched()).toBe(true);
      expect((await first).outcomes[0]).toMatchObject({ exitCode: 0, result: { is: 'promoted' } });
    });

    test('with --queue it is applied when that has ended', async () => {
      const { first, apply, isUntouched } = await underWay();
      const applying = apply(undefined, { turn: 'wait', timeout: 600_000 });
      expect((await first).outcomes[0]).toMatchObject({ exitCode: 0, result: { is: 'promoted' } });
      expect(isUntouched()).toBe(true);
      const told = await applying;
      expect(told[0]).toMatch(/^podinfo\.test is driven by \S+: applying when that has ended$/);
      expect(told).toContain('applied Deployment/podinfo (changed)');
    });

    test('not for longer than --timeout: exit 13', async () => {
      const { first, apply, isUntouched } = await underWay();
      const error = await apply(undefined, { turn: 'wait', timeout: 1_000 }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ exitCode: 13, message: expect.stringContaining('nothing was applied') });
      expect(isUntouched()).toBe(true);
      await first;
    });
  });

  test('without a record the file is what counts', async () => {
    const sandbox = await testCluster();
    await applied(sandbox, [deployment, service]);
    const more = { ...deployment, spec: { ...deployment.spec, replicas: 3 } };
    expect(lines(await applied(sandbox, [more]))).toEqual(['applied Deployment/podinfo (changed)']);
    expect(specOf(sandbox, 'Deployment', 'podinfo')).toMatchObject({ replicas: 3 });
  });

  test('what an autoscaler has added is not taken away', async () => {
    const sandbox = await testCluster();
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' };
    const metadata = { name: 'podinfo' };
    const metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 99 } } }];
    const hpa = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata,
      spec: { scaleTargetRef, minReplicas: 2, maxReplicas: 5, metrics },
    };
    await applied(sandbox, [deployment, hpa]);
    await sandbox.apply([
      { ...deployment, metadata: { name: 'podinfo', namespace: 'test' }, spec: { ...deployment.spec, replicas: 4 } } as Obj,
    ]);
    expect((await applied(sandbox, [deployment, hpa])).writes).toEqual([]);
    expect(specOf(sandbox, 'Deployment', 'podinfo')).toMatchObject({ replicas: 4 });
  });
});

describe('refusals: nothing is run', () => {
  test('a kind that is not served: exit 6, and nothing was written', async () => {
    const sandbox = await testCluster();
    const ran = await applied(sandbox, [configMap, { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'x' } }]);
    expect([ran.exit, ran.runs, ran.writes]).toEqual([6, 0, []]);
    expect(ran.io.err()).toMatch(/error: stdin:\d+:1: the API server serves no Gadget of example\.com\/v1/);
  });

  test('a right that is missing: exit 4, with the rule to add', async () => {
    const sandbox = await testCluster();
    sandbox.world.denied.push({ verb: 'create', group: 'apps', resource: 'deployments' });
    const ran = await applied(sandbox, [configMap, deployment]);
    expect([ran.exit, ran.runs, lines(ran)]).toEqual([4, 0, ['applied ConfigMap/settings (created)']]);
    expect(ran.io.err()).toContain('add the rule {apiGroups: ["apps"], resources: ["deployments"], verbs: ["create"]}');
  });

  test('an object that is not valid: exit 6, with its place and the server’s words', async () => {
    const ran = await applied(await testCluster(), [{ ...configMap, metadata: { name: 'No Name' } }]);
    expect([ran.exit, ran.runs]).toEqual([6, 0]);
    expect(ran.io.err()).toMatch(/error: stdin:\d+:1: ConfigMap\/No Name is refused by the API server: .*Invalid value/);
  });

  test('what a Secret holds is not repeated', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'Login' }, stringData: { password: 'hunter2' } };
    const api = (send: Send): Send => {
      const said = { kind: 'Status', status: 'Failure', reason: 'Invalid', message: 'data: Invalid value: "hunter2"', code: 422 };
      const body = [new TextEncoder().encode(JSON.stringify(said))];
      return (wire, signal) =>
        wire.method === 'POST' ? Promise.resolve({ status: 422, headers: {}, body: stream(body) }) : send(wire, signal);
    };
    const ran = await applied(await testCluster(), [secret], { api });
    expect(ran.exit).toBe(6);
    expect(ran.io.err()).toContain('Secret/Login is refused by the API server: HTTP 422 Invalid');
    expect(ran.io.err()).not.toContain('hunter2');
  });

  test.each([
    ['no name', { ...configMap, metadata: { generateName: 'x-' } }],
    ['a name that leads elsewhere', { ...configMap, metadata: { name: '..' } }],
    ['an apiVersion that leads elsewhere', { ...configMap, apiVersion: '../v1' }],
  ])('%s: exit 6', async (_, object) => {
    const ran = await applied(await testCluster(), [object]);
    expect([ran.exit, ran.runs, ran.writes]).toEqual([6, 0, []]);
  });

  test('an object that somebody else changes all the time is given up', async () => {
    const sandbox = await testCluster();
    await applied(sandbox, [configMap]);
    const api = rival(sandbox, Infinity);
    const ran = await applied(sandbox, [{ ...configMap, data: { a: 'mine' } }], { api });
    expect([ran.exit, ran.runs, ran.writes.length]).toEqual([6, 0, 5]);
    expect(ran.io.err()).toContain('ConfigMap/settings changes faster than it can be applied');
  });
});

test('a conflict is read again and sent once more, without what a rival wrote', async () => {
  const sandbox = await testCluster();
  await applied(sandbox, [configMap]);
  const ran = await applied(sandbox, [{ ...configMap, data: { a: 'mine' } }], { api: rival(sandbox, 1) });
  expect([ran.exit, lines(ran), ran.writes.length]).toEqual([0, ['applied ConfigMap/settings (changed)'], 2]);
  expect(sandbox.world.get('ConfigMap', 'test', 'settings')).toMatchObject({ data: { a: 'mine', rival: '1' } });
});

test('Ctrl-C while it applies: 130, and nothing is run', async () => {
  const api = (send: Send, io: FakeIo): Send => {
    return (wire, signal) => {
      if (wire.method === 'POST') io.send('SIGINT');
      return send(wire, signal);
    };
  };
  const ran = await applied(await testCluster(), [configMap, service], { api });
  expect([ran.exit, ran.runs, ran.writes.length]).toEqual([130, 0, 1]);
  expect(ran.io.err()).toContain('stopped before the release began; what was applied stays');
});

test('without --apply objects are named as left out, but not those that the run reads', async () => {
  const io = fakeIo({ stdin: [podinfo, JSON.stringify(template), JSON.stringify(configMap)].join('\n---\n') });
  const base = (await testCluster()).asWorld('test');
  const found: unknown[] = [];
  const parts = fakeParts({
    cluster: () => Promise.resolve(base),
    run: ({ canaries, library }) => {
      found.push(library?.template('test', 'latency'));
      return Promise.resolve(canaries.map((canary) => outcome(canary, { is: 'promoted' })));
    },
  });
  expect(await main(['run', '-'], io, parts)).toBe(0);
  expect(io.err()).toMatch(/note: stdin:\d+:1: ConfigMap\/settings is not applied by this command\n/);
  expect(io.err()).not.toContain('MetricTemplate');
  expect(found).toMatchObject([{ query: 'vector(1)' }]);
});

/** Changes the object before each of the first patches arrives. */
function rival(sandbox: Sandbox, times: number): (send: Send) => Send {
  let done = 0;
  return (send) => async (wire, signal) => {
    if (wire.method === 'PATCH' && done < times) {
      done += 1;
      await sandbox.apply([{ ...configMap, metadata: { name: 'settings', namespace: 'test' }, data: { rival: String(done) } } as Obj]);
    }
    return send(wire, signal);
  };
}

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield* chunks;
}
