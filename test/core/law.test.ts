// The law of the engine, for every router that is registered: answered well it ends promoted, answered badly it ends rolled back, within a bounded
// number of passes, and at no moment does traffic stand on a side without pods.
import { describe, expect, test } from '@jest/globals';
import type { Answer, Canary, Obj, Traffic } from '../../src/contracts.ts';
import { firstState, resumed } from '../../src/core/resume.ts';
import { routers } from '../../src/routers/index.ts';
import { applied } from '../support/found.ts';
import { imageOf, look, mostPasses, rehearse, type Rehearsed, type World } from './rehearsal.ts';
import { kit, nothingKept, podinfo, split, t0, untouched } from './support.ts';

const good: Answer = { is: 'value', value: 100 };
const bad: Answer = { is: 'value', value: 0 };
const who = { now: t0, nonce: 'first', epoch: 1, driver: 'me', host: 'ana@laptop' };

function canaryFor(provider: string, changed: Partial<Canary> = {}): Canary {
  const canSplit = routers.some(({ ids, can }) => ids.includes(provider) && can.split);
  const strategy = canSplit
    ? ({ kind: 'weights', steps: [20, 40, 60], back: [30, 0] } as const)
    : ({ kind: 'iterations', count: 3, by: 'all' } as const);
  return podinfo({ provider, threshold: 2, strategy: strategy as Canary['strategy'], ...changed });
}

function worldOf(canary: Canary, changed: Partial<World> = {}, objects: Obj[] = untouched()): World {
  const whole = kit(canary);
  const answer = (): Answer => good;
  const world = {
    kit: whole,
    objects,
    state: firstState(whole, who),
    now: t0,
    changedAt: new Map(),
    answers: new Map(),
    kept: nothingKept,
    intents: [],
  };
  return { ...world, answer, comesUp: () => true, ...changed };
}

/** Bootstraps, sets the image, and goes on as the next run does; killed after so many passes, as the run after that one does. */
function release(world: World, killedAfter?: number): Rehearsed {
  rehearse(world);
  const template = { spec: { containers: [{ name: 'podinfod', image: 'podinfo:2' }] } };
  const ref = world.kit.canary.targetRef;
  world.objects = applied(world.objects, [{ op: 'merge', ref, patch: { spec: { template } }, why: 'set image' }]);
  takeOver(world);
  if (killedAfter === undefined) return rehearse(world);
  const { wrongs } = rehearse(world, killedAfter);
  takeOver(world);
  const rest = rehearse(world);
  return { ...rest, wrongs: [...wrongs, ...rest.wrongs] };
}

/** A new process: it knows the record and no answers. */
function takeOver(world: World): void {
  world.answers.clear();
  world.state = resumed(world.kit, { state: world.state, spec: {} }, { ...who, now: world.now });
}

function imageOfPrimary({ objects }: World): string {
  const primary = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'podinfo-primary');
  return primary ? imageOf(primary) : '';
}

function atRest(world: World): { traffic: Traffic | undefined; replicas: number } {
  const ctx = look(world, world.objects);
  return { traffic: world.kit.router.read(ctx), replicas: world.kit.target.wanted(ctx, 'canary') };
}

const home = { traffic: split(0), replicas: 0 };

