// Rules at the edges: what others do to the cluster while a release is under way, and what a run finds that another left.
import { describe, expect, test } from '@jest/globals';
import type { Answer, Obj } from '../../src/contracts.ts';
import { resumed } from '../../src/core/resume.ts';
import type { State } from '../../src/core/types.ts';
import { applied } from '../support/found.ts';
import {
  analysed,
  cluster,
  copied,
  promoting,
  decideOn,
  deploymentAfter,
  kit,
  lines,
  podinfo,
  revision,
  second,
  split,
  state,
  t0,
  touched,
  weightAfter,
} from './support.ts';

const pods = { wanted: 2, ready: 2 };
const allAtOnce = '{type: RollingUpdate, rollingUpdate: {maxUnavailable: 100%, maxSurge: 0}}';
const metric = `run1/${revision('podinfo:2')}/1/metric/0/request-success-rate`;

describe('F1 bootstrap', () => {
  test('a primary that is made again is never made of what was not promoted', () => {
    const isPrimary = ({ kind, metadata }: Obj): boolean => kind === 'Deployment' && metadata.name === 'podinfo-primary';
    const objects = cluster({ target: 'podinfo:3' }).filter((object) => !isPrimary(object));
    const decision = decideOn({ objects, state: state('Initializing', { at: undefined }) });
    expect(touched(decision)).not.toContain('create Deployment/podinfo-primary');
  });

  test('F2 a target that was mended reaches a primary that never served', () => {
    const facts = { apex: 'podinfo', target: 'podinfo:2', canaryPods: pods, primaryPods: { wanted: 2, ready: 0 } } as const;
    const objects = cluster(facts).filter(({ kind }) => kind !== 'VirtualService');
    const decision = decideOn({ objects, state: state('Initializing', { at: undefined, promoted: '', revision: '' }) });
    expect(deploymentAfter(objects, decision.changes, 'podinfo-primary').image).toBe('podinfo:2');
  });
});

test('F3 a strategy that takes all pods at once goes back with traffic on the canary', () => {
  const objects = copied({ strategy: allAtOnce, primaryPods: { wanted: 2, ready: 1 }, weight: 100 });
  const before = promoting({ traffic: split(100), waiting: { side: 'primary', since: t0 } });
  const left = decideOn({ objects, state: before, now: t0 + 61 * second });
  expect(left.state.home).toMatchObject({ by: 'deadline', side: 'primary' });
  expect(left.changes).toEqual([]);
  expect(left.state.at).toBe(t0 + 61 * second);
  const early = decideOn({ objects, state: left.state, now: t0 + 71 * second - 1 });
  expect(early.changes).toEqual([]);
  expect(early.wakeAt).toBe(t0 + 71 * second);
  const decision = decideOn({ objects, state: early.state, now: t0 + 71 * second });
  expect(deploymentAfter(objects, decision.changes, 'podinfo-primary').image).toBe('podinfo:1');
  expect(weightAfter(objects, decision.changes)).toBe(100);
});

test('F3 all traffic goes to the canary, and is drained, before such a strategy takes the pods of the primary', () => {
  const facts = { strategy: allAtOnce, primaryPods: { wanted: 2, ready: 1 } };
  const objects = copied({ ...facts, weight: 10 });
  const before = promoting({ waiting: { side: 'primary', since: t0 } });
  const left = decideOn({ objects, state: before, now: t0 + 61 * second });
  expect(touched(left)).toEqual(['merge VirtualService/podinfo']);
  expect(weightAfter(objects, left.changes)).toBe(100);
  const moved = copied({ ...facts, weight: 100 });
  const drains = decideOn({ objects: moved, state: left.state, now: t0 + 62 * second });
  expect(drains.changes).toEqual([]);
  expect(touched(decideOn({ objects: moved, state: drains.state, now: t0 + 72 * second }))).toEqual(['merge Deployment/podinfo-primary']);
});

describe('F4 drift on the way begins the drain anew', () => {
  test.each<[string, Obj[], State]>([
    ['bootstrap', cluster({ canaryPods: pods, apex: 'podinfo' }), state('Initializing')],
    ['a risky promotion', analysed({ strategy: allAtOnce, weight: 50 }), promoting({ traffic: split(100) })],
    ['traffic that came home', copied({ weight: 50 }), promoting({ traffic: split(0) })],
    ['finalising', copied({ weight: 30 }), state('Finalising')],
  ])('%s', (_, objects, before) => {
    const repaired = decideOn({ objects, state: before, now: t0 + 60 * second });
    expect(repaired.changes).toHaveLength(1);
    const next = decideOn({ objects: applied(objects, repaired.changes), state: repaired.state, now: t0 + 61 * second });
    expect(next.changes).toEqual([]);
  });
});

describe('F5 the target changes before the copy', () => {
  test('back to the promoted revision: ends unchanged', () => {
    const decision = decideOn({ objects: analysed({ target: 'podinfo:1' }), state: promoting() });
    expect(decision.state.home?.by).toBe('returned');
  });

  test('to another, with --image: superseded', () => {
    const options = { image: { reference: 'podinfo:2' } };
    const imaged = { driver: 'me', from: revision('podinfo:1') };
    const decision = decideOn({ objects: analysed({ target: 'podinfo:3', weight: 0 }), state: promoting({ imaged }), options });
    expect(decision.result?.is).toBe('superseded');
  });
});

