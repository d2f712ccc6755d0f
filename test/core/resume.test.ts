// How a run begins: with nothing, or with what another driver left.
import { describe, expect, test } from '@jest/globals';
import type { Canary, JsonObject } from '../../src/contracts.ts';
import { firstState, keepable, movedField, resumed, saysMore } from '../../src/core/resume.ts';
import type { State } from '../../src/core/types.ts';
import { kit, podinfo, split, state, t0 } from './support.ts';

const who = { now: t0 + 5000, nonce: 'nonce2', epoch: 7, driver: 'other', host: 'ben@ci' };

function source(changed: JsonObject = {}): JsonObject {
  const analysis = {
    interval: '10s',
    threshold: 10,
    stepWeight: 5,
    maxWeight: 10,
    metrics: [{ name: 'request-success-rate' }],
    ...changed,
  };
  return { spec: { provider: 'istio', targetRef: { kind: 'Deployment', name: 'podinfo' }, service: { name: 'podinfo' }, analysis } };
}

function resume(before: State, now: JsonObject = source(), then: JsonObject = source()): State {
  return resumed(kit(podinfo({ source: now })), { state: before, spec: then }, who);
}

test('the first state is bootstrap, by whoever drives', () => {
  expect(firstState(kit(), who)).toMatchObject({
    phase: 'Initializing',
    canary: 'podinfo',
    ...{ epoch: 7, driver: 'other', host: 'ben@ci', run: 'nonce2', since: t0 + 5000, promoted: '', heard: [] },
  });
});

describe('a run that is resumed', () => {
  const left = state('Progressing', {
    traffic: split(10),
    check: { no: 4, dueAt: t0 },
    failedChecks: 3,
    passed: ['once/hook/0/smoke', 'run1/x/4/hook/0/load'],
    parked: 'SIGINT',
    waiting: { side: 'canary', since: t0 },
    heard: ['SIGINT-0'],
  });

  test('goes on from the step it had reached, and repeats no answered question', () => {
    const { run, phase, traffic, check, failedChecks, passed, heard } = left;
    expect(resume(left)).toMatchObject({ run, phase, traffic, check, failedChecks, passed, heard });
  });

  test('belongs to the new driver', () => {
    expect(resume(left)).toMatchObject({ epoch: 7, driver: 'other', host: 'ben@ci' });
  });

  test('reads back and waits anew: nobody watched in between', () => {
    for (const field of ['at', 'waiting', 'parked']) expect(resume(left)).not.toHaveProperty(field);
  });

  test.each(['maxWeight', 'stepWeight', 'stepWeights', 'iterations', 'metrics', 'webhooks', 'match', 'mirror', 'mirrorWeight'])(
    'begins the analysis anew where %s was edited',
    (field) => {
      const begun = resume(left, source({ [field]: 'edited' }));
      expect(begun).toMatchObject({ run: 'nonce2', traffic: split(0), check: { no: 0, dueAt: who.now }, failedChecks: 0, passed: [] });
      expect(begun.revision).toBe(left.revision);
    },
  );

  test.each(['interval', 'threshold', 'alerts', 'sessionAffinity'])('takes an edited %s without beginning anew', (field) => {
    expect(resume(left, source({ [field]: 'edited' })).check.no).toBe(4);
  });

  test('an analysis written the old way is compared too', () => {
    const old = (stepWeight: number): JsonObject => ({ spec: { canaryAnalysis: { stepWeight } } });
    expect(resume(left, old(6), old(5)).check.no).toBe(0);
    expect(resume(left, old(5), old(5)).check.no).toBe(4);
  });

  test('that is going back goes on going back, whatever was edited', () => {
    const home = { ...left, home: { by: 'timeout', why: '' } } as const;
    expect(resume(home, source({ stepWeight: 9 }))).toMatchObject({ home: { by: 'timeout' }, run: 'run1' });
  });

  test('that is going back has its whole time again: deadlines count from when the wait began', () => {
    expect(resume({ ...left, home: { by: 'timeout', why: '' } }).since).toBe(who.now);
    expect(resume(left).since).toBe(left.since);
  });

  test('that has begun to promote is not analysed again', () => {
    expect(resume(state('Promoting', { traffic: split(10) }), source({ stepWeight: 9 }))).toMatchObject({
      phase: 'Promoting',
      traffic: split(10),
    });
  });

  test('at a closed gate goes on there; where the analysis begins anew, no gate is closed', () => {
    const gated = state('WaitingPromotion', { ...left, phase: 'WaitingPromotion', gate: 'promote' });
    expect(resume(gated)).toMatchObject({ phase: 'WaitingPromotion', gate: 'promote', check: { no: 4 } });
    const begun = resume(gated, source({ stepWeight: 9 }));
    expect(begun).toMatchObject({ phase: 'Progressing', traffic: split(0), check: { no: 0 } });
    expect(begun).not.toHaveProperty('gate');
  });

  test('owes what the one before owed, and finds its result anew', () => {
    const owed = [{ id: 'owed/x', is: 'hook', hook: 0, revision: 'r', phase: 'Succeeded' }] as const;
    const next = resume(state('Succeeded', { owed: [...owed], closing: { is: 'promoted' } }));
    expect(next.owed).toEqual(owed);
    expect(next).not.toHaveProperty('closing');
  });

  test.each<[string, State['traffic']]>([
    ['copies of requests', { kind: 'mirror', percent: 25 }],
    ['requests that match', { kind: 'match' }],
  ])('has %s where they were', (_, traffic) => {
    expect(resume({ ...left, traffic }).traffic).toEqual(traffic);
  });

  test('without a spec kept goes on', () => {
    expect(resume(left, source(), {}).check.no).toBe(4);
  });
});

