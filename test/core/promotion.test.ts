// Promoting: only what was analysed is copied, and traffic comes back only to a primary that is ready.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import {
  analysed,
  copied,
  promoting,
  decideOn,
  deploymentAfter,
  givenOf,
  lines,
  podinfo,
  revision,
  second,
  split,
  t0,
  touched,
  weightAfter,
} from './support.ts';

describe('the copy', () => {
  test('gives the primary the analysed template, and lowers no replicas', () => {
    const objects = analysed({ primaryPods: { wanted: 4, ready: 4 } });
    const decision = decideOn({ objects, state: promoting() });
    expect(deploymentAfter(objects, decision.changes, 'podinfo-primary')).toEqual({ image: 'podinfo:2', replicas: 4 });
    expect(lines(decision)).toEqual(['Copying podinfo.test template spec to podinfo-primary.test']);
    expect(decision.wakeAt).toBe(t0);
  });

  test('promotes only the analysed template: a newer one begins a new analysis', () => {
    const objects = analysed({ target: 'podinfo:3' });
    const decision = decideOn({ objects, state: promoting() });
    expect(touched(decision)).toEqual(['merge VirtualService/podinfo']);
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(decision.state).toMatchObject({ phase: 'Progressing', revision: revision('podinfo:3'), check: { no: 0 }, run: 'nonce' });
    expect(decision.state).not.toHaveProperty('at');
    expect(lines(decision)).toEqual(['New revision detected! Restarting analysis for podinfo.test']);
  });

  test('a newer template after the copy changes nothing: what was analysed is promoted', () => {
    const decision = decideOn({ objects: copied({ target: 'podinfo:3', weight: 0 }), state: promoting({ traffic: split(0) }) });
    expect(decision.state.phase).toBe('Finalising');
    expect(decision.state.revision).toBe(revision('podinfo:2'));
  });

  test('a primary that runs neither and a target that has gone on: traffic goes where pods are ready, and it is for a person', () => {
    const facts = { target: 'podinfo:3', primary: 'podinfo:0', history: [] };
    const objects = analysed(facts);
    const decision = decideOn({ objects, state: promoting() });
    expect(decision.state.home).toMatchObject({ by: 'trouble' });
    expect(touched(decision)).toEqual(['merge VirtualService/podinfo']);
    expect(weightAfter(objects, decision.changes)).toBe(0);
    const next = decideOn({ objects: analysed({ ...facts, weight: 0 }), state: decision.state });
    expect(next.result).toMatchObject({ is: 'rolled-back', confirmed: false, cause: { by: 'trouble' } });
    expect(next.changes).toEqual([]);
  });

  test('a target that is gone before the copy turns the release round', () => {
    const objects = analysed().filter(({ kind, metadata }) => kind !== 'Deployment' || metadata.name !== 'podinfo');
    const decision = decideOn({ objects, state: promoting() });
    expect(decision.state.home).toEqual({ by: 'trouble', why: 'Deployment podinfo is gone' });
    expect(weightAfter(objects, decision.changes)).toBe(0);
  });
});

describe('a strategy that may take all pods at once', () => {
  const strategy = '{type: RollingUpdate, rollingUpdate: {maxUnavailable: 100%, maxSurge: 0}}';
  const all = promoting({ traffic: split(100) });

  test('is copied once all traffic is on a whole canary, and drained, relying on canary and route', () => {
    const objects = analysed({ strategy, weight: 100 });
    const early = decideOn({ objects, state: all, now: t0 + 10 * second - 1 });
    expect(early.changes).toEqual([]);
    expect(early.wakeAt).toBe(t0 + 10 * second);
    const decision = decideOn({ objects, state: all, now: t0 + 10 * second });
    expect(touched(decision)).toEqual(['merge Deployment/podinfo-primary']);
    expect(givenOf(decision, 'podinfo-primary')).toEqual(['Deployment/podinfo', 'VirtualService/podinfo']);
  });

  test('is not copied while the canary is not whole; its traffic may only fall, and what had drained counts no longer', () => {
    const objects = analysed({ strategy, weight: 100, canaryPods: { wanted: 2, ready: 1 } });
    const decision = decideOn({ objects, state: all, now: t0 + 60 * second });
    expect(decision.changes).toEqual([]);
    expect(decision.state).not.toHaveProperty('at');
    expect(decision.state.waiting).toEqual({ side: 'canary', since: t0 + 60 * second });
    expect(lines(decision)).toEqual(['Waiting for podinfo.test rollout to finish: 1 of 2 updated replicas are available']);
  });

  test('goes home when the canary is not whole in time', () => {
    const objects = analysed({ strategy, weight: 100, canaryPods: { wanted: 2, ready: 1 } });
    const waiting = { side: 'canary', since: t0 } as const;
    const decision = decideOn({ objects, state: { ...all, waiting }, now: t0 + 60 * second + 1 });
    expect(decision.state.home).toMatchObject({ by: 'deadline', side: 'canary' });
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(deploymentAfter(objects, decision.changes, 'podinfo-primary').image).toBe('podinfo:1');
  });
});

describe('a canary that dies after the copy', () => {
  const dead = { wanted: 2, ready: 0 };

  test('loses its share for good: the new primary has all traffic', () => {
    const objects = copied({ canaryPods: dead });
    const moved = decideOn({ objects, state: promoting() });
    expect(weightAfter(objects, moved.changes)).toBe(0);
    const decision = decideOn({ objects: copied({ canaryPods: dead, weight: 0 }), state: moved.state });
    expect(decision.changes).toEqual([]);
    expect(decision.state.traffic).toEqual(split(0));
    expect(decision.state.home).toBeUndefined();
    const alive = copied({ weight: 0 });
    expect(weightAfter(alive, decideOn({ objects: alive, state: decision.state }).changes)).toBe(0);
  });
});

