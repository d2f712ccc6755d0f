// The scaler of the primary: equal to the recording's when it is made, in line with the user's ever after.
import { describe, expect, test } from '@jest/globals';
import type { Canary, Ctx, Obj } from '../../src/contracts.ts';
import { hpa } from '../../src/targets/hpa.ts';
import { applied, canaryOf, foundOf, objectOf, seenBy } from '../support/found.ts';

const users = objectOf(`
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: podinfo
  namespace: test
  labels: {team: blue, app.kubernetes.io/instance: argo, app.kubernetes.io/managed-by: Helm, canary.run/epoch: '2'}
  annotations: {meta.helm.sh/release-name: x, note: kept}
spec:
  scaleTargetRef: {kind: Deployment, name: podinfo, apiVersion: apps/v1}
  minReplicas: 2
  maxReplicas: 4
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 99}}
`);

const primarys = objectOf(`
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: podinfo-primary
  namespace: test
  labels: {team: blue}
  annotations: {note: kept}
spec:
  scaleTargetRef: {kind: Deployment, name: podinfo-primary, apiVersion: apps/v1}
  minReplicas: 2
  maxReplicas: 4
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 99}}
`);

function scaled(more: { min?: number; max?: number } = {}, apiVersion = 'autoscaling/v2'): Canary {
  return canaryOf({ scalerRef: { apiVersion, kind: 'HorizontalPodAutoscaler', name: 'podinfo', ...more } });
}

function see(objects: readonly Obj[], canary: Canary = scaled(), notServed: readonly string[] = []): Ctx {
  return seenBy([hpa], canary, foundOf(objects, notServed));
}

describe('the HorizontalPodAutoscaler of the primary', () => {
  test.each(['autoscaling/v2', 'autoscaling/v2beta2', 'autoscaling/v2beta1'])(
    "is the recording's, also where the file says %s",
    (apiVersion) => {
      expect(hpa.primary(see([users], scaled({}, apiVersion)))).toEqual([{ op: 'create', object: primarys, why: expect.any(String) }]);
    },
  );

  test('is left alone while it is in line', () => {
    expect(hpa.primary(see([users, primarys]))).toEqual([]);
  });

  test('follows the user, exactly', () => {
    const spec = {
      ...(users['spec'] as object),
      maxReplicas: 8,
      metrics: undefined,
      behavior: { scaleDown: { stabilizationWindowSeconds: 5 } },
    };
    const changed = JSON.parse(JSON.stringify({ ...users, spec })) as Obj;
    const changes = hpa.primary(see([changed, primarys]));
    expect(changes).toMatchObject([
      { op: 'merge', patch: { spec: { maxReplicas: 8, metrics: null, behavior: { scaleDown: { stabilizationWindowSeconds: 5 } } } } },
    ]);
    expect(hpa.primary(see(applied([changed, primarys], changes)))).toEqual([]);
  });

  test('has the bounds of primaryScalerReplicas where they are given', () => {
    const [, made] = applied([users], hpa.primary(see([users], scaled({ min: 3, max: 9 }))));
    expect(made).toMatchObject({ spec: { minReplicas: 3, maxReplicas: 9 } });
  });

  test('is not there where the canary names none', () => {
    const ctx = see([users], canaryOf());
    expect([hpa.needs(ctx), hpa.drives(ctx), hpa.primary(ctx), hpa.check(ctx)]).toEqual([[], [], [], []]);
  });
});

describe('floor', () => {
  test('is minReplicas, and at least one', () => {
    expect(hpa.floor(see([users]))).toBe(2);
    expect(hpa.floor(see([{ ...users, spec: { minReplicas: 0 } }]))).toBe(1);
    expect(hpa.floor(see([{ ...users, spec: {} }]))).toBe(1);
    expect(hpa.floor(see([]))).toBe(1);
  });
});

describe('check', () => {
  test('says what is missing, by kind', () => {
    expect(hpa.check(see([users]))).toEqual([]);
    expect(hpa.check(see([]))).toEqual([
      { path: 'HorizontalPodAutoscaler/podinfo', text: 'HorizontalPodAutoscaler podinfo.test is not there' },
    ]);
    expect(hpa.check(see([], scaled(), ['HorizontalPodAutoscaler']))[0]?.text).toBe(
      'kind HorizontalPodAutoscaler (autoscaling/v2) is not served by this cluster',
    );
  });
});
