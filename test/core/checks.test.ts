// One check: what is asked, in which order, and what the answers come to. Only a finite value within its bounds, or a hook's yes, passes.
import { describe, expect, test } from '@jest/globals';
import type { Answer, Canary } from '../../src/contracts.ts';
import { judge } from '../../src/core/checks.ts';
import { nextCheck, passOf, unsettled, waitingFor, type Pass } from '../../src/core/pass.ts';
import { questions } from '../../src/core/questions.ts';
import { say } from '../../src/core/wording.ts';
import type { State } from '../../src/core/types.ts';
import type { Hook, Metric } from '../../src/spec/types.ts';
import { foundOf } from '../support/found.ts';
import { kit, nothingKept, podinfo, split, state, successRate, t0 } from './support.ts';

function hook(name: string, type: Hook['type'], metadata: Hook['metadata'] = {}): Hook {
  return {
    name,
    type,
    url: `http://${name}`,
    timeout: 10_000,
    retries: 0,
    insecure: false,
    muteAlert: false,
    metadata,
    where: 'canary.yaml:1:1',
  };
}

const source = { kind: 'builtin' } as const;
const duration: Metric = { name: 'request-duration', source, max: 500, interval: '1m', where: 'canary.yaml:2:2' };
const canary = podinfo({
  hooks: [hook('smoke', 'pre-rollout'), hook('load', 'rollout'), hook('accept', 'pre-rollout')],
  metrics: [successRate, duration],
});

function pass(answers: Readonly<Record<string, Answer>> = {}, changed: Parameters<typeof state>[1] = {}, of: Canary = canary): Pass {
  const record: State = state('Progressing', { revision: 'rev', check: { no: 3, dueAt: t0 }, traffic: split(5), ...changed });
  const seen = { now: t0, nonce: 'n', driver: 'me', found: foundOf([]), kept: nothingKept, intents: [] };
  return passOf(kit(of), record, { ...seen, answers: new Map(Object.entries(answers)) });
}

function judged(answers: Readonly<Record<string, Answer>>, changed: Parameters<typeof state>[1] = {}): ReturnType<typeof judge> {
  const here = pass(answers, changed);
  return judge(here, questions(here));
}

const ids = {
  load: 'run1/rev/3/hook/0/load',
  rate: 'run1/rev/3/metric/0/request-success-rate',
  duration: 'run1/rev/3/metric/1/request-duration',
};
const ok: Answer = { is: 'ok' };
const allGood = { [ids.load]: ok, [ids.rate]: { is: 'value', value: 99 }, [ids.duration]: { is: 'value', value: 500 } } as const;

describe('what is asked', () => {
  test('before the first weight: the pre-rollout hooks only', () => {
    const asked = questions(pass({}, { traffic: split(0) }));
    expect(asked.map(({ id }) => id)).toEqual(['run1/rev/3/hook/0/smoke', 'run1/rev/3/hook/1/accept']);
  });

  test("later: the rollout hooks, then the metrics, in the file's order", () => {
    expect(questions(pass()).map(({ id }) => id)).toEqual([ids.load, ids.rate, ids.duration]);
  });

  test('in blue/green the first iteration is what the first weight is elsewhere', () => {
    expect(questions(pass({}, { traffic: split(0), iterations: 1 })).map(({ id }) => id)).toEqual([ids.load, ids.rate, ids.duration]);
  });

  test('a hook is told canary, phase, revision, and its metadata where it has some', () => {
    const [bare] = questions(pass());
    expect(bare).toMatchObject({ body: { name: 'podinfo', namespace: 'test', phase: 'Progressing', checksum: 'rev' } });
    expect(bare).not.toHaveProperty('body.metadata');
    const [full] = questions(pass({}, {}, podinfo({ hooks: [hook('load', 'rollout', { cmd: 'hey' })] })));
    expect(full).toMatchObject({ body: { metadata: { cmd: 'hey' } } });
  });

  test('two metrics of one name are two questions', () => {
    const asked = questions(pass({}, {}, podinfo({ metrics: [successRate, successRate] })));
    expect(new Set(asked.map(({ id }) => id)).size).toBe(2);
  });
});

describe('one question after the other', () => {
  test('the first that has no answer is open', () => {
    expect(judged({}).open?.id).toBe(ids.load);
    expect(judged({ [ids.load]: ok }).open?.id).toBe(ids.rate);
    expect(judged({ [ids.load]: ok, [ids.rate]: { is: 'value', value: 99 } }).open?.id).toBe(ids.duration);
  });

  test('the first failure ends the check: what comes later is neither asked nor judged', () => {
    const { failure, open, events } = judged({ ...allGood, [ids.load]: { is: 'refused', why: 'no' } });
    expect(failure).toEqual({ name: 'load', why: 'no' });
    expect(open).toBeUndefined();
    expect(events).toHaveLength(1);
  });

  test('all good: nothing is open, nothing failed, nothing is said', () => {
    expect(judged(allGood)).toMatchObject({ events: [] });
    expect(judged(allGood)).not.toHaveProperty('failure');
    expect(judged(allGood)).not.toHaveProperty('open');
  });

  test("another check's answer counts for nothing", () => {
    expect(judged({ [ids.load.replace('/3/', '/2/')]: ok }).open?.id).toBe(ids.load);
  });
});

