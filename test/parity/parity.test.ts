// Parity with Flagger 1.44 on a real API server (recordings/): same objects, same sequence of routes, same hooks and queries, played on the sandbox
// in virtual time. What differs is decided, and named in recording.ts or compare.ts.
import { expect, test, describe } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import { stage, type Ran, type Stage } from '../support/stage.ts';
import { live, type Facts } from './compare.ts';
import {
  cases,
  comparedKinds,
  expectCalls,
  expectFinal,
  expectInitialized,
  expectRoutes,
  followRoute,
  read,
  worldOf,
  type Step,
} from './recording.ts';

function objectsOf(at: Stage): Obj[] {
  return comparedKinds.flatMap((kind) => at.sandbox.world.list(kind, at.namespace));
}

/** Every state that the route had, in order. */
function watchRoutes(at: Stage): unknown[] {
  const routes: unknown[] = [];
  at.sandbox.world.store.subscribe(undefined, ({ after }) => followRoute(routes, after));
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
  const world = worldOf(name);
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
    expectInitialized(name, initialized);
  });

  test('objects at the end', async () => {
    const { second, final } = await played();
    expectFinal(name, { exitCode: second.outcomes[0]?.exitCode, final });
  });

  test('the sequence of routes', async () => {
    expectRoutes(name, (await played()).routes);
  });

  test('hooks and alerts by receiver, repeats collapsed, and queries', async () => {
    const { script } = (await played()).at;
    expectCalls(name, script.hooks, script.queries);
  });
});
