// The law of the engine, for every router that is registered and every strategy that it can: answered well it ends promoted, answered badly it ends
// rolled back, within a bounded number of passes, and at no moment does traffic stand on a side without pods.
import { describe, expect, test } from '@jest/globals';
import { equal } from '../../src/common/json.ts';
import type { Answer, Canary, Obj, TrafficRouter } from '../../src/contracts.ts';
import { routers } from '../../src/routers/index.ts';
import { imageOf, mostPasses, rehearse } from './rehearsal.ts';
import { podinfo, split, untouched } from './support.ts';
import { atRest, imageOfPrimary, release, said, takeOver, worldOf } from './worlds.ts';

const bad: Answer = { is: 'value', value: 0 };
const home = { traffic: split(0), replicas: 0 };
const affinity = { cookieName: 'on-canary', primaryCookieName: 'on-primary', maxAge: 60, httpOnly: true, secure: true, partitioned: false };
const match = [{ headers: { 'x-canary': { exact: 'insider' } } }];

const weights = { kind: 'weights', steps: [20, 40, 60], back: [30, 0] } as const;
const iterations = { kind: 'iterations', count: 3, by: 'all' } as const;

/** Every strategy, and what a router must be able to do for it. */
const strategies: { name: string; needs: (keyof TrafficRouter['can'])[]; changed: object }[] = [
  { name: 'weights', needs: ['split'], changed: { strategy: weights } },
  { name: 'blue/green', needs: [], changed: { strategy: iterations } },
  { name: 'no analysis', needs: [], changed: { strategy: { kind: 'skip' } } },
  { name: 'mirror, then weights', needs: ['split', 'mirror'], changed: { strategy: { ...weights, mirror: 50 } } },
  { name: 'blue/green with mirror', needs: ['mirror'], changed: { strategy: { ...iterations, mirror: 50 } } },
  { name: 'A/B testing', needs: ['match'], changed: { strategy: { ...iterations, by: 'match' }, match } },
  { name: 'weights with session affinity', needs: ['split', 'affinity'], changed: { strategy: weights, affinity } },
];

interface Case {
  id: string;
  name: string;
  canary: Canary;
  /** Cut short after each so many passes: what another case has shown already need not be shown whole. */
  stride: number;
}

const cases: Case[] = routers.flatMap((router, place) => {
  const isNew = !routers.slice(0, place).some(({ can }) => equal(can, router.can));
  const possible = strategies.filter(({ needs }) => needs.every((need) => router.can[need]));
  return router.ids.flatMap((id) =>
    possible.map(({ name, changed }, no) => ({
      id,
      name,
      canary: podinfo({ provider: id, threshold: 2, ...(changed as Partial<Canary>) }),
      stride: !isNew ? 13 : no === 0 ? 1 : 5,
    })),
  );
});

/** Users who were kept by cookie are let go, for as long as nobody has another. */
function withoutExpired(end: ReturnType<typeof atRest>): unknown {
  const { traffic, ...rest } = end;
  return traffic?.kind === 'split' && traffic.cookies?.expire ? { ...rest, traffic: split(traffic.canary) } : end;
}

