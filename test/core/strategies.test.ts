// A/B testing, blue/green on a router that can split, and skipAnalysis: where traffic is in each step, and what is said.
import { describe, expect, test } from '@jest/globals';
import type { Answer, Canary, Obj, Traffic } from '../../src/contracts.ts';
import type { State } from '../../src/core/types.ts';
import {
  cluster,
  copied,
  decideOn,
  hook,
  lines,
  podinfo,
  promoting,
  revision,
  routed,
  second,
  split,
  state,
  t0,
  touched,
  trafficAfter,
  type Facts,
} from './support.ts';
import { imageOfPrimary, release, said, worldOf } from './worlds.ts';

const good: Answer = { is: 'value', value: 100 };
const bad: Answer = { is: 'value', value: 1 };
const matched: Traffic = { kind: 'match' };
const pods = { wanted: 2, ready: 2 };

function iterating(by: 'all' | 'match', changed: Partial<Canary> = {}, mirror?: number): Canary {
  const strategy = { kind: 'iterations', count: 2, by, ...(mirror === undefined ? {} : { mirror }) } as const;
  const match = by === 'match' ? [{ headers: { 'x-canary': { exact: 'insider' } } }] : [];
  return podinfo({ strategy, match, threshold: 2, ...changed });
}

function running(canary: Canary, traffic: Traffic, facts: Partial<Facts> = {}): Obj[] {
  return routed(cluster({ target: 'podinfo:2', canaryPods: pods, ...facts }), traffic, canary);
}

/** So many iterations done, the check after the last one due now. */
function after(iterations: number, traffic: Traffic, changed: Parameters<typeof state>[1] = {}): State {
  return state('Progressing', { iterations, traffic, check: { no: 5, dueAt: t0 }, ...changed });
}

const question = `run1/${revision('podinfo:2')}/5/metric/0/request-success-rate`;
const first = state('Progressing', { check: { no: 0, dueAt: t0 } });

describe('A/B testing', () => {
  const canary = iterating('match');

  test('the first iteration sends requests that match to the canary', () => {
    const objects = running(canary, split(0));
    const decision = decideOn({ objects, canary, state: first });
    expect(decision.state).toMatchObject({ iterations: 1, traffic: matched });
    expect(decision.state).not.toHaveProperty('at');
    expect(trafficAfter(objects, decision.changes, canary)).toEqual(matched);
    expect(lines(decision, canary)).toEqual(['Starting canary deployment for podinfo.test', 'Advance podinfo.test canary iteration 1/2']);
  });

  test('which counts from when it was read back', () => {
    const before = after(1, matched, { at: undefined });
    const decision = decideOn({ objects: running(canary, matched), canary, state: before, now: t0 + 7 });
    expect(decision.state).toMatchObject({ at: t0 + 7, check: { dueAt: t0 + 7 + 10 * second } });
    expect(decision.events).toEqual([]);
  });

  test('further iterations move nothing', () => {
    const decision = decideOn({ objects: running(canary, matched), canary, state: after(1, matched), answers: { [question]: good } });
    expect(decision.changes).toEqual([]);
    expect(decision.state).toMatchObject({ iterations: 2, traffic: matched, at: t0, check: { dueAt: t0 + 10 * second } });
  });

  test('a route that somebody took away is written again, and its check begins anew', () => {
    const objects = running(canary, split(0));
    const decision = decideOn({ objects, canary, state: after(1, matched) });
    expect(trafficAfter(objects, decision.changes, canary)).toEqual(matched);
    expect(decision.state.check.no).toBe(6);
    expect(decision.state).not.toHaveProperty('at');
  });

  test('after the last one the copy follows, traffic where it is, and then all comes home in one step', () => {
    const begun = decideOn({ objects: running(canary, matched), canary, state: after(2, matched), answers: { [question]: good } });
    expect(begun.state).toMatchObject({ phase: 'Promoting', traffic: matched });
    expect(touched(begun)).toEqual(['merge Deployment/podinfo-primary']);
    const objects = routed(copied(), matched, canary);
    const back = decideOn({ objects, canary, state: promoting({ traffic: matched, iterations: 2 }) });
    expect(trafficAfter(objects, back.changes, canary)).toEqual(split(0));
  });

  test('failed checks take it home', () => {
    const objects = running(canary, matched);
    const decision = decideOn({ objects, canary, state: after(1, matched, { failedChecks: 1 }), answers: { [question]: bad } });
    expect(trafficAfter(objects, decision.changes, canary)).toEqual(split(0));
  });

  test('reads as Flagger tells it', () => {
    const released = release(worldOf(canary));
    expect(released).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
    expect(said(released).slice(-6)).toEqual([
      'Advance podinfo.test canary iteration 1/2',
      'Advance podinfo.test canary iteration 2/2',
      'Copying podinfo.test template spec to podinfo-primary.test',
      'Waiting for podinfo-primary.test rollout to finish: 0 of 2 updated replicas are available',
      'Routing all traffic to primary',
      'Promotion completed! Scaling down podinfo.test',
    ]);
  });
});

