// The metrics that meshes and applications export, as data: names, labels, buckets. It must not count anything.
import type { Labels } from './series.ts';

export type Telemetry = 'istio' | 'http' | 'linkerd' | 'osm' | 'traefik';

export interface Place {
  readonly namespace: string;
  readonly pod: string;
  readonly workload: string;
}

export interface Request {
  /** The Service that the client reached the pod through. */
  readonly service: string;
  readonly status: string;
  /** What Traefik calls where it sent the request. */
  readonly backend?: string;
  readonly ms: number;
  /** Who counts it. */
  readonly telemetry: readonly Telemetry[];
}

export interface Metric {
  readonly of: Telemetry;
  readonly name: string;
  /** Of a histogram; left out, it is a counter. */
  readonly bounds?: readonly number[];
  /** Milliseconds in its unit; 1 when left out. */
  readonly unitMs?: number;
  /** What of a request its labels tell. */
  readonly by: readonly ('service' | 'status' | 'backend')[];
  labels(place: Place, request: Request): Labels;
}

function istio({ namespace, pod, workload }: Place, { service, status }: Request): Labels {
  return {
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
  };
}

function linkerd({ namespace, pod, workload }: Place, { status }: Request): Labels {
  return { direction: 'inbound', namespace, deployment: workload, pod, status_code: status };
}

function osm({ namespace, pod, workload }: Place): Labels {
  return {
    source_namespace: 'ingress',
    source_kind: 'Deployment',
    source_name: 'ingress',
    destination_namespace: namespace,
    destination_kind: 'Deployment',
    destination_name: workload,
    destination_pod: pod,
  };
}

/** Traefik tells nothing of pods. */
function traefik(_place: Place, { backend, status }: Request): Labels {
  return { code: status, method: 'GET', protocol: 'http', service: `${backend}@kubernetescrd` };
}

const decades = [1, 10, 100, 1000, 10_000];

export type MetricId =
  | 'istioRequests'
  | 'istioDuration'
  | 'http'
  | 'linkerdResponses'
  | 'linkerdLatency'
  | 'osmRequests'
  | 'osmDuration'
  | 'traefikRequests'
  | 'traefikDuration';

export const metrics: Readonly<Record<MetricId, Metric>> = {
  istioRequests: { of: 'istio', name: 'istio_requests_total', by: ['service', 'status'], labels: istio },
  istioDuration: {
    of: 'istio',
    name: 'istio_request_duration_milliseconds',
    bounds: [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000],
    by: ['service', 'status'],
    labels: istio,
  },
  /** The application does not know by which Service it was asked. */
  http: {
    of: 'http',
    name: 'http_request_duration_seconds',
    unitMs: 1000,
    bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    by: ['status'],
    labels: ({ namespace, pod }, { status }) => ({
      kubernetes_namespace: namespace,
      kubernetes_pod_name: pod,
      method: 'GET',
      path: 'root',
      status,
    }),
  },
  linkerdResponses: {
    of: 'linkerd',
    name: 'response_total',
    by: ['status'],
    labels: (place, request) => ({
      ...linkerd(place, request),
      classification: request.status.startsWith('5') ? 'failure' : 'success',
    }),
  },
  linkerdLatency: {
    of: 'linkerd',
    name: 'response_latency_ms',
    bounds: decades.flatMap((decade) => [1, 2, 3, 4, 5].map((times) => times * decade)),
    by: ['status'],
    labels: linkerd,
  },
  osmRequests: {
    of: 'osm',
    name: 'osm_request_total',
    by: ['status'],
    labels: (place, { status }) => ({ ...osm(place), response_code: status }),
  },
  osmDuration: {
    of: 'osm',
    name: 'osm_request_duration_ms',
    bounds: [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000],
    by: [],
    labels: osm,
  },
  traefikRequests: { of: 'traefik', name: 'traefik_service_requests_total', by: ['backend', 'status'], labels: traefik },
  traefikDuration: {
    of: 'traefik',
    name: 'traefik_service_request_duration_seconds',
    unitMs: 1000,
    bounds: [0.1, 0.3, 1.2, 5],
    by: ['backend', 'status'],
    labels: traefik,
  },
};

export const metricIds = Object.keys(metrics) as MetricId[];
