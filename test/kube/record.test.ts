import { describe, expect, test } from '@jest/globals';
import type { Canary, Obj } from '../../src/contracts.ts';
import type { Kept, State } from '../../src/core/types.ts';
import { PreflightError } from '../../src/errors.ts';
import { createObjects } from '../../src/kube/objects.ts';
import type { Objects } from '../../src/kube/objects.ts';
import { keptRef, parseRecord, readKept, readRecord, recordRef, saveKept, saveRecord } from '../../src/kube/record.ts';
import { parseKept, parseState } from '../../src/kube/state.ts';
import { handClock, never, status, tinyServer } from './scripted.ts';
import type { TinyServer } from './scripted.ts';

const canary = {
  name: 'podinfo',
  namespace: 'test',
  provider: 'istio',
  targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
  strategy: { kind: 'weights', steps: [10, 20, 30], back: [0] },
} as unknown as Canary;

const state: State = {
  schema: 1,
  canary: 'podinfo',
  epoch: 3,
  driver: 'f00d',
  host: 'ana@laptop',
  run: 'run-1',
  phase: 'Progressing',
  since: 1_700_000_000_000,
  traffic: { kind: 'split', canary: 20 },
  waiting: { side: 'canary', since: 1_700_000_000_000 },
  check: { no: 4, dueAt: 1_700_000_060_000 },
  failedChecks: 1,
  iterations: 0,
  passed: ['pre/smoke'],
  revision: 'aaaa',
  promoted: 'bbbb',
  owed: [],
  heard: [],
};

const kept: Kept = {
  spec: { provider: 'istio' },
  undo: { 'Service/podinfo': { spec: { selector: { app: 'podinfo' } } } },
  made: [],
  runs: [],
};
const path = '/api/v1/namespaces/test/configmaps/canary-deployment-podinfo';

function stage(): { server: TinyServer; objects: Objects } {
  const server = tinyServer();
  return { server, objects: createObjects({ send: server.send, clock: handClock(), namespace: 'default' }) };
}

describe('the name', () => {
  test.each([
    ['apps/v1', 'Deployment', 'canary-deployment-web'],
    ['v1', 'Service', 'canary-service-web'],
    ['serving.knative.dev/v1', 'Service', 'canary-service.serving.knative.dev-web'],
  ])('of %s %s', (apiVersion, kind, name) => {
    expect(recordRef({ namespace: 'test', targetRef: { apiVersion, kind, name: 'web' } })).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: 'test',
      name,
    });
  });
});

