// What one pod counts, and the series it is scraped as: Istio's telemetry and the application's own. It must not know where requests come from.
import { append, ended, seriesOf, type Labels, type Series, type StoredSeries } from './series.ts';

export interface Place {
  readonly namespace: string;
  readonly pod: string;
  readonly workload: string;
}

export interface Request {
  /** The Service that the client reached the pod through. */
  readonly service: string;
  readonly status: string;
  readonly ms: number;
}

interface Family {
  /** Of the histogram. */
  readonly name: string;
  readonly unitMs: number;
  readonly bounds: readonly number[];
  /** Istio counts requests a second time. */
  readonly total?: string;
  labels(place: Place, request: Request): Labels;
}

const istio: Family = {
  name: 'istio_request_duration_milliseconds',
  unitMs: 1,
  bounds: [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000],
  total: 'istio_requests_total',
  labels: ({ namespace, pod, workload }, { service, status }) => ({
    reporter: 'destination',
    source_workload: 'ingressgateway',
    source_workload_namespace: 'istio-system',
    destination_workload: workload,
    destination_workload_namespace: namespace,
    destination_service: `${service}.${namespace}.svc.cluster.local`,
    destination_service_name: service,
    destination_service_namespace: namespace,
    request_protocol: 'http',
    response_code: status,
    kubernetes_namespace: namespace,
    kubernetes_pod_name: pod,
  }),
};

/** The application does not know by which Service it was asked. */
const http: Family = {
  name: 'http_request_duration_seconds',
  unitMs: 1000,
  bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  labels: ({ namespace, pod }, { status }) => ({
    kubernetes_namespace: namespace,
    kubernetes_pod_name: pod,
    method: 'GET',
    path: 'root',
    status,
  }),
};

const families = { istio, http };

/** Requests that ended alike, as plain data, so that a world can be put back. */
interface Count {
  readonly family: keyof typeof families;
  readonly labels: Labels;
  requests: number;
  sum: number;
  /** Not cumulative; one more than there are bounds. */
  readonly buckets: number[];
  /** In the order of `values`; found once, as finding them costs more than writing to them. */
  series: readonly Series[];
}

export interface Exporter {
  readonly place: Place;
  readonly counts: Map<string, Count>;
}

export function createExporter(place: Place): Exporter {
  return { place, counts: new Map() };
}

export function countRequest({ place, counts }: Exporter, request: Request): void {
  count(counts, `istio ${request.service} ${request.status}`, () => emptyCount('istio', place, request), request.ms);
  count(counts, `http ${request.status}`, () => emptyCount('http', place, request), request.ms);
}

function count(counts: Map<string, Count>, key: string, ...[make, ms]: [make: () => Count, ms: number]): void {
  const found = counts.get(key) ?? make();
  counts.set(key, found);
  const { bounds, unitMs } = families[found.family];
  const value = ms / unitMs;
  const bucket = bounds.findIndex((bound) => value <= bound);
  const i = bucket === -1 ? bounds.length : bucket;
  found.requests++;
  found.sum += value;
  found.buckets[i] = (found.buckets[i] ?? 0) + 1;
}

function emptyCount(family: keyof typeof families, ...[place, request]: [Place, Request]): Count {
  const { bounds, labels } = families[family];
  const buckets = Array<number>(bounds.length + 1).fill(0);
  return { family, labels: labels(place, request), requests: 0, sum: 0, buckets, series: [] };
}

/** One sample of everything this pod counts. */
export function scrape({ counts }: Exporter, stored: StoredSeries, at: number): void {
  for (const count of counts.values()) {
    if (!count.series.length) count.series = labelSets(count).map((labels) => seriesOf(stored, labels));
    const values = valuesOf(count);
    count.series.forEach((series, i) => append(series, at, values[i] ?? 0));
  }
}

/** The pod is gone: its series end here, as Prometheus marks them when a target vanishes. */
export function endSeries({ counts }: Exporter, at: number): void {
  for (const { series } of counts.values()) for (const each of series) append(each, at, ended);
}

function labelSets({ family, labels }: Count): Labels[] {
  const { name, bounds, total } = families[family];
  return [
    ...[...bounds.map(String), '+Inf'].map((le) => ({ ...labels, __name__: `${name}_bucket`, le })),
    { ...labels, __name__: `${name}_count` },
    { ...labels, __name__: `${name}_sum` },
    ...(total ? [{ ...labels, __name__: total }] : []),
  ];
}

function valuesOf({ buckets, requests, sum }: Count): number[] {
  let below = 0;
  return [...buckets.map((count) => (below += count)), requests, sum, requests];
}