test('traffic that was moved on the way back is repaired, and is read back anew', () => {
  const objects = copied({ weight: 60 });
  const decision = decideOn({ objects, state: promoting({ traffic: split(0) }), now: t0 + 60 * second });
  expect(weightAfter(objects, decision.changes)).toBe(0);
  expect(decision.state).not.toHaveProperty('at');
});

describe('a primary that is not ready', () => {
  const stalled = copied({ primaryPods: { wanted: 2, ready: 1 } });

  test('is waited for, traffic where it is', () => {
    const decision = decideOn({ objects: stalled, state: promoting() });
    expect(decision.changes).toEqual([]);
    expect(decision.state.waiting).toEqual({ side: 'primary', since: t0 });
    expect(lines(decision)).toEqual(['Waiting for podinfo-primary.test rollout to finish: 1 of 2 updated replicas are available']);
  });

  test('has no traffic while none of its pods is ready', () => {
    const objects = copied({ primaryPods: { wanted: 2, ready: 0 } });
    const decision = decideOn({ objects, state: promoting() });
    expect(weightAfter(objects, decision.changes)).toBe(100);
    expect(decision.state.traffic).toEqual(split(10));
  });

  test('gets its last good template back after the deadline, which counts from when the wait began', () => {
    const waiting = { side: 'primary', since: t0 } as const;
    const early = decideOn({ objects: stalled, state: promoting({ waiting, since: t0 - 3_600_000 }), now: t0 + 60 * second });
    expect(early.state.home).toBeUndefined();
    const late = decideOn({ objects: stalled, state: promoting({ waiting }), now: t0 + 60 * second + 1 });
    expect(late.state.home).toMatchObject({ by: 'deadline', side: 'primary' });
    expect(deploymentAfter(stalled, late.changes, 'podinfo-primary').image).toBe('podinfo:1');
    expect(lines(late)).toEqual(['Promotion of podinfo.test failed, primary not ready: 1 of 2 updated replicas are available']);
  });

  test('without a pod of its own leaves the traffic on the canary while it goes back', () => {
    const objects = copied({ primaryPods: { wanted: 2, ready: 0 }, weight: 100 });
    const waiting = { side: 'primary', since: t0 } as const;
    const decision = decideOn({ objects, state: promoting({ waiting }), now: t0 + 61 * second });
    expect(weightAfter(objects, decision.changes)).toBe(100);
    expect(deploymentAfter(objects, decision.changes, 'podinfo').replicas).toBe(2);
    expect(deploymentAfter(objects, decision.changes, 'podinfo-primary').image).toBe('podinfo:1');
  });
});

describe('the way back of traffic', () => {
  const back = podinfo({ strategy: { kind: 'weights', steps: [40, 80], back: [50, 20, 0] } });

  test('all at once, relying on the primary; told when it was read back', () => {
    const objects = copied();
    const decision = decideOn({ objects, state: promoting() });
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(givenOf(decision, 'podinfo')).toEqual(['Deployment/podinfo-primary']);
    expect(decision.events).toEqual([]);
    const arrived = decideOn({ objects: copied({ weight: 0 }), state: promoting({ traffic: split(0), at: undefined }), now: t0 + 5 });
    expect(lines(arrived)).toEqual(['Routing all traffic to primary']);
    expect(arrived.state.at).toBe(t0 + 5);
  });

  test('by stepWeightPromotion: the first step at once', () => {
    const objects = copied({ weight: 80 });
    const decision = decideOn({ objects, state: promoting({ traffic: split(80) }), canary: back });
    expect(weightAfter(objects, decision.changes)).toBe(50);
    expect(decision.state.traffic).toEqual(split(50));
  });

  test('by stepWeightPromotion: each step told with the weight of the primary', () => {
    const decision = decideOn({
      objects: copied({ weight: 50 }),
      state: promoting({ traffic: split(50), at: undefined }),
      canary: back,
    });
    expect(lines(decision, back)).toEqual(['Advance podinfo.test primary weight 50']);
  });

  test('by stepWeightPromotion: further steps once an interval', () => {
    const at50 = { objects: copied({ weight: 50 }), state: promoting({ traffic: split(50) }), canary: back };
    const early = decideOn({ ...at50, now: t0 + 10 * second - 1 });
    expect(early.changes).toEqual([]);
    expect(early.wakeAt).toBe(t0 + 10 * second);
    expect(weightAfter(at50.objects, decideOn({ ...at50, now: t0 + 10 * second }).changes)).toBe(20);
  });

  test('that has all arrived is followed by Finalising, without scaling before the drain', () => {
    const decision = decideOn({ objects: copied({ weight: 0 }), state: promoting({ traffic: split(0) }), now: t0 + second });
    expect(decision.state.phase).toBe('Finalising');
    expect(decision.changes).toEqual([]);
    expect(decision.wakeAt).toBe(t0 + 10 * second);
  });
});

test("the primary's scaler follows the copy", () => {
  const scalerRef = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'podinfo' };
  const hpa = { ...scalerRef, metadata: { name: 'podinfo' }, spec: { minReplicas: 3, maxReplicas: 4 } } as unknown as Obj;
  const canary = podinfo({ scalerRef });
  expect(touched(decideOn({ objects: [...analysed(), hpa], state: promoting(), canary }))).toEqual(['merge Deployment/podinfo-primary']);
  expect(touched(decideOn({ objects: [...copied(), hpa], state: promoting(), canary }))).toEqual([
    'create HorizontalPodAutoscaler/podinfo-primary',
  ]);
});
