// Every kind that the sandbox serves, as data: a new one is one line. It must not say how a kind behaves.

export interface KindRow {
  readonly group: string;
  /** The first is the one that objects are stored in. */
  readonly versions: readonly string[];
  readonly kind: string;
  readonly plural: string;
  readonly short: readonly string[];
  readonly namespaced: boolean;
  readonly subresources: readonly ('status' | 'scale')[];
  /** metadata.generation is kept: raised when anything outside metadata and status changes. */
  readonly generation: boolean;
  /** A PUT without resourceVersion overwrites. */
  readonly unconditional: boolean;
  /** A PUT of an absent object creates it. */
  readonly createOnUpdate: boolean;
  /** Served by a CustomResourceDefinition: no strategic merge patch. */
  readonly custom: boolean;
  readonly category: readonly string[];
  readonly names: 'subdomain' | 'label' | 'service';
}

type Parts = Pick<KindRow, 'group' | 'versions' | 'kind' | 'plural'> & Partial<KindRow>;

function row(parts: Parts): KindRow {
  return {
    short: [],
    namespaced: true,
    subresources: [],
    generation: false,
    unconditional: true,
    createOnUpdate: false,
    custom: false,
    category: [],
    names: 'subdomain',
    ...parts,
  };
}

/** A kind of a CustomResourceDefinition: how most routers' objects are served. */
export function customKind(parts: Parts): KindRow {
  return row({ generation: true, unconditional: false, custom: true, ...parts });
}

function core(parts: Omit<Parts, 'group' | 'versions'>): KindRow {
  return row({ group: '', versions: ['v1'], ...parts });
}

function apps(parts: Omit<Parts, 'group' | 'versions'>): KindRow {
  return row({ group: 'apps', versions: ['v1'], generation: true, category: ['all'], subresources: ['status', 'scale'], ...parts });
}

function istio(kind: string, plural: string, short: readonly string[]): KindRow {
  return customKind({
    group: 'networking.istio.io',
    versions: ['v1beta1', 'v1', 'v1alpha3'],
    kind,
    plural,
    short,
    subresources: ['status'],
  });
}

const ALL = ['all'] as const;
const STATUS = ['status'] as const;

function gatewayApi(parts: Omit<Parts, 'group' | 'versions'>): KindRow {
  const group = 'gateway.networking.k8s.io';
  return customKind({ group, versions: ['v1', 'v1beta1'], subresources: STATUS, category: ['gateway-api'], ...parts });
}

function flagger(kind: string, plural: string): KindRow {
  return customKind({ group: 'flagger.app', versions: ['v1beta1'], kind, plural, subresources: STATUS, category: ALL });
}

/** Not served at first: its objects tell of a Flagger that is alive. Push it to `world.kinds` where that is wanted. */
export const FLAGGER_CANARY: KindRow = flagger('Canary', 'canaries');

export const KINDS: readonly KindRow[] = [
  core({ kind: 'Namespace', plural: 'namespaces', short: ['ns'], namespaced: false, subresources: STATUS, names: 'label' }),
  core({ kind: 'Node', plural: 'nodes', short: ['no'], namespaced: false, subresources: STATUS }),
  core({ kind: 'Pod', plural: 'pods', short: ['po'], subresources: STATUS, category: ALL, generation: true }),
  core({
    kind: 'Service',
    plural: 'services',
    short: ['svc'],
    subresources: STATUS,
    category: ALL,
    names: 'service',
    createOnUpdate: true,
  }),
  core({ kind: 'Endpoints', plural: 'endpoints', short: ['ep'], createOnUpdate: true }),
  core({ kind: 'ConfigMap', plural: 'configmaps', short: ['cm'] }),
  core({ kind: 'Secret', plural: 'secrets' }),
  core({ kind: 'Event', plural: 'events', short: ['ev'], createOnUpdate: true }),
  core({ kind: 'ServiceAccount', plural: 'serviceaccounts', short: ['sa'] }),
  apps({ kind: 'Deployment', plural: 'deployments', short: ['deploy'] }),
  apps({ kind: 'ReplicaSet', plural: 'replicasets', short: ['rs'] }),
  apps({ kind: 'DaemonSet', plural: 'daemonsets', short: ['ds'], subresources: STATUS }),
  row({
    group: 'autoscaling',
    versions: ['v2'],
    kind: 'HorizontalPodAutoscaler',
    plural: 'horizontalpodautoscalers',
    short: ['hpa'],
    subresources: STATUS,
    category: ALL,
  }),
  row({ group: 'coordination.k8s.io', versions: ['v1'], kind: 'Lease', plural: 'leases', unconditional: false, createOnUpdate: true }),
  row({ group: 'discovery.k8s.io', versions: ['v1'], kind: 'EndpointSlice', plural: 'endpointslices', generation: true }),
  row({ group: 'events.k8s.io', versions: ['v1'], kind: 'Event', plural: 'events', short: ['ev'], createOnUpdate: true }),
  istio('VirtualService', 'virtualservices', ['vs']),
  istio('DestinationRule', 'destinationrules', ['dr']),
  // A Gateway without its group is Istio's.
  istio('Gateway', 'gateways', ['gw']),
  gatewayApi({ kind: 'HTTPRoute', plural: 'httproutes' }),
  gatewayApi({ kind: 'Gateway', plural: 'gateways', short: ['gtw'] }),
  gatewayApi({ kind: 'GatewayClass', plural: 'gatewayclasses', short: ['gc'], namespaced: false }),
  customKind({
    group: 'split.smi-spec.io',
    versions: ['v1alpha3', 'v1alpha2', 'v1alpha1'],
    kind: 'TrafficSplit',
    plural: 'trafficsplits',
    short: ['ts'],
  }),
  customKind({ group: 'traefik.io', versions: ['v1alpha1'], kind: 'TraefikService', plural: 'traefikservices' }),
  flagger('MetricTemplate', 'metrictemplates'),
  flagger('AlertProvider', 'alertproviders'),
];

/** What is asked by POST and never stored. */
export interface ReviewRow {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
}

export const REVIEWS: readonly ReviewRow[] = [
  { group: 'authorization.k8s.io', version: 'v1', kind: 'SelfSubjectAccessReview', plural: 'selfsubjectaccessreviews' },
  { group: 'authorization.k8s.io', version: 'v1', kind: 'SelfSubjectRulesReview', plural: 'selfsubjectrulesreviews' },
  { group: 'authentication.k8s.io', version: 'v1', kind: 'SelfSubjectReview', plural: 'selfsubjectreviews' },
];

/** Where objects of a kind are kept. Both kinds of Event are one. */
export function storedAs(row: Pick<KindRow, 'group' | 'kind'>): string {
  return row.kind === 'Event' ? 'Event' : row.group === '' ? row.kind : `${row.kind}.${row.group}`;
}

/** `deployments.apps`: how the API server names a resource in its messages. */
export function resourceName(row: Pick<KindRow, 'group' | 'plural'>): string {
  return row.group === '' ? row.plural : `${row.plural}.${row.group}`;
}

export function kindName(row: Pick<KindRow, 'group' | 'kind'>): string {
  return row.group === '' ? row.kind : `${row.kind}.${row.group}`;
}

export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The stored form's apiVersion. */
export function storedVersion(row: KindRow): string {
  return apiVersionOf(row.group, row.versions[0] ?? 'v1');
}

export function resourcePath(row: KindRow, apiVersion: string, namespace: string | undefined): string {
  return `/${row.group === '' ? 'api' : 'apis'}/${apiVersion}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${row.plural}`;
}
