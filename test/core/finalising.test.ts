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
  expect(decision.state).not.toHaveProperty('at');
});

test('promoted is said when the canary is scaled away, and the record holds it', () => {
  const before = state('Finalising', { failed: 'other', verdict: 'why', waiting: { side: 'primary', since: t0 } });
  const decision = decideOn({ objects: promoted({ canaryPods: { wanted: 0, ready: 0 } }), state: before, now: t0 + second });
  expect(decision.result).toEqual({ is: 'promoted' });
  expect(lines(decision)).toEqual(['Promotion completed! Scaling down podinfo.test']);
  expect(decision.state).toMatchObject({ phase: 'Succeeded', promoted: revision('podinfo:2'), since: t0 + second });
  for (const gone of ['failed', 'verdict', 'waiting']) expect(decision.state).not.toHaveProperty(gone);
});
