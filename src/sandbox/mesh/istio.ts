// What Istio does with a request of an ordinary client: VirtualServices and the subsets of DestinationRules, read on our own account.
// It must never look at how a router of ours writes these objects.
import { isObject } from '../../common/json.ts';
import type { JsonObject, Obj } from '../../contracts.ts';
import type { Destination, Host, Objects } from './types.ts';

/** Undefined: no VirtualService names the host. Otherwise shares that sum to 100, or none where Istio would answer itself. */
export function istioDestinations(objects: Objects, host: Host): Destination[] | undefined {
  const virtual = virtualServiceOf(objects, host);
  return virtual && destinationsOf(objects, virtual);
}

/** The one that names the host most closely; of several, the oldest. */
function virtualServiceOf(objects: Objects, host: Host): Obj | undefined {
  const asked = fullName(host);
  const candidates = objects
    .list('VirtualService')
    .map((virtual) => ({ virtual, closeness: Math.max(-1, ...hostsOf(virtual).map((named) => closeness(named, asked))) }))
    .filter((candidate) => candidate.closeness >= 0);
  candidates.sort((a, b) => b.closeness - a.closeness || (age(a.virtual) < age(b.virtual) ? -1 : 1));
  return candidates[0]?.virtual;
}

function age(object: Obj): string {
  const { creationTimestamp = '', namespace = '', name } = object.metadata;
  return `${creationTimestamp} ${namespace}/${name}`;
}

function hostsOf(virtual: Obj): string[] {
  const { hosts } = spec(virtual);
  const namespace = virtual.metadata.namespace ?? 'default';
  return Array.isArray(hosts) ? hosts.map((name) => fullName({ name: String(name), namespace })) : [];
}

/** Istio completes only names without a dot. */
function fullName({ name, namespace }: Host): string {
  return name.includes('.') || name === '*' ? name : `${name}.${namespace}.svc.cluster.local`;
}

/** -1: does not match. An exact name beats every wildcard, a longer wildcard a shorter one. */
function closeness(named: string, asked: string): number {
  if (named === asked) return Infinity;
  return named.startsWith('*') && asked.endsWith(named.slice(1)) ? named.length : -1;
}

function destinationsOf(objects: Objects, virtual: Obj): Destination[] {
  const { http, tcp } = spec(virtual);
  const rules = list(http).length ? list(http) : list(tcp);
  const rule = rules.find(takesOrdinaryClient);
  if (!rule || rule['redirect'] || rule['directResponse']) return [];
  const delegate = rule['delegate'];
  if (isObject(delegate)) {
    const namespace = String(delegate['namespace'] ?? virtual.metadata.namespace ?? 'default');
    const child = objects.list('VirtualService', namespace).find(({ metadata }) => metadata.name === delegate['name']);
    // A delegate names no hosts and may not delegate again.
    return child && !hostsOf(child).length ? weighed(objects, child, list(spec(child)['http']).find(takesOrdinaryClient)) : [];
  }
  return weighed(objects, virtual, rule);
}

/** An ordinary client knows the paths and methods of the application, but sends no special header, query or label. */
function takesOrdinaryClient(rule: JsonObject): boolean {
  const matches = list(rule['match']);
  const special = ['headers', 'queryParams', 'sourceLabels', 'sourceNamespace'];
  return !matches.length || matches.some((match) => special.every((field) => isEmpty(match[field])));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (isObject(value) && !Object.keys(value).length);
}

function weighed(objects: Objects, virtual: Obj, rule: JsonObject | undefined): Destination[] {
  const routes = list(rule?.['route']);
  const weights = routes.map((route) => (typeof route['weight'] === 'number' ? route['weight'] : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return routes.flatMap((route, i) => {
    // The weight of an only route does not count; weights are shares of their sum.
    const percent = routes.length === 1 ? 100 : total > 0 ? ((weights[i] ?? 0) / total) * 100 : 0;
    const { host, subset } = isObject(route['destination']) ? route['destination'] : {};
    if (percent === 0 || typeof host !== 'string') return [];
    const destination = { host: { name: host, namespace: virtual.metadata.namespace ?? 'default' }, percent };
    return [
      typeof subset === 'string' && subset ? { ...destination, labels: subsetLabels(objects, destination.host, subset) } : destination,
    ];
  });
}

/** An unknown subset is a label that no pod has: requests for it are lost, as in Istio. */
function subsetLabels(objects: Objects, host: Host, subset: string): JsonObject {
  const asked = fullName(host);
  for (const rule of objects.list('DestinationRule')) {
    const { host: named, subsets } = spec(rule);
    if (fullName({ name: String(named), namespace: rule.metadata.namespace ?? 'default' }) !== asked) continue;
    const found = list(subsets).find(({ name }) => name === subset);
    if (found) return isObject(found['labels']) ? found['labels'] : {};
  }
  return { [`subset ${subset}`]: 'unknown' };
}

function spec(object: Obj): JsonObject {
  return isObject(object['spec']) ? object['spec'] : {};
}

function list(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
