// Cells of Services and of what stands behind them: addresses, ports, selectors. It must not know of other kinds.
import { isObject } from '../../common/json.ts';
import type { Obj, Strings } from '../../contracts.ts';
import { at, few, list, type Node } from './cells.ts';

const NONE = '<none>';

/** Sorted, as label selectors are written everywhere. */
export function labels(wanted: unknown): string {
  if (!isObject(wanted)) return NONE;
  const pairs = Object.entries(wanted as Strings).map(([key, value]) => `${key}=${value}`);
  return pairs.toSorted().join(',') || NONE;
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

function requirement({ key, operator, values = [] }: Requirement): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.toSorted().join(',')})`;
}

/** By key; those of one key in the order in which they are written. */
export function selector(wanted: unknown): string {
  const equalities = Object.entries((at(wanted, 'matchLabels') ?? {}) as Strings).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const expressions = (list(wanted, 'matchExpressions') as unknown as Requirement[]).map((one) => ({
    key: one.key,
    text: requirement(one),
  }));
  const sorted = [...equalities, ...expressions].toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return sorted.map(({ text }) => text).join(',') || NONE;
}

export function servicePorts(service: Obj): string {
  const ports = list(service, 'spec.ports').map(
    ({ port, nodePort, protocol }) => `${String(port)}${nodePort === undefined ? '' : `:${String(nodePort)}`}/${String(protocol)}`,
  );
  return ports.join(',') || NONE;
}

export function externalIp(service: Obj): string {
  const type = at(service, 'spec.type');
  if (type === 'ExternalName') return String(at(service, 'spec.externalName'));
  const own = (at(service, 'spec.externalIPs') ?? []) as readonly string[];
  const balancers = list(service, 'status.loadBalancer.ingress').map(({ ip, hostname }) => String(ip ?? hostname));
  const all = type === 'LoadBalancer' ? [...balancers, ...own] : own;
  return all.join(',') || (type === 'LoadBalancer' ? '<pending>' : NONE);
}

function ofSubset(subset: Node): string[] {
  const ips = list(subset, 'addresses').map(({ ip }) => String(ip));
  const ports = list(subset, 'ports').map(({ port }) => String(port));
  return ports.length === 0 ? ips : ports.flatMap((port) => ips.map((ip) => `${ip}:${port}`));
}

export function addresses(endpoints: Obj): string {
  const subsets = list(endpoints, 'subsets');
  return subsets.length === 0 ? NONE : few(subsets.flatMap(ofSubset));
}

export function sliceAddresses(slice: Obj): string {
  return few(list(slice, 'endpoints').flatMap((endpoint) => list(endpoint, 'addresses').map(String))) || '<unset>';
}

export function slicePorts(slice: Obj): string {
  return few(list(slice, 'ports').map(({ name, port }) => String(port ?? name ?? '*'))) || '<unset>';
}
