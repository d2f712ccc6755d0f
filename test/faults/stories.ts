// Three runs as they should be, step by step: a promotion and a rollback by route weights, and blue/green by the apex Service. Data.
import {
  becomeReady,
  deployment,
  hook,
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

const drain = pass(10_000);

export const bootstrap: readonly Step[] = [
  put('user', 'target', deployment('podinfo', 'app:1', 2)),
  put('user', 'apex', service('podinfo')),
  becomeReady(0, 2),
  named('record begins', put('A', 'record', stateRecord('Initializing', { run: '' }))),
  named('stamp target', put('A', 'target', deployment('podinfo', 'app:1', 2, 1))),
  named('primary', put('A', 'primary', deployment('podinfo-primary', 'app:1', 2, 1))),
  named('primary ready', becomeReady(2, 2)),
  named('apex to primary', put('A', 'apex', service('podinfo-primary'))),
  named('route', put('A', 'route', virtualService(0))),
  named('bootstrap drain', drain),
  named('target to 0', put('A', 'target', deployment('podinfo', 'app:1', 0, 1))),
  becomeReady(2, 0),
  named('initialized', put('A', 'record', stateRecord('Initialized', { run: '' }))),
];

const analysed: readonly Step[] = [
  named('new image', put('user', 'target', deployment('podinfo', 'app:2', 0, 1))),
  named('progressing', put('A', 'record', stateRecord('Progressing'))),
  named('canary up', put('A', 'target', deployment('podinfo', 'app:2', 2, 1))),
  named('canary ready', becomeReady(2, 2)),
  named('step 0', put('A', 'record', stateRecord('Progressing', { traffic: { canary: 10 }, check: { no: 1 } }))),
  named('weight 10', put('A', 'route', virtualService(10))),
  named('hook at 10', hook()),
  named('metric at 10', metric('99.5')),
  named('step 1', put('A', 'record', stateRecord('Progressing', { traffic: { canary: 20 }, check: { no: 2 } }))),
  named('weight 20', put('A', 'route', virtualService(20))),
  named('hook at 20', hook()),
  named('metric at 20', metric('99.5')),
];

export const promotion: readonly Step[] = [
  ...bootstrap,
  ...analysed,
  named('promoting', put('A', 'record', stateRecord('Promoting', { check: { no: 3 } }))),
  named('copy', put('A', 'primary', deployment('podinfo-primary', 'app:2', 2, 1))),
  named('weight 0', put('A', 'route', virtualService(0))),
  named('finalising', put('A', 'record', stateRecord('Finalising', { check: { no: 3 } }))),
  named('drain', drain),
  named('canary to 0', put('A', 'target', deployment('podinfo', 'app:2', 0, 1))),
  named('canary gone', becomeReady(2, 0)),
  named('succeeded', put('A', 'record', stateRecord('Succeeded', { check: { no: 3 } }))),
];

const home = { traffic: { canary: 0 }, failedChecks: 1, check: { no: 3 }, home: { by: 'checks' } };

export const rollback: readonly Step[] = [
  ...bootstrap,
  ...until(analysed, 'hook at 20'),
  named('metric at 20', metric('42')),
  named('home', put('A', 'record', stateRecord('Progressing', home))),
  named('weight 0', put('A', 'route', virtualService(0))),
  named('drain', drain),
  named('canary to 0', put('A', 'target', deployment('podinfo', 'app:2', 0, 1))),
  named('canary gone', becomeReady(2, 0)),
  named('failed', put('A', 'record', stateRecord('Failed', { ...home, home: undefined }))),
];

const iteration = (no: number): Step =>
  named(`iteration ${no}`, put('A', 'record', stateRecord('Progressing', { iterations: no, check: { no } })));

export const blueGreen: readonly Step[] = [
  ...bootstrap.filter(({ name }) => name !== 'route'),
  ...until(analysed, 'canary ready'),
  iteration(1),
  named('hook in 1', hook()),
  named('metric in 1', metric('100')),
  iteration(2),
  named('hook in 2', hook()),
  named('metric in 2', metric('100')),
  named('promoting', put('A', 'record', stateRecord('Promoting', { iterations: 2, check: { no: 3 } }))),
  named('copy', put('A', 'primary', deployment('podinfo-primary', 'app:2', 2, 1))),
  named('finalising', put('A', 'record', stateRecord('Finalising', { check: { no: 3 } }))),
  named('canary to 0', put('A', 'target', deployment('podinfo', 'app:2', 0, 1))),
  becomeReady(2, 0),
  named('succeeded', put('A', 'record', stateRecord('Succeeded', { check: { no: 3 } }))),
];
