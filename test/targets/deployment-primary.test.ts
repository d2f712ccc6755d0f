// The primary Deployment: equal to the recordings' when it is made, brought to a value, and known again.
import { describe, expect, test } from '@jest/globals';
import type { JsonObject, Obj } from '../../src/contracts.ts';
import { deployment } from '../../src/targets/deployment.ts';
import { applied, canaryOf } from '../support/found.ts';
import { changed, newPod, podinfo, podinfoPrimary, promoted, revision, see } from './podinfo.ts';

describe('making the primary', () => {
  test("gives the recordings' object, without what other tools go by", () => {
    expect(promoted([podinfo()])).toEqual([{ op: 'create', object: podinfoPrimary(), why: expect.any(String) }]);
  });

  test('gives at least one replica', () => {
    const [, primary] = applied([podinfo()], promoted([changed(podinfo(), { spec: { replicas: 0 } })]));
    expect(primary).toMatchObject({ spec: { replicas: 1 } });
  });

  test('keeps only the one label in the selector, and all labels of the pods', () => {
    const labels = { app: 'podinfo', version: 'v1' };
    const target = changed(podinfo(), { spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } } });
    const [, primary] = applied([target], promoted([target]));
    expect(primary).toMatchObject({
      spec: {
        selector: { matchLabels: { app: 'podinfo-primary' } },
        template: { metadata: { labels: { app: 'podinfo-primary', version: 'v1' } } },
      },
    });
    expect(Object.keys((primary?.['spec'] as { selector: { matchLabels: object } }).selector.matchLabels)).toEqual(['app']);
  });

  test('is not tried without a target', () => {
    expect(deployment.primary(see([]), { hash: 'x', template: {}, config: '' })).toEqual([]);
  });
});

describe('bringing the primary to a value', () => {
  const target = changed(podinfo(), newPod);

  test('changes only what differs, and is done then', () => {
    const [change] = promoted([target, podinfoPrimary()]);
    expect(change).toEqual({
      op: 'merge',
      ref: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo-primary' },
      patch: {
        spec: { template: { metadata: { annotations: { 'prometheus.io/scrape': null } }, spec: { nodeName: 'n1', dnsPolicy: null } } },
      },
      why: expect.any(String),
    });
    const after = applied([target, podinfoPrimary()], promoted([target, podinfoPrimary()]));
    expect(promoted(after)).toEqual([]);
    expect(revision(after, 'primary').hash).toBe(revision(after, 'canary').hash);
  });

  test('nothing to do where the template is the same', () => {
    expect(promoted([podinfo(), podinfoPrimary()])).toEqual([]);
  });

  test('raises replicas, never lowers them', () => {
    const replicas = (count: number): Obj => changed(podinfo(), { spec: { replicas: count } });
    expect(promoted([replicas(5), podinfoPrimary()])).toMatchObject([{ patch: { spec: { replicas: 5 } } }]);
    expect(promoted([replicas(0), podinfoPrimary()])).toEqual([]);
    expect(promoted([replicas(0), changed(podinfoPrimary(), { spec: { replicas: 0 } })])).toMatchObject([
      { patch: { spec: { replicas: 1 } } },
    ]);
  });

  test('leaves replicas to a scaler', () => {
    const canary = canaryOf({ scalerRef: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'podinfo' } });
    expect(promoted([changed(podinfo(), { spec: { replicas: 5 } }), podinfoPrimary()], canary)).toEqual([]);
  });

  test('follows another strategy exactly', () => {
    const recreate = changed(podinfo(), {
      spec: { strategy: { type: 'Recreate', rollingUpdate: null }, minReadySeconds: 5, revisionHistoryLimit: null },
    });
    expect(promoted([recreate, podinfoPrimary()])).toMatchObject([
      { patch: { spec: { strategy: { type: 'Recreate', rollingUpdate: null }, minReadySeconds: 5, revisionHistoryLimit: null } } },
    ]);
  });

  test('brings back an earlier template whatever the target says now', () => {
    const before = revision([podinfo()], 'canary');
    const [change] = deployment.primary(see([target, changed(podinfoPrimary(), newPod)]), before);
    expect(change).toMatchObject({ op: 'merge' });
    const after = applied([target, changed(podinfoPrimary(), newPod)], change ? [change] : []);
    expect(revision(after, 'primary').hash).toBe(before.hash);
  });

  test("takes a primary with Flagger's random id for equal: no rollout for nothing", () => {
    const flaggers = changed(podinfoPrimary(), { spec: { template: { metadata: { annotations: { 'flagger-id': 'a-b-c' } } } } });
    expect(revision([podinfo(), flaggers], 'primary').hash).toBe(revision([podinfo()], 'canary').hash);
    expect(promoted([podinfo(), flaggers])).toEqual([]);
    expect(promoted([target, flaggers])).toMatchObject([
      { patch: { spec: { template: { metadata: { annotations: { 'flagger-id': null } } } } } },
    ]);
  });
});

describe('a revision', () => {
  test('is equal for equal templates, whatever the order of fields and empty marks', () => {
    const marked = changed(podinfo(), { metadata: { labels: { team: 'red' } }, spec: { replicas: 9 } });
    const template = (podinfo()['spec'] as { template: JsonObject }).template;
    const turned = Object.fromEntries(Object.entries(template).reverse());
    const odd = {
      ...podinfo(),
      spec: {
        ...(podinfo()['spec'] as JsonObject),
        template: { ...turned, metadata: { ...(template['metadata'] as JsonObject), creationTimestamp: null } },
      },
    };
    const { hash } = revision([podinfo()], 'canary');
    expect(hash).toMatch(/^[0-9a-f]{10}$/);
    expect(revision([marked], 'canary').hash).toBe(hash);
    expect(revision([odd], 'canary').hash).toBe(hash);
    expect(revision([changed(podinfo(), newPod)], 'canary').hash).not.toBe(hash);
  });

  test('without tracked config has the hash that earlier releases recorded', () => {
    expect(revision([podinfo()], 'canary')).toMatchObject({ hash: '6f3cb852d9', config: '' });
    expect(revision([podinfo(), podinfoPrimary()], 'primary')).toMatchObject({ hash: '6f3cb852d9', config: '' });
  });

  test('is undefined where there is no object', () => {
    expect(deployment.revision(see([]), 'canary')).toBeUndefined();
    expect(deployment.revision(see([podinfo()]), 'primary')).toBeUndefined();
  });
});