describe.each(routers.flatMap(({ ids }) => ids.map((id) => ({ id }))))('router $id', ({ id }) => {
  test('a new target is initialized', () => {
    const world = worldOf(canaryFor(id));
    const story = rehearse(world);
    expect(story).toMatchObject({ result: { is: 'initialized' }, wrongs: [] });
    expect(atRest(world)).toEqual(home);
    expect(imageOfPrimary(world)).toBe('podinfo:1');
  });

  test('answered well, it ends promoted', () => {
    const world = worldOf(canaryFor(id));
    const released = release(world);
    expect(released).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
    expect(released.passes).toBeLessThan(mostPasses);
    expect(imageOfPrimary(world)).toBe('podinfo:2');
    expect(atRest(world)).toEqual(home);
  });

  test('answered badly, it ends rolled back after as many failed checks as the threshold', () => {
    const world = worldOf(canaryFor(id), { answer: ({ ask }) => (ask === 'metric' ? bad : { is: 'ok' }) });
    const released = release(world);
    expect(released).toMatchObject({ result: { is: 'rolled-back', confirmed: true, cause: { by: 'checks', failed: 2 } }, wrongs: [] });
    expect(imageOfPrimary(world)).toBe('podinfo:1');
    expect(atRest(world)).toEqual(home);
  });

  test('a canary whose pods never come up is rolled back without any weight', () => {
    const world = worldOf(canaryFor(id), { comesUp: (deployment) => imageOf(deployment) !== 'podinfo:2' });
    const released = release(world);
    expect(released).toMatchObject({
      result: { is: 'rolled-back', confirmed: true, cause: { by: 'deadline', side: 'canary' } },
      wrongs: [],
    });
    expect(released.lines.filter((line) => /weight|iteration/.test(line))).toEqual([]);
  });

  test('a primary that does not come up with the new template gets the old one back', () => {
    const comesUp = (deployment: Obj): boolean => deployment.metadata.name !== 'podinfo-primary' || imageOf(deployment) === 'podinfo:1';
    const world = worldOf(canaryFor(id), { comesUp });
    const released = release(world);
    expect(released).toMatchObject({
      result: { is: 'rolled-back', confirmed: true, cause: { by: 'deadline', side: 'primary' } },
      wrongs: [],
    });
    expect(imageOfPrimary(world)).toBe('podinfo:1');
    expect(atRest(world)).toEqual(home);
  });

  test('the same release from every pass of a run that was killed there ends alike', () => {
    const whole = worldOf(canaryFor(id));
    const passes = release(whole).passes;
    for (let killed = 1; killed < passes; killed++) {
      const world = worldOf(canaryFor(id));
      const { result, wrongs } = release(world, killed);
      const end = { result, wrongs, image: imageOfPrimary(world), ...atRest(world) };
      expect({ killed, ...end }).toEqual({ killed, result: { is: 'promoted' }, wrongs: [], image: 'podinfo:2', ...home });
    }
  });

  test('once at rest it stays: two more runs change nothing', () => {
    const world = worldOf(canaryFor(id));
    release(world);
    for (let run = 0; run < 2; run++) {
      const before = structuredClone(world.objects);
      takeOver(world);
      expect(rehearse(world)).toMatchObject({ result: { is: 'unchanged' }, passes: 1 });
      expect(world.objects).toEqual(before);
    }
  });
});

describe('a release on a router that can split', () => {
  const world = worldOf(canaryFor('istio'));
  const released = release(world);

  test('reads as the seeds tell it', () => {
    expect(released.lines.filter((line, at, all) => line !== all[at - 1])).toEqual([
      'New revision detected podinfo.test',
      'Scaling up podinfo.test',
      'Waiting for podinfo.test rollout to finish: 0 of 2 updated replicas are available',
      'Starting canary deployment for podinfo.test',
      'Advance podinfo.test canary weight 20',
      'Advance podinfo.test canary weight 40',
      'Advance podinfo.test canary weight 60',
      'Copying podinfo.test template spec to podinfo-primary.test',
      'Waiting for podinfo-primary.test rollout to finish: 0 of 2 updated replicas are available',
      'Advance podinfo.test primary weight 70',
      'Advance podinfo.test primary weight 100',
      'Promotion completed! Scaling down podinfo.test',
    ]);
  });

  test('with a strategy that takes all pods at once never leaves traffic on the primary it replaces', () => {
    const risky = worldOf(canaryFor('istio'), {}, untouched({ strategy: '{type: Recreate}' }));
    expect(release(risky)).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
  });
});

test('blue/green counts its iterations, and its traffic never moves', () => {
  const released = release(worldOf(canaryFor('kubernetes')));
  expect(released.lines.filter((line) => /iteration|weight|Routing/.test(line))).toEqual([
    'Advance podinfo.test canary iteration 1/3',
    'Advance podinfo.test canary iteration 2/3',
    'Advance podinfo.test canary iteration 3/3',
  ]);
});
