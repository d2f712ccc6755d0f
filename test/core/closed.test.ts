// The gates on the way: before more traffic and before promotion. A closed one is no failed check; what was given stays.
import { describe, expect, test } from '@jest/globals';
import type { Answer, Canary } from '../../src/contracts.ts';
import { cluster, decideOn, hook, lines, podinfo, revision, second, split, state, t0, touched, weightAfter } from './support.ts';
import { release, wellAnswered, worldOf } from './worlds.ts';

const yes: Answer = { is: 'ok' };
const no: Answer = { is: 'refused', why: 'closed' };
const good: Answer = { is: 'value', value: 100 };
const bad: Answer = { is: 'value', value: 1 };
const pods = { wanted: 2, ready: 2 };
const running = (weight: number, target = 'podinfo:2'): ReturnType<typeof cluster> => cluster({ target, canaryPods: pods, weight });
const at = (weight: number, changed: Parameters<typeof state>[1] = {}): ReturnType<typeof state> =>
  state('Progressing', { traffic: split(weight), check: { no: 4, dueAt: t0 }, ...changed });
const id = (check: number, name: string): string => `run1/${revision('podinfo:2')}/${check}/${name}`;
const metric = (check: number): string => id(check, 'metric/0/request-success-rate');

describe('confirm-traffic-increase', () => {
  const more = 'confirm-traffic-increase/0/more';
  const canary = podinfo({ hooks: [hook('more', 'confirm-traffic-increase')] });
  const answers = { [metric(4)]: good };
  const shut = decideOn({ objects: running(5), canary, state: at(5), answers: { ...answers, [id(4, more)]: no } });

  test('is asked after the checks have passed', () => {
    expect(decideOn({ objects: running(5), canary, state: at(5) }).ask).toMatchObject([{ ask: 'metric' }]);
    const decision = decideOn({ objects: running(5), canary, state: at(5), answers });
    expect(decision.ask).toMatchObject([{ id: id(4, more), body: { phase: 'Progressing' } }]);
  });

  test('closed: no step, no failed check, and the weight stays', () => {
    expect(shut.state).toMatchObject({ phase: 'Progressing', traffic: split(5), failedChecks: 0, gate: 'more' });
    expect(shut.state.check).toEqual({ no: 5, dueAt: t0 + 10 * second });
    expect(shut.changes).toEqual([]);
    expect(lines(shut, canary)).toEqual(['Halt podinfo.test advancement waiting for traffic increase approval more']);
  });

  test('is told once as long as it stays closed, and every check is made meanwhile', () => {
    const again = { objects: running(5), canary, state: shut.state, now: t0 + 10 * second };
    expect(decideOn(again).ask).toMatchObject([{ id: metric(5) }]);
    const decision = decideOn({ ...again, answers: { [metric(5)]: good, [id(5, more)]: no } });
    expect(decision.events).toEqual([]);
    expect(decision.state.check.no).toBe(6);
  });

  test('a check that fails meanwhile counts; the gate is told again when it is met again', () => {
    const failed = decideOn({ objects: running(5), canary, state: shut.state, now: t0 + 10 * second, answers: { [metric(5)]: bad } });
    expect(failed.state.failedChecks).toBe(1);
    expect(failed.state).not.toHaveProperty('gate');
    const met = decideOn({
      objects: running(5),
      canary,
      state: failed.state,
      now: t0 + 20 * second,
      answers: { [metric(6)]: good, [id(6, more)]: no },
    });
    expect(met.events).toHaveLength(1);
  });

  test('open: the step, and the gate is forgotten', () => {
    const decision = decideOn({
      objects: running(5),
      canary,
      state: shut.state,
      now: t0 + 10 * second,
      answers: { [metric(5)]: good, [id(5, more)]: yes },
    });
    expect(weightAfter(running(5), decision.changes)).toBe(10);
    expect(decision.state).not.toHaveProperty('gate');
    expect(lines(decision, canary)).toEqual(['Confirm-traffic-increase check more passed']);
  });

  test('is asked before promotion too, as Flagger does', () => {
    const decision = decideOn({ objects: running(10), canary, state: at(10), answers });
    expect(decision.ask.map((question) => question.id)).toEqual([id(4, more)]);
  });

  test('before the first weight it waits too, and the pre-rollout hooks are called once', () => {
    const of = podinfo({ hooks: [hook('smoke', 'pre-rollout'), hook('more', 'confirm-traffic-increase')] });
    const first = { ...at(0), check: { no: 1, dueAt: t0 } };
    const objects = running(0);
    const smoke = decideOn({ objects, canary: of, state: first });
    expect(smoke.ask.map((question) => question.id)).toEqual([id(1, 'hook/0/smoke')]);
    const closed = decideOn({ objects, canary: of, state: first, answers: { [id(1, 'hook/0/smoke')]: yes, [id(1, more)]: no } });
    expect(closed.state).toMatchObject({ gate: 'more', traffic: split(0), passed: ['once/hook/0/smoke'] });
    const later = decideOn({ objects, canary: of, state: closed.state, now: t0 + 10 * second });
    expect(later.ask.map((question) => question.id)).toEqual([id(2, more)]);
  });

  test('is not asked in blue/green: no traffic is increased there', () => {
    const of: Canary = { ...canary, strategy: { kind: 'iterations', count: 3, by: 'all' } };
    const decision = decideOn({ objects: running(0), canary: of, state: { ...at(0), iterations: 1 }, answers });
    expect(decision.ask).toEqual([]);
    expect(decision.state.iterations).toBe(2);
  });
});

