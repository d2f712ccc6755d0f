import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import { resumed } from '../../src/core/resume.ts';
import { applied } from '../support/found.ts';
import { cluster, decideOn, deploymentAfter, kit, lines, podinfo, revision, second, split, state, t0, touched, untouched, weightAfter } from './support.ts';

const pods = { wanted: 2, ready: 2 };
const who = { now: t0, nonce: 'n', epoch: 2, driver: 'me', host: 'h' };
const strategy = '{type: RollingUpdate, rollingUpdate: {maxUnavailable: 100%, maxSurge: 0}}';

test('B1 a primary that is made again is never made of what was not promoted', () => {
  const gone = cluster({ target: 'podinfo:3' }).filter(({ kind, metadata }) => kind !== 'Deployment' || metadata.name !== 'podinfo-primary');
  const d = decideOn({ objects: gone, state: state('Initializing', { at: undefined }) });
  expect(touched(d)).not.toContain('create Deployment/podinfo-primary');
});
test('B2 a target that was mended after a failed bootstrap reaches the primary, which serves nobody', () => {
  const objects = cluster({ apex: 'podinfo', target: 'podinfo:2', canaryPods: pods, primaryPods: { wanted: 2, ready: 0 } }).filter(({ kind }) => kind !== 'VirtualService');
  const d = decideOn({ objects, state: state('Initializing', { at: undefined, promoted: '', revision: '' }) });
  expect(deploymentAfter(objects, d.changes, 'podinfo-primary').image).toBe('podinfo:2');
});
test('B3 risky going back: traffic stays on the canary while the primary is replaced', () => {
  const objects = cluster({ target: 'podinfo:2', primary: 'podinfo:2', strategy, canaryPods: pods, primaryPods: { wanted: 2, ready: 1 }, weight: 100, history: ['podinfo:1', 'podinfo:2'] });
  const d = decideOn({ objects, state: state('Promoting', { traffic: split(100), waiting: { side: 'primary', since: t0 } }), now: t0 + 61 * second });
  expect(deploymentAfter(objects, d.changes, 'podinfo-primary').image).toBe('podinfo:1');
  expect(weightAfter(objects, d.changes)).toBe(100);
});
test('B4a finalise drift begins the drain anew', () => {
  const objects = cluster({ target: 'podinfo:2', primary: 'podinfo:2', canaryPods: pods, weight: 30 });
  const d = decideOn({ objects, state: state('Finalising'), now: t0 + 60 * second });
  const next = decideOn({ objects: applied(objects, d.changes), state: d.state, now: t0 + 61 * second });
  expect(touched(next)).toEqual([]);
});
test('B4b bootstrap drift begins the drain anew', () => {
  const objects = cluster({ canaryPods: pods, apex: 'podinfo' });
  const d = decideOn({ objects, state: state('Initializing'), now: t0 + 60 * second });
  const next = decideOn({ objects: applied(objects, d.changes), state: d.state, now: t0 + 61 * second });
  expect(touched(next)).toEqual([]);
});
test('B4c risky promotion drift begins the drain anew', () => {
  const objects = cluster({ target: 'podinfo:2', strategy, canaryPods: pods, weight: 50 });
  const d = decideOn({ objects, state: state('Promoting', { traffic: split(100) }), now: t0 + 60 * second });
  const next = decideOn({ objects: applied(objects, d.changes), state: d.state, now: t0 + 61 * second });
  expect(touched(next)).toEqual([]);
});
test('B4d promoting at 0, drift, then finalise', () => {
  const objects = cluster({ target: 'podinfo:2', primary: 'podinfo:2', canaryPods: pods, weight: 50 });
  const d = decideOn({ objects, state: state('Promoting', { traffic: split(0) }), now: t0 + 60 * second });
  const next = decideOn({ objects: applied(objects, d.changes), state: d.state, now: t0 + 61 * second });
  expect(touched(next)).toEqual([]);
});
test('B5a target back at promoted before the copy', () => {
  const objects = cluster({ target: 'podinfo:1', canaryPods: pods, weight: 10 });
  const d = decideOn({ objects, state: state('Promoting', { traffic: split(10) }) });
  expect(d.state.home?.by).toBe('returned');
});
test('B5b superseded in Promoting before the copy', () => {
  const objects = cluster({ target: 'podinfo:3', canaryPods: pods, weight: 0 });
  const d = decideOn({ objects, state: state('Promoting', { traffic: split(10), imaged: 'me' }), options: { image: { reference: 'podinfo:2' } } });
  expect(d.result?.is).toBe('superseded');
});
test('B6 resumed way back has its time', () => {
  const left = state('Promoting', { home: { by: 'timeout', why: 'x' }, at: undefined });
  const now = t0 + 3600 * second;
  const st = resumed(kit(), { state: left, spec: {} }, { ...who, now });
  const objects = cluster({ target: 'podinfo:2', primary: 'podinfo:1', canaryPods: pods, primaryPods: { wanted: 2, ready: 1 }, history: ['podinfo:1', 'podinfo:2'] });
  const d = decideOn({ objects, state: st, now });
  expect(d.result).toBeUndefined();
});
test('B7 dead primary: traffic goes to the canary that has some ready pods', () => {
  const objects = cluster({ target: 'podinfo:2', canaryPods: { wanted: 2, ready: 1 }, primaryPods: { wanted: 2, ready: 0 }, weight: 10 });
  const d = decideOn({ objects, state: state('Progressing', { traffic: split(10) }) });
  expect(weightAfter(objects, d.changes)).toBe(100);
});
test('B8 a metric without a value does not pass', () => {
  const objects = cluster({ target: 'podinfo:2', canaryPods: pods, weight: 5 });
  const d = decideOn({ objects, state: state('Progressing', { traffic: split(5) }), answers: { [`run1/${revision('podinfo:2')}/1/metric/0/request-success-rate`]: { is: 'ok' } } });
  expect(d.state.traffic).toEqual(split(5));
});
test('B9 wording of http no values', () => {
  const objects = cluster({ target: 'podinfo:2', canaryPods: pods });
  const canary = podinfo({ provider: 'kubernetes', strategy: { kind: 'iterations', count: 3 } });
  const d = decideOn({ objects, canary, state: state('Progressing', { iterations: 1 }), answers: { [`run1/${revision('podinfo:2')}/1/metric/0/request-success-rate`]: { is: 'no-values', why: 'no values found' } } });
  expect(lines(d, canary)).toEqual(['Halt advancement no values found for kubernetes metric request-success-rate probably podinfo.test is not receiving traffic: no values found']);
});
test('B10 pods of a primary that failed are asked before they are replaced', () => {
  const objects = cluster({ target: 'podinfo:2', primary: 'podinfo:2', canaryPods: pods, primaryPods: { wanted: 2, ready: 1 }, history: ['podinfo:1', 'podinfo:2'] });
  const d = decideOn({ objects, state: state('Promoting', { waiting: { side: 'primary', since: t0 } }), now: t0 + 61 * second });
  expect(d.ask).toMatchObject([{ ask: 'evidence', side: 'primary' }]);
});
test('B11 the apex never moves to a primary without ready pods', () => {
  const objects = cluster({ apex: 'podinfo', canaryPods: pods, primaryPods: { wanted: 2, ready: 0 } });
  const d = decideOn({ objects, state: state('Succeeded', { revision: revision('podinfo:1') }), canary: podinfo({ provider: 'kubernetes' }) });
  expect(touched(d)).not.toContain('merge Service/podinfo');
});
test('B12 superseded also where the image stood there already', () => {
  const rest = state('Succeeded', { revision: revision('podinfo:1') });
  const options = { image: { reference: 'podinfo:2' } };
  const begun = decideOn({ objects: cluster({ target: 'podinfo:2' }), state: rest, options });
  const d = decideOn({ objects: cluster({ target: 'podinfo:3', canaryPods: pods }), state: begun.state, options });
  expect(d.result?.is).toBe('superseded');
});
test('B22 finalising ends some time where the primary is lost', () => {
  const objects = cluster({ target: 'podinfo:2', primary: 'podinfo:2', canaryPods: pods, primaryPods: { wanted: 2, ready: 0 }, weight: 100 });
  const d = decideOn({ objects, state: state('Finalising', { at: undefined }), now: t0 + 7 * 3600 * second, intents: [{ id: 'x', verb: 'timeout', by: 'timeout' }] });
  expect(d.result).toBeDefined();
});
test('B24 failed checks send traffic home also where somebody restarted the primary', () => {
  const objects = cluster({ target: 'podinfo:2', primary: 'podinfo:1b', canaryPods: pods, weight: 10, history: ['podinfo:1b'] });
  const d = decideOn({ objects, state: state('Progressing', { home: { by: 'timeout', why: 'x' } }) });
  expect(weightAfter(objects, d.changes)).toBe(0);
});
test('B24b in Progressing the primary is not written', () => {
  const objects = cluster({ target: 'podinfo:2', primary: 'podinfo:1b', canaryPods: pods, weight: 10, history: ['podinfo:1', 'podinfo:1b'] });
  const d = decideOn({ objects, state: state('Progressing', { home: { by: 'timeout', why: 'x' } }) });
  expect(touched(d)).toEqual(['merge VirtualService/podinfo']);
});
test('B43 all traffic goes only to a canary that is ready', () => {
  const objects = cluster({ target: 'podinfo:2', strategy, canaryPods: { wanted: 2, ready: 1 }, weight: 10 });
  const d = decideOn({ objects, state: state('Promoting', { traffic: split(10) }) });
  expect(weightAfter(objects, d.changes)).toBe(10);
});
test('B44 resume after parked on the ready new primary gives the canary no traffic again', () => {
  const copied = (weight: number): Obj[] => cluster({ target: 'podinfo:2', primary: 'podinfo:2', canaryPods: pods, weight, history: ['podinfo:1', 'podinfo:2'] });
  const parked = decideOn({ objects: copied(0), state: state('Promoting', { traffic: split(10) }), intents: [{ id: 's', verb: 'stop', by: 'SIGINT' }] });
  expect(parked.result?.is).toBe('parked');
  const st = resumed(kit(), { state: parked.state, spec: {} }, who);
  const d = decideOn({ objects: copied(0), state: st });
  expect(weightAfter(copied(0), d.changes)).toBe(0);
});
test('B45 timeout intent in bootstrap', () => {
  const d = decideOn({ objects: untouched(), state: state('Initializing', { at: undefined, promoted: '' }), intents: [{ id: 'x', verb: 'timeout', by: 'timeout' }] });
  expect(d.result).toBeDefined();
});