describe('bounds are inclusive', () => {
  test.each([
    [{ min: 99 }, 99, true],
    [{ min: 99 }, 98.999, false],
    [{ max: 500 }, 500, true],
    [{ max: 500 }, 500.001, false],
    [{ min: 1, max: 2 }, 1.5, true],
    [{ min: 1, max: 2 }, 0.5, false],
    [{ min: 1, max: 2 }, 2.5, false],
  ])('%j, %d passes: %s', (bounds, value, passes) => {
    const metric = { name: 'request-success-rate', source, interval: '1m', where: 'x', ...bounds };
    const here = pass({ [ids.rate]: { is: 'value', value } }, {}, podinfo({ metrics: [metric] }));
    expect(judge(here, questions(here)).failure === undefined).toBe(passes);
  });
});

describe('no data is not good data', () => {
  test.each<[string, Answer]>([
    ['NaN', { is: 'value', value: NaN }],
    ['+Inf', { is: 'value', value: Infinity }],
    ['-Inf', { is: 'value', value: -Infinity }],
    ['no values', { is: 'no-values', why: 'no values found' }],
    ['no answer of the server', { is: 'error', why: 'ECONNREFUSED' }],
    ['a refusal', { is: 'refused', why: 'no' }],
  ])('%s fails, whatever the bounds', (_, answer) => {
    for (const bounds of [{ min: 0 }, { max: 1e9 }]) {
      const metric = { name: 'request-success-rate', source, interval: '1m', where: 'x', ...bounds };
      const here = pass({ [ids.rate]: answer }, {}, podinfo({ metrics: [metric] }));
      expect(judge(here, questions(here)).failure?.name).toBe('request-success-rate');
    }
  });

  test('a hook that could not be reached fails like one that said no', () => {
    expect(judged({ [ids.load]: { is: 'error', why: 'timeout' } }).failure).toEqual({ name: 'load', why: 'timeout' });
  });
});

describe('a hook is a deed: once it said yes it is not called again', () => {
  test('a rollout hook in this check, also by a run that knows no answer any more', () => {
    const { state: after } = judged({ [ids.load]: ok });
    expect(after.passed).toEqual([ids.load]);
    expect(judged({}, { passed: after.passed }).open?.id).toBe(ids.rate);
  });

  test('a pre-rollout hook in the whole analysis', () => {
    const before = { traffic: split(0) };
    const { state: after, events } = judged({ 'run1/rev/3/hook/0/smoke': ok }, before);
    expect(after.passed).toEqual(['once/hook/0/smoke']);
    expect(events.map((event) => say(event, canary).text)).toEqual(['Pre-rollout check smoke passed']);
    const later = judged({}, { ...before, check: { no: 9, dueAt: t0 }, passed: after.passed });
    expect(later.open?.id).toBe('run1/rev/9/hook/1/accept');
  });

  test('one that failed is asked again in the next check', () => {
    const { state: after } = judged({ [ids.load]: { is: 'refused', why: 'no' } });
    expect(after.passed).toEqual([]);
    expect(judged({}, { check: { no: 4, dueAt: t0 } }).open?.id).toBe('run1/rev/4/hook/0/load');
  });

  test('the next check forgets what this one was told, but for the pre-rollout hooks', () => {
    const next = nextCheck(state('Progressing', { check: { no: 3, dueAt: t0 }, passed: ['once/hook/0/smoke', ids.load] }));
    expect(next.passed).toEqual(['once/hook/0/smoke']);
    expect(next.check.no).toBe(4);
  });
});

describe('answers prove nothing about what came after them', () => {
  const before = state('Progressing', { check: { no: 3, dueAt: t0 }, passed: ['once/hook/0/smoke', ids.load] });

  test('a route that was read back and is off now makes the check a new one', () => {
    const off = unsettled(before);
    expect(off).toMatchObject({ check: { no: 4, dueAt: t0 }, passed: ['once/hook/0/smoke'] });
    expect(off).not.toHaveProperty('at');
  });

  test('but a route that was not read back yet does not: it counts once, not with every look', () => {
    const off = unsettled(before);
    expect(unsettled(off)).toBe(off);
  });

  test('so does a wait that begins, and not the wait that goes on', () => {
    const waits = waitingFor(pass({}, { passed: before.passed }), 'canary');
    expect(waits).toMatchObject({ check: { no: 4 }, passed: ['once/hook/0/smoke'], waiting: { side: 'canary', since: t0 } });
    expect(waitingFor(pass({}, waits), 'canary').check.no).toBe(4);
    expect(waitingFor(pass({}, waits), 'primary')).toMatchObject({ check: { no: 4 }, waiting: { side: 'primary', since: t0 } });
  });

  test('before the first check there is nothing to make void', () => {
    expect(waitingFor(pass({}, { check: { no: 0, dueAt: t0 } }), 'canary').check.no).toBe(0);
  });
});
