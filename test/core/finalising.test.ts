// Finalising: the canary is scaled away after the drain, never while it could be needed.
import { describe, expect, test } from '@jest/globals';
import {
  cluster,
  decideOn,
  deploymentAfter,
  givenOf,
  lines,
  revision,
  second,
  state,
  t0,
  touched,
  weightAfter,
  type Facts,
} from './support.ts';

function promoted(changed: Partial<Facts> = {}): ReturnType<typeof cluster> {
  return cluster({ target: 'podinfo:2', primary: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 }, ...changed });
}

const finalising = state('Finalising');

describe('the drain', () => {
  test('begins when the route was read back', () => {
    const decision = decideOn({ objects: promoted(), state: state('Finalising', { at: undefined }), now: t0 + second });
    expect(decision.changes).toEqual([]);
    expect(decision.state.at).toBe(t0 + second);
  });

  test('lasts its whole time', () => {
    const decision = decideOn({ objects: promoted(), state: finalising, now: t0 + 10 * second - 1 });
    expect(decision.changes).toEqual([]);
    expect(decision.wakeAt).toBe(t0 + 10 * second);
  });

  test('is as long as asked for', () => {
    const now = t0 + 10 * second;
    expect(decideOn({ objects: promoted(), state: finalising, now, options: { drain: 30 * second } }).changes).toEqual([]);
    expect(decideOn({ objects: promoted(), state: finalising, now: t0, options: { drain: 0 } }).changes).toHaveLength(1);
  });

  test('is followed by the scale-down, relying on route, apex and primary', () => {
    const decision = decideOn({ objects: promoted(), state: finalising, now: t0 + 10 * second });
    expect(deploymentAfter(promoted(), decision.changes, 'podinfo').replicas).toBe(0);
    expect(givenOf(decision, 'podinfo')).toEqual(['VirtualService/podinfo', 'Service/podinfo', 'Deployment/podinfo-primary']);
    expect(decision.result).toBeUndefined();
  });
});

describe('before the scale-down', () => {
  const now = t0 + 60 * second;

  test('a route that was moved is moved back', () => {
    const objects = promoted({ weight: 30 });
    const decision = decideOn({ objects, state: finalising, now });
    expect(touched(decision)).toEqual(['merge VirtualService/podinfo']);
    expect(weightAfter(objects, decision.changes)).toBe(0);
  });

  test('an apex that was moved is moved back', () => {
    expect(touched(decideOn({ objects: promoted({ apex: 'podinfo' }), state: finalising, now }))).toEqual(['merge Service/podinfo']);
  });

  test('a primary that lost its pods sends traffic to the canary, which stays', () => {
    const objects = promoted({ primaryPods: { wanted: 2, ready: 0 } });
    const decision = decideOn({ objects, state: finalising, now });
    expect(weightAfter(objects, decision.changes)).toBe(100);
    expect(deploymentAfter(objects, decision.changes, 'podinfo').replicas).toBe(2);
  });
});

test('a canary that has the last traffic is not scaled away while neither side is ready', () => {
  const none = { wanted: 2, ready: 0 };
  const objects = promoted({ canaryPods: none, primaryPods: none, weight: 30 });
  const decision = decideOn({ objects, state: finalising, now: t0 + 60 * second });
  expect(decision.changes).toEqual([]);
  expect(decision.state.waiting).toEqual({ side: 'primary', since: t0 + 60 * second });
  const ready = promoted({ weight: 30 });
  const later = decideOn({ objects: ready, state: decision.state, now: t0 + 90 * second });
  expect(weightAfter(ready, later.changes)).toBe(0);
  expect(deploymentAfter(ready, later.changes, 'podinfo').replicas).toBe(2);
  expect(later.state).not.toHaveProperty('at');
});

test('a primary without ready pods is waited for as long as the progress deadline, then it is for a person', () => {
  const objects = promoted({ primaryPods: { wanted: 2, ready: 0 }, weight: 100 });
  const first = decideOn({ objects, state: finalising, now: t0 });
  expect(first.result).toBeUndefined();
  expect(lines(first)).toEqual(['Waiting for podinfo-primary.test rollout to finish: no pod of podinfo-primary is ready']);
  expect(decideOn({ objects, state: first.state, now: t0 + 60 * second }).result).toBeUndefined();
  const late = decideOn({ objects, state: first.state, now: t0 + 60 * second + 1 });
  expect(late.changes).toEqual([]);
  expect(late.result).toEqual({
    is: 'rolled-back',
    cause: { by: 'trouble', why: 'no pod of podinfo-primary is ready' },
    confirmed: false,
  });
});

describe('a primary that somebody took back', () => {
  test('is promoted again: what is told as promoted is what it runs', () => {
    const objects = promoted({ primary: 'podinfo:1' });
    const decision = decideOn({ objects, state: finalising, now: t0 + 60 * second });
    expect(decision.state.phase).toBe('Promoting');
    expect(deploymentAfter(objects, decision.changes, 'podinfo-primary').image).toBe('podinfo:2');
    expect(deploymentAfter(objects, decision.changes, 'podinfo').replicas).toBe(2);
    expect(decision.result).toBeUndefined();
  });

  test('is not told as promoted, also where the canary is scaled away already', () => {
    const objects = promoted({ primary: 'podinfo:1', canaryPods: { wanted: 0, ready: 0 } });
    const decision = decideOn({ objects, state: finalising, now: t0 + 60 * second });
    expect(decision.result).toBeUndefined();
    expect(decision.state.phase).toBe('Promoting');
  });
});

test("what ends here was another run's, as long as this one has its image still to set", () => {
  const options = { image: { reference: 'podinfo:3' } };
  const done = promoted({ canaryPods: { wanted: 0, ready: 0 } });
  const decision = decideOn({ objects: done, state: finalising, now: t0 + second, options });
  expect(decision.result).toBeUndefined();
  expect(decision.state).toMatchObject({ phase: 'Succeeded', promoted: revision('podinfo:2') });
  const next = decideOn({ objects: done, state: decision.state, now: t0 + second, options });
  expect(deploymentAfter(done, next.changes, 'podinfo').image).toBe('podinfo:3');
});

test('promoted is said when the canary is scaled away, and the record holds it', () => {
  const before = state('Finalising', { failed: 'other', verdict: 'why', waiting: { side: 'primary', since: t0 } });
  const decision = decideOn({ objects: promoted({ canaryPods: { wanted: 0, ready: 0 } }), state: before, now: t0 + second });
  expect(decision.result).toEqual({ is: 'promoted' });
  expect(lines(decision)).toEqual(['Promotion completed! Scaling down podinfo.test']);
  expect(decision.state).toMatchObject({ phase: 'Succeeded', promoted: revision('podinfo:2'), since: t0 + second });
  for (const gone of ['failed', 'verdict', 'waiting']) expect(decision.state).not.toHaveProperty(gone);
});