describe('the record', () => {
  test('is absent, created, read, replaced by compare-and-set', async () => {
    const { server, objects } = stage();
    expect(await readRecord(objects, canary, never)).toEqual({ is: 'absent' });
    const first = await saveRecord(objects, { canary, state }, never);
    expect(first).toMatchObject({ is: 'saved', uid: expect.any(String) });
    expect(await readRecord(objects, canary, never)).toMatchObject({ ...first, is: 'present', state });
    const next = { ...state, epoch: 4 };
    const resourceVersion = first.is === 'saved' ? first.resourceVersion : '';
    expect((await saveRecord(objects, { canary, state: next, resourceVersion }, never)).is).toBe('saved');
    expect(await saveRecord(objects, { canary, state, resourceVersion }, never)).toEqual({ is: 'conflict', why: 'Conflict' });
    expect(await saveRecord(objects, { canary, state }, never)).toEqual({ is: 'conflict', why: 'AlreadyExists' });
    expect(server.object(path)?.['data']).toEqual({ state: JSON.stringify(next) });
  });

  test('a save whose answer was lost is found to be done', async () => {
    const { server, objects } = stage();
    let lost = 0;
    const send = server.send;
    const clock = handClock();
    const flaky = createObjects({
      clock,
      namespace: 'test',
      async send(wire, signal) {
        const answer = await send(wire, signal);
        if (wire.method !== 'GET' && lost++ === 0) throw new Error('reset');
        return answer;
      },
    });
    expect((await clock.until(saveRecord(flaky, { canary, state }, never))).is).toBe('saved');
    expect(server.sent).toEqual([`POST ${path.replace(/\/[^/]+$/, '')}`, `POST ${path.replace(/\/[^/]+$/, '')}`, `GET ${path}`]);
    expect((await readRecord(objects, canary, never)).is).toBe('present');
  });

  test('shows all that status needs in its labels and annotations, and leaves those of others', async () => {
    const { server, objects } = stage();
    await saveRecord(objects, { canary, state, why: '0 of 1 updated\nreplicas' }, never);
    const made = server.object(path) as Obj;
    expect(made.metadata.labels).toEqual({ 'canary.run/kind': 'record', 'app.kubernetes.io/managed-by': 'canary' });
    expect(made.metadata.annotations).toEqual({
      'canary.run/canary': 'podinfo',
      'canary.run/target': 'Deployment/podinfo',
      'canary.run/provider': 'istio',
      'canary.run/phase': 'Progressing',
      'canary.run/weight': '20',
      'canary.run/failed-checks': '1',
      'canary.run/iterations': '0',
      'canary.run/step': '2',
      'canary.run/steps': '3',
      'canary.run/revision': 'aaaa',
      'canary.run/since': '2023-11-14T22:13:20.000Z',
      'canary.run/why': '0 of 1 updated replicas',
      'canary.run/waiting': 'canary',
      'canary.run/driver': 'f00d',
      'canary.run/host': 'ana@laptop',
      'canary.run/epoch': '3',
    });
    const touched = server.put({
      ...made,
      metadata: { ...made.metadata, annotations: { ...made.metadata.annotations, 'canary.run/intent': 'x' } },
    });
    const { waiting: _, ...rest } = state;
    const failed: State = { ...rest, driver: '', phase: 'Failed', home: { by: 'checks', failed: 5, metric: 'error-rate', why: '7 > 1' } };
    await saveRecord(objects, { canary, state: failed, resourceVersion: touched.metadata.resourceVersion ?? '' }, never);
    const annotations = server.object(path)?.metadata.annotations ?? {};
    expect(annotations).toMatchObject({
      'canary.run/intent': 'x',
      'canary.run/why': '5 failed checks, the last: error-rate (7 > 1)',
      'canary.run/phase': 'Failed',
      'canary.run/step': '0',
    });
    expect(Object.keys(annotations)).not.toContain('canary.run/driver');
    expect(Object.keys(annotations)).not.toContain('canary.run/waiting');
  });

  test('and which gate is closed, and how much is mirrored', async () => {
    const { server, objects } = stage();
    const mirrored: State = { ...state, phase: 'WaitingPromotion', gate: 'promote', traffic: { kind: 'mirror', percent: 25 } };
    await saveRecord(objects, { canary, state: mirrored }, never);
    expect(server.object(path)?.metadata.annotations).toMatchObject({
      'canary.run/gate': 'promote',
      'canary.run/why': 'gate "promote" is closed',
      'canary.run/mirror': '25',
      'canary.run/weight': '0',
      'canary.run/step': '0',
    });
  });

  test('what could not be read back is never saved', async () => {
    const { server, objects } = stage();
    for (const change of [{ passed: ['x'.repeat(601)] }, { gate: 'x'.repeat(1_001) }, { verdict: 'x'.repeat(1_001) }])
      await expect(saveRecord(objects, { canary, state: { ...state, ...change } }, never)).rejects.toThrow(
        'the record would not be readable',
      );
    expect(server.sent).toEqual([]);
  });

  test('a refusal is thrown', async () => {
    const { server, objects } = stage();
    server.before = () => status(403, 'Forbidden');
    await expect(saveRecord(objects, { canary, state }, never)).rejects.toMatchObject({ code: 403 });
    await expect(readRecord(objects, canary, never)).rejects.toThrow('not allowed to read the record');
  });

  test('what would not fit is not sent', async () => {
    const { server, objects } = stage();
    const huge = { ...state, passed: Array.from({ length: 500 }, (_, at) => `${'x'.repeat(40)}${at}`) };
    await expect(saveRecord(objects, { canary, state: huge }, never)).rejects.toThrow('larger than 16 KiB');
    expect(server.sent).toHaveLength(0);
  });
});