test('F6 a primary without pods: traffic goes to the canary as long as one of its pods is ready', () => {
  const objects = analysed({ canaryPods: { wanted: 2, ready: 1 }, primaryPods: { wanted: 2, ready: 0 } });
  const decision = decideOn({ objects, state: state('Progressing', { traffic: split(10) }) });
  expect(weightAfter(objects, decision.changes)).toBe(100);
});

describe('F7 a primary that somebody restarted while the canary was analysed', () => {
  const going = state('Progressing', { home: { by: 'timeout', why: 'x' } });

  test('is no reason to leave traffic on a canary that failed', () => {
    const objects = analysed({ primary: 'podinfo:1-restarted', history: ['podinfo:1-restarted'] });
    expect(weightAfter(objects, decideOn({ objects, state: going }).changes)).toBe(0);
  });

  test('is not written: only a promotion changes its template', () => {
    const objects = analysed({ primary: 'podinfo:1-restarted', history: ['podinfo:1', 'podinfo:1-restarted'] });
    expect(touched(decideOn({ objects, state: going }))).toEqual(['merge VirtualService/podinfo']);
  });
});

test('F8 a run that was parked on the ready new primary gives the canary no traffic again', () => {
  const objects = copied({ weight: 0 });
  const parked = decideOn({ objects, state: promoting(), intents: [{ id: 's', verb: 'stop', by: 'SIGINT' }] });
  expect(parked.result?.is).toBe('parked');
  const who = { now: t0, nonce: 'n', epoch: 2, driver: 'me', host: 'h' };
  const decision = decideOn({ objects, state: resumed(kit(), { state: parked.state, spec: {} }, who) });
  expect(weightAfter(objects, decision.changes)).toBe(0);
});

test('F9 all traffic goes only to a canary that is ready, not to one of its pods', () => {
  const objects = analysed({ strategy: allAtOnce, canaryPods: { wanted: 2, ready: 1 } });
  expect(weightAfter(objects, decideOn({ objects, state: promoting() }).changes)).toBe(10);
});

test('F10 the apex never moves to a primary without ready pods', () => {
  const objects = cluster({ apex: 'podinfo', canaryPods: pods, primaryPods: { wanted: 2, ready: 0 } });
  const decision = decideOn({
    objects,
    state: state('Succeeded', { revision: revision('podinfo:1') }),
    canary: podinfo({ provider: 'kubernetes' }),
  });
  expect(touched(decision)).not.toContain('merge Service/podinfo');
});

test('F11 a primary that is lost while finalising is waited for no longer than --timeout says', () => {
  const objects = copied({ primaryPods: { wanted: 2, ready: 0 }, weight: 100 });
  const late = { now: t0 + 7 * 3600 * second, intents: [{ id: 'x', verb: 'timeout', by: '--timeout' }] } as const;
  const decision = decideOn({ objects, state: state('Finalising', { at: undefined }), ...late });
  expect(decision.result).toBeDefined();
});

test('F12 the pods of a primary that failed are asked why before they are replaced', () => {
  const objects = copied({ primaryPods: { wanted: 2, ready: 1 } });
  const decision = decideOn({ objects, state: promoting({ waiting: { side: 'primary', since: t0 } }), now: t0 + 61 * second });
  expect(decision.ask).toMatchObject([{ ask: 'evidence', side: 'primary' }]);
});

test('F13 a metric that is answered without a value does not pass', () => {
  const objects = analysed({ weight: 5 });
  const answers: Record<string, Answer> = { [metric]: { is: 'ok' } };
  expect(decideOn({ objects, state: state('Progressing', { traffic: split(5) }), answers }).state.traffic).toEqual(split(5));
});

test('F14 no values, where the queries are those without a mesh: Flagger does not wrap the reason', () => {
  const canary = podinfo({ provider: 'kubernetes', strategy: { kind: 'iterations', count: 3, by: 'all' } });
  const answers: Record<string, Answer> = { [metric]: { is: 'no-values', why: 'no values found' } };
  const decision = decideOn({ objects: analysed({ weight: 0 }), canary, state: state('Progressing', { iterations: 1 }), answers });
  expect(lines(decision, canary)).toEqual([
    'Halt advancement no values found for kubernetes metric request-success-rate probably podinfo.test is not receiving traffic: no values found',
  ]);
});

test('F15 superseded with --image, also where the image stood there already', () => {
  const options = { image: { reference: 'podinfo:2' } };
  const rest = state('Succeeded', { revision: revision('podinfo:1') });
  const begun = decideOn({ objects: cluster({ target: 'podinfo:2' }), state: rest, options });
  const decision = decideOn({ objects: cluster({ target: 'podinfo:3', canaryPods: pods }), state: begun.state, options });
  expect(decision.result?.is).toBe('superseded');
});
