// Requests on their way: from a client along the mesh to pods that are ready, counted where they end. It must send nothing to anybody else,
// and not know why somebody asks.
import { isObject } from '../../common/json.ts';
import type { Obj } from '../../contracts.ts';
import { speaksSmi, wayOf, type Client, type Endpoint, type Host, type Objects, type Share } from '../mesh/index.ts';
import { countRequest, createExporter, type Exporter, type Telemetry } from './exporter.ts';

/** Plain data, so that it can be cloned. */
export interface Ledger {
  /** By pod, and Traefik's. */
  readonly exporters: Map<string, Exporter>;
  /** Parts of a request that are still owed to a destination, by client, host and service. */
  readonly owed: Map<string, number>;
  turn: number;
}

export interface Surroundings {
  readonly objects: Objects;
  /** `errors`: share of requests answered with 500, 0 to 1. `latencyMs` comes on top of what a healthy answer takes. */
  readonly faults: { of(image: string, target: string): { readonly errors?: number; readonly latencyMs?: number } };
  readonly random: () => number;
}

export interface Order {
  readonly host: Host;
  readonly client: Client;
  /** May be a fraction. */
  readonly requests: number;
  /** Tells those who ask apart. */
  readonly who: string;
}

/** What became of requests that went the same way. */
export interface Outcome {
  readonly sent: number;
  /** Answered with 500 by a pod. */
  readonly failed: number;
  /** Nobody was there to answer. */
  readonly lost: number;
  /** A copy: no user of it. */
  readonly copy: boolean;
  /** Set-Cookie lines that came with the answers. */
  readonly cookies: readonly string[];
}

export function deliver(order: Order, ledger: Ledger, around: Surroundings): Outcome[] {
  const { host, client, requests, who } = order;
  const way = wayOf(around.objects, host, client);
  const from = `${who} ${host.namespace}/${host.name}`;
  const smi = speaksSmi(around.objects, host.namespace);
  const telemetry: Telemetry[] = way.tcp ? [] : smi ? ['istio', 'http', 'linkerd', 'osm'] : ['istio', 'http'];
  const along = (copy: boolean) => (share: Share) => {
    const key = `${from} ${copy ? 'copy ' : ''}${share.namespace}/${share.service}`;
    const sent = whole(ledger, key, (requests * share.percent) / 100);
    const { length } = share.endpoints;
    const failed = length ? ask(share, { sent, telemetry }, { ledger, around }) : 0;
    return { sent, failed, lost: length ? 0 : sent, copy, cookies: length ? share.cookies : [] };
  };
  if (!way.shares.length) {
    const sent = whole(ledger, from, requests);
    return [{ sent, failed: 0, lost: sent, copy: false, cookies: [] }];
  }
  return [...way.shares.map(along(false)), ...way.copies.map(along(true))];
}

/** Whole requests only; what is left over is owed to the next time, so that even 1 % is served exactly in the long run. */
function whole({ owed }: Ledger, key: string, requests: number): number {
  const due = requests + (owed.get(key) ?? 0);
  // Sums of fractions: 0.9999999999 is one request.
  const count = Math.floor(due + 1e-6);
  owed.set(key, due - count);
  return count;
}

/** In turn to every pod of the share; how many failed. */
function ask(
  { service, endpoints, backend }: Share,
  { sent, telemetry }: { sent: number; telemetry: readonly Telemetry[] },
  { ledger, around }: { ledger: Ledger; around: Surroundings },
): number {
  const pods = endpoints.map((endpoint) => ({
    exporter: exporterOf(ledger, endpoint),
    fault: around.faults.of(imageOf(endpoint.pod), endpoint.workload),
  }));
  let failures = 0;
  for (let i = 0; i < sent; i++) {
    const pod = pods[ledger.turn++ % pods.length];
    if (!pod) return failures;
    const { errors = 0, latencyMs = 0 } = pod.fault;
    const failed = around.random() < errors;
    // A healthy answer takes 10 to 50 ms.
    const ms = latencyMs + 10 + 40 * around.random();
    const request = { service, status: failed ? '500' : '200', ms };
    countRequest(pod.exporter, { ...request, telemetry });
    if (backend !== undefined) countRequest(proxyIn(ledger), { ...request, backend, telemetry: ['traefik'] });
    if (failed) failures++;
  }
  return failures;
}

function exporterOf({ exporters }: Ledger, { pod, workload }: Endpoint): Exporter {
  const key = podKey(pod);
  const place = { namespace: pod.metadata.namespace ?? 'default', pod: pod.metadata.name, workload };
  const exporter = exporters.get(key) ?? createExporter(place);
  exporters.set(key, exporter);
  return exporter;
}

/** Traefik counts by itself what it sends to all pods, and goes on when they end. */
export const proxyKey = 'traefik';

function proxyIn({ exporters }: Ledger): Exporter {
  const exporter = exporters.get(proxyKey) ?? createExporter({ namespace: proxyKey, pod: proxyKey, workload: proxyKey });
  exporters.set(proxyKey, exporter);
  return exporter;
}

/** A pod of the same name is another pod. */
export function podKey({ metadata }: Obj): string {
  return metadata.uid ?? `${metadata.namespace}/${metadata.name}`;
}

function imageOf(pod: Obj): string {
  const containers = isObject(pod['spec']) ? pod['spec']['containers'] : undefined;
  const first = Array.isArray(containers) ? containers[0] : undefined;
  return isObject(first) ? String(first['image'] ?? '') : '';
}
