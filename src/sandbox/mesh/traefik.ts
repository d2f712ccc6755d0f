// What Traefik does with requests for a TraefikService: weights, nested or not, after its reference and as it builds them. Sessions that stick to a
// Service are not followed. It must never look at how a router of ours writes these objects.
import type { JsonObject, Obj } from '../../contracts.ts';
import { endpointsOf, hasPort, serviceOf } from './kubernetes.ts';
import { fullName, list, listed, object, spec } from './objects.ts';
import type { Client, Destination, Host, Objects, Routing } from './types.ts';

/** Undefined: nothing is named like the Service that is asked for; where something is, its users come by an IngressRoute that leads there.
 *  No destinations: Traefik could not build it, and answers 404 to everybody. */
export function traefikRouting(objects: Objects, host: Host, { gateway }: Client): Routing | undefined {
  const service = gateway === undefined || gateway === 'traefik' ? serviceOf(objects, host) : undefined;
  const found = service && named(objects, host);
  if (found) return { destinations: partsOf(objects, found, { percent: 100, above: [] }) ?? [] };
  // Who says to come through Traefik has an IngressRoute to the Service itself.
  const alone =
    service && gateway === 'traefik' ? partOf(objects, onlyEntry(service), { percent: 100, namespace: host.namespace }) : undefined;
  return alone && { destinations: alone };
}

function onlyEntry(service: Obj): JsonObject {
  const [first] = list(spec(service)['ports']);
  return { name: service.metadata.name, ...(first?.['port'] === undefined ? {} : { port: first['port'] }) };
}

function named(objects: Objects, host: Host): Obj | undefined {
  return listed(objects, 'TraefikService').find(
    ({ metadata }) => fullName({ name: metadata.name, namespace: metadata.namespace ?? 'default' }) === fullName(host),
  );
}

interface Whole {
  readonly percent: number;
  /** Those that it is a part of: one that leads back to itself cannot be built. */
  readonly above: readonly Obj[];
}

/** Undefined where any part of it cannot be built, even one without a weight. */
function partsOf(objects: Objects, service: Obj, { percent, above }: Whole): Destination[] | undefined {
  const entries = list(object(spec(service)['weighted'])['services']);
  const namespace = service.metadata.namespace ?? 'default';
  if (!entries.length || above.includes(service)) return undefined;
  const total = entries.reduce((sum, entry) => sum + weightOf(entry), 0);
  const parts = entries.map((entry) => {
    const share = total > 0 ? (weightOf(entry) / total) * percent : 0;
    if (entry['kind'] !== 'TraefikService') return partOf(objects, entry, { percent: share, namespace });
    const nested = named(objects, { name: String(entry['name']), namespace: String(entry['namespace'] ?? namespace) });
    return nested && partsOf(objects, nested, { percent: share, above: [...above, service] });
  });
  return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []).filter((part) => part.percent > 0);
}

function weightOf({ weight = 1 }: JsonObject): number {
  return typeof weight === 'number' ? Math.max(0, weight) : 0;
}

/** Without such a port, or without a pod that is ready, there is no such part (allowEmptyServices is off unless somebody turns it on). */
function partOf(objects: Objects, entry: JsonObject, of: { percent: number; namespace: string }): Destination[] | undefined {
  const { name, port, namespace = of.namespace } = entry;
  const host = { name: String(name), namespace: of.namespace };
  const service = namespace === of.namespace ? serviceOf(objects, host) : undefined;
  if (!service || !hasPort(service, port) || !endpointsOf(objects, service).length) return undefined;
  const backend = [host.namespace, host.name, ...(port === undefined ? [] : [String(port)])].join('-');
  return [{ host, percent: of.percent, backend: backend.replace(/[^0-9A-Za-z]+/g, '-') }];
}
