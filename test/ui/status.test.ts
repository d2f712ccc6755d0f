// Status: from records and Leases to items, and from items to tables and documents.
import yaml from 'js-yaml';
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import type { State } from '../../src/core/types.ts';
import { summaryOf } from '../../src/kube/summary.ts';
import { paintOf } from '../../src/ui/colour.ts';
import { statusText, statusWord } from '../../src/ui/status-table.ts';
import { one } from './lines.ts';
import { alive, failed, items, lease, look, now, only, progressing, record, since, succeeded } from './records.ts';

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

  test('are in the order of kubectl', () => {
    expect(items([progressing, succeeded, failed]).map((item) => item.name)).toEqual(['backend', 'frontend', 'podinfo']);
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
