// Every event line, word for word: parity and users' searches stand on these texts.
import { describe, expect, test } from '@jest/globals';
import type { Event } from '../../src/core/types.ts';
import { causeText, say } from '../../src/core/wording.ts';
import type { Metric } from '../../src/spec/types.ts';
import { podinfo } from './support.ts';

type Told = Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never;

/** Canary, target and Service have names of their own: each line must take the right one. */
const canary = podinfo({ name: 'release', targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' } });

function line(told: Told, of = canary): string {
  const { type, text } = say({ ...told, at: 0 } as Event, of);
  return `${type} ${text}`;
}

const source = { kind: 'builtin' } as const;
const rate: Metric = { name: 'request-success-rate', source, min: 99, interval: '1m', where: 'x' };
const duration: Metric = { name: 'request-duration', source, max: 500, interval: '1m', where: 'x' };
const inline: Metric = { ...rate, name: 'errors', source: { kind: 'query', query: 'up' }, max: 1.5 };
const templated: Metric = { ...inline, source: { kind: 'template', ref: { name: 't', namespace: 'test' }, variables: {} } };
const checks = { by: 'checks', failed: 10, metric: 'request-success-rate', why: 'why' } as const;

describe('every line', () => {
  test.each<[string, Told]>([
    ['Normal all the metrics providers are available!', { tell: 'metrics-online' }],
    ['Normal Initialization done! release.test', { tell: 'initialized' }],
    ['Normal New revision detected app.test', { tell: 'revision', restart: false }],
    ['Normal New revision detected! Restarting analysis for app.test', { tell: 'revision', restart: true }],
    ['Normal Scaling up app.test', { tell: 'scaling' }],
    ['Warning Waiting for app.test rollout to finish: why', { tell: 'not-ready', side: 'canary', why: 'why' }],
    ['Warning Waiting for app-primary.test rollout to finish: why', { tell: 'not-ready', side: 'primary', why: 'why' }],
    ['Normal Starting canary deployment for app.test', { tell: 'started' }],
    ['Normal Advance release.test canary weight 5', { tell: 'weight', canary: 5 }],
    ['Normal Advance release.test primary weight 50', { tell: 'primary-weight', primary: 50 }],
    ['Normal Advance release.test canary iteration 1/10', { tell: 'iteration', no: 1, of: 10 }],
    ['Normal Copying app.test template spec to app-primary.test', { tell: 'copying' }],
    ['Normal Routing all traffic to primary', { tell: 'all-to-primary' }],
    ['Normal Routing all traffic to canary', { tell: 'all-to-canary', mirrored: false }],
    ['Normal Stop traffic mirroring and route all traffic to canary', { tell: 'all-to-canary', mirrored: true }],
    ['Normal Promotion completed! Scaling down app.test', { tell: 'promoted' }],
    ['Normal Promotion completed! Canary analysis was skipped for app.test', { tell: 'skipped' }],
    ['Normal Terminating canary release.test', { tell: 'terminating' }],
    ['Normal Terminated canary release.test', { tell: 'terminated' }],
    ['Normal Advance release.test canary weight 0', { tell: 'weight', canary: 0 }],
    ['Warning Canary failed! Scaling down release.test', { tell: 'failed' }],
    ['Normal anything', { tell: 'note', text: 'anything' }],
    ['Warning Prometheus query failed: why', { tell: 'not-checked', metric: rate, why: 'why' }],
    ['Warning Prometheus query failed for errors: why', { tell: 'not-checked', metric: inline, why: 'why' }],
    ['Warning Metric query failed for errors: why', { tell: 'not-checked', metric: templated, why: 'why' }],
  ])('%s', (text, told) => {
    expect(line(told)).toBe(text);
  });
});

describe('hooks', () => {
  const told = { tell: 'hook', hook: 'gate', muted: false, why: 'no' } as const;

  test.each<[string, Told]>([
    ['Normal Pre-rollout check gate passed', { ...told, type: 'pre-rollout', passed: true }],
    ['Warning Halt release.test advancement pre-rollout check gate failed no', { ...told, type: 'pre-rollout', passed: false }],
    ['Warning Halt release.test advancement external check gate failed no', { ...told, type: 'rollout', passed: false }],
    ['Normal Confirm-rollout check gate passed', { ...told, type: 'confirm-rollout', passed: true }],
    ['Warning Halt release.test advancement waiting for approval gate', { ...told, type: 'confirm-rollout', passed: false }],
    ['Normal Confirm-traffic-increase check gate passed', { ...told, type: 'confirm-traffic-increase', passed: true }],
    [
      'Warning Halt release.test advancement waiting for traffic increase approval gate',
      { ...told, type: 'confirm-traffic-increase', passed: false },
    ],
    ['Normal Confirm-promotion check gate passed', { ...told, type: 'confirm-promotion', passed: true }],
    ['Warning Halt release.test advancement waiting for promotion approval gate', { ...told, type: 'confirm-promotion', passed: false }],
    ['Warning Rollback check gate passed', { ...told, type: 'rollback', passed: true }],
    ['Normal Rollback hook gate not signaling a rollback', { ...told, type: 'rollback', passed: false }],
    ['Normal Post-rollout check gate passed', { ...told, type: 'post-rollout', passed: true }],
    ['Warning Post-rollout hook gate failed no', { ...told, type: 'post-rollout', passed: false }],
  ])('%s', (text, event) => {
    expect(line(event)).toBe(text);
  });
});

describe('a metric out of its bounds', () => {
  test.each<[string, Metric, number, 'below' | 'above']>([
    ['success rate 69.17% < 99%', rate, 69.17, 'below'],
    ['success rate 47.00% < 99%', rate, 47, 'below'],
    ['success rate 69.17% < 99.5%', { ...rate, min: 99.5 }, 69.1749, 'below'],
    ['success rate 100.00% > 50%', { ...rate, max: 50 }, 100, 'above'],
    ['request duration 1.515s > 500ms', duration, 1515, 'above'],
    ['request duration 1m0s > 500ms', duration, 60_000, 'above'],
    ['request duration 0s < 1ms', { ...duration, min: 1.9 }, 0, 'below'],
    ['errors 2.00 > 1.5', inline, 2, 'above'],
    ['errors 98.77 < 99', templated, 98.766, 'below'],
    ['request-duration 2.00 > 500', { ...duration, source: { kind: 'query', query: 'up' } }, 2, 'above'],
  ])('%s', (text, metric, value, bound) => {
    expect(line({ tell: 'metric', metric, value, bound })).toBe(`Warning Halt release.test advancement ${text}`);
  });
});

describe('no values found', () => {
  test('success rate', () => {
    expect(line({ tell: 'no-values', metric: rate, why: 'no values found' })).toBe(
      'Warning Halt advancement no values found for istio metric request-success-rate probably app.test is not receiving traffic: running query failed: no values found',
    );
  });

  test.each<[string, Metric]>([
    ['metric: errors', inline],
    ['custom metric: errors: no values found', templated],
  ])('%s', (text, metric) => {
    expect(line({ tell: 'no-values', metric, why: 'no values found' })).toBe(`Warning Halt advancement no values found for ${text}`);
  });

  test('duration', () => {
    expect(line({ tell: 'no-values', metric: duration, why: 'no values found' })).toBe(
      'Warning Halt advancement no values found for istio metric request-duration probably app.test is not receiving traffic',
    );
  });
});

describe('why it goes back', () => {
  test.each<[string, Extract<Told, { tell: 'rolling-back' }>['cause']]>([
    ['Rolling back release.test failed checks threshold reached 10', checks],
    ['Rolling back release.test progress deadline exceeded why', { by: 'deadline', side: 'canary', why: 'why' }],
    ['Promotion of app.test failed, primary not ready: why', { by: 'deadline', side: 'primary', why: 'why' }],
    ['Rolling back release.test manual webhook invoked', { by: 'gate', why: 'why' }],
    ['Rolling back release.test stopped by SIGTERM', { by: 'signal', why: 'SIGTERM' }],
    ['Rolling back release.test why', { by: 'person', why: 'why' }],
    ['Rolling back release.test why', { by: 'timeout', why: 'why' }],
    ['Rolling back release.test why', { by: 'trouble', why: 'why' }],
  ])('%s', (text, cause) => {
    expect(line({ tell: 'rolling-back', cause })).toBe(`Warning ${text}`);
  });

  test.each<[string, Extract<Told, { tell: 'rolling-back' }>['cause']]>([
    ['10 failed checks, the last: request-success-rate (why)', checks],
    ["the canary's pods were not ready in time: why", { by: 'deadline', side: 'canary', why: 'why' }],
    ['stopped by SIGINT', { by: 'signal', why: 'SIGINT' }],
    ['why', { by: 'person', why: 'why' }],
  ])('as a clause: %s', (text, cause) => {
    expect(causeText(cause)).toBe(text);
  });
});