describe.each(cases)('router $id, $name', ({ canary, stride }) => {
  const isSkipped = canary.strategy.kind === 'skip';

  test('a new target is initialized', () => {
    const world = worldOf(canary);
    const story = rehearse(world);
    expect(story).toMatchObject({ result: { is: 'initialized' }, wrongs: [] });
    expect(atRest(world)).toEqual(home);
    expect(imageOfPrimary(world)).toBe('podinfo:1');
  });

  test('answered well, it ends promoted', () => {
    const world = worldOf(canary);
    const released = release(world);
    expect(released).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
    expect(released.passes).toBeLessThan(mostPasses);
    expect(imageOfPrimary(world)).toBe('podinfo:2');
    expect(withoutExpired(atRest(world))).toEqual(home);
  });

  test('answered badly, it ends rolled back after as many failed checks as the threshold; unless nothing is asked', () => {
    const world = worldOf(canary, { changed: { answer: ({ ask }) => (ask === 'metric' ? bad : { is: 'ok' }) } });
    const released = release(world);
    const rolledBack = { is: 'rolled-back', confirmed: true, cause: { by: 'checks', failed: 2 } };
    expect(released).toMatchObject({ result: isSkipped ? { is: 'promoted' } : rolledBack, wrongs: [] });
    expect(imageOfPrimary(world)).toBe(isSkipped ? 'podinfo:2' : 'podinfo:1');
    expect(withoutExpired(atRest(world))).toEqual(home);
  });

  test('a canary whose pods never come up is rolled back without any traffic', () => {
    const world = worldOf(canary, { changed: { comesUp: (deployment) => imageOf(deployment) !== 'podinfo:2' } });
    const released = release(world);
    expect(released).toMatchObject({
      result: { is: 'rolled-back', confirmed: true, cause: { by: 'deadline', side: 'canary' } },
      wrongs: [],
    });
    expect(released.lines.filter((line) => /weight|iteration|traffic/.test(line))).toEqual([]);
  });

  test('a primary that does not come up with the new template gets the old one back', () => {
    const comesUp = (deployment: Obj): boolean => deployment.metadata.name !== 'podinfo-primary' || imageOf(deployment) === 'podinfo:1';
    const world = worldOf(canary, { changed: { comesUp } });
    const released = release(world);
    expect(released).toMatchObject({
      result: { is: 'rolled-back', confirmed: true, cause: { by: 'deadline', side: 'primary' } },
      wrongs: [],
    });
    expect(imageOfPrimary(world)).toBe('podinfo:1');
    expect(withoutExpired(atRest(world))).toEqual(home);
  });

  test('the same release, killed on the way, ends alike', () => {
    const { passes } = release(worldOf(canary));
    for (let killed = 1; killed < passes; killed += stride) {
      const world = worldOf(canary);
      const { result, wrongs } = release(world, { passes: killed });
      const end = { result, wrongs, image: imageOfPrimary(world), rest: withoutExpired(atRest(world)) };
      expect({ killed, ...end }).toEqual({ killed, result: { is: 'promoted' }, wrongs: [], image: 'podinfo:2', rest: home });
    }
  });

  test('the same release, parked on the way, ends alike in the next run', () => {
    const { passes } = release(worldOf(canary));
    for (let parked = 1; parked < passes; parked += 2 * stride) {
      const world = worldOf(canary);
      const before = release(world, { passes: parked, intents: [{ id: 'stop', verb: 'stop', by: 'SIGINT' }] });
      world.intents = [];
      takeOver(world);
      const after = rehearse(world);
      const end = { result: after.result, wrongs: [...before.wrongs, ...after.wrongs], rest: withoutExpired(atRest(world)) };
      expect({ parked, by: before.result, ...end }).toMatchObject({ parked, by: { is: 'parked' }, wrongs: [], rest: home });
      expect({ parked, image: imageOfPrimary(world) }).toEqual({ parked, image: 'podinfo:2' });
    }
  });

  // Where traffic cannot be moved away, such a target is refused before a run.
  if (routers.some(({ ids, can }) => ids.includes(canary.provider) && can.split)) {
    test('a strategy that takes all pods at once never leaves traffic on the primary it replaces', () => {
      const world = worldOf(canary, { objects: untouched({ strategy: '{type: Recreate}' }) });
      expect(release(world)).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
      expect(withoutExpired(atRest(world))).toEqual(home);
    });
  }

  test('once at rest it stays: two more runs change nothing', () => {
    const world = worldOf(canary);
    release(world);
    for (let run = 0; run < 2; run++) {
      const before = structuredClone(world.objects);
      takeOver(world);
      expect(rehearse(world)).toMatchObject({ result: { is: 'unchanged' }, passes: 1 });
      expect(world.objects).toEqual(before);
    }
  });
});

test('every strategy is possible with some router', () => {
  expect(new Set(cases.map(({ name }) => name))).toEqual(new Set(strategies.map(({ name }) => name)));
});

test('a release by weights reads as the seeds tell it', () => {
  const canary = podinfo({ strategy: { kind: 'weights', steps: [20, 40, 60], back: [30, 0] } });
  expect(said(release(worldOf(canary)))).toEqual([
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