describe('what must not change between runs', () => {
  const spec = (changed: JsonObject): JsonObject => ({ spec: { ...(source()['spec'] as JsonObject), ...changed } });

  test.each<[string, JsonObject]>([
    ['spec.provider', { provider: 'kubernetes' }],
    ['spec.service.name', { service: { name: 'web' } }],
    ['spec.targetRef', { targetRef: { kind: 'Deployment', name: 'other' } }],
  ])('%s is named', (field, changed) => {
    expect(movedField(source(), spec(changed))).toBe(field);
  });

  test('a field that came or went is named too', () => {
    expect(movedField(source(), { spec: {} })).toBe('spec.provider');
  });

  test('nothing else is, and nothing where nothing was kept', () => {
    expect(movedField(source(), source({ stepWeight: 50 }))).toBeUndefined();
    expect(movedField(source(), spec({ service: { name: 'podinfo', port: 80 } }))).toBeUndefined();
    expect(movedField({}, source())).toBeUndefined();
  });
});

describe('the spec as it may be kept', () => {
  const kept = (changed: Partial<Canary>): JsonObject => keepable(podinfo(changed))['spec'] as JsonObject;

  test('says the provider, also where a flag chose it', () => {
    expect(kept({ source: { spec: {} }, provider: 'kubernetes' })).toEqual({ provider: 'kubernetes', service: { name: 'podinfo' } });
  });

  test('says the name of the Service as it is in effect, beside what the file says of it', () => {
    const { service } = podinfo();
    const web = { service: { ...service, name: 'web' }, source: { spec: { service: { port: 9898 } } } };
    expect(kept(web)['service']).toEqual({ port: 9898, name: 'web' });
  });

  test('so a name that was only written out has not moved, and one that takes effect has', () => {
    const { service } = podinfo();
    const left = keepable(podinfo({ source: { spec: { service: { port: 9898 } } } }));
    const written = keepable(podinfo({ source: { spec: { service: { port: 9898, name: 'podinfo' } } } }));
    expect(movedField(left, written)).toBeUndefined();
    const moved = keepable(podinfo({ service: { ...service, name: 'web' }, source: { spec: { service: { port: 9898 } } } }));
    expect(movedField(left, moved)).toBe('spec.service.name');
  });

  test('holds no userinfo of a URL', () => {
    const webhooks = [{ url: 'http://ana:secret@gate.test/x?a=b@c' }, { url: 'http://gate/a@b' }];
    expect(kept({ source: { spec: { webhooks } } })).toMatchObject({
      webhooks: [{ url: 'http://gate.test/x?a=b@c' }, { url: 'http://gate/a@b' }],
    });
  });
});

describe('what a state says more than the one that was saved', () => {
  const saved = state('Progressing', { traffic: split(10), check: { no: 4, dueAt: t0 } });

  test('nothing where only the moment differs from which the route stands: who resumes reads it back', () => {
    const next = { ...saved, at: t0 + 1, check: { no: 4, dueAt: t0 + 10_000 } };
    expect(saysMore(next, saved)).toBe(false);
    expect(resume(next)).toEqual({ ...resume(saved), check: next.check });
  });

  test.each<[string, Partial<State>]>([
    ['another weight', { traffic: split(15) }],
    ['another check', { check: { no: 5, dueAt: t0 } }],
    ['an answered hook', { passed: ['run1/x/4/hook/0/load'] }],
    ['a failed check', { failedChecks: 1 }],
    ['another phase', { phase: 'Promoting' }],
    ['what is waited for', { waiting: { side: 'canary', since: t0 } }],
  ])('%s', (_, changed) => {
    expect(saysMore({ ...saved, ...changed }, saved)).toBe(true);
  });
});
