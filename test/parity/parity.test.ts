// Parity with Flagger 1.44 on a real API server (recordings/): same objects, same sequence of routes, same hooks and queries. What differs is
// decided, and named here or in compare.ts.
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, describe } from '@jest/globals';
import yaml from 'js-yaml';
import type { Obj } from '../../src/contracts.ts';
import { isObject } from '../../src/common/json.ts';
import type { Script } from '../support/script.ts';
import { stage, type Ran, type Stage } from '../support/stage.ts';
import { calls, follow, live, recorded, recordedRoutes, routed, type Call, type Facts } from './compare.ts';

const folder = join(import.meta.dirname, 'recordings');
const cases = readdirSync(folder);

interface Step {
  image?: string;
  atWeight?: number;
  apply?: Obj;
  remove?: true;
}
interface WorldFile extends Script {
  steps: Step[];
}

/** A primary that does not come up: Flagger leaves all traffic on the canary, we put the last good template back (decided). */
const rollsBackInstead = ['primary-stalls'];
/** Of a VirtualService that the user made, Flagger replaces the routes; ours keep what the user wrote on them. */
const keepsTheUsersRoutes = ['adopted-istio'];

function read(name: string, file: string): string {
  const path = join(folder, name, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

const kinds = [
  'Deployment',
  'Service',
  'HorizontalPodAutoscaler',
  'ConfigMap',
  'Secret',
  'VirtualService',
  'DestinationRule',
  'TrafficSplit',
];

function objectsOf(at: Stage): Obj[] {
  return kinds.flatMap((kind) => at.sandbox.world.list(kind, at.namespace));
}

/** Every state that the route had, in order. */
function watchRoutes(at: Stage): unknown[] {
  const routes: unknown[] = [];
  at.sandbox.world.store.subscribe(undefined, ({ after }) => {
    const spec = after['spec'];
    if (!isObject(spec)) return;
    if (after.kind === 'VirtualService') follow(routes, routed(spec['http'] ?? spec['tcp']));
    if (after.kind === 'TrafficSplit') follow(routes, routed(spec['backends']));
  });
  return routes;
}

interface Played {
  first: Ran;
  second: Ran;
  initialized: Facts;
  final: Facts;
  routes: unknown[];
  at: Stage;
}

async function take(at: Stage, target: string, step: Step): Promise<void> {
  if (step.image !== undefined) await at.sandbox.setImage(at.namespace, target, step.image);
  if (step.apply) await at.sandbox.apply([{ ...step.apply, metadata: { ...step.apply.metadata, namespace: at.namespace } }]);
}

/** Bootstrap, then the recording's steps: something pushed, a wait for a weight, another push while the run is under way, and the end of it all. */
async function play(name: string): Promise<Played> {
  const world = yaml.load(read(name, 'world.yaml')) as WorldFile;
  const at = await stage(name, read(name, 'input.yaml'), world);
  const routes = watchRoutes(at);
  const target = at.canaries[0]?.targetRef.name ?? '';
  const first = await at.run();
  const initialized = live(objectsOf(at));
  const [push = {}, ...later] = world.steps;
  if (push.image === 'podinfo:onlycanary') at.sandbox.world.faults.set(`podinfo:onlycanary@${target}-primary`, { notReady: true });
  await take(at, target, push);
  const pushes = [...later];
  const second = await at.run({
    onLine: ({ text }) => {
      const [wait, then] = pushes;
      if (wait?.atWeight === undefined || !text.endsWith(`canary weight ${wait.atWeight}`)) return;
      pushes.splice(0, 2);
      void take(at, target, then ?? {});
    },
  });
  if (world.steps.some(({ remove }) => remove)) await at.remove();
  return { first, second, initialized, final: live(objectsOf(at)), routes, at };
}

describe.each(cases)('%s', (name) => {
  let playing: Promise<Played> | undefined;
  const played = (): Promise<Played> => (playing ??= play(name));

  test('objects after bootstrap', async () => {
    const { first, initialized } = await played();
    expect(first.outcomes.map(({ exitCode, why }) => ({ exitCode, why }))).toEqual([
      { exitCode: 0, why: expect.stringContaining('initialized') },
    ]);
    const wanted = recorded(read(name, 'initialized.yaml'));
    if (keepsTheUsersRoutes.includes(name)) delete wanted['VirtualService/podinfo'];
    expect(initialized).toMatchObject(wanted);
    if (!keepsTheUsersRoutes.includes(name)) expect(initialized).toEqual(wanted);
  });

  test('objects at the end', async () => {
    const wanted = recorded(read(name, 'final.yaml'));
    const { final } = await played();
    if (rollsBackInstead.includes(name)) {
      expect((await played()).second.outcomes[0]?.exitCode).toBe(11);
      expect(final['Deployment/podinfo-primary']).toEqual(recorded(read(name, 'initialized.yaml'))['Deployment/podinfo-primary']);
      return;
    }
    // Flagger gives an adopted route back without its labels and with a weight that it did not have.
    if (keepsTheUsersRoutes.includes(name)) wanted['VirtualService/podinfo'] = live(usersOwn(name))['VirtualService/podinfo'];
    expect(final).toEqual(wanted);
  });

  test('the sequence of routes', async () => {
    const wanted = Object.values(recordedRoutes(read(name, 'transcript.txt')))[0] ?? [];
    const { routes } = await played();
    if (keepsTheUsersRoutes.includes(name)) {
      expect(routes.map(weights)).toEqual([...wanted.slice(0, -1), routes[0]].map(weights));
      return;
    }
    const common = rollsBackInstead.includes(name) ? wanted.slice(0, -1) : wanted;
    expect(rollsBackInstead.includes(name) ? routes.slice(0, common.length) : routes).toEqual(common);
  });

  test('hooks and alerts by receiver, repeats collapsed, and queries', async () => {
    const { script } = (await played()).at;
    const lines = read(name, 'hooks.jsonl')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Call);
    expect(calls(script.hooks)).toEqual(calls(lines));
    expect([...new Set(script.queries)].sort()).toEqual(read(name, 'queries.txt').split('\n').filter(Boolean).sort());
  });
});

function usersOwn(name: string): Obj[] {
  return (yaml.loadAll(read(name, 'input.yaml')) as Obj[]).filter(({ kind }) => kind === 'VirtualService');
}

/** What the routes give each host, whatever else stands on them. */
function weights(http: unknown): unknown {
  return JSON.stringify(http).match(/"host":"[^"]+"\}(,"weight":\d+)?/g);
}
