// Status: from records and Leases to items, and from items to tables and documents.
import yaml from 'js-yaml';
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import type { State } from '../../src/core/types.ts';
import { summaryOf } from '../../src/kube/summary.ts';
import { flaggerItems } from '../../src/ui/flagger-items.ts';
import { paintOf } from '../../src/ui/colour.ts';
import { statusText, statusWord } from '../../src/ui/status-table.ts';
import { one } from './lines.ts';
import { alive, failed, items, lease, look, now, only, progressing, record, since, succeeded } from './records.ts';

const gated = { phase: 'Progressing', driver: 'abcd', gate: 'qa' };

describe('items', () => {
  test('hold what the annotations of a saved record say', () => {
    const state: State = {
      schema: 1,
      canary: 'podinfo',
      epoch: 3,
      driver: 'abcd',
      host: 'ana@laptop',
      run: 'r',
      phase: 'Progressing',
      since: Date.parse(since),
      traffic: { kind: 'split', canary: 25 },
      check: { no: 1, dueAt: now },
      failedChecks: 1,
      iterations: 0,
      passed: [],
      revision: 'abc1234567',
      promoted: 'old',
      heard: [],
      owed: [],
    };
    const annotations = Object.fromEntries(
      Object.entries(summaryOf(one, state)).flatMap(([k, v]) => (v === null ? [] : [[k, v]])),
    ) as Record<string, string>;
    const saved: Obj = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'canary-deployment-podinfo', namespace: 'test', annotations },
    };
    expect(only(saved, [alive])).toEqual({
      namespace: 'test',
      name: 'podinfo',
      target: 'Deployment/podinfo',
      phase: 'Progressing',
      state: 'running',
      weight: 25,
      mirror: false,
      failedChecks: 1,
      iterations: 0,
      step: 1,
      steps: 2,
      revision: 'abc1234567',
      since: '2019-01-16T14:05:07Z',
      lastTransitionTime: '2019-01-16T14:05:07Z',
      why: '',
      drifted: false,
      driver: { id: 'abcd', host: 'ana@laptop', alive: true, seenSecondsAgo: 5 },
    });
    expect(
      only({
        ...saved,
        metadata: { ...saved.metadata, annotations: { ...annotations, 'canary.run/driver': '', 'canary.run/parked': 'SIGINT' } },
      }).state,
    ).toBe('parked');
  });

  test.each([
    ['a driver whose Lease moves', progressing, [alive], 'running', 'Progressing'],
    ['a driver whose Lease stopped 31 s ago', progressing, [lease('abcd', '2026-01-02T03:03:34Z')], 'orphaned', 'Orphaned'],
    ['a driver without a Lease', progressing, [], 'orphaned', 'Orphaned'],
    ['a Lease of the same name in another namespace', progressing, [lease('abcd', '2026-01-02T03:04:00Z', 'prod')], 'orphaned', 'Orphaned'],
    ['nobody, and parked', record('a', { phase: 'Progressing', parked: 'SIGINT' }), [], 'parked', 'Parked'],
    ['nobody, and on its way', record('a', { phase: 'Promoting' }), [], 'orphaned', 'Orphaned'],
    ['nobody, after a bootstrap that gave up', record('a', { phase: 'Initializing' }), [], 'idle', 'Initializing'],
    ['a living driver before a closed gate', record('a', { ...gated, phase: 'WaitingPromotion' }), [alive], 'waiting', 'WaitingPromotion'],
    ['a living driver before more traffic', record('a', gated), [alive], 'waiting', 'Progressing'],
    ['a living driver before the release', record('a', { ...gated, phase: 'Waiting' }), [alive], 'waiting', 'Waiting'],
    ['a dead driver before a closed gate', record('a', gated), [], 'orphaned', 'Orphaned'],
    ['a living driver that takes all away', record('a', { phase: 'Terminating', driver: 'abcd' }), [alive], 'running', 'Terminating'],
    ['nobody, and half taken away', record('a', { phase: 'Terminating' }), [], 'orphaned', 'Orphaned'],
    ['nobody, before anything began', record('a', { phase: 'Waiting' }), [], 'idle', 'Waiting'],
    ['nobody, at its end', record('a', { phase: 'Failed' }), [], 'idle', 'Failed'],
    ['drift', record('a', { phase: 'Succeeded', drifted: 'true' }), [], 'idle', 'Succeeded,DRIFTED'],
  ])('%s', (_, record, leases, state, word) => {
    const item = only(record, leases);
    expect([item.state, statusWord(item)]).toEqual([state, word]);
  });

  test('a Lease without a readable time counts as long silent', () => {
    expect(only(progressing, [lease('abcd', 'soon')]).driver?.alive).toBe(false);
    expect(only(progressing, []).driver?.seenSecondsAgo).toBeNull();
  });

  test('annotations are foreign: nonsense is 0 or empty, never an escape sequence', () => {
    const item = only(record('a', { phase: 'Failed\u001b[2J', weight: 'NaN', since: 'x', why: 'b\r\n::error::' }));
    expect([item.phase, item.weight, item.since, item.why]).toEqual(['Failed', 0, '', 'b ::error::']);
  });

  test('a reason with an address in it shows no sign-in data', () => {
    expect(only(record('a', { phase: 'Failed', why: 'asked http://bob:s3cret@prom/x?token=t0ken' })).why).toBe('asked http://prom/x?…');
  });

  test('say what is waited for, and how much is mirrored', () => {
    expect(only(record('a', { ...gated, why: 'Halt' }), [alive]).why).toBe('gate "qa" is closed');
    const mirrored = only(record('a', { phase: 'Progressing', driver: 'abcd', mirror: '20' }), [alive]);
    expect([mirrored.mirror, mirrored.weight, mirrored.why]).toEqual([true, 0, 'mirrors 20 % of the requests to the canary']);
  });

  test('are in the order of kubectl', () => {
    expect(items([progressing, succeeded, failed]).map((item) => item.name)).toEqual(['backend', 'frontend', 'podinfo']);
  });
});

