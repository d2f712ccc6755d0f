// Runs that are wrong, each in one way, and what the checker must say of them. Data for checker.test.ts.
import type { InvariantId, Setup } from './setup.ts';
import { blueGreen, bootstrap, promotion, rollback } from './stories.ts';
import * as story from './story.ts';
import {
  after,
  deployment,
  hook,
  instead,
  look,
  metric,
  named,
  pass,
  put,
  service,
  stateRecord,
  until,
  virtualService,
  type Step,
} from './story.ts';

const bySelector: Partial<Setup> = { provider: 'kubernetes', steps: [], iterations: 2 };

export interface Wrong {
  readonly id: InvariantId;
  readonly why: string;
  readonly steps: readonly Step[];
  readonly setup?: Partial<Setup>;
}

const nobodyReady = named('nobody ready', story.becomeReady(0, 2));
const scaledAway = deployment('podinfo', 'app:2', 0, 1);
const recreated = (image: string): object => {
  const made = deployment('podinfo-primary', image, 2, 1) as { spec: object };
  return { ...made, spec: { ...made.spec, strategy: { type: 'Recreate' } } };
};
const next = (phase: string, state: object): Step => put('A', 'record', stateRecord(phase, { ...state }));
const takeover: readonly Step[] = [
  ...until(promotion, 'weight 10'),
  put('B', 'record', stateRecord('Progressing', { epoch: 2, driver: 'B', traffic: { canary: 10 }, check: { no: 1 } })),
  put('B', 'route', virtualService(10, 90, 2)),
];
const stampedAll: readonly Step[] = [
  ...takeover,
  put('B', 'target', deployment('podinfo', 'app:2', 2, 2)),
  put('B', 'primary', deployment('podinfo-primary', 'app:1', 2, 2)),
];
export const remove = (body: unknown): Step => ({
  name: 'remove',
  run: (told) => story.add(told, { actor: 'A', verb: 'DELETE', path: story.PATHS.route, body }),
});
export const change = (verb: 'PUT' | 'PATCH', body: unknown): Step =>
  put('A', 'route', virtualService(10), { verb, body, rvSent: undefined });

