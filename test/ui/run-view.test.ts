// What the live screen is told: the state of a run and a look at the cluster as one value.
import { describe, expect, test } from '@jest/globals';
import type { Answer, Canary, Obj } from '../../src/contracts.ts';
import type { State } from '../../src/core/types.ts';
import { kitOf } from '../../src/kit.ts';
import { runViewOf, type RunView } from '../../src/runner/view.ts';
import { createTrail } from '../../src/ui/trail.ts';
import { digest, foundOf } from '../support/found.ts';
import { one } from './lines.ts';
import { viewAt } from './run-views.ts';

const now = 1_000_000;
const state: State = {
  schema: 1,
  canary: 'podinfo',
  epoch: 1,
  driver: 'd',
  host: 'ana@laptop',
  run: 'r',
  phase: 'Progressing',
  since: now - 5000,
  traffic: { kind: 'split', canary: 25 },
  at: now - 1000,
  check: { no: 3, dueAt: now + 9000 },
  failedChecks: 1,
  iterations: 0,
  passed: [],
  revision: 'new',
  promoted: 'old',
  heard: [],
  owed: [],
};

function deployment(name: string, replicas: number, available: number): Obj {
  const spec = { replicas, selector: { matchLabels: { app: name } }, template: {} };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'test' },
    spec,
    status: { availableReplicas: available },
  };
}

function viewOf(more: Partial<State> = {}, canary: Canary = one, answers: [string, Answer][] = []): RunView {
  const kit = kitOf(canary, { noRetry: false, drain: 0, onInterrupt: 'park', cluster: '' }, digest);
  const found = foundOf([deployment('podinfo-primary', 3, 3), deployment('podinfo', 2, 1)]);
  return runViewOf({ kit, state: { ...state, ...more }, found, made: [], answers: new Map(answers), now, driverStart: now - 60_000 });
}

describe('a view', () => {
  test('is the state, the pods and the limits', () => {
    expect(viewOf()).toEqual({
      canary: one,
      phase: 'Progressing',
      traffic: { kind: 'split', canary: 25 },
      step: 1,
      steps: 2,
      failedChecks: 1,
      threshold: 2,
      iterations: 0,
      dueAt: now + 9000,
      now,
      pods: { primary: { ready: 3, wanted: 3 }, canary: { ready: 1, wanted: 2 } },
      metrics: [{ name: 'request-success-rate', unit: '%', min: 99 }],
      since: now - 5000,
      driverStart: now - 60_000,
    });
  });

  test.each<[string, Answer, object]>([
    ['a value within', { is: 'value', value: 99 }, { value: 99, ok: true }],
    ['a value below', { is: 'value', value: 98.9 }, { value: 98.9, ok: false }],
    ['no number', { is: 'value', value: NaN }, { value: NaN, ok: false }],
    ['no values', { is: 'no-values', why: 'x' }, { ok: false }],
    ['an error', { is: 'error', why: 'x' }, { ok: false }],
  ])('shows what was answered: %s', (_, answer, shown) => {
    const [metric] = viewOf({}, one, [['r/new/3/metric/0/request-success-rate', answer]]).metrics;
    expect(metric).toEqual({ name: 'request-success-rate', unit: '%', min: 99, check: 3, ...shown });
  });

  test('shows the latest answer of this analysis, also of a check that has just ended', () => {
    const value = (each: number): Answer => ({ is: 'value', value: each });
    const answers: [string, Answer][] = [
      ['r/new/10/metric/0/request-success-rate', value(99.5)],
      ['r/new/9/metric/0/request-success-rate', value(99.1)],
      ['r/old/11/metric/0/request-success-rate', value(1)],
      ['r/new/11/metric/1/request-success-rate', value(2)],
      ['r/new/11/hook/0/request-success-rate', { is: 'ok' }],
    ];
    expect(viewOf({ check: { no: 11, dueAt: now } }, one, answers).metrics[0]).toMatchObject({ value: 99.5, ok: true, check: 10 });
  });

  test.each<[string, Partial<State>]>([
    ['while pods are waited for', { waiting: { side: 'canary', since: now } }],
    ['on the way back', { home: { by: 'checks', failed: 2, metric: 'm', why: 'low' } }],
    ['in promotion', { phase: 'Promoting' }],
  ])('tells of no next check %s', (_, more) => {
    expect(viewOf(more)).not.toHaveProperty('dueAt');
  });

  test('tells of no next check before the traffic was read back', () => {
    const { at: _, ...unsettled } = state;
    expect(viewOf()).toHaveProperty('dueAt');
    const kit = kitOf(one, { noRetry: false, drain: 0, onInterrupt: 'park', cluster: '' }, digest);
    const view = runViewOf({ kit, state: unsettled, found: foundOf([]), made: [], answers: new Map(), now, driverStart: now });
    expect(view).not.toHaveProperty('dueAt');
  });

  test('names the gate, the side that is waited for, and why it goes back', () => {
    const home = { by: 'checks', failed: 2, metric: 'request-success-rate', why: 'success rate 5.00% < 99%' } as const;
    expect(viewOf({ gate: 'qa', waiting: { side: 'primary', since: now }, home })).toMatchObject({
      gate: 'qa',
      waiting: 'primary',
      home: '2 failed checks, the last: request-success-rate (success rate 5.00% < 99%)',
    });
  });

  test.each<[string, Canary['strategy'], Partial<State>, [number, number]]>([
    ['before the first weight', one.strategy, { traffic: { kind: 'split', canary: 0 } }, [0, 2]],
    ['mirrored', one.strategy, { traffic: { kind: 'mirror', percent: 20 } }, [0, 2]],
    ['at the last weight', one.strategy, { traffic: { kind: 'split', canary: 50 } }, [2, 2]],
    ['on the way back to the primary', one.strategy, { phase: 'Finalising', traffic: { kind: 'split', canary: 0 } }, [2, 2]],
    ['at its end', one.strategy, { phase: 'Succeeded' }, [0, 2]],
    ['an A/B test', { kind: 'iterations', count: 5, by: 'match' }, { traffic: { kind: 'match' }, iterations: 3 }, [3, 5]],
    ['without analysis', { kind: 'skip' }, {}, [0, 0]],
  ])('counts steps: %s', (_, strategy, more, [step, steps]) => {
    const view = viewOf(more, { ...one, strategy });
    expect([view.step, view.steps]).toEqual([step, steps]);
  });
});

describe('the trail of checks', () => {
  const of = (...views: RunView[]): readonly object[] => {
    const trail = createTrail();
    for (const view of views) trail.add(view);
    return trail.of(0);
  };
  const silent = viewAt(2, { metrics: [{ name: 'request-success-rate', unit: '%' }] });

  test('keeps what a check said after its answers are forgotten, and each check once', () => {
    expect(of(viewAt(1), viewAt(1), silent)).toEqual([{ value: 99.98, ok: true }]);
  });

  test('keeps twelve checks', () => {
    const views = Array.from({ length: 20 }, (_, no) =>
      viewAt(no + 1, { metrics: [{ name: 'm', unit: '', value: no + 1, ok: true, check: no + 1 }] }),
    );
    expect(of(...views)).toEqual(Array.from({ length: 12 }, (_, no) => ({ value: no + 9, ok: true })));
  });

  test('an analysis that began anew counts anew', () => {
    expect(of(viewAt(1), viewAt(2), viewAt(1, { metrics: [{ name: 'm', unit: '', ok: false, check: 1 }] }))).toEqual([{ ok: false }]);
  });
});
