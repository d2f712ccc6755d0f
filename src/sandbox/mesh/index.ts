// An independent reading of routing objects: where requests to a host really go. It must never import src/routers, or their mistakes
// would be invisible here.
import { gatewayClients, gatewayRouting } from './gateway.ts';
import { istioClients, istioRouting } from './istio.ts';
import { endpointsOf, serviceOf } from './kubernetes.ts';
import { listed } from './objects.ts';
import { smiRouting } from './smi.ts';
import { traefikRouting } from './traefik.ts';
import type { Client, Destination, Endpoint, Host, Objects, Routing, Share, Way } from './types.ts';

export { workloadOf } from './kubernetes.ts';
export type { Client, Endpoint, Host, Objects, Share, Way } from './types.ts';

/** Each mesh that has something to say about a host, in order; Kubernetes itself comes last. */
const meshes: readonly ((objects: Objects, host: Host, client: Client) => Routing | undefined)[] = [
  istioRouting,
  smiRouting,
  gatewayRouting,
  traefikRouting,
];

/** Unless the client names a gateway, requests come through whichever door the route is open for. */
export function wayOf(objects: Objects, host: Host, client: Client = {}): Way {
  for (const mesh of meshes) {
    const routing = mesh(objects, host, client);
    if (!routing) continue;
    const { destinations, copies = [], tcp = false } = routing;
    const resolved = (all: readonly Destination[]) => all.map((destination) => shareOf(objects, destination));
    return { shares: resolved(destinations), copies: resolved(copies), tcp };
  }
  return { shares: serviceOf(objects, host) ? [shareOf(objects, { host, percent: 100 })] : [], copies: [], tcp: false };
}

/** Who answers a client. */
export function shares(objects: Objects, host: Host, client: Client = {}): readonly Share[] {
  return wayOf(objects, host, client).shares;
}

/** Clients besides the ordinary one that routes to the host are made for: A/B tests, marked sources. */
export function specialClients(objects: Objects, host: Host): Client[] {
  return [...istioClients(objects, host), ...gatewayClients(objects, host)];
}

/** Whether pods of a namespace are counted by a mesh that speaks SMI. */
export function speaksSmi(objects: Objects, namespace: string): boolean {
  return listed(objects, 'TrafficSplit', namespace).length > 0;
}

function shareOf(objects: Objects, { host, percent, labels = {}, cookies = [], backend }: Destination): Share {
  const service = serviceOf(objects, host);
  if (!service) return { namespace: host.namespace, service: host.name, percent, endpoints: [], cookies };
  const has = ({ pod }: Endpoint) => Object.entries(labels).every(([key, value]) => pod.metadata.labels?.[key] === value);
  const { name, namespace = 'default' } = service.metadata;
  const endpoints = endpointsOf(objects, service).filter(has);
  return { namespace, service: name, percent, endpoints, cookies, ...(backend === undefined ? {} : { backend }) };
}

/** Per cent of a client's requests to a host by workload ('namespace/name'); what nobody ready takes stands under ''. */
export function workloadShares(objects: Objects, host: Host, client: Client = {}): Map<string, number> {
  const found = new Map<string, number>();
  const add = (workload: string, percent: number) => found.set(workload, (found.get(workload) ?? 0) + percent);
  const all = shares(objects, host, client);
  if (!all.length) add('', 100);
  for (const { namespace, percent, endpoints } of all) {
    if (!endpoints.length) add('', percent);
    for (const { workload } of endpoints) add(`${namespace}/${workload}`, percent / endpoints.length);
  }
  return found;
}
