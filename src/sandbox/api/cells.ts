// What a cell of a Table shows: the shortened forms of kubectl. It must not choose columns or objects.
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

export function at(object: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (isObject(value) || Array.isArray(value) ? (value as unknown as Node)[key] : undefined), object);
}

export function list(object: Obj, path: string): readonly Node[] {
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

export function age(time: unknown, now: number): string {
  const then = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(then) ? '<unknown>' : humanDuration((now - then) / 1000);
}

export function text(name: string, path: string, empty = ''): Column {
  return { name, cell: (object) => at(object, path) ?? empty };
}

export function integer(name: string, path: string): Column {
  return { name, type: 'integer', cell: (object) => at(object, path) ?? 0 };
}

export function wide(column: Column): Column {
  return { ...column, priority: 1 };
}

export const NAME = text('Name', 'metadata.name');
export const AGE: Column = { name: 'Age', cell: (object, now) => age(object.metadata.creationTimestamp, now) };

export const DEFAULT_COLUMNS: readonly Column[] = [NAME, AGE];

export function labels(selector: unknown): string {
  return isObject(selector)
    ? Object.entries(selector as Strings)
        .map(([key, value]) => `${key}=${value}`)
        .join(',')
    : '<none>';
}

export function podReason(pod: Obj): string {
  if (pod.metadata['deletionTimestamp'] !== undefined) return 'Terminating';
  for (const status of list(pod, 'status.containerStatuses')) {
    const reason = at(status, 'state.waiting.reason') ?? at(status, 'state.terminated.reason');
    if (reason !== undefined) return String(reason);
  }
  return String(at(pod, 'status.phase') ?? 'Unknown');
}

export function servicePorts(service: Obj): string {
  const ports = list(service, 'spec.ports').map(
    ({ port, nodePort, protocol }) => `${port}${nodePort === undefined ? '' : `:${nodePort}`}/${protocol}`,
  );
  return ports.join(',') || '<none>';
}

export function externalIp(service: Obj): string {
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

export function podCount(pod: Obj): string {
  const ready = list(pod, 'status.containerStatuses').filter((status) => status['ready'] === true).length;
  return `${ready}/${list(pod, 'spec.containers').length}`;
}

export function addresses(endpoints: Obj): string {
  const all = list(endpoints, 'subsets').flatMap((subset) => {
    const ports = (subset['ports'] ?? []) as Node[];
    return ((subset['addresses'] ?? []) as Node[]).flatMap(({ ip }) => ports.map(({ port }) => `${ip}:${port}`));
  });
  return all.length === 0 ? '<none>' : all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',');
}

export function sliceAddresses(slice: Obj): string {
  return (
    list(slice, 'endpoints')
      .flatMap((endpoint) => endpoint['addresses'])
      .join(',') || '<unset>'
  );
}

export const TEMPLATE = [containers('Containers', 'name'), containers('Images', 'image')];
export const SELECTOR = wide({ name: 'Selector', cell: (object) => labels(at(object, 'spec.selector.matchLabels')) });

export function target(metric: Node): string {
  const resource = metric['resource'];
  if (resource === undefined) return '<unknown>';
  const wanted = at(resource, 'target.averageUtilization');
  return `${at(resource, 'name')}: <unknown>/${wanted === undefined ? at(resource, 'target.averageValue') : `${wanted}%`}`;
}

export function about(reference: unknown): string {
  return `${String(at(reference, 'kind') ?? '').toLowerCase()}/${at(reference, 'name') ?? ''}`;
}

export function json(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}
