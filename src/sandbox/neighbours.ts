// Who stands beside the cluster: traffic, its Prometheus, the load tester and the chats, at the addresses that somebody names, and a Service
// for each that is said to be inside. It must not know what the addresses are for beyond that.
import type { Obj } from '../contracts.ts';
import type { Millis, Send } from '../ports.ts';
import { chat } from './chat.ts';
import { namesOf, portOf, serviceNamed } from './hosts.ts';
import { loadTester } from './loadtester.ts';
import { seededRandom } from './prom/random.ts';
import { prometheus } from './prom/server.ts';
import { startTraffic, type Load } from './prom/traffic.ts';
import type { SandboxWorld } from './world/types.ts';

export interface NeighbourOptions {
  /** Addresses that the sandbox's own Prometheus answers at. */
  readonly metricsServers: readonly string[];
  /** Addresses of webhooks: a simulated load tester answers them. */
  readonly hooks: readonly string[];
  /** Addresses of webhooks that ask whether to roll back: no, until somebody opens them. */
  readonly rollbacks?: readonly string[];
  readonly chats?: readonly { readonly name: string; readonly address: string }[];
  /** A gate that was asked so long ago opens by itself. Left out: it waits for somebody to open it. */
  readonly gatesOpenAfter?: Millis;
  /** Hears what chats are told, and what else a person would like to see. */
  tell?(line: string): void;
}

export interface Neighbours {
  readonly prometheus: Send;
  readonly loadTester: Send;
  /** Requests of users to a Service that no route leads to. */
  load(load: Load): void;
  /** For those of them that a name of the cluster was given for. */
  readonly services: readonly Obj[];
}

/** Enough for a canary with 5 % of it to be judged. */
const requestsPerSecond = 50;
/** So often that a check ten seconds after a weight has several samples of new pods, also where a busy machine is late. */
const scrapeEvery = 2_000;
/** Where a name without a namespace is looked for: where Flagger and its Prometheus stand. */
const homeOfMetrics = 'istio-system';

export function settle(world: SandboxWorld, options: NeighbourOptions): Neighbours {
  const tell = options.tell ?? (() => undefined);
  const traffic = startTraffic({
    objects: world,
    clock: world.clock,
    faults: world.faults,
    requestsPerSecond,
    scrapeEvery,
    random: seededRandom(1),
  });
  const load = (wanted: Load): void => {
    if (world.get('Service', wanted.host.namespace, wanted.host.name)) traffic.load(wanted);
  };
  const tester = loadTester({
    clock: world.clock,
    load,
    ...(options.gatesOpenAfter === undefined ? {} : { gatesOpenAfter: options.gatesOpenAfter }),
    tell,
  });
  const metrics = prometheus(traffic, world.clock);
  const services = [
    ...addressed(options.metricsServers, 'metrics', metrics),
    ...addressed(options.hooks, 'hook', tester.send),
    ...addressed(options.rollbacks ?? [], 'hook', tester.rollbacks),
    ...(options.chats ?? []).flatMap(({ name, address }) => addressed([address], 'hook', chat(name, tell))),
  ];
  for (const [host, at] of grouped(services)) world.hosts.set(host, router(at));
  return { prometheus: metrics, loadTester: tester.send, load, services: servicesFor(services) };
}

interface Addressed {
  readonly url: URL;
  readonly is: 'metrics' | 'hook';
  readonly send: Send;
}

/** What is no address has no host: whoever asks there is told so, as with a cluster. */
function addressed(addresses: readonly string[], is: Addressed['is'], send: Send): Addressed[] {
  return addresses.flatMap((address) => (URL.canParse(address) ? [{ url: new URL(address), is, send }] : []));
}

/** By every name that leads there. */
function grouped(all: readonly Addressed[]): Map<string, Addressed[]> {
  const hosts = new Map<string, Addressed[]>();
  for (const each of all) {
    const service = serviceNamed(each.url.hostname, homeOfMetrics);
    const names = service ? namesOf(service).filter((name) => name !== each.url.hostname) : [];
    for (const host of [each.url.host, ...names]) hosts.set(host, [...(hosts.get(host) ?? []), each]);
  }
  return hosts;
}

/** One host may be several things: what a metrics server is asked goes there, the rest to the hook whose path fits best. */
function router(at: readonly Addressed[]): Send {
  return (wire, signal) => {
    const { pathname } = new URL(wire.url, 'http://host');
    const isQuery = /\/api\/v1\/|\/federate$|\/-\/(ready|healthy)$/.test(pathname);
    const metrics = at.find(({ is }) => is === 'metrics');
    const hooks = at.filter(({ is }) => is === 'hook').sort((a, b) => fit(b.url, pathname) - fit(a.url, pathname));
    const found = (isQuery ? metrics : undefined) ?? hooks[0] ?? metrics;
    return found ? found.send(wire, signal) : Promise.reject(new Error(`nobody answers at ${wire.url}`));
  };
}

/** How much of the path an address covers; below 0: it leads elsewhere. */
function fit({ pathname: own }: URL, pathname: string): number {
  const stem = own.replace(/\/$/, '');
  return pathname === own || pathname === stem || pathname.startsWith(`${stem}/`) ? stem.length : -1;
}

function servicesFor(all: readonly Addressed[]): Obj[] {
  const ports = new Map<string, { name: string; namespace: string; ports: Set<number> }>();
  for (const { url } of all) {
    const service = serviceNamed(url.hostname, homeOfMetrics);
    if (!service) continue;
    const key = `${service.namespace}/${service.name}`;
    const entry = ports.get(key) ?? { ...service, ports: new Set() };
    entry.ports.add(portOf(url));
    ports.set(key, entry);
  }
  return [...ports.values()].map(({ name, namespace, ports: numbers }) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { ports: [...numbers].map((port) => ({ name: `http-${port}`, port })) },
  }));
}
