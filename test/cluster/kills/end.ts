// How a release on the real API server ended, as facts that must be the same however it was disturbed.
import { isObject } from '../../../src/common/json.ts';
import type { JsonObject, Obj } from '../../../src/contracts.ts';
import { live, type Facts } from '../../parity/compare.ts';
import { ask, must, type Cluster } from '../cluster.ts';

export interface End {
  readonly objects: Facts;
  readonly record: unknown;
}

type Row = readonly [kind: string, groupVersion: string, plural: string];

const kinds: readonly Row[] = [
  ['Deployment', 'apis/apps/v1', 'deployments'],
  ['Service', 'api/v1', 'services'],
  ['HorizontalPodAutoscaler', 'apis/autoscaling/v2', 'horizontalpodautoscalers'],
  ['ConfigMap', 'api/v1', 'configmaps'],
  ['Secret', 'api/v1', 'secrets'],
  ['VirtualService', 'apis/networking.istio.io/v1beta1', 'virtualservices'],
  ['DestinationRule', 'apis/networking.istio.io/v1beta1', 'destinationrules'],
];

/** What of a record must be the same; how often and when it was taken is not. */
const kept = ['phase', 'traffic', 'revision', 'promoted', 'failed', 'driver', 'home', 'parked', 'owed', 'closing', 'gate', 'asking'];

export async function endOf(cluster: Cluster, namespace: string, target: string): Promise<End> {
  const all = await Promise.all(kinds.map((row) => listed(cluster, namespace, row)));
  const path = `/api/v1/namespaces/${namespace}/configmaps/canary-deployment-${target}`;
  const { json } = await ask(cluster, { path });
  return { objects: live(all.flat()), record: recordIn(json) };
}

async function listed(cluster: Cluster, namespace: string, [kind, groupVersion, plural]: Row): Promise<Obj[]> {
  const { items } = await must(cluster, { path: `/${groupVersion}/namespaces/${namespace}/${plural}` });
  const apiVersion = groupVersion.replace(/^apis?\//, '');
  return (Array.isArray(items) ? (items as unknown as Obj[]) : []).map((item) => ({ ...item, apiVersion, kind }));
}

function recordIn(record: JsonObject): unknown {
  const text = isObject(record['data']) ? record['data']['state'] : undefined;
  if (typeof text !== 'string') return undefined;
  const state = JSON.parse(text) as JsonObject;
  return Object.fromEntries(kept.map((name) => [name, state[name]]));
}

/** What differs, in words; nothing = the same end. */
export function unlike(end: End, good: End): string[] {
  const names = [...new Set([...Object.keys(end.objects), ...Object.keys(good.objects)])];
  const text = JSON.stringify;
  const objects = names
    .filter((name) => text(end.objects[name]) !== text(good.objects[name]))
    .map((name) => `${name} is ${text(end.objects[name])} instead of ${text(good.objects[name])}`);
  if (text(end.record) === text(good.record)) return objects;
  return [...objects, `the record says ${text(end.record)} instead of ${text(good.record)}`];
}