export const WRONGS: readonly Wrong[] = [
  { id: 'I1', why: 'sent to the primary', steps: instead(bootstrap, 'primary ready', nobodyReady) },
  { id: 'I1', why: 'sent to the canary', steps: instead(promotion, 'canary ready') },
  { id: 'I1', why: 'scaled to 0 or deleted while traffic', steps: after(promotion, 'weight 20', put('A', 'target', scaledAway)) },
  {
    id: 'I1',
    why: 'replaced all at once',
    steps: instead(promotion, 'copy', put('A', 'primary', recreated('app:1')), put('A', 'primary', recreated('app:2'))),
  },
  {
    id: 'I1',
    why: 'traffic stayed on the canary',
    steps: after(promotion, 'weight 20', story.becomeReady(2, 0), look('A'), pass(16_000), look('A')),
  },
  {
    id: 'I2',
    why: 'the target never had',
    steps: instead(promotion, 'copy', put('A', 'primary', deployment('podinfo-primary', 'app:3', 2, 1))),
  },
  {
    id: 'I2',
    why: 'not analysed',
    steps: after(
      promotion,
      'promoting',
      put('user', 'target', deployment('podinfo', 'app:3', 2, 1)),
      put('A', 'primary', deployment('podinfo-primary', 'app:3', 2, 1)),
    ),
  },
  { id: 'I2', why: 'before weight 20 no good answer of request-success-rate', steps: instead(promotion, 'metric at 10') },
  { id: 'I2', why: 'before the promotion no good answer of load', steps: instead(promotion, 'hook at 20', hook(500)) },
  { id: 'I2', why: 'never live at weight 10', steps: instead(promotion, 'weight 10') },
  { id: 'I2', why: 'after 1 iterations only', steps: instead(blueGreen, 'iteration 2'), setup: bySelector },
  { id: 'I3', why: 'scaled to 0 before its weight', steps: after(rollback, 'home', put('A', 'target', scaledAway)) },
  { id: 'I3', why: 'to the side that goes away', steps: after(rollback, 'home', put('A', 'route', virtualService(30))) },
  {
    id: 'I3',
    why: 'primary was scaled to 0',
    steps: after(rollback, 'home', put('A', 'primary', deployment('podinfo-primary', 'app:1', 0, 1))),
  },
  {
    id: 'I3',
    why: 'which has no ready pod',
    steps: [
      ...until(promotion, 'copy'),
      next('Promoting', { home: { by: 'deadline' } }),
      nobodyReady,
      put('A', 'route', virtualService(0)),
    ],
  },
  { id: 'I3', why: 'with traffic on the canary', steps: instead(rollback, 'weight 0'), setup: { exit: 10 } },
  { id: 'I3', why: 'still scaled up', steps: instead(rollback, 'canary to 0'), setup: { exit: 10 } },
  { id: 'I4', why: 'does not run what the target says', steps: rollback, setup: { exit: 0 } },
  { id: 'I4', why: 'record says Finalising', steps: instead(promotion, 'succeeded'), setup: { exit: 0 } },
  { id: 'I4', why: 'record says Succeeded', steps: promotion, setup: { exit: 10 } },
  { id: 'I4', why: 'podinfo was written', steps: promotion, setup: { exit: 6 } },
  { id: 'I4', why: 'still has 20 %', steps: until(promotion, 'weight 20'), setup: { exit: 130 } },
  { id: 'I4', why: 'no such exit code', steps: promotion, setup: { exit: 99 } },
  { id: 'I4', why: 'runs what was rolled back', steps: [...promotion, next('Failed', {})], setup: { exit: 10 } },
  { id: 'I5', why: 'weight 20 without a good answer of request-success-rate', steps: instead(promotion, 'metric at 10', metric('NaN')) },
  { id: 'I5', why: 'of request-success-rate', steps: instead(promotion, 'metric at 10', metric('99.9', { status: 500 })) },
  {
    id: 'I5',
    why: 'of request-success-rate',
    steps: instead(promotion, 'metric at 10', metric('99.9', { reply: '{"status":"success","data":{"resultType":"vector","result":[]}}' })),
  },
  { id: 'I5', why: 'of request-success-rate', steps: instead(promotion, 'metric at 10', metric('42')) },
  { id: 'I5', why: 'of load', steps: instead(promotion, 'hook at 10', hook(0)) },
  { id: 'I5', why: 'the promotion without', steps: instead(instead(promotion, 'metric at 20'), 'hook at 20') },
  { id: 'I5', why: 'iteration 2 without', steps: instead(blueGreen, 'metric in 1'), setup: bySelector },
  { id: 'I5', why: 'weight 20 without', steps: instead(promotion, 'metric at 10', metric('99.9', { sentAt: 0 })) },
  { id: 'I6', why: 'with epoch 1 after epoch 2', steps: [...takeover, put('A', 'route', virtualService(20))] },
  {
    id: 'I6',
    why: 'A wrote configmaps',
    steps: [
      ...stampedAll,
      { name: 'kept', run: (told) => story.add(told, { actor: 'A', verb: 'PUT', path: `${story.PATHS.record}-kept` }, {}) },
    ],
  },
  {
    id: 'I6',
    why: 'with epoch 1 after epoch 2',
    steps: [
      ...until(promotion, 'weight 10'),
      ...[1, 2].map((no) => put('B', 'record', stateRecord('Progressing', { epoch: 2, driver: 'B', check: { no } }))),
      put('A', 'route', virtualService(20)),
    ],
  },
  { id: 'I6', why: 'lowered the record', steps: [...takeover, next('Progressing', {})] },
  {
    id: 'I6',
    why: 'without a new epoch',
    steps: [...until(promotion, 'weight 10'), put('B', 'record', stateRecord('Progressing', { driver: 'B' }))],
  },
  { id: 'I7', why: 'do not add up', steps: instead(promotion, 'weight 10', put('A', 'route', virtualService(10, 100))) },
  { id: 'I7', why: 'not whole numbers', steps: instead(promotion, 'weight 10', put('A', 'route', virtualService(10.5, 89.5))) },
  { id: 'I7', why: 'not whole numbers', steps: instead(promotion, 'weight 10', put('A', 'route', virtualService(-10, 110))) },
  {
    id: 'I10',
    why: 'had nothing to do and sent PATCH',
    steps: [...promotion, put('B', 'apex', service('podinfo-primary'), { status: 409 })],
    setup: { idle: ['B'] },
  },
  { id: 'I11', why: 'from Initialized to Promoting', steps: instead(promotion, 'progressing', next('Promoting', {})) },
  { id: 'I11', why: 'first record says Promoting', steps: instead(bootstrap, 'record begins', next('Promoting', {})) },
  { id: 'I11', why: 'cannot be read', steps: instead(bootstrap, 'initialized', put('A', 'record', { data: { state: '{' } })) },
  { id: 'I11', why: 'a step skipped', steps: instead(promotion, 'step 0') },
  { id: 'I11', why: 'an iteration skipped', steps: instead(blueGreen, 'iteration 1'), setup: bySelector },
  { id: 'I11', why: 'failedChecks went from 0 to 2', steps: after(promotion, 'step 0', next('Progressing', { failedChecks: 2 })) },
  {
    id: 'I11',
    why: 'counted twice',
    steps: after(promotion, 'step 0', ...[1, 2].map((failedChecks) => next('Progressing', { failedChecks, check: { no: 1 } }))),
  },
  { id: 'I11', why: '2 checks failed', steps: rollback, setup: { failedChecks: 2 } },
  {
    id: 'I11',
    why: 'asked twice: load',
    steps: after(promotion, 'hook at 10', next('Progressing', { check: { no: 1 }, passed: ['r1/v/1/hook/0/load'] }), hook()),
  },
  { id: 'I11', why: 'the route gives the canary 10 %, the record says 0 %', steps: instead(promotion, 'step 0') },
  { id: 'I11', why: 'template while the record says Progressing', steps: instead(promotion, 'promoting') },
  { id: 'I11', why: 'the way back was forgotten', steps: after(rollback, 'home', next('Progressing', { check: { no: 3 } })) },
  { id: 'I11', why: 'from Promoting to Progressing', steps: after(promotion, 'copy', next('Progressing', { run: 'r2' })) },
  { id: 'I12', why: 'unconditional PUT', steps: instead(promotion, 'weight 10', change('PUT', { metadata: { name: 'podinfo' } })) },
  {
    id: 'I12',
    why: 'unconditional PATCH',
    steps: instead(promotion, 'weight 10', change('PATCH', [{ op: 'replace', path: '/spec', value: {} }])),
  },
  { id: 'I12', why: 'unconditional DELETE', steps: [...promotion, remove({})] },
  {
    id: 'I12',
    why: 'unconditional POST',
    steps: [
      ...promotion,
      {
        name: 'make',
        run: (told) =>
          story.add(told, {
            actor: 'A',
            verb: 'POST',
            path: '/api/v1/namespaces/test/configmaps',
            body: { metadata: { generateName: 'x-' } },
          }),
      },
    ],
  },
  { id: 'I13', why: 'after its last traffic', steps: instead(promotion, 'drain') },
  { id: 'I13', why: 'after its last traffic', steps: instead(bootstrap, 'bootstrap drain', pass(2000)) },
  { id: 'I13', why: 'under traffic', steps: instead(rollback, 'weight 0') },
];
