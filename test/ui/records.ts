// Records and Leases as the cluster keeps them, for tests of status.
import type { Obj } from '../../src/contracts.ts';
import { paintOf } from '../../src/ui/colour.ts';
import type { Look } from '../../src/ui/status-table.ts';
import { statusItems, type StatusItem } from '../../src/ui/views.ts';

export const now = Date.parse('2026-01-02T03:04:05Z');
export const look: Look = { withNamespace: true, now, paint: paintOf({ isTTY: false }, {}, false) };

export function record(name: string, annotations: Record<string, string>, namespace = 'test'): Obj {
  const own = Object.fromEntries(
    Object.entries({ canary: name, target: `Deployment/${name}`, ...annotations }).map(([k, v]) => [`canary.run/${k}`, v]),
  );
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `canary-deployment-${name}`, namespace, annotations: own } };
}

export function lease(id: string, renewTime: string, namespace = 'test'): Obj {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: `canary-${id}`, namespace }, spec: { renewTime } };
}

export const since = '2019-01-16T14:05:07.000Z';
export const progressing = record('podinfo', {
  phase: 'Progressing',
  weight: '15',
  since,
  driver: 'abcd',
  host: 'ana@laptop',
  step: '3',
  steps: '10',
  'failed-checks': '1',
  revision: 'abc1234567',
  why: 'Halt podinfo.test advancement success rate 69.17% < 99%',
});
export const succeeded = record('frontend', { phase: 'Succeeded', weight: '0', since: '2019-01-15T16:15:07Z' }, 'prod');
export const failed = record('backend', { phase: 'Failed', weight: '0', since: '2019-01-14T17:05:07Z', 'failed-checks': '10' }, 'prod');
export const alive = lease('abcd', '2026-01-02T03:04:00.000000Z');

export function items(records: readonly Obj[], leases: readonly Obj[] = [alive]): StatusItem[] {
  return statusItems({ records, leases, now });
}

export function only(record: Obj, leases: readonly Obj[] = []): StatusItem {
  const item = items([record], leases)[0];
  if (!item) throw new Error('no item');
  return item;
}
