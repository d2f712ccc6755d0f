// An independent reading of routing objects: where requests to a host really go. It must never import src/routers, or their mistakes
// would be invisible here.
import { istioDestinations } from './istio.ts';
import { endpointsOf, serviceOf } from './kubernetes.ts';
import type { Destination, Endpoint, Host, Objects, Share } from './types.ts';

export { workloadOf } from './kubernetes.ts';
export type { Endpoint, Host, Objects, Share } from './types.ts';

/** Each mesh that has something to say about a host, in order; Kubernetes itself comes last. */
const meshes: readonly ((objects: Objects, host: Host) => Destination[] | undefined)[] = [istioDestinations];

/** Requests come through whichever door the route is open for: the difference between mesh and gateway is not made. */
export function shares(objects: Objects, host: Host): Share[] {
  for (const mesh of meshes) {
    const destinations = mesh(objects, host);
    if (destinations) return destinations.map((destination) => shareOf(objects, destination));
  }
  return serviceOf(objects, host) ? [shareOf(objects, { host, percent: 100 })] : [];
}

function shareOf(objects: Objects, { host, percent, labels = {} }: Destination): Share {
  const service = serviceOf(objects, host);
  if (!service) return { namespace: host.namespace, service: host.name, percent, endpoints: [] };
  const has = ({ pod }: Endpoint) => Object.entries(labels).every(([key, value]) => pod.metadata.labels?.[key] === value);
  const { name, namespace = 'default' } = service.metadata;
  return { namespace, service: name, percent, endpoints: endpointsOf(objects, service).filter(has) };
}

/** Per cent of the requests to a host by workload ('namespace/name'); what nobody ready takes stands under ''. */
export function workloadShares(objects: Objects, host: Host): Map<string, number> {
  const found = new Map<string, number>();
  const add = (workload: string, percent: number) => found.set(workload, (found.get(workload) ?? 0) + percent);
  const all = shares(objects, host);
  if (!all.length) add('', 100);
  for (const { namespace, percent, endpoints } of all) {
    if (!endpoints.length) add('', percent);
    for (const { workload } of endpoints) add(`${namespace}/${workload}`, percent / endpoints.length);
  }
  return found;
}
