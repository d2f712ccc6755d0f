// A strategy that can take the primary to no ready pods (Recreate, all unavailable at once) on its way through a promotion.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import type { State } from '../../src/core/types.ts';
import { cluster, decideOn, deploymentAfter, givenOf, second, split, state, t0, touched, weightAfter, type Facts } from './support.ts';

function analysed(changed: Partial<Facts> = {}): Obj[] {
  return cluster({ target: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 }, weight: 10, ...changed });
}

function promoting(changed: Parameters<typeof state>[1] = {}): State {
  return state('Promoting', { traffic: split(10), ...changed });
}

describe('a risky strategy is promoted only with all traffic on the canary, drained', () => {
  const strategy = '{type: Recreate}';
  const all = { traffic: split(100) };

  test('first the traffic, in the record and in the route', () => {
    const objects = analysed({ strategy });
    const decision = decideOn({ objects, state: promoting() });
    expect(decision.state.traffic).toEqual(split(100));
    expect(decision.state).not.toHaveProperty('at');
    expect(touched(decision)).toEqual(['merge VirtualService/podinfo']);
    expect(weightAfter(objects, decision.changes)).toBe(100);
    expect(givenOf(decision, 'podinfo')).toEqual(['Deployment/podinfo']);
  });

  test('then it is read back', () => {
    const objects = analysed({ strategy, weight: 100 });
    const decision = decideOn({ objects, state: promoting({ ...all, at: undefined }), now: t0 + second });
    expect(decision.changes).toEqual([]);
    expect(decision.state.at).toBe(t0 + second);
  });

  test('then it drains', () => {
    const decision = decideOn({ objects: analysed({ strategy, weight: 100 }), state: promoting(all), now: t0 + 10 * second - 1 });
    expect(decision.changes).toEqual([]);
    expect(decision.wakeAt).toBe(t0 + 10 * second);
  });

  test('then comes the copy', () => {
    const decision = decideOn({ objects: analysed({ strategy, weight: 100 }), state: promoting(all), now: t0 + 10 * second });
    expect(touched(decision)).toEqual(['merge Deployment/podinfo-primary']);
  });

  test('a canary without ready pods gets nothing, and nothing is copied', () => {
    const objects = analysed({ strategy, canaryPods: { wanted: 2, ready: 0 } });
    const decision = decideOn({ objects, state: promoting() });
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(deploymentAfter(objects, decision.changes, 'podinfo-primary').image).toBe('podinfo:1');
  });

  test('all traffic then comes home in one step', () => {
    const objects = analysed({ strategy, weight: 100, primary: 'podinfo:2' });
    const decision = decideOn({ objects, state: promoting(all), now: t0 + 10 * second });
    expect(decision.state.traffic).toEqual(split(0));
    expect(weightAfter(objects, decision.changes)).toBe(0);
  });
});
