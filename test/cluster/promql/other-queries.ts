// What Flagger asks in the golden releases of routers that canary does not drive yet, and people in their MetricTemplates, each with the labels
// of series that it is about. Data only.
import type { Labels } from '../../../src/sandbox/prom/series.ts';

export interface OtherQuery {
  readonly query: string;
  /** Of a series that it selects, by its metric's name; of a histogram the buckets have `le` beside them. */
  readonly series: Readonly<Record<string, Labels>>;
}

const pods = { kubernetes_pod_name: 'podinfo-7d5c9-x2x4z' };
const podPattern = 'kubernetes_pod_name=~"podinfo-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"';

/** Requests with a code, of which those with 5xx have failed; and the time of all of them. */
function envoy(matchers: string, labels: Labels): OtherQuery[] {
  const total = 'envoy_cluster_upstream_rq';
  const passed = `sum( rate( ${total}{ ${matchers} envoy_response_code!~"5.*" }[1m] ) )`;
  return [
    {
      query: `${passed} / sum( rate( ${total}{ ${matchers} }[1m] ) ) * 100`,
      series: { [total]: { ...labels, envoy_response_code: '200' } },
    },
    {
      query: `histogram_quantile( 0.99, sum( rate( ${total}_time_bucket{ ${matchers} }[30s] ) ) by (le) )`,
      series: { [`${total}_time_bucket`]: labels },
    },
  ];
}

function gatewayApi(namespace: string): OtherQuery[] {
  const matchers = `kubernetes_namespace="${namespace}", ${podPattern}`;
  const name = 'http_request_duration_seconds';
  const labels = { kubernetes_namespace: namespace, ...pods };
  return [
    {
      query: `sum( rate( ${name}_count{ ${matchers}, status!~"5.*" }[1m] ) ) / sum( rate( ${name}_count{ ${matchers} }[1m] ) ) * 100`,
      series: { [`${name}_count`]: { ...labels, status: '200' } },
    },
    {
      query: `histogram_quantile( 0.99, sum( rate( ${name}_bucket{ ${matchers} }[30s] ) ) by (le) )`,
      series: { [`${name}_bucket`]: { ...labels, status: '200' } },
    },
  ];
}

const apisix = 'route=~"apisix_podinfo-podinfo-canary_.+"';
const nginx = 'namespace="nginx", ingress="podinfo", canary!=""';
const skipper = 'route=~"kube(ew)?_skipper__podinfo_canary__.*__podinfo_canary(_[0-9]+)?"';
const traefik = 'service=~"traefik-podinfo-canary-[0-9a-zA-Z-]+@kubernetescrd"';
const ofNginx = { namespace: 'nginx', ingress: 'podinfo', canary: 'podinfo-canary' };
const ofSkipper = { route: 'kubeew_skipper__podinfo_canary__app_example_com____podinfo_canary_0' };
const ofTraefik = { service: 'traefik-podinfo-canary-80@kubernetescrd' };
const nginxTime = 'nginx_ingress_controller_response_duration_seconds';
const skipperTime = 'skipper_response_duration_seconds_bucket';
const skipperRoute = 'skipper_serve_route_duration_seconds';
const traefikTime = 'traefik_service_request_duration_seconds_bucket';

export const otherQueries: readonly OtherQuery[] = [
  {
    query: `sum( rate( apisix_http_status{ ${apisix}, code!~"5.." }[1m] ) ) / sum( rate( apisix_http_status{ ${apisix} }[1m] ) ) * 100`,
    series: { apisix_http_status: { route: 'apisix_podinfo-podinfo-canary_a1', code: '200' } },
  },
  {
    query: `histogram_quantile( 0.99, sum( rate( apisix_http_latency_bucket{ type=~"request", ${apisix} }[30s] ) ) by (le) )`,
    series: { apisix_http_latency_bucket: { type: 'request', route: 'apisix_podinfo-podinfo-canary_a1' } },
  },
  ...envoy(`kubernetes_namespace="appmesh-v1beta2", ${podPattern},`, { kubernetes_namespace: 'appmesh-v1beta2', ...pods }),
  ...envoy(`kubernetes_namespace="appmesh", ${podPattern},`, { kubernetes_namespace: 'appmesh', ...pods }),
  ...envoy('envoy_cluster_name=~"contour_podinfo-canary_[0-9a-zA-Z-]+",', { envoy_cluster_name: 'contour_podinfo-canary_80' }),
  ...envoy('envoy_cluster_name=~"gloo-podinfo-canaryupstream-[0-9a-zA-Z-]+_[0-9a-zA-Z-]+",', {
    envoy_cluster_name: 'gloo-podinfo-canaryupstream-80_gloo-system',
  }),
  ...envoy('service=~"podinfo-canary_kuma_svc_[0-9a-zA-Z-]+",', { service: 'podinfo-canary_kuma_svc_80' }),
  ...['gatewayapi', 'gatewayapi-mirror', 'gatewayapi-ab', 'gatewayapi-affinity'].flatMap(gatewayApi),
  {
    query:
      `sum( rate( nginx_ingress_controller_requests{ ${nginx}, status!~"5.*" }[1m] ) )` +
      ` / sum( rate( nginx_ingress_controller_requests{ ${nginx} }[1m] ) ) * 100`,
    series: { nginx_ingress_controller_requests: { ...ofNginx, status: '200' } },
  },
  {
    query: `sum( rate( ${nginxTime}_sum{ ${nginx} }[30s] ) ) / sum( rate( ${nginxTime}_count{ ${nginx} }[30s] ) ) * 1000`,
    series: { [`${nginxTime}_sum`]: ofNginx, [`${nginxTime}_count`]: ofNginx },
  },
  {
    query: `sum(rate(${skipperTime}{${skipper},code!~"5..",le="+Inf"}[1m])) / sum(rate(${skipperTime}{${skipper},le="+Inf"}[1m])) * 100`,
    series: { [skipperTime]: { ...ofSkipper, code: '200' } },
  },
  {
    query: `sum(rate(${skipperRoute}_sum{${skipper}}[30s])) / sum(rate(${skipperRoute}_count{${skipper}}[30s])) * 1000`,
    series: { [`${skipperRoute}_sum`]: ofSkipper, [`${skipperRoute}_count`]: ofSkipper },
  },
  {
    query:
      `sum( rate( ${traefikTime}{ ${traefik}, code!~"5..", le="+Inf" }[1m] ) )` +
      ` / sum( rate( ${traefikTime}{ ${traefik}, le="+Inf" }[1m] ) ) * 100`,
    series: { [traefikTime]: { ...ofTraefik, code: '200' } },
  },
  {
    query: `histogram_quantile( 0.99, sum( rate( ${traefikTime}{ ${traefik} }[30s] ) ) by (le) ) * 1000`,
    series: { [traefikTime]: { ...ofTraefik, code: '200' } },
  },
  { query: 'sum(up{namespace="custom-metrics"})', series: { up: { namespace: 'custom-metrics' } } },
  {
    query:
      'histogram_quantile(0.99, sum(rate(my_bucket{ns="custom-metrics", workload=~"podinfo-in", svc="podinfo", i="podinfo", n="podinfo"}[2m])) by (le))',
    series: { my_bucket: { ns: 'custom-metrics', workload: 'podinfo-in', svc: 'podinfo', i: 'podinfo', n: 'podinfo' } },
  },
  { query: 'sum(rate(my_total{ns="custom-metrics"}[1m]))', series: { my_total: { ns: 'custom-metrics' } } },
];
