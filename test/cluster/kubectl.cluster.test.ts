// Real kubectl typed at the real API server and at the sandbox, the same commands in the same order: it must print the same and end alike.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { listen, type Listening } from '../../src/sandbox/listen.ts';
import { clusterUnderTest, must } from './cluster.ts';
import { leave } from './figures.ts';
import { COMMANDS, REFUSED, type Command } from './kubectl/commands.ts';
import { normal, type Names } from './kubectl/normal.ts';
import { OBJECTS } from './kubectl/objects.ts';
import { ODD_OBJECTS, ODD_PODS } from './kubectl/odd-objects.ts';
import { kubectl, prepare, wordsOf, type Printed, type Side } from './kubectl/side.ts';
import { bothTables, make, writeStatus } from './kubectl/tables.ts';

const cluster = clusterUnderTest();
const folder = mkdtempSync(join(tmpdir(), 'canary-kubectl-'));
const namespace = `kubectl-${Date.now().toString(36)}`;
const odd = `${namespace}-odd`;
const real: Side = { name: 'real', kubectl: cluster.kubectl, kubeconfig: cluster.kubeconfig, folder: join(folder, 'real'), namespace };
const ours: Side = { ...real, name: 'sandbox', kubeconfig: join(folder, 'kubeconfig'), folder: join(folder, 'sandbox') };
let sandbox: Sandbox;
let server: Listening;
let names: Names;
let equal = 0;

beforeAll(async () => {
  sandbox = createSandbox({ clock: { speed: 1 }, start: Date.now() });
  server = await listen(sandbox.api, { http: sandbox.http });
  writeFileSync(ours.kubeconfig, server.kubeconfig);
  const { items } = await must(cluster, { path: '/api/v1/nodes' });
  const nodes = (items as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name);
  names = { namespace, nodes: [...nodes, 'sandbox'] };
  for (const side of [real, ours]) {
    prepare(side, OBJECTS);
    expect((await kubectl(side, { words: ['create', 'namespace', namespace] })).code).toBe(0);
  }
  await must(cluster, { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: odd } } });
}, 60_000);

afterAll(async () => {
  const apart = new Set(COMMANDS.flatMap((command) => (command.apart ?? []).map(({ why }) => why)));
  const row = {
    commands: COMMANDS.length,
    equal_to_the_real_API_server: equal,
    differences: COMMANDS.length - equal,
    named_differences: apart.size,
  };
  leave(cluster.figures, 'kubectl against the sandbox', row);
  for (const name of [namespace, odd]) await must(cluster, { method: 'DELETE', path: `/api/v1/namespaces/${name}` });
  await server.close();
  rmSync(folder, { recursive: true });
}, 60_000);

async function typed(side: Side, command: Command): Promise<Printed> {
  const words = wordsOf(side, side === ours ? (command.sandbox ?? command.type) : command.type);
  const { stdin, env, until, meanwhile } = command;
  return kubectl(
    side,
    { words, ...(stdin === undefined ? {} : { stdin }), ...(env ? { env } : {}), ...(meanwhile ? { meanwhile } : {}) },
    until,
  );
}

async function bothTyped(command: Command): Promise<{ readonly there: string[]; readonly here: string[] }> {
  const [there, here] = await Promise.all([real, ours].map(async (side) => normal(await typed(side, command), command, names)));
  return { there: there ?? [], here: here ?? [] };
}

function isSame({ there, here }: { readonly there: string[]; readonly here: string[] }): boolean {
  return JSON.stringify(there) === JSON.stringify(here);
}

/** Whoever only looks may look again: controllers on both sides need their time. */
async function settled(command: Command): Promise<{ readonly there: string[]; readonly here: string[] }> {
  let both = await bothTyped(command);
  const isLook = /^(get|describe|events) /.test(command.type) && command.until === undefined;
  for (let again = 0; isLook && again < 12 && !isSame(both); again++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    both = await bothTyped(command);
  }
  if (command.lines !== 'among') return both;
  return { ...both, there: both.there.filter((line) => both.here.includes(line)) };
}

describe('the same from both', () => {
  test.each(COMMANDS.map((command, at) => [at + 1, command.type, command] as const))('%i: kubectl %s', async (_, __, command) => {
    const both = await settled(command);
    expect(both.here.length).toBeGreaterThan(0);
    expect(both.here).toEqual(both.there);
    equal++;
  });
});

describe('what is told apart', () => {
  test('another image, another exit code, another complaint', () => {
    const printed: Printed = { code: 0, out: 'NAME IMAGE AGE\nweb nginx:1.0 5s\n', err: '' };
    const as = (change: Partial<Printed>): string[] => normal({ ...printed, ...change }, {}, names);
    expect(as({ out: 'NAME   IMAGE   AGE\nweb   nginx:1.0   2m3s\n' })).toEqual(as({}));
    expect(as({ out: 'NAME IMAGE AGE\nweb nginx:1.1 5s\n' })).not.toEqual(as({}));
    expect(as({ code: 1 })).not.toEqual(as({}));
    expect(as({ err: 'Warning: old' })).not.toEqual(as({}));
    expect(as({ out: 'cpu: 100m' })).not.toEqual(as({ out: 'cpu: 200m' }));
  });
});

describe('tables of objects as no release makes them', () => {
  const all = [...ODD_PODS, ...ODD_OBJECTS];
  beforeAll(async () => {
    for (const one of all) await make(cluster, odd, one);
    await podsSettled();
    await must(cluster, { method: 'DELETE', path: `/api/v1/namespaces/${odd}/pods/ending` });
    for (const one of all) await writeStatus(cluster, odd, one);
  }, 60_000);

  afterAll(async () => {
    const body = { metadata: { finalizers: null } };
    await must(cluster, { method: 'PATCH', path: `/api/v1/namespaces/${odd}/pods/ending`, type: 'application/merge-patch+json', body });
  });

  test.each([...new Set(all.map(({ path }) => path))])('%s', async (path) => {
    const tables = await bothTables(cluster, odd, path);
    expect(Object.keys(tables.real.rows).length).toBeGreaterThan(0);
    expect(tables.ours).toEqual(tables.real);
  });

  /** Whatever stands in for the kubelet has said all that it says about them. */
  async function podsSettled(): Promise<void> {
    const isUp = async (): Promise<boolean> => {
      const { items } = await must(cluster, { path: `/api/v1/namespaces/${odd}/pods` });
      return (items as { status: { phase?: string } }[]).every(({ status }) => status.phase === 'Running');
    };
    for (let look = 0; look < 100 && !(await isUp()); look++) await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

describe('what the sandbox does not do is refused in words', () => {
  beforeAll(async () => {
    const create = await kubectl(ours, { words: wordsOf(ours, 'create deployment left --image=nginx:1.0') });
    expect(create.code).toBe(0);
    await kubectl(ours, { words: wordsOf(ours, 'rollout status deployment/left --timeout=20s') });
  });

  test.each(REFUSED.map(({ type, says }) => [type, says] as const))('kubectl %s', async (type, says) => {
    const { code, err } = await kubectl(ours, { words: wordsOf(ours, type) });
    expect(err).toMatch(says);
    expect(code).toBe(1);
  });
});