describe('confirm-promotion', () => {
  const gate = 'confirm-promotion/0/promote';
  const canary = podinfo({ hooks: [hook('promote', 'confirm-promotion')], threshold: 2 });
  const shut = decideOn({ objects: running(10), canary, state: at(10), answers: { [metric(4)]: good, [id(4, gate)]: no } });
  const later = { objects: running(10), canary, state: shut.state, now: t0 + 10 * second };

  test('is not asked before the last step', () => {
    const decision = decideOn({ objects: running(5), canary, state: at(5), answers: { [metric(4)]: good } });
    expect(decision.ask).toEqual([]);
    expect(decision.state.traffic).toEqual(split(10));
  });

  test('closed: WaitingPromotion, the weight stays', () => {
    expect(shut.state).toMatchObject({ phase: 'WaitingPromotion', since: t0, traffic: split(10), gate: 'promote', failedChecks: 0 });
    expect(shut.changes).toEqual([]);
    expect(lines(shut, canary)).toEqual(['Halt podinfo.test advancement waiting for promotion approval promote']);
  });

  test('while it is closed the checks go on, and it is asked with each of them', () => {
    expect(decideOn(later).ask.map((question) => question.id)).toEqual([metric(5)]);
    const asked = decideOn({ ...later, answers: { [metric(5)]: good } });
    expect(asked.ask).toMatchObject([{ id: id(5, gate), body: { phase: 'Progressing' } }]);
    const again = decideOn({ ...later, answers: { [metric(5)]: good, [id(5, gate)]: no } });
    expect(again.events).toEqual([]);
    expect(again.state).toMatchObject({ phase: 'WaitingPromotion', since: t0, check: { no: 6 } });
  });

  test('checks can fail the release there', () => {
    const once = decideOn({ ...later, answers: { [metric(5)]: bad } });
    expect(once.state).toMatchObject({ phase: 'WaitingPromotion', failedChecks: 1, traffic: split(10) });
    const twice = decideOn({ ...later, state: once.state, now: t0 + 20 * second, answers: { [metric(6)]: bad } });
    expect(twice.state.home?.by).toBe('checks');
    expect(weightAfter(running(10), twice.changes)).toBe(0);
  });

  test('open: the copy, in the same pass', () => {
    const decision = decideOn({ ...later, answers: { [metric(5)]: good, [id(5, gate)]: yes } });
    expect(decision.state.phase).toBe('Promoting');
    expect(decision.state).not.toHaveProperty('gate');
    expect(touched(decision)).toEqual(['merge Deployment/podinfo-primary']);
  });

  test('of two, the one that was passed is not asked again while the other is closed', () => {
    const two = podinfo({ hooks: [hook('promote', 'confirm-promotion'), hook('also', 'confirm-promotion')] });
    const also = 'confirm-promotion/1/also';
    const answers = { [metric(4)]: good, [id(4, gate)]: yes, [id(4, also)]: no };
    const closed = decideOn({ objects: running(10), canary: two, state: at(10), answers });
    expect(closed.state).toMatchObject({ gate: 'also', passed: [`once/${gate}`] });
    const next = decideOn({
      objects: running(10),
      canary: two,
      state: closed.state,
      now: t0 + 10 * second,
      answers: { [metric(5)]: good },
    });
    expect(next.ask.map((question) => question.id)).toEqual([id(5, also)]);
  });

  test('more traffic is not asked for any more', () => {
    const both = { ...canary, hooks: [...canary.hooks, hook('more', 'confirm-traffic-increase')] };
    const asked = decideOn({ ...later, canary: both, answers: { [metric(5)]: good } });
    expect(asked.ask.map((question) => question.id)).toEqual([id(5, gate)]);
  });

  test('a newer revision there begins a new analysis, with no gate closed', () => {
    const objects = running(10, 'podinfo:3');
    const decision = decideOn({ ...later, objects });
    expect(decision.state).toMatchObject({ phase: 'Progressing', revision: revision('podinfo:3'), passed: [], check: { no: 0 } });
    expect(decision.state).not.toHaveProperty('gate');
    expect(weightAfter(objects, decision.changes)).toBe(0);
  });

  test('a stop there parks, and the step stays', () => {
    const stop = [{ id: 's', verb: 'stop', by: 'SIGINT' }] as const;
    const parked = decideOn({ ...later, objects: running(0), intents: stop });
    expect(parked.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'primary' });
    expect(parked.state).toMatchObject({ phase: 'WaitingPromotion', traffic: split(10) });
  });
});

test.each([
  ['weights', podinfo()],
  ['A/B', podinfo({ strategy: { kind: 'iterations', count: 2, by: 'match' }, match: [{ headers: { 'x-canary': { exact: 'insider' } } }] })],
  ['blue/green', podinfo({ strategy: { kind: 'iterations', count: 2, by: 'all' } })],
  ['blue/green on kubernetes', podinfo({ strategy: { kind: 'iterations', count: 2, by: 'all' }, provider: 'kubernetes' })],
])('%s behind gates that open late ends promoted, and each was passed', (_, plain) => {
  const canary = {
    ...plain,
    hooks: [hook('more', 'confirm-traffic-increase'), hook('promote', 'confirm-promotion'), hook('undo', 'rollback')],
  };
  const polls = new Map<string, number>();
  const world = worldOf(canary, {
    changed: {
      answer: (question) => {
        if (question.ask !== 'hook' || !question.hook.type.startsWith('confirm-')) return wellAnswered(question);
        const count = 1 + (polls.get(question.hook.name) ?? 0);
        polls.set(question.hook.name, count);
        return count < 3 ? no : yes;
      },
    },
  });
  const released = release(world);
  expect(released).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
  expect(polls.get('promote')).toBe(3);
  expect(released.lines.filter((line) => line.includes('promotion approval'))).toHaveLength(1);
  expect(world.state.failedChecks).toBe(0);
});