describe.each([
  ['without mirror', iterating('all'), split(0), 'Routing all traffic to canary'],
  [
    'with mirror',
    iterating('all', {}, 50),
    { kind: 'mirror', percent: 50 } as Traffic,
    'Stop traffic mirroring and route all traffic to canary',
  ],
])('blue/green on a router that splits, %s', (_, canary, testing, line) => {
  test('users stay on the primary while it is tested', () => {
    const objects = running(canary, split(0));
    const decision = decideOn({ objects, canary, state: first });
    expect(decision.state).toMatchObject({ iterations: 1, traffic: testing });
    expect(trafficAfter(objects, decision.changes, canary)).toEqual(testing);
  });

  test('after the last iteration all users go to the canary, for one more check', () => {
    const objects = running(canary, testing);
    const decision = decideOn({ objects, canary, state: after(2, testing), answers: { [question]: good } });
    expect(decision.state).toMatchObject({ phase: 'Progressing', iterations: 2, traffic: split(100) });
    expect(trafficAfter(objects, decision.changes, canary)).toEqual(split(100));
    expect(decision.events).toEqual([]);
  });

  test('told when it was read back', () => {
    const before = after(2, split(100), { at: undefined });
    const decision = decideOn({ objects: running(canary, split(100)), canary, state: before, now: t0 + 3 });
    expect(lines(decision, canary)).toEqual([line]);
    expect(decision.state.check.dueAt).toBe(t0 + 3 + 10 * second);
  });

  test('that check copies where it passes, and counts where it fails', () => {
    const sight = { objects: running(canary, split(100)), canary, state: after(2, split(100)) };
    expect(decideOn({ ...sight, answers: { [question]: good } }).state.phase).toBe('Promoting');
    expect(decideOn({ ...sight, answers: { [question]: bad } }).state).toMatchObject({ phase: 'Progressing', failedChecks: 1 });
  });

  test('the whole release', () => {
    const released = release(worldOf(canary));
    expect(released).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
    expect(said(released).filter((each) => /Advance|raffic|Copying/.test(each))).toEqual([
      'Advance podinfo.test canary iteration 1/2',
      'Advance podinfo.test canary iteration 2/2',
      line,
      'Copying podinfo.test template spec to podinfo-primary.test',
      'Routing all traffic to primary',
    ]);
  });

  test('the gate before promotion stands before users go to the canary, and is asked once', () => {
    const gated = { ...canary, hooks: [hook('promote', 'confirm-promotion')] };
    const gate = question.replace('metric/0/request-success-rate', 'confirm-promotion/0/promote');
    const closed = { objects: running(gated, testing), canary: gated, state: after(2, testing), answers: { [question]: good } };
    expect(decideOn(closed).ask.map(({ id }) => id)).toEqual([gate]);
    const open = decideOn({ ...closed, answers: { [question]: good, [gate]: { is: 'ok' } } });
    expect(open.state).toMatchObject({ traffic: split(100), passed: ['once/confirm-promotion/0/promote'] });
    const last = { ...open.state, at: t0, check: { no: 5, dueAt: t0 } };
    expect(decideOn({ objects: running(gated, split(100)), canary: gated, state: last, answers: { [question]: good } }).state.phase).toBe(
      'Promoting',
    );
  });
});

describe('on provider kubernetes', () => {
  test.each([
    ['blue/green is copied right after the last iteration', iterating('all', { provider: 'kubernetes' })],
    ['mirroring is left out', iterating('all', { provider: 'kubernetes' }, 50)],
  ])('%s', (_, canary) => {
    const released = release(worldOf(canary));
    expect(released).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
    expect(
      said(released)
        .slice(-5)
        .filter((line) => !line.startsWith('Waiting')),
    ).toEqual([
      'Advance podinfo.test canary iteration 1/2',
      'Advance podinfo.test canary iteration 2/2',
      'Copying podinfo.test template spec to podinfo-primary.test',
      'Promotion completed! Scaling down podinfo.test',
    ]);
  });
});

describe('skipAnalysis', () => {
  const canary = podinfo({ strategy: { kind: 'skip' } });
  const before = state('Progressing', { check: { no: 0, dueAt: t0 } });

  test('waits for the canary, and for the primary, before it copies', () => {
    for (const facts of [{ canaryPods: { wanted: 2, ready: 1 } }, { primaryPods: { wanted: 2, ready: 1 } }]) {
      const decision = decideOn({ objects: running(canary, split(0), facts), canary, state: before });
      expect(decision.changes).toEqual([]);
      expect(lines(decision, canary)[0]).toContain('1 of 2 updated replicas are available');
    }
  });

  test('then it asks nothing and copies at once', () => {
    const decision = decideOn({ objects: running(canary, split(0)), canary, state: before });
    expect(decision.ask).toEqual([]);
    expect(decision.state.phase).toBe('Promoting');
    expect(touched(decision)).toEqual(['merge Deployment/podinfo-primary']);
  });

  test('the new primary is waited for too', () => {
    const objects = copied({ weight: 0, primaryPods: { wanted: 2, ready: 1 } });
    expect(decideOn({ objects, canary, state: promoting({ traffic: split(0) }) }).state.phase).toBe('Promoting');
  });

  test.each(['istio', 'kubernetes'])('on %s it ends with its own words, without a word of routing', (provider) => {
    const world = worldOf({ ...canary, provider });
    const released = release(world);
    expect(released).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
    expect(said(released).filter((line) => !line.startsWith('Waiting'))).toEqual([
      'New revision detected podinfo.test',
      'Scaling up podinfo.test',
      'Copying podinfo.test template spec to podinfo-primary.test',
      'Promotion completed! Canary analysis was skipped for podinfo.test',
    ]);
    expect(imageOfPrimary(world)).toBe('podinfo:2');
  });
});
