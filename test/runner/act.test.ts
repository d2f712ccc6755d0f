// Every write is conditional, stamped, and relies on what was read fresh; the first that cannot be sent as decided ends the pass.
import { describe, expect, test } from '@jest/globals';
import type { Change, Obj, Ref } from '../../src/contracts.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import type { Written } from '../../src/kube/objects.ts';
import { stampOf } from '../../src/kube/record.ts';
import { act, type Acting } from '../../src/runner/act.ts';
import type { JsonObject } from '../../src/spec/types.ts';
import { foundOf, objectOf } from '../support/found.ts';

const service = objectOf(`
apiVersion: v1
kind: Service
metadata: {name: podinfo, namespace: test, uid: uid-1, resourceVersion: '41', labels: {canary.run/epoch: '3'}}
spec: {selector: {app: podinfo}}
`);
const ref: Ref = { apiVersion: 'v1', kind: 'Service', name: 'podinfo' };
const primary: Ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo-primary' };
const toPrimary = merge({ spec: { selector: { app: 'podinfo-primary' } } });

function merge(patch: JsonObject, of: Ref = ref, given?: Ref[]): Change {
  return { op: 'merge', ref: of, patch, why: 'why', ...(given ? { given } : {}) };
}

interface Sent {
  acting: Acting;
  /** What happened, in order. */
  log: string[];
  bodies: unknown[];
}

/** An API server that answers as told, and a lookout that writes down what it is told. */
function cluster(
  written: Written = { is: 'done', object: service },
  moved: readonly Ref[] = [],
  objects: readonly Obj[] = [service],
): Sent {
  const log: string[] = [];
  const bodies: unknown[] = [];
  const send = (what: string, body: unknown): Promise<Written> => {
    log.push(what);
    bodies.push(body);
    return Promise.resolve(written);
  };
  const never = (): never => {
    throw new Error('must not be called');
  };
  const acting: Acting = {
    objects: {
      ...{ get: never, list: never, replace: never },
      create: (object) => send(`create ${object.metadata.name}`, object),
      merge: (of, options) => send(`merge ${of.name}`, options),
      remove: (of, precondition) => send(`remove ${of.name}`, precondition),
    },
    lookout: {
      see: never,
      fresh: (refs) => {
        log.push(`fresh ${refs.map(({ name }) => name).join(' ')}`);
        return Promise.resolve(refs.some((each) => moved.includes(each)));
      },
      put: (object) => void log.push(`put ${object.metadata.name}`),
      know: never,
      doubt: never,
      drop: (of) => void log.push(`drop ${of.name}`),
    },
    found: foundOf(objects),
    epoch: 3,
    recordUid: 'record-1',
    signal: new AbortController().signal,
  };
  return { acting, log, bodies };
}

describe('a merge', () => {
  test('carries the resourceVersion it was decided on, and only what changes', async () => {
    const { acting, log, bodies } = cluster();
    const change = merge({ spec: { selector: { app: 'podinfo-primary' } }, metadata: { labels: { 'canary.run/epoch': '3' } } });
    expect(await act(acting, [change])).toEqual({ is: 'done' });
    expect(bodies).toEqual([{ patch: { spec: { selector: { app: 'podinfo-primary' } } }, resourceVersion: '41' }]);
    expect(log).toEqual(['merge podinfo', 'put podinfo']);
  });

  test('of what is so already is not sent', async () => {
    const { acting, log } = cluster();
    expect(await act(acting, [merge({ spec: { selector: { app: 'podinfo' } } })])).toEqual({ is: 'done' });
    expect(log).toEqual([]);
  });

  test('of an object that is gone is decided again', async () => {
    const { acting, log } = cluster(undefined, [], []);
    expect(await act(acting, [toPrimary])).toEqual({ is: 'again', why: 'Service podinfo is gone' });
    expect(log).toEqual([]);
  });
});

