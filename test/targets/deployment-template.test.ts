// The template on its way to the primary and back, also out of the primary's past: what comes back are the target's own words.
import { describe, expect, test } from '@jest/globals';
import type { JsonObject, Obj, Revision } from '../../src/contracts.ts';
import { deployment } from '../../src/targets/deployment.ts';
import { applied } from '../support/found.ts';
import { changed, newPod, podinfo, podinfoPrimary, promoted, revision, see } from './podinfo.ts';

describe('pods that repel each other', () => {
  const expressions = (...values: string[]): JsonObject => ({ matchExpressions: [{ key: 'app', operator: 'In', values }] });
  const term = (labelSelector: JsonObject): JsonObject => ({ labelSelector, topologyKey: 'kubernetes.io/hostname' });
  const spread = (labelSelector: JsonObject): JsonObject => ({
    maxSkew: 1,
    topologyKey: 'zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector,
  });
  const withTerms = (selector: JsonObject): Obj =>
    changed(podinfo(), {
      spec: {
        template: {
          spec: {
            affinity: {
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [term(selector)],
                preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term(selector) }],
              },
              podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(selector)] },
            },
            topologySpreadConstraints: [spread(selector)],
          },
        },
      },
    });

  test('repel and spread among the primary, and stay beside whom they stood', () => {
    const target = withTerms(expressions('podinfo'));
    const [, primary] = applied([target], promoted([target]));
    const renamed = expressions('podinfo-primary');
    expect(primary).toMatchObject({
      spec: {
        template: {
          spec: {
            affinity: {
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [term(renamed)],
                preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term(renamed) }],
              },
              podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(expressions('podinfo'))] },
            },
            topologySpreadConstraints: [spread(renamed)],
          },
        },
      },
    });
  });

  test('are told by the selector labels alone, and by the name of the target', () => {
    const target = withTerms({ matchLabels: { app: 'podinfo', name: 'other', tier: 'podinfo' } });
    const [, primary] = applied([target], promoted([target]));
    const labels = { app: 'podinfo-primary', name: 'other', tier: 'podinfo' };
    expect(primary).toMatchObject({ spec: { template: { spec: { topologySpreadConstraints: [spread({ matchLabels: labels })] } } } });
  });

  const selectors: [string, JsonObject][] = [
    ['one name', expressions('podinfo')],
    ['several names', expressions('other', 'podinfo', 'third')],
    ['the name twice', expressions('podinfo', 'podinfo')],
    ['both sides', expressions('podinfo', 'podinfo-primary')],
    ['both sides, the primary first', expressions('podinfo-primary', 'podinfo')],
    ['the primary alone', expressions('podinfo-primary')],
    ['labels', { matchLabels: { app: 'podinfo', tier: 'podinfo' } }],
    ['labels of the primary', { matchLabels: { app: 'podinfo-primary' } }],
    ['a label that is none of ours', { matchExpressions: [{ key: 'tier', operator: 'In', values: ['podinfo'] }] }],
    ['no values', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }],
  ];

  test.each(selectors)('come back from the primary exactly as the target has them: %s', (_, selector) => {
    const target = withTerms(selector);
    const objects = applied([target], promoted([target]));
    expect(revision(objects, 'primary')).toEqual(revision([target], 'canary'));
    expect(promoted(objects)).toEqual([]);
  });

  test.each(selectors.slice(0, 4))('come back also when the target has changed since: %s', (_, selector) => {
    const target = withTerms(selector);
    const [, primary] = applied([target], promoted([target]));
    const later = changed(target, newPod);
    expect(revision([later, ...(primary ? [primary] : [])], 'primary')).toEqual(revision([target], 'canary'));
  });
});

describe('the past', () => {
  const primary = { ...podinfoPrimary(), metadata: { ...podinfoPrimary().metadata, uid: 'uid-primary' } };
  const history = (image: string, owner: string): Obj => {
    const replicaSet = changed(podinfoPrimary(), {
      metadata: { name: `podinfo-primary-${image}`, labels: { 'pod-template-hash': image } },
      spec: { template: { metadata: { labels: { 'pod-template-hash': image } }, spec: { nodeName: image } } },
    });
    return { ...replicaSet, kind: 'ReplicaSet', metadata: { ...replicaSet.metadata, ownerReferences: [{ uid: owner }] } };
  };
  const objects = [podinfo(), primary, history('one', 'uid-primary'), history('two', 'uid-primary'), history('three', 'uid-of-another')];
  const ran = (image: string): Revision => revision([changed(podinfo(), { spec: { template: { spec: { nodeName: image } } } })], 'canary');

  test('finds what the primary ran before, in the words of the target', () => {
    expect(deployment.past(see(objects), ran('one').hash)).toEqual(ran('one'));
    expect(deployment.past(see(objects), ran('two').hash)).toEqual(ran('two'));
  });

  test('knows nothing that the primary never ran', () => {
    expect(deployment.past(see(objects), ran('three').hash)).toBeUndefined();
    expect(deployment.past(see([podinfo()]), ran('one').hash)).toBeUndefined();
  });
});