describe('a record is foreign input', () => {
  const object = (data: unknown, kind = 'record'): Obj => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'canary-deployment-podinfo', namespace: 'test', uid: 'u', resourceVersion: '5', labels: { 'canary.run/kind': kind } },
    data,
  });
  const withState = (change: unknown): Obj => object({ state: JSON.stringify({ ...state, ...(change as object) }) });

  test('a good one is read', () =>
    expect(parseRecord(withState({}))).toMatchObject({ is: 'present', state, resourceVersion: '5', uid: 'u' }));

  const alert = { id: 'owed/a', is: 'alert', to: 'test/team', severity: 'warn', text: 'Canary is waiting for approval.', facts: false };
  const debt = { id: 'owed/h', is: 'hook', hook: 0, revision: 'aaaa', phase: 'Failed' };
  const cause = { by: 'checks', failed: 3, metric: 'm', why: 'w' };

  test.each<[string, object]>([
    ['mirrored traffic', { traffic: { kind: 'mirror', percent: 25 } }],
    ['matched traffic', { traffic: { kind: 'match' } }],
    ['cookies', { traffic: { kind: 'split', canary: 5, cookies: { canary: 'abcdefghij', primary: 'klmnopqrst' } } }],
    ['a cookie that expires', { traffic: { kind: 'split', canary: 0, cookies: { expire: 'abcdefghij' } } }],
    ['a gate that is closed before a release', { phase: 'Waiting', asking: true, gate: 'enter' }],
    ['a gate that is closed before promotion', { phase: 'WaitingPromotion', gate: 'promote' }],
    ['a deletion', { phase: 'Terminating' }],
    ['a call-off', { home: { by: 'gate', why: 'x' } }],
    ['debts', { owed: [alert, debt] }],
    ...['promoted', 'unchanged', 'initialized', 'suspended', 'failed-before', 'deleted'].map((is): [string, object] => [
      `a result that waits: ${is}`,
      { closing: { is } },
    ]),
    ['a result that waits: rolled back', { closing: { is: 'rolled-back', cause, confirmed: true } }],
    ['a result that waits: not initialized', { closing: { is: 'not-initialized', cause: { by: 'deadline', side: 'primary', why: 'w' } } }],
  ])('%s is read as it was written', (_, change) => {
    expect(parseRecord(withState(change))).toMatchObject({ is: 'present', state: { ...state, ...change } });
  });

  test('one that was written before anything could be owed owes nothing', () => {
    const { owed: _, ...before } = state;
    expect(parseState(JSON.stringify(before))).toEqual(state);
  });

  test.each<[string, Obj, string]>([
    ['a ConfigMap of somebody else', object({}, 'kept'), 'has no label canary.run/kind: record'],
    ['no data', object(undefined), 'it holds no state'],
    ['not JSON', object({ state: '{' }), 'its state is not JSON'],
    ['not an object', object({ state: '[]' }), 'its state is not an object'],
    ['too large', object({ state: `"${'x'.repeat(20_000)}"` }), 'it is larger than 16 KiB'],
    ['a newer schema with fields we do not know', withState({ schema: 2, more: 1 }), 'its schema is 2, this tool knows 1'],
    ['no schema', withState({ schema: undefined }), 'its schema is missing, this tool knows 1'],
    ['an unknown field', withState({ extra: 1 }), 'has the unknown field extra'],
    ['a field missing', withState({ epoch: undefined }), 'epoch is not a whole number'],
    ['an unknown phase', withState({ phase: 'Dancing' }), 'phase is not one of'],
    ['a weight over 100', withState({ traffic: { kind: 'split', canary: 101 } }), 'traffic canary is not a whole number from 0 to 100'],
    ['half a per cent', withState({ traffic: { kind: 'split', canary: 0.5 } }), 'traffic canary is not a whole number'],
    ['a name that is a path', withState({ canary: '../etc' }), 'canary has characters that do not belong there'],
    ['a driver that is a path', withState({ driver: 'a/b' }), 'driver has characters that do not belong there'],
    ['a time that is none', withState({ since: 'now' }), 'since is not a time'],
    ['a cause of no kind', withState({ home: { by: 'me', why: '' } }), 'home is not one of'],
    ['a cause with too much', withState({ home: { by: 'person', why: 'x', side: 'canary' } }), 'home has the unknown field side'],
    ['an unknown kind of traffic', withState({ traffic: { kind: 'all' } }), 'traffic is not one of split, mirror, match'],
    ['traffic of two kinds', withState({ traffic: { kind: 'match', canary: 5 } }), 'traffic has the unknown field canary'],
    ['too much mirrored', withState({ traffic: { kind: 'mirror', percent: 101 } }), 'traffic percent is not a whole number from 0 to 100'],
    ...['a b', 'a;b', '.*', 'A', '', 'é', 'a\n', 'x'.repeat(65)].map((value): [string, Obj, string] => [
      `the cookie ${JSON.stringify(value)}`,
      withState({ traffic: { kind: 'split', canary: 5, cookies: { canary: value } } }),
      'traffic cookies canary',
    ]),
    ['a cookie of no side', withState({ traffic: { kind: 'split', canary: 5, cookies: { other: 'a' } } }), 'unknown field other'],
    ['debts that are no list', withState({ owed: {} }), 'owed is not a list'],
    ['a debt of no kind', withState({ owed: [{ ...debt, is: 'money' }] }), 'owed is not one of alert, hook'],
    ['a debt with an address', withState({ owed: [{ ...alert, url: 'http://x' }] }), 'owed has the unknown field url'],
    ['a debt of no severity', withState({ owed: [{ ...alert, severity: 'loud' }] }), 'owed severity is not one of'],
    ['a debt that is not said to have facts', withState({ owed: [{ ...alert, facts: 'yes' }] }), 'owed facts is not true or false'],
    ['a hook by its name', withState({ owed: [{ ...debt, hook: 'smoke' }] }), 'owed hook is not a whole number'],
    ['a hook of no revision', withState({ owed: [{ ...debt, revision: undefined }] }), 'owed revision is not a text'],
    ['a hook of no end', withState({ owed: [{ ...debt, phase: 'Waiting' }] }), 'owed phase is not one of'],
    ['debts without end', withState({ owed: Array.from({ length: 101 }, () => debt) }), 'owed has more than 100 entries'],
    ['a result that never waits', withState({ closing: { is: 'parked', by: 'x', traffic: 'both' } }), 'closing is not one of'],
    ['a result with an exit code of its own', withState({ closing: { is: 'stopped', exit: 0, why: '' } }), 'closing is not one of'],
    ['a result with too much', withState({ closing: { is: 'promoted', exit: 0 } }), 'closing has the unknown field exit'],
    ['a result of an odd cause', withState({ closing: { is: 'rolled-back', confirmed: true, cause: {} } }), 'closing cause is not one of'],
    ['a result that is half sure', withState({ closing: { is: 'rolled-back', confirmed: 1, cause } }), 'closing confirmed is not true or'],
    ['asking that is not so', withState({ asking: false }), 'asking is not true'],
    ['a gate that is no text', withState({ gate: 5 }), 'gate is not a text'],
    ['a list of numbers', withState({ passed: [1] }), 'passed is not a text'],
    ['a prototype', object({ state: `{"__proto__":{"x":1},${JSON.stringify(state).slice(1)}` }), 'has the unknown field __proto__'],
  ])('%s is left alone, and named', (_, foreign, why) => {
    const look = parseRecord(foreign);
    expect(look).toMatchObject({ is: 'foreign' });
    expect(look.is === 'foreign' && look.why).toContain(why);
  });

  test('no mutation of one byte crashes or changes a type', () => {
    const text = JSON.stringify({ ...state, home: { by: 'deadline', side: 'primary', why: 'x' } });
    const outcomes = new Set<string>();
    for (let at = 0; at < text.length; at++) {
      for (const letter of ['"', '{', '0', '\u0000', '-']) {
        const read = parseState(text.slice(0, at) + letter + text.slice(at + 1));
        outcomes.add('why' in read ? 'refused' : 'read');
        if (!('why' in read)) expect([typeof read.epoch, typeof read.canary, read.schema]).toEqual(['number', 'string', 1]);
      }
    }
    expect(outcomes).toEqual(new Set(['refused', 'read']));
  });
});

