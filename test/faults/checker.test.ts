// The checker finds nothing in runs that are as they should be, and the named wrong in each run that is not.
import { describe, expect, test } from '@jest/globals';
import { INVARIANTS, check } from './checker.ts';
import type { Setup } from './setup.ts';
import { blueGreen, bootstrap, promotion, rollback } from './stories.ts';
import {
  after,
  becomeReady,
  deployment,
  hook,
  instead,
  look,
  metric,
  pass,
  put,
  SETUP,
  stateRecord,
  tell,
  until,
  virtualService,
  type Step,
} from './story.ts';
import { change, remove, WRONGS as SPLIT_WRONGS } from './wrongs.ts';
import { STRATEGY_RIGHTS, STRATEGY_WRONGS } from './wrongs-strategies.ts';

const WRONGS = [...SPLIT_WRONGS, ...STRATEGY_WRONGS];

const bySelector: Setup = { ...SETUP, provider: 'kubernetes', steps: [], iterations: 2 };

describe('a run that is as it should be', () => {
  const parked = [...until(promotion, 'weight 10'), put('A', 'route', virtualService(0)), put('A', 'route', virtualService(10))];
  const resumed = [...parked, ...promotion.slice(promotion.findIndex(({ name }) => name === 'hook at 10'))];
  const takenOver: Step[] = [
    ...until(promotion, 'weight 20'),
    put('B', 'record', stateRecord('Progressing', { epoch: 2, driver: 'B', traffic: { canary: 20 }, check: { no: 2 } })),
    put('B', 'route', virtualService(20, 80, 2)),
    put('B', 'target', deployment('podinfo', 'app:2', 2, 2)),
    put('B', 'primary', deployment('podinfo-primary', 'app:1', 2, 2)),
    put('A', 'route', virtualService(20), { status: 409 }),
    put('B', 'route', virtualService(0, 100, 2)),
  ];
  const cases: readonly { name: string; steps: readonly Step[]; setup: Partial<Setup> }[] = [
    { name: 'bootstrap', steps: bootstrap, setup: { exit: 0 } },
    { name: 'promotion', steps: promotion, setup: { exit: 0, failedChecks: 0 } },
    { name: 'rollback', steps: rollback, setup: { exit: 10, failedChecks: 1 } },
    { name: 'blue/green', steps: blueGreen, setup: { ...bySelector, exit: 0 } },
    { name: 'parked and resumed', steps: resumed, setup: { exit: 0 } },
    { name: 'parked', steps: [...until(promotion, 'weight 10'), put('A', 'route', virtualService(0))], setup: { exit: 130 } },
    { name: 'killed', steps: until(promotion, 'copy'), setup: {} },
    { name: 'taken over', steps: takenOver, setup: {} },
    {
      name: 'a failed check, then a good one',
      steps: instead(promotion, 'metric at 10', metric('3'), hook(), metric('99.9')),
      setup: { exit: 0 },
    },
    {
      name: 'a primary that fails in promotion, and all traffic on the canary meanwhile',
      steps: [
        ...until(promotion, 'copy'),
        becomeReady(0, 2),
        put('A', 'route', virtualService(100)),
        pass(16_000),
        look('A'),
        put('A', 'record', stateRecord('Promoting', { home: { by: 'deadline' }, check: { no: 3 } })),
        put('A', 'primary', deployment('podinfo-primary', 'app:1', 2, 1)),
        becomeReady(2, 2),
        put('A', 'route', virtualService(0)),
      ],
      setup: {},
    },
    {
      name: 'an analysis that begins again because what it was about is gone before the copy',
      steps: [
        ...until(promotion, 'promoting'),
        put('user', 'target', deployment('podinfo', 'app:3', 2, 1)),
        put('A', 'record', stateRecord('Progressing', { run: 'r2' })),
      ],
      setup: {},
    },
    {
      name: 'a push between the last check and the copy of what was checked',
      steps: after(promotion, 'promoting', put('user', 'target', deployment('podinfo', 'app:3', 2, 1))),
      setup: {},
    },
    { name: 'two idle runs', steps: [...promotion, look('B'), look('C')], setup: { idle: ['B', 'C'], exit: 0 } },
    {
      name: 'back to a template that the primary had',
      steps: [
        ...until(promotion, 'copy'),
        put('A', 'record', stateRecord('Promoting', { home: { by: 'deadline' }, check: { no: 3 } })),
        put('A', 'primary', deployment('podinfo-primary', 'app:1', 2, 1)),
      ],
      setup: {},
    },
  ];
  test.each([...cases, ...STRATEGY_RIGHTS])('breaks nothing: $name', ({ steps, setup }) => {
    expect(check({ log: tell(steps), setup: { ...SETUP, ...setup } })).toEqual([]);
  });
});

describe('a run that is wrong', () => {
  test.each(WRONGS)('$id: $why', ({ id, why, steps, setup }) => {
    const found = check({ log: tell(steps), setup: { ...SETUP, ...setup } }, [id]);
    expect(found.map((violation) => violation.why)).toContainEqual(expect.stringContaining(why));
    expect(new Set(found.map(({ invariant }) => invariant))).toEqual(new Set([id]));
  });

  test.each(Object.keys(INVARIANTS))('%s has a wrong of its own', (id) => {
    expect(WRONGS.map((wrong) => wrong.id)).toContain(id);
  });
});

describe('what is conditional', () => {
  test('a JSON patch with a test, a DELETE with a uid', () => {
    const steps = [
      ...promotion,
      change('PATCH', [{ op: 'test', path: '/metadata/resourceVersion', value: '7' }]),
      remove({ preconditions: { uid: 'u' } }),
    ];
    expect(check({ log: tell(steps), setup: SETUP }, ['I12'])).toEqual([]);
  });
});
