// The columns that `kubectl get` shows, by kind, as data. It must not choose objects.
import { isObject } from '../../common/json.ts';
import type { Obj, Strings } from '../../contracts.ts';

export interface Column {
  readonly name: string;
  readonly type?: 'string' | 'integer';
  readonly format?: string;
  /** 1: with -o wide only. */
  readonly priority?: number;
  cell(object: Obj, now: number): unknown;
}

type Node = Record<string, unknown>;

function at(object: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (isObject(value) || Array.isArray(value) ? (value as unknown as Node)[key] : undefined), object);
}

function list(object: Obj, path: string): readonly Node[] {
  const value = at(object, path);
  return Array.isArray(value) ? (value as Node[]) : [];
}

/** As kubectl shortens durations: seconds to two minutes, then two units while they matter. */
export function humanDuration(seconds: number): string {
  const parts = (large: number, unit: string, small: [number, string]): string => {
    const rest = Math.floor((seconds % large) / small[0]);
    return `${Math.floor(seconds / large)}${unit}${rest > 0 ? `${rest}${small[1]}` : ''}`;
  };
  if (seconds < 120) return `${Math.max(0, Math.floor(seconds))}s`;
  if (seconds < 600) return parts(60, 'm', [1, 's']);
  if (seconds < 3 * 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 8 * 3600) return parts(3600, 'h', [60, 'm']);
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h`;
  if (seconds < 8 * 86_400) return parts(86_400, 'd', [3600, 'h']);
  if (seconds < 730 * 86_400) return `${Math.floor(seconds / 86_400)}d`;
  return parts(365 * 86_400, 'y', [86_400, 'd']);
}

function age(time: unknown, now: number): string {
  const then = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(then) ? '<unknown>' : humanDuration((now - then) / 1000);
}

function text(name: string, path: string, empty = ''): Column {
  return { name, cell: (object) => at(object, path) ?? empty };
}

function integer(name: string, path: string): Column {
  return { name, type: 'integer', cell: (object) => at(object, path) ?? 0 };
}

function wide(column: Column): Column {
  return { ...column, priority: 1 };
}

const NAME = text('Name', 'metadata.name');
const AGE: Column = { name: 'Age', cell: (object, now) => age(object.metadata.creationTimestamp, now) };

export const DEFAULT_COLUMNS: readonly Column[] = [NAME, AGE];

function labels(selector: unknown): string {
  return isObject(selector)
    ? Object.entries(selector as Strings)
        .map(([key, value]) => `${key}=${value}`)
        .join(',')
    : '<none>';
}

function podReason(pod: Obj): string {
  if (pod.metadata['deletionTimestamp'] !== undefined) return 'Terminating';
  for (const status of list(pod, 'status.containerStatuses')) {
    const reason = at(status, 'state.waiting.reason') ?? at(status, 'state.terminated.reason');
    if (reason !== undefined) return String(reason);
  }
  return String(at(pod, 'status.phase') ?? 'Unknown');
}

function servicePorts(service: Obj): string {
  const ports = list(service, 'spec.ports').map(
    ({ port, nodePort, protocol }) => `${port}${nodePort === undefined ? '' : `:${nodePort}`}/${protocol}`,
  );
  return ports.join(',') || '<none>';
}

function externalIp(service: Obj): string {
  if (at(service, 'spec.type') === 'LoadBalancer') return '<pending>';
  return String(at(service, 'spec.externalName') ?? '<none>');
}

function containers(name: string, field: string): Column {
  const cell = (object: Obj): string =>
    list(object, 'spec.template.spec.containers')
      .map((container) => container[field])
      .join(',');
  return wide({ name, cell });
}

function podCount(pod: Obj): string {
  const ready = list(pod, 'status.containerStatuses').filter((status) => status['ready'] === true).length;
  return `${ready}/${list(pod, 'spec.containers').length}`;
}

function addresses(endpoints: Obj): string {
  const all = list(endpoints, 'subsets').flatMap((subset) => {
    const ports = (subset['ports'] ?? []) as Node[];
    return ((subset['addresses'] ?? []) as Node[]).flatMap(({ ip }) => ports.map(({ port }) => `${ip}:${port}`));
  });
  return all.length === 0 ? '<none>' : all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',');
}

function sliceAddresses(slice: Obj): string {
  return (
    list(slice, 'endpoints')
      .flatMap((endpoint) => endpoint['addresses'])
      .join(',') || '<unset>'
  );
}

const TEMPLATE = [containers('Containers', 'name'), containers('Images', 'image')];
const SELECTOR = wide({ name: 'Selector', cell: (object) => labels(at(object, 'spec.selector.matchLabels')) });

export const COLUMNS: Record<string, readonly Column[]> = {
  Deployment: [
    NAME,
    { name: 'Ready', cell: (object) => `${at(object, 'status.readyReplicas') ?? 0}/${at(object, 'spec.replicas') ?? 0}` },
    integer('Up-to-date', 'status.updatedReplicas'),
    integer('Available', 'status.availableReplicas'),
    AGE,
    ...TEMPLATE,
    SELECTOR,
  ],
  ReplicaSet: [
    NAME,
    integer('Desired', 'spec.replicas'),
    integer('Current', 'status.replicas'),
    integer('Ready', 'status.readyReplicas'),
    AGE,
    ...TEMPLATE,
    SELECTOR,
  ],
  Pod: [
    NAME,
    { name: 'Ready', cell: podCount },
    { name: 'Status', cell: podReason },
    {
      name: 'Restarts',
      cell: (pod) => String(list(pod, 'status.containerStatuses').reduce((sum, status) => sum + Number(status['restartCount'] ?? 0), 0)),
    },
    AGE,
    wide(text('IP', 'status.podIP', '<none>')),
    wide(text('Node', 'spec.nodeName', '<none>')),
    wide({ name: 'Nominated Node', cell: () => '<none>' }),
    wide({ name: 'Readiness Gates', cell: () => '<none>' }),
  ],
  Service: [
    NAME,
    text('Type', 'spec.type'),
    text('Cluster-IP', 'spec.clusterIP', '<none>'),
    { name: 'External-IP', cell: externalIp },
    { name: 'Port(s)', cell: servicePorts },
    AGE,
    wide({ name: 'Selector', cell: (object) => labels(at(object, 'spec.selector')) }),
  ],
  Endpoints: [NAME, { name: 'Endpoints', cell: addresses }, AGE],
  EndpointSlice: [
    NAME,
    text('AddressType', 'addressType'),
    {
      name: 'Ports',
      cell: (slice) =>
        list(slice, 'ports')
          .map(({ port }) => port)
          .join(',') || '<unset>',
    },
    { name: 'Endpoints', cell: sliceAddresses },
    AGE,
  ],
  ConfigMap: [
    NAME,
    {
      name: 'Data',
      type: 'integer',
      cell: (object) => Object.keys(object['data'] ?? {}).length + Object.keys(object['binaryData'] ?? {}).length,
    },
    AGE,
  ],
  Secret: [NAME, text('Type', 'type'), { name: 'Data', type: 'integer', cell: (object) => Object.keys(object['data'] ?? {}).length }, AGE],
  ServiceAccount: [NAME, AGE],
  Namespace: [NAME, text('Status', 'status.phase'), AGE],
  Node: [
    NAME,
    { name: 'Status', cell: () => 'Ready' },
    { name: 'Roles', cell: () => '<none>' },
    AGE,
    { name: 'Version', cell: () => 'v1.34.1+sandbox' },
  ],
  Lease: [NAME, text('Holder', 'spec.holderIdentity'), AGE],
  HorizontalPodAutoscaler: [
    NAME,
    { name: 'Reference', cell: (object) => `${at(object, 'spec.scaleTargetRef.kind')}/${at(object, 'spec.scaleTargetRef.name')}` },
    { name: 'Targets', cell: (object) => list(object, 'spec.metrics').map(target).join(', ') || '<none>' },
    text('MinPods', 'spec.minReplicas', '<unset>'),
    integer('MaxPods', 'spec.maxReplicas'),
    integer('Replicas', 'status.currentReplicas'),
    AGE,
  ],
  DaemonSet: [
    NAME,
    integer('Desired', 'status.desiredNumberScheduled'),
    integer('Current', 'status.currentNumberScheduled'),
    integer('Ready', 'status.numberReady'),
    integer('Up-to-date', 'status.updatedNumberScheduled'),
    integer('Available', 'status.numberAvailable'),
    { name: 'Node Selector', cell: (object) => labels(at(object, 'spec.template.spec.nodeSelector')) },
    AGE,
    ...TEMPLATE,
    SELECTOR,
  ],
  Event: [
    { name: 'Last Seen', cell: (event, now) => age(event['lastTimestamp'] ?? event['deprecatedLastTimestamp'] ?? event['eventTime'], now) },
    text('Type', 'type'),
    text('Reason', 'reason'),
    { name: 'Object', cell: (event) => about(event['involvedObject'] ?? event['regarding']) },
    { name: 'Message', cell: (event) => event['message'] ?? event['note'] ?? '' },
    wide(NAME),
  ],
  VirtualService: [
    NAME,
    { name: 'Gateways', cell: (object) => json(at(object, 'spec.gateways')) },
    { name: 'Hosts', cell: (object) => json(at(object, 'spec.hosts')) },
    AGE,
  ],
  DestinationRule: [NAME, text('Host', 'spec.host'), AGE],
  Gateway: [NAME, AGE],
};

function target(metric: Node): string {
  const resource = metric['resource'];
  if (resource === undefined) return '<unknown>';
  const wanted = at(resource, 'target.averageUtilization');
  return `${at(resource, 'name')}: <unknown>/${wanted === undefined ? at(resource, 'target.averageValue') : `${wanted}%`}`;
}

function about(reference: unknown): string {
  return `${String(at(reference, 'kind') ?? '').toLowerCase()}/${at(reference, 'name') ?? ''}`;
}

function json(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}