describe('what is kept', () => {
  test('stands beside the record, is saved and read', async () => {
    const { server, objects } = stage();
    expect(await readKept(objects, canary, never)).toBeUndefined();
    await saveKept(objects, { canary, recordUid: 'u-1', kept, epoch: 1 }, never);
    const more = { ...kept, runs: [{ revision: 'aaaa', result: 'promoted', at: 5 }] };
    expect((await saveKept(objects, { canary, recordUid: 'u-1', kept: more, epoch: 1 }, never)).is).toBe('saved');
    expect(await readKept(objects, canary, never)).toEqual(more);
    expect(keptRef(canary).name).toBe('canary-deployment-podinfo-kept');
    expect(server.object(`${path}-kept`)?.metadata.labels).toEqual({
      'canary.run/kind': 'kept',
      'app.kubernetes.io/managed-by': 'canary',
      'canary.run/record': 'u-1',
      'canary.run/epoch': '1',
    });
  });

  test('is not overwritten by a driver that was taken over from, and stamped by the one that took over', async () => {
    const { server, objects } = stage();
    const save = { canary, recordUid: 'u-1' };
    const newer = { ...kept, runs: [{ revision: 'bbbb', result: 'promoted', at: 9 }] };
    await saveKept(objects, { ...save, kept, epoch: 2 }, never);
    expect((await saveKept(objects, { ...save, kept: newer, epoch: 3 }, never)).is).toBe('saved');
    expect((await saveKept(objects, { ...save, kept, epoch: 2 }, never)).is).toBe('conflict');
    expect(await readKept(objects, canary, never)).toEqual(newer);
    expect(server.object(`${path}-kept`)?.metadata.labels?.['canary.run/epoch']).toBe('3');
  });

  const withKept = (change: object): string => JSON.stringify({ ...kept, ...change });

  test('of before anything was made names nothing made', () => {
    const { made: _, ...before } = kept;
    expect(parseKept(JSON.stringify(before))).toEqual(kept);
  });

  test.each<[string, object, string]>([
    ['made of what has no name', { made: [{ apiVersion: 'v1', kind: 'ConfigMap' }] }, 'made name is not a text'],
    ['made of a path', { made: [{ apiVersion: 'v1', kind: 'Secret', name: '../x' }] }, 'made name has characters'],
    ['made with data', { made: [{ apiVersion: 'v1', kind: 'Secret', name: 'x', data: {} }] }, 'made has the unknown field data'],
    ['an undo that is no patch', { undo: { 'Service/x': null } }, 'Service/x is not a patch'],
  ])('%s is refused', (_, change, why) => {
    expect(parseKept(withKept(change))).toEqual({ why: expect.stringContaining(why) });
  });

  test('the record of a target called …-kept is never taken for it', async () => {
    const { objects } = stage();
    await saveRecord(objects, { canary: { ...canary, targetRef: { ...canary.targetRef, name: 'podinfo-kept' } }, state }, never);
    await expect(readKept(objects, canary, never)).rejects.toBeInstanceOf(PreflightError);
    await expect(saveKept(objects, { canary, recordUid: 'u', kept, epoch: 1 }, never)).rejects.toBeInstanceOf(PreflightError);
  });
});
