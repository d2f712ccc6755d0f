// What is kept so that an object that we did not create can be given back.
import { describe, expect, test } from '@jest/globals';
import { mergePatch } from '../../src/common/json.ts';
import type { Change, JsonObject, Obj, Ref } from '../../src/contracts.ts';
import type { Kept } from '../../src/core/types.ts';
import { keepUndo, keyOf, undone } from '../../src/core/undo.ts';
import { foundOf, objectOf } from '../support/found.ts';

const service = objectOf(`
apiVersion: v1
kind: Service
metadata: {name: podinfo, namespace: test}
spec: {selector: {app: podinfo, tier: web}, ports: [{port: 80}]}
`);
const ref: Ref = { apiVersion: 'v1', kind: 'Service', name: 'podinfo' };
const nothing: Kept = { spec: { a: 1 }, undo: {}, made: [], runs: [] };

function merge(patch: JsonObject, of: Ref = ref): Change {
  return { op: 'merge', ref: of, patch, why: 'why' };
}

const toPrimary = merge({ spec: { selector: { app: 'podinfo-primary', tier: null } } });

test('the reverse of the first change gives the object back', () => {
  const kept = keepUndo(nothing, foundOf([service]), [toPrimary]);
  expect(kept?.undo).toEqual({ 'Service/podinfo': { spec: { selector: { app: 'podinfo', tier: 'web' } } } });
  const changed = toPrimary.op === 'merge' ? mergePatch(service as JsonObject, toPrimary.patch) : {};
  expect(mergePatch(changed, kept?.undo[keyOf(ref)] ?? {})).toEqual(service);
  expect(kept?.spec).toEqual({ a: 1 });
});

test('what was added is taken away again', () => {
  const kept = keepUndo(nothing, foundOf([service]), [merge({ spec: { type: 'ClusterIP' } })]);
  expect(kept?.undo['Service/podinfo']).toEqual({ spec: { type: null } });
});

describe('the earliest original wins', () => {
  const first = keepUndo(nothing, foundOf([service]), [toPrimary]) ?? nothing;

  test('a second change of the same fields keeps nothing new', () => {
    const drifted = mergePatch(service as JsonObject, { spec: { selector: { app: 'drifted' } } }) as unknown as Obj;
    expect(keepUndo(first, foundOf([drifted]), [toPrimary])).toBeUndefined();
  });

  test('other fields are added beside it', () => {
    const more = keepUndo(first, foundOf([service]), [merge({ spec: { ports: [{ port: 81 }] } })]);
    expect(more?.undo['Service/podinfo']).toEqual({ spec: { selector: { app: 'podinfo', tier: 'web' }, ports: [{ port: 80 }] } });
  });

  test('a field that was not there stays known as not there', () => {
    const added = keepUndo(nothing, foundOf([service]), [merge({ spec: { type: 'ClusterIP' } })]) ?? nothing;
    const typed = mergePatch(service as JsonObject, { spec: { type: 'NodePort' } }) as unknown as Obj;
    expect(keepUndo(added, foundOf([typed]), [merge({ spec: { type: 'ClusterIP' } })])).toBeUndefined();
  });
});

describe('nothing is kept of', () => {
  test('what we made ourselves', () => {
    const ours = mergePatch(service as JsonObject, { metadata: { labels: { 'app.kubernetes.io/managed-by': 'canary' } } });
    expect(keepUndo(nothing, foundOf([ours as unknown as Obj]), [toPrimary])).toBeUndefined();
  });

  test('what is created, deleted or not there', () => {
    const changes: Change[] = [
      { op: 'create', object: service, why: '' },
      { op: 'delete', ref, why: '' },
    ];
    expect(keepUndo(nothing, foundOf([service]), changes)).toBeUndefined();
    expect(keepUndo(nothing, foundOf([]), [toPrimary])).toBeUndefined();
  });

  test('a pod template: it may hold what is nobody’s business', () => {
    const target: Ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' };
    const deployment = objectOf(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: podinfo}
spec: {replicas: 2, template: {spec: {containers: [{name: a, env: [{name: PASSWORD, value: secret}]}]}}}
`);
    const image = merge({ spec: { template: { spec: { containers: [] } } } }, target);
    expect(keepUndo(nothing, foundOf([deployment]), [image])).toBeUndefined();
    const both = keepUndo(nothing, foundOf([deployment]), [image, merge({ spec: { replicas: 0, template: {} } }, target)]);
    expect(both?.undo).toEqual({ 'Deployment/podinfo': { spec: { replicas: 2 } } });
  });
});

test('our own label is not kept: what is taken off at the end is never put back', () => {
  const stamped = mergePatch(service as JsonObject, { metadata: { labels: { 'canary.run/epoch': '3' } } }) as unknown as Obj;
  for (const labels of [null, { 'canary.run/epoch': null }]) {
    expect(keepUndo(nothing, foundOf([stamped]), [merge({ metadata: { labels } })])).toBeUndefined();
  }
});

describe('what we create', () => {
  const config = (kind: string): Change => ({ op: 'create', object: { apiVersion: 'v1', kind, metadata: { name: 'x' } }, why: '' });

  test('of config is remembered by name, once', () => {
    const kept = keepUndo(nothing, foundOf([]), [config('ConfigMap'), config('Secret'), config('ConfigMap')]);
    expect(kept?.made).toEqual([
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'x' },
      { apiVersion: 'v1', kind: 'Secret', name: 'x' },
    ]);
    expect(keepUndo(kept ?? nothing, foundOf([]), [config('ConfigMap')])).toBeUndefined();
  });

  test('of other kinds is found by what it carries', () => {
    expect(keepUndo(nothing, foundOf([]), [config('Service')])).toBeUndefined();
  });
});

describe('what is given back', () => {
  const undo = { spec: { selector: { app: 'podinfo', tier: 'web' }, ports: [{ port: 80 }], type: null } };
  const ours = merge({ spec: { selector: { app: 'podinfo-primary', tier: null }, ports: [{ port: 9898 }], type: 'ClusterIP' } });
  const live = (spec: JsonObject): Obj => ({ ...service, spec }) as unknown as Obj;
  const written = { selector: { app: 'podinfo-primary' }, ports: [{ port: 9898 }], type: 'ClusterIP' };

  test('is what stands as we wrote it', () => {
    expect(undone(live(written), undo, [ours])).toEqual(undo);
  });

  test.each<[string, JsonObject, JsonObject]>([
    ['ports', { ...written, ports: [{ port: 1 }] }, { selector: { app: 'podinfo', tier: 'web' }, type: null }],
    ['a selector, as a whole: half of one selects nobody', { ...written, selector: { app: 'new' } }, { ports: [{ port: 80 }], type: null }],
  ])('%s that somebody has changed since are left alone', (_, spec, rest) => {
    expect(undone(live(spec), undo, [ours])).toEqual({ spec: rest });
  });

  test('is nothing where all is back already', () => {
    const back = live({ selector: { app: 'podinfo', tier: 'web' }, ports: [{ port: 80 }] });
    expect(undone(back, undo, [])).toBeUndefined();
  });
});
