// Which kinds we know and where the API server keeps them: a table and three lookups. It must never ask the cluster.
import type { Ref } from '../contracts.ts';

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /**
   * How objects of the kind are looked at. 'whole': one list and one watch of the namespace serve all that are wanted, as controllers do it. 'named':
   * each by its name, for kinds of which a namespace may hold many and large ones. 'by-name': listing Secrets is reading all of them, so they are
   * only ever asked for one by one.
   */
  readonly looked: 'whole' | 'named' | 'by-name';
}

type Row = readonly [apiVersion: string, kind: string, plural: string, special?: 'cluster' | 'whole' | 'by-name'];

const rows: readonly Row[] = [
  ['v1', 'Namespace', 'namespaces', 'cluster'],
  ['v1', 'Pod', 'pods'],
  ['v1', 'Service', 'services', 'whole'],
  ['v1', 'ConfigMap', 'configmaps'],
  ['v1', 'Secret', 'secrets', 'by-name'],
  ['v1', 'Event', 'events'],
  ['apps/v1', 'Deployment', 'deployments', 'whole'],
  ['apps/v1', 'ReplicaSet', 'replicasets'],
  ['apps/v1', 'DaemonSet', 'daemonsets', 'whole'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', 'whole'],
  ['coordination.k8s.io/v1', 'Lease', 'leases'],
  ['discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'],
  ['networking.istio.io/v1beta1', 'VirtualService', 'virtualservices', 'whole'],
  ['networking.istio.io/v1beta1', 'DestinationRule', 'destinationrules', 'whole'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes', 'whole'],
  ['gateway.networking.k8s.io/v1beta1', 'HTTPRoute', 'httproutes', 'whole'],
  ['split.smi-spec.io/v1alpha1', 'TrafficSplit', 'trafficsplits', 'whole'],
  ['split.smi-spec.io/v1alpha2', 'TrafficSplit', 'trafficsplits', 'whole'],
  ['split.smi-spec.io/v1alpha3', 'TrafficSplit', 'trafficsplits', 'whole'],
  ['traefik.io/v1alpha1', 'TraefikService', 'traefikservices', 'whole'],
  ['flagger.app/v1beta1', 'Canary', 'canaries'],
  ['flagger.app/v1beta1', 'MetricTemplate', 'metrictemplates'],
  ['flagger.app/v1beta1', 'AlertProvider', 'alertproviders'],
  ['authorization.k8s.io/v1', 'SelfSubjectAccessReview', 'selfsubjectaccessreviews', 'cluster'],
  ['authorization.k8s.io/v1', 'SelfSubjectRulesReview', 'selfsubjectrulesreviews', 'cluster'],
];

export const kinds: readonly Kind[] = rows.map(([apiVersion, kind, plural, special]) => ({
  apiVersion,
  kind,
  plural,
  namespaced: special !== 'cluster',
  looked: special === 'whole' || special === 'by-name' ? special : 'named',
}));

const known: ReadonlyMap<string, Kind> = new Map(kinds.map((row) => [`${row.apiVersion}/${row.kind}`, row]));

/** Asking for a kind without a row is our bug. */
export function kindOf(ref: { apiVersion: string; kind: string }): Kind {
  const row = known.get(`${ref.apiVersion}/${ref.kind}`);
  if (!row) throw new Error(`${ref.kind} of ${ref.apiVersion} has no row in src/kube/kinds.ts`);
  return row;
}

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/** Where a kind's objects are: of one namespace, or, without one, of all. */
export function collectionOf(type: { apiVersion: string; kind: string }, namespace?: string): string {
  const row = kindOf(type);
  const root = row.apiVersion.includes('/') ? `/apis/${row.apiVersion}` : `/api/${row.apiVersion}`;
  return row.namespaced && namespace ? `${root}/namespaces/${encodeURIComponent(namespace)}/${row.plural}` : `${root}/${row.plural}`;
}

/** Where one object is. `ref.namespace` must be there for kinds that live in one. */
export function pathOf(ref: Ref): string {
  if (!ref.name || ref.name === '.' || ref.name === '..') throw new Error(`no name to look for a ${ref.kind} by`);
  if (kindOf(ref).namespaced && !ref.namespace) throw new Error(`${ref.kind} ${ref.name}: no namespace`);
  return `${collectionOf(ref, ref.namespace)}/${encodeURIComponent(ref.name)}`;
}
