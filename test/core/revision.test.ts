// The target changes on the way: begin again, hand over, or go back to where nothing is left to analyse.
import { describe, expect, test } from '@jest/globals';
import { cluster, decideOn, lines, revision, second, split, state, t0, touched, weightAfter } from './support.ts';

const at10 = state('Progressing', {
  traffic: split(10),
  failedChecks: 4,
  check: { no: 7, dueAt: t0 },
  passed: ['once/hook/0/smoke'],
  imaged: { driver: 'me', from: '' },
});
const pods = { wanted: 2, ready: 2 };

describe('a newer revision', () => {
  const objects = cluster({ target: 'podinfo:3', canaryPods: pods, weight: 10 });
  const decision = decideOn({ objects, state: at10, now: t0 + second });

  test('restarts the analysis: traffic leaves the old pods at once', () => {
    expect(touched(decision)).toEqual(['merge VirtualService/podinfo']);
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(lines(decision)).toEqual(['New revision detected! Restarting analysis for podinfo.test']);
  });

  test('with every counter, every hook and every question new', () => {
    expect(decision.state).toMatchObject({ run: 'nonce', failedChecks: 0, check: { no: 0 }, passed: [], traffic: split(0) });
    expect(decision.state).toMatchObject({ revision: revision('podinfo:3'), promoted: revision('podinfo:1'), phase: 'Progressing' });
    expect(decision.state).not.toHaveProperty('at');
  });

  test('before any weight was given keeps what has been drained', () => {
    const early = state('Progressing', { check: { no: 0, dueAt: t0 } });
    const again = decideOn({ objects: cluster({ target: 'podinfo:3', canaryPods: pods }), state: early, now: t0 + second });
    expect(again.changes).toEqual([]);
    expect(again.state.at).toBe(t0);
  });
});

describe('superseded with --image', () => {
  const options = { image: { reference: 'podinfo:2' } };

  test('traffic goes to the primary first', () => {
    const objects = cluster({ target: 'podinfo:3', canaryPods: pods, weight: 10 });
    const decision = decideOn({ objects, state: at10, options });
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(decision.result).toBeUndefined();
    expect(decision.events).toEqual([]);
  });

  test('and when that was read back the run hands over, naming the revision', () => {
    const decision = decideOn({ objects: cluster({ target: 'podinfo:3', canaryPods: pods }), state: at10, options });
    expect(decision.result).toEqual({ is: 'superseded', revision: revision('podinfo:3') });
    expect(decision.state).toMatchObject({ parked: 'a newer revision', traffic: split(0), phase: 'Progressing' });
    expect(decision.changes).toEqual([]);
  });

  test('not where the image was set by a run before: what stands there is this run’s to change', () => {
    const objects = cluster({ target: 'podinfo:3', canaryPods: pods, weight: 10 });
    const decision = decideOn({ objects, state: { ...at10, imaged: { driver: 'before', from: revision('podinfo:1') } }, options });
    expect(touched(decision)).toEqual(['merge Deployment/podinfo']);
    expect(decision.state.imaged).toEqual({ driver: 'me', from: revision('podinfo:3') });
    expect(decision.result).toBeUndefined();
    // That write met a conflict, and nothing else has changed: it is decided again.
    const again = decideOn({ objects, state: decision.state, options });
    expect(touched(again)).toEqual(['merge Deployment/podinfo']);
    expect(again.state).toBe(decision.state);
  });

  test('nothing is claimed while no side can take the traffic', () => {
    const none = { wanted: 2, ready: 0 };
    const objects = cluster({ target: 'podinfo:3', canaryPods: none, primaryPods: none, weight: 10 });
    const decision = decideOn({ objects, state: at10, options });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toBeUndefined();
  });
});

describe('the target back at the promoted revision', () => {
  const objects = cluster({ target: 'podinfo:1', canaryPods: pods, weight: 10 });

  test('goes home without a word of failure', () => {
    const decision = decideOn({ objects, state: at10 });
    expect(decision.state.home).toEqual({ by: 'returned', why: 'the target is back at the promoted revision' });
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(decision.events).toEqual([]);
  });

  test('also with --image', () => {
    const decision = decideOn({ objects, state: at10, options: { image: { reference: 'podinfo:2' } } });
    expect(decision.state.home?.by).toBe('returned');
  });

  test('also with --image, where this run made the revision: somebody’s way back is not fought', () => {
    const options = { image: { reference: 'podinfo:2' } };
    const none = { wanted: 0, ready: 0 };
    const rest = state('Succeeded', { revision: revision('podinfo:1') });
    const set = decideOn({ objects: cluster(), state: rest, options });
    const begun = decideOn({ objects: cluster({ target: 'podinfo:2' }), state: set.state, options });
    expect(begun.state).toMatchObject({ phase: 'Progressing', revision: revision('podinfo:2') });
    const back = decideOn({ objects: cluster({ canaryPods: pods }), state: begun.state, options });
    expect(back.state.home?.by).toBe('returned');
    const home = decideOn({ objects: cluster({ canaryPods: none }), state: back.state, now: t0 + 20 * second, options });
    const over = decideOn({ objects: cluster({ canaryPods: none }), state: home.state, now: t0 + 20 * second, options });
    expect(over.changes).toEqual([]);
    expect(over.result).toEqual({ is: 'unchanged' });
  });

  test('ends unchanged, and its revision is not one that failed', () => {
    const home = state('Progressing', { home: { by: 'returned', why: '' }, failed: undefined });
    const decision = decideOn({ objects: cluster(), state: home, now: t0 + 20 * second });
    expect(decision.result).toBeUndefined();
    expect(decision.state).toMatchObject({ phase: 'Succeeded', revision: revision('podinfo:1') });
    expect(decision.state).not.toHaveProperty('failed');
    expect(decision.state).not.toHaveProperty('home');
    expect(decision.ask).toEqual([]);
    expect(decision.events).toEqual([]);
    expect(decision.wakeAt).toBe(t0 + 20 * second);
    expect(decideOn({ objects: cluster(), state: decision.state, now: t0 + 20 * second }).result).toEqual({ is: 'unchanged' });
  });

  test('and another that was made while it went home is looked at again, and analysed', () => {
    const home = state('Progressing', { home: { by: 'returned', why: '' } });
    const objects = cluster({ target: 'podinfo:3', canaryPods: { wanted: 0, ready: 0 } });
    const rest = decideOn({ objects, state: home, now: t0 + 20 * second });
    const decision = decideOn({ objects, state: rest.state, now: t0 + 20 * second });
    expect(decision.state).toMatchObject({ phase: 'Progressing', revision: revision('podinfo:3'), promoted: revision('podinfo:1') });
  });
});

test('a target that is gone turns the release round', () => {
  const objects = cluster({ weight: 10 }).filter(({ kind, metadata }) => kind !== 'Deployment' || metadata.name !== 'podinfo');
  const decision = decideOn({ objects, state: at10 });
  expect(decision.state.home).toEqual({ by: 'trouble', why: 'Deployment podinfo is gone' });
  expect(weightAfter(objects, decision.changes)).toBe(0);
});