describe('the stamp', () => {
  const stamped = (epoch: string | undefined): Obj => ({
    ...service,
    metadata: { ...service.metadata, labels: epoch === undefined ? {} : { 'canary.run/epoch': epoch } },
  });

  test.each([undefined, '2', '0', 'x', '-1', '1.5'])('%s, missing or lower, is set again by the write itself', async (epoch) => {
    const { acting, bodies } = cluster(undefined, [], [stamped(epoch)]);
    await act(acting, [toPrimary]);
    const patch = { spec: { selector: { app: 'podinfo-primary' } }, metadata: { labels: { 'canary.run/epoch': '3' } } };
    expect(bodies).toEqual([{ patch, resourceVersion: '41' }]);
  });

  test('keeps the labels that the change has itself', async () => {
    const { acting, bodies } = cluster(undefined, [], [stamped(undefined)]);
    await act(acting, [merge({ metadata: { labels: { a: 'b' }, annotations: { c: 'd' } } })]);
    const metadata = { labels: { a: 'b', 'canary.run/epoch': '3' }, annotations: { c: 'd' } };
    expect(bodies).toEqual([{ patch: { metadata }, resourceVersion: '41' }]);
  });

  test.each<[string, Change]>([
    ['merge', toPrimary],
    ['delete', { op: 'delete', ref, why: '' }],
  ])('of a newer epoch ends the run before the %s', async (_, change) => {
    const { acting, log } = cluster(undefined, [], [stamped('4')]);
    expect(await act(acting, [change, merge({}, primary)])).toEqual({ is: 'lost', epoch: 4 });
    expect(log).toEqual([]);
  });

  test('is read as a whole number that is not negative, else as none', () => {
    expect(['7', undefined, 'x', '-1', '1.5'].map((epoch) => stampOf(stamped(epoch)))).toEqual([7, 0, 0, 0, 0]);
  });
});

test('what is created carries who made it, for which record, in which epoch', async () => {
  const { acting, bodies } = cluster();
  const object: Obj = { ...ref, metadata: { name: 'podinfo', namespace: 'test', labels: { app: 'podinfo' } } };
  await act(acting, [{ op: 'create', object, why: '' }]);
  const labels = { app: 'podinfo', 'app.kubernetes.io/managed-by': 'canary', 'canary.run/record': 'record-1', 'canary.run/epoch': '3' };
  expect(bodies).toEqual([{ ...object, metadata: { ...object.metadata, labels } }]);
});

test('a delete carries uid and resourceVersion, and its object is read again before it is believed gone', async () => {
  const { acting, log, bodies } = cluster({ is: 'done' });
  await act(acting, [{ op: 'delete', ref, why: '' }]);
  expect(bodies).toEqual([{ uid: 'uid-1', resourceVersion: '41' }]);
  expect(log).toEqual(['remove podinfo', 'drop podinfo']);
});

describe('what a change relies on', () => {
  const relying = merge({ spec: { selector: { app: 'podinfo-primary' } } }, ref, [primary]);

  test('is read fresh before the write', async () => {
    const { acting, log } = cluster();
    expect(await act(acting, [relying])).toEqual({ is: 'done' });
    expect(log).toEqual(['fresh podinfo-primary', 'merge podinfo', 'put podinfo']);
  });

  test('has moved: nothing is sent, and it is decided again', async () => {
    const { acting, log } = cluster(undefined, [primary]);
    expect(await act(acting, [relying, toPrimary])).toMatchObject({ is: 'again' });
    expect(log).toEqual(['fresh podinfo-primary']);
  });
});

describe('the first change that cannot be sent as decided ends the pass', () => {
  const create: Change = { op: 'create', object: { ...ref, metadata: { name: 'other' } }, why: '' };

  test('a conflict: the object is read fresh, and it is decided again', async () => {
    const { acting, log } = cluster({ is: 'conflict', why: 'the object has been modified' });
    expect(await act(acting, [toPrimary, create])).toEqual({ is: 'again', why: 'the object has been modified' });
    expect(log).toEqual(['merge podinfo', 'fresh podinfo']);
  });

  test('a refusal', async () => {
    const about = { verb: 'patch', group: '', resource: 'services', name: 'podinfo', namespace: 'test' };
    const error = new ApiError(about, { code: 403, reason: 'Forbidden', message: 'no', details: {} });
    const { acting, log } = cluster({ is: 'refused', error });
    expect(await act(acting, [toPrimary, create])).toEqual({ is: 'refused', error });
    expect(log).toEqual(['merge podinfo']);
  });
});
