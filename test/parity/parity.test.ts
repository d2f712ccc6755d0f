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
import { follow, live, recorded, recordedRoutes, type Facts } from './compare.ts';

const folder = join(import.meta.dirname, 'recordings');
const cases = readdirSync(folder);

interface WorldFile extends Script {
  steps: { image?: string; atWeight?: number }[];
}

function read(name: string, file: string): string {
  const path = join(folder, name, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function objectsOf(at: Stage): Obj[] {
  return ['Deployment', 'Service', 'HorizontalPodAutoscaler', 'ConfigMap', 'VirtualService', 'DestinationRule'].flatMap((kind) =>
    at.sandbox.world.list(kind, at.namespace),
  );
}

/** Every state that the route had, in order. */
function watchRoutes(at: Stage): unknown[] {
  const routes: unknown[] = [];
  at.sandbox.world.store.subscribe(undefined, ({ after }) => {
    if (after.kind === 'VirtualService' && isObject(after['spec'])) follow(routes, after['spec']['http']);
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

/** Bootstrap, then the recording's steps: a pushed image, a wait for a weight, another image while the run is under way. */
async function play(name: string): Promise<Played> {
  const world = yaml.load(read(name, 'world.yaml')) as WorldFile;
  const at = await stage(name, read(name, 'input.yaml'), world);
  const routes = watchRoutes(at);
  const target = at.canaries[0]?.targetRef.name ?? '';
  const first = await at.run();
  const initialized = live(objectsOf(at));
  const [push, ...later] = world.steps;
  await at.sandbox.setImage(name, target, push?.image ?? '');
  const pushes = [...later];
  const second = await at.run({
    onLine: ({ text }) => {
      const [wait, then] = pushes;
      if (wait?.atWeight === undefined || !text.endsWith(`canary weight ${wait.atWeight}`)) return;
      pushes.splice(0, 2);
      void at.sandbox.setImage(name, target, then?.image ?? '');
    },
  });
  return { first, second, initialized, final: live(objectsOf(at)), routes, at };
}

describe.each(cases)('%s', (name) => {
  const played = play(name);

  test('objects after bootstrap', async () => {
    const { first, initialized } = await played;
    expect(first.outcomes.map(({ exitCode, why }) => ({ exitCode, why }))).toEqual([
      { exitCode: 0, why: expect.stringContaining('initialized') },
    ]);
    expect(initialized).toEqual(recorded(read(name, 'initialized.yaml')));
  });

  test('objects at the end', async () => {
    expect((await played).final).toEqual(recorded(read(name, 'final.yaml')));
  });

  test('the sequence of routes', async () => {
    const wanted = recordedRoutes(read(name, 'transcript.txt'));
    expect((await played).routes).toEqual(Object.values(wanted)[0] ?? []);
  });

  test('hooks, repeats collapsed, and queries', async () => {
    const { script } = (await played).at;
    const lines = read(name, 'hooks.jsonl')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const hookFacts = ({ path, code, body }: { path?: unknown; code?: unknown; body?: unknown }): unknown => ({
      path,
      code,
      body: { ...(body as object), checksum: '-' },
    });
    expect(script.hooks.map(hookFacts)).toEqual(lines.map(hookFacts));
    expect([...new Set(script.queries)].sort()).toEqual(read(name, 'queries.txt').split('\n').filter(Boolean).sort());
  });
});