describe('canaries of a live Flagger', () => {
  const theirs = (name: string, status: object): Obj => ({
    apiVersion: 'flagger.app/v1beta1',
    kind: 'Canary',
    metadata: { name, namespace: 'test' },
    spec: { targetRef: { kind: 'Deployment', name }, analysis: { mirror: true } },
    status,
  });
  const condition = { type: 'Promoted', message: 'New revision detected,\u001b[2J progressing' };
  const status = {
    phase: 'Progressing',
    canaryWeight: 15,
    failedChecks: 2,
    iterations: 1,
    lastAppliedSpec: '5454669676',
    lastTransitionTime: '2019-01-16T14:05:07Z',
    conditions: [condition],
  };

  test('are items without a driver, marked', () => {
    expect(flaggerItems([theirs('backend', status)], [])).toEqual([
      {
        namespace: 'test',
        name: 'backend',
        target: 'Deployment/backend',
        phase: 'Progressing',
        state: 'running',
        weight: 15,
        mirror: true,
        failedChecks: 2,
        iterations: 1,
        step: 0,
        steps: 0,
        revision: '5454669676',
        since: '2019-01-16T14:05:07Z',
        lastTransitionTime: '2019-01-16T14:05:07Z',
        why: 'New revision detected, progressing',
        drifted: false,
        driver: null,
        managedBy: 'flagger',
      },
    ]);
    const wide = statusText(flaggerItems([theirs('backend', status)], []), 'wide', look);
    expect(wide).toMatch(/ {3}- {6}2 {14}5454669676 {3}Deployment\/backend {3}Flagger {2}/);
  });

  test.each([
    ['Waiting', 'waiting'],
    ['WaitingPromotion', 'waiting'],
    ['Promoting', 'running'],
    ['Succeeded', 'idle'],
    ['', 'idle'],
  ])('in phase %j: %s', (phase, state) => {
    expect(flaggerItems([theirs('backend', { phase })], [])[0]?.state).toBe(state);
  });

  test('an object that Flagger never looked at does not hide that we drive it', () => {
    const ours = items([progressing]);
    expect(flaggerItems([theirs('podinfo', {})], ours)).toEqual([]);
    expect(flaggerItems([theirs('podinfo', { phase: 'Failed' })], ours)).toHaveLength(1);
    expect(flaggerItems([theirs('backend', {})], ours)).toHaveLength(1);
  });
});

describe('tables', () => {
  const all = items([progressing, succeeded, failed]);

  test('the columns of kubectl get canaries', () => {
    expect(statusText(all, 'table', look).split('\n')).toEqual([
      'NAMESPACE   NAME       STATUS        WEIGHT   LASTTRANSITIONTIME',
      'prod        backend    Failed        0        2019-01-14T17:05:07Z',
      'prod        frontend   Succeeded     0        2019-01-15T16:15:07Z',
      'test        podinfo    Progressing   15       2019-01-16T14:05:07Z',
      '',
    ]);
  });

  test('of one namespace, without its column', () => {
    expect(statusText(items([progressing]), 'table', { ...look, withNamespace: false })).toBe(
      'NAME      STATUS        WEIGHT   LASTTRANSITIONTIME\npodinfo   Progressing   15       2019-01-16T14:05:07Z\n',
    );
  });

  test('wide adds ours', () => {
    expect(statusText(items([progressing], []), 'wide', look).split('\n')).toEqual([
      'NAMESPACE   NAME      STATUS     WEIGHT   LASTTRANSITIONTIME     STEP   FAILEDCHECKS   REVISION     TARGET               DRIVER              WHY',
      'test        podinfo   Orphaned   15       2019-01-16T14:05:07Z   3/10   1              abc1234567   Deployment/podinfo   ana@laptop (gone)   Halt podinfo.test advancement success rate 69.17% < 99%',
      '',
    ]);
  });

  test('with colour the columns stay where they are', () => {
    const coloured = statusText(all, 'table', { ...look, paint: paintOf({ isTTY: true }, {}, false) });
    expect(coloured).toContain('\u001b[31mFailed\u001b[39m');
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(statusText(all, 'table', look));
  });

  test('name is what kubectl takes', () => {
    expect(statusText(all, 'name', look)).toBe('canary/backend\ncanary/frontend\ncanary/podinfo\n');
  });

  test('json and yaml are the same versioned list', () => {
    const document = JSON.parse(statusText(all, 'json', look)) as object;
    expect(document).toEqual({ apiVersion: 'canary.run/v1', kind: 'CanaryList', items: all });
    expect(yaml.load(statusText(all, 'yaml', look))).toEqual(document);
    expect(JSON.parse(statusText([], 'json', look))).toEqual({ apiVersion: 'canary.run/v1', kind: 'CanaryList', items: [] });
  });
});
