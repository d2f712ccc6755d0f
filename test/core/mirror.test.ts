// The mirror step: before the first weight, requests are copied to the canary for one interval, and nobody gets its answers.
import { describe, expect, test } from '@jest/globals';
import type { Answer, Obj, Traffic } from '../../src/contracts.ts';
import { cluster, decideOn, hook, lines, podinfo, revision, routed, second, split, state, t0, touched, trafficAfter } from './support.ts';
import { release, said, worldOf } from './worlds.ts';

const canary = podinfo({ strategy: { kind: 'weights', steps: [30, 60], back: [0], mirror: 25 }, threshold: 2 });
const mirrored: Traffic = { kind: 'mirror', percent: 25 };
const good: Answer = { is: 'value', value: 100 };

function running(traffic: Traffic): Obj[] {
  return routed(cluster({ target: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 } }), traffic, canary);
}

/** Read back, its check due. */
const mirroring = state('Progressing', { traffic: mirrored, check: { no: 2, dueAt: t0 } });
const question = `run1/${revision('podinfo:2')}/2/metric/0/request-success-rate`;

test('is the first step, taken at once when the pods are ready', () => {
  const objects = running(split(0));
  const decision = decideOn({ objects, canary, state: state('Progressing', { check: { no: 0, dueAt: t0 } }) });
  expect(decision.state.traffic).toEqual(mirrored);
  expect(trafficAfter(objects, decision.changes, canary)).toEqual(mirrored);
  expect(decision.changes.flatMap(({ given }) => given ?? [])).toEqual([{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' }]);
});

test('is told as a weight of 0 when it was read back, and is checked one interval later', () => {
  const before = state('Progressing', { ...mirroring, at: undefined });
  const decision = decideOn({ objects: running(mirrored), canary, state: before, now: t0 + 5 });
  expect(lines(decision, canary)).toEqual(['Advance podinfo.test canary weight 0']);
  expect(decision.state).toMatchObject({ at: t0 + 5, check: { dueAt: t0 + 5 + 10 * second } });
});

test('that passes is followed by the first weight', () => {
  const objects = running(mirrored);
  const decision = decideOn({ objects, canary, state: mirroring, answers: { [question]: good } });
  expect(decision.state.traffic).toEqual(split(30));
  expect(trafficAfter(objects, decision.changes, canary)).toEqual(split(30));
});

test('that fails stays, and counts', () => {
  const decision = decideOn({ objects: running(mirrored), canary, state: mirroring, answers: { [question]: { is: 'value', value: 1 } } });
  expect(decision.state).toMatchObject({ traffic: mirrored, failedChecks: 1 });
  expect(decision.changes).toEqual([]);
});

test('is taken away when the release goes back', () => {
  const failing = { ...mirroring, failedChecks: 1 };
  const objects = running(mirrored);
  const decision = decideOn({ objects, canary, state: failing, answers: { [question]: { is: 'value', value: 1 } } });
  expect(decision.state.home?.by).toBe('checks');
  expect(trafficAfter(objects, decision.changes, canary)).toEqual(split(0));
});

test('needs a canary with ready pods: nothing is copied to one without', () => {
  const objects = routed(cluster({ target: 'podinfo:2', canaryPods: { wanted: 2, ready: 0 } }), mirrored, canary);
  const decision = decideOn({ objects, canary, state: mirroring });
  expect(trafficAfter(objects, decision.changes, canary)).toEqual(split(0));
  expect(decision.state.traffic).toEqual(mirrored);
});

test('and a primary that answers: without one, the canary does', () => {
  const facts = { target: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 }, primaryPods: { wanted: 2, ready: 0 } };
  const objects = routed(cluster(facts), mirrored, canary);
  const decision = decideOn({ objects, canary, state: mirroring });
  expect(trafficAfter(objects, decision.changes, canary)).toEqual(split(100));
});

test('is ended by a stop, and begun again by the next run', () => {
  const stop = [{ id: 's', verb: 'stop', by: 'SIGINT' }] as const;
  const first = decideOn({ objects: running(mirrored), canary, state: mirroring, intents: stop });
  expect(touched(first)).toEqual(['merge VirtualService/podinfo']);
  const parked = decideOn({ objects: running(split(0)), canary, state: first.state, intents: stop });
  expect(parked.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'primary' });
  expect(parked.state).toMatchObject({ traffic: mirrored, parked: 'SIGINT' });
});

describe('gates', () => {
  const gated = podinfo({ ...canary, hooks: [hook('more', 'confirm-traffic-increase')] });
  const gate = `run1/${revision('podinfo:2')}/2/confirm-traffic-increase/0/more`;

  test('for more traffic are not asked while requests are mirrored', () => {
    const decision = decideOn({ objects: running(mirrored), canary: gated, state: mirroring, answers: { [question]: good } });
    expect(decision.ask).toEqual([]);
    expect(decision.state.traffic).toEqual(split(30));
  });

  test('but are before each weight after it', () => {
    const at30 = state('Progressing', { traffic: split(30), check: { no: 2, dueAt: t0 } });
    const decision = decideOn({ objects: running(split(30)), canary: gated, state: at30, answers: { [question]: good } });
    expect(decision.ask.map(({ id }) => id)).toEqual([gate]);
  });
});

test('the whole release reads as the seed tells it', () => {
  const released = release(worldOf(canary));
  expect(released).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
  expect(said(released).filter((line) => /Advance|Routing/.test(line))).toEqual([
    'Advance podinfo.test canary weight 0',
    'Advance podinfo.test canary weight 30',
    'Advance podinfo.test canary weight 60',
    'Routing all traffic to primary',
  ]);
});
