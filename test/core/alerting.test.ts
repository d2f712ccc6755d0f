// Which events chats are told of: Flagger's texts, severities and fields.
import { describe, expect, test } from '@jest/globals';
import type { Canary } from '../../src/contracts.ts';
import { alertFields, alertOf, isSent } from '../../src/core/alerting.ts';
import type { Event } from '../../src/core/types.ts';
import type { HookType, Severity } from '../../src/spec/types.ts';
import { kit, podinfo, t0 } from './support.ts';

type Told = Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never;

const canary = podinfo();
const alert = (told: Told): ReturnType<typeof alertOf> => alertOf({ ...told, at: t0 } as Event, canary);
const gate = (type: HookType, changed: { muted?: boolean; passed?: boolean } = {}): Told => ({
  tell: 'hook',
  hook: 'gate',
  type,
  muted: false,
  passed: false,
  why: 'no',
  ...changed,
});
const home = (cause: Extract<Told, { tell: 'rolling-back' }>['cause']): Told => ({ tell: 'rolling-back', cause });

describe('an alert', () => {
  test.each<[Severity, string, boolean, Told]>([
    ['info', 'New Deployment detected, initialization completed.', true, { tell: 'initialized' }],
    ['info', 'New revision detected, progressing canary analysis.', true, { tell: 'revision', restart: false }],
    ['warn', 'Canary is waiting for approval.', false, gate('confirm-rollout')],
    ['warn', 'Canary traffic increase is waiting for approval.', false, gate('confirm-traffic-increase')],
    ['warn', 'Canary promotion is waiting for approval.', false, gate('confirm-promotion')],
    ['warn', 'Rolling back manual webhook invoked', false, home({ by: 'gate', why: 'x' })],
    ['error', 'Failed checks threshold reached 3', false, home({ by: 'checks', failed: 3, metric: 'm', why: 'w' })],
    ['error', 'Progress deadline exceeded why', false, home({ by: 'deadline', side: 'canary', why: 'why' })],
    ['error', 'Promotion failed, primary not ready: why', false, home({ by: 'deadline', side: 'primary', why: 'why' })],
    ['error', 'Rolling back: stopped by SIGTERM', false, home({ by: 'signal', why: 'SIGTERM' })],
    ['error', 'Rolling back: the wish of ana', false, home({ by: 'person', why: 'the wish of ana' })],
    ['info', 'Canary analysis completed successfully, promotion finished.', false, { tell: 'promoted' }],
    ['info', 'Canary analysis was skipped, promotion finished.', false, { tell: 'skipped' }],
  ])('%s: %s', (severity, text, facts, told) => {
    expect(alert(told)).toEqual({ severity, text, facts });
  });
});

describe('no alert', () => {
  test.each<[string, Told]>([
    ['a revision that only restarts an analysis', { tell: 'revision', restart: true }],
    ['a gate that is open', gate('confirm-rollout', { passed: true })],
    ['a gate that is muted', gate('confirm-promotion', { muted: true })],
    ['a rollout hook that failed', gate('rollout')],
    ['a post-rollout hook that failed', gate('post-rollout')],
    ['a weight', { tell: 'weight', canary: 5 }],
    ['the end of the way back', { tell: 'failed' }],
    ['a note', { tell: 'note', text: 'x' }],
  ])('%s', (_, told) => {
    expect(alert(told)).toBeUndefined();
  });
});

test.each<[Severity, Severity[]]>([
  ['info', ['info', 'warn', 'error']],
  ['warn', ['warn', 'error']],
  ['error', ['error']],
])('who asks for %s gets %j', (least, sent) => {
  expect((['info', 'warn', 'error'] as const).filter((severity) => isSent(severity, least))).toEqual(sent);
});

describe('the fields', () => {
  const fields = (changed: Partial<Canary>, facts = true, cluster?: string): Record<string, string> =>
    Object.fromEntries(alertFields(kit(podinfo(changed), cluster === undefined ? {} : { cluster }), facts));
  const analysis = (told: object): Partial<Canary> => ({ source: { spec: { analysis: { ...told } } } });

  test('say what people ask first', () => {
    expect(fields(analysis({ stepWeight: 5, maxWeight: 50 }))).toEqual({
      Target: 'Deployment/podinfo.test',
      'Failed checks threshold': '10',
      'Progress deadline': '60s',
      'Traffic routing': 'Weight step: 5 max: 50',
    });
  });

  test('the cluster where it has a name, first, also where nothing else is told', () => {
    expect(Object.keys(fields({}, true, 'prod'))[0]).toBe('Cluster');
    expect(fields({}, false, 'prod')).toEqual({ Cluster: 'prod' });
    expect(fields({}, false)).toEqual({});
  });

  test.each<[string, Partial<Canary>]>([
    ['Weight step: 10 max: 100', analysis({ stepWeight: 10 })],
    ['Weight steps: 1,2,50 max: 50', analysis({ stepWeights: [1, 2, 50] })],
    ['Weight step: 10 max: 30', analysis({ stepWeight: 10, maxWeight: 30, stepWeights: [1] })],
    ['Blue/Green', { strategy: { kind: 'iterations', count: 2, by: 'all' } }],
    ['A/B Testing', { strategy: { kind: 'iterations', count: 2, by: 'match' } }],
  ])('traffic routing: %s', (words, changed) => {
    expect(fields(changed)['Traffic routing']).toBe(words);
  });
});
