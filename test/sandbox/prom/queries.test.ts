// Every query that Flagger asked in the recordings, and the kinds that people write in MetricTemplates, on series as the sandbox exports them.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { instantQuery, PromqlError } from '../../../src/sandbox/prom/promql.ts';
import { seededRandom } from '../../../src/sandbox/prom/random.ts';
import { startTraffic, type Metrics } from '../../../src/sandbox/prom/traffic.ts';
import { createStage, turnableClock } from './stage.ts';

const recorded = readFileSync(fileURLToPath(new URL('queries.txt', import.meta.url)), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const);

const clock = turnableClock(1_800_000_000_000);
let metrics: Metrics;
let ofTraefik: Metrics;

const sides = [
  { name: 'podinfo-primary', port: 9898, weight: 70 },
  { name: 'podinfo-canary', port: 9898, weight: 30 },
];

/** A canary with 30 % of the requests that fails half of them and takes a second: in a namespace whose mesh speaks SMI, and behind Traefik. */
beforeAll(() => {
  metrics = measured('TrafficSplit', { service: 'podinfo', backends: sides.map(({ name, weight }) => ({ service: name, weight })) });
  ofTraefik = measured('TraefikService', { weighted: { services: sides } });
  clock.turn(120_000);
});

function measured(kind: string, spec: object): Metrics {
  const stage = createStage();
  stage.routes([kind, spec]);
  let turn = 0;
  return startTraffic({
    objects: stage.objects,
    clock,
    faults: { of: (image) => (image === 'podinfo:2' ? { errors: 0.5, latencyMs: 1000 } : {}) },
    requestsPerSecond: 20,
    // Every other answer fails, so that per cents are exact.
    random: () => (turn++ % 4 < 2 ? 0.25 : 0.75),
  });
}

/** The values, or why there are none. */
function ask(query: string): number[] | string {
  try {
    const { stored } = query.includes('traefik_') ? ofTraefik : metrics;
    const result = instantQuery(query, stored(), clock.now());
    return result.is === 'vector' ? result.samples.map(({ value }) => value) : result.is === 'scalar' ? [result.value] : 'a range';
  } catch (error) {
    if (error instanceof PromqlError) return `${error.type}: ${error.message}`;
    throw error;
  }
}

describe('recorded queries', () => {
  test('are there', () => {
    expect(recorded.length).toBeGreaterThan(50);
  });

  test.each(recorded)('%s: %s', (recording, query) => {
    // Asked where there is nothing: no values, but no refusal.
    expect(ask(query)).toEqual([]);
    // Asked where there is a canary: what it does.
    const here = ask(
      query
        .replaceAll(`"${recording}"`, '"test"')
        .replaceAll('"traefik-podinfo', '"test-podinfo')
        .replaceAll('"reviews"', '"podinfo"')
        .replaceAll(
          'my_bucket{ns="test", workload=~"podinfo-in", svc="podinfo", i="podinfo", n="podinfo"}',
          'osm_request_duration_ms_bucket',
        )
        .replaceAll('my_total{ns="test"}', 'response_total')
        .replaceAll('up{', 'response_total{'),
    );
    expect(here).toHaveLength(1);
    const [value = NaN] = here as number[];
    if (query.endsWith('* 100')) expect(value).toBeCloseTo(50, 9);
    else expect(value).toBeGreaterThan(1);
  });
});

const canary = 'destination_workload_namespace="test", destination_workload=~"podinfo"';

describe('queries of MetricTemplates', () => {
  test.each<[string, number]>([
    [
      `100 - sum(rate(istio_requests_total{${canary}, response_code!~"4.*|5.*"}[1m])) / sum(rate(istio_requests_total{${canary}}[1m])) * 100`,
      50,
    ],
    ['sum(increase(response_total{deployment="podinfo", classification="failure"}[1m]))', 180],
    ['sum(rate(response_total{deployment="podinfo", direction="inbound", status_code=~"5.."}[1m])) by (deployment)', 3],
    ['sum(rate(osm_request_total{destination_name="podinfo", destination_kind="Deployment", response_code="500"}[1m]))', 3],
    ['max(histogram_quantile(0.5, sum(rate(response_latency_ms_bucket{deployment="podinfo"}[1m])) by (le, pod)))', 1500],
    [
      'histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket{kubernetes_pod_name=~"podinfo-primary-.+"}[30s]))) * 1000',
      45,
    ],
    [
      'sum(rate(http_request_duration_seconds_sum{status="200"}[1m])) / sum(rate(http_request_duration_seconds_count{status="200"}[1m])) < bool 1',
      1,
    ],
    ['count(sum by (kubernetes_pod_name) (http_request_duration_seconds_count{kubernetes_namespace="test"}))', 3],
    ['min(sum by (pod) (rate(response_total{namespace="test"}[1m]))) > 5', 6],
    ['clamp_max(sum(irate(osm_request_total[1m])), 1)', 1],
    ['avg_over_time(istio_requests_total{kubernetes_pod_name=~".*-p1", response_code="200"}[10s]) > bool 100', 1],
    ['sum(rate(nothing_total[1m])) or vector(0)', 0],
    ['(sum(rate(response_total{deployment="podinfo"}[1m])) and on() vector(1)) * 2', 12],
    ['scalar(sum(rate(response_total{deployment="podinfo"}[1m]))) + 1', 7],
  ])('%s', (query, value) => {
    const [found = NaN, ...more] = ask(query) as number[];
    expect(found).toBeCloseTo(value, 6);
    expect(more).toEqual([]);
  });

  test.each([
    ['deriv(up[1m])', 'the function deriv'],
    ['count_values("v", up)', 'the aggregation count_values'],
    ['rate(up[1m] offset 1h)', 'what is older than 15m'],
  ])('%s is refused by name', (query, what) => {
    expect(ask(query)).toBe(`execution: the sandbox's Prometheus does not know ${what}`);
  });
});

test('Linkerd and OSM count only where a split stands', () => {
  const other = startTraffic({
    objects: createStage().objects,
    clock,
    faults: { of: () => ({}) },
    requestsPerSecond: 20,
    random: seededRandom(1),
  });
  clock.turn(20_000);
  expect([...other.stored().keys()].sort()).toEqual([
    'http_request_duration_seconds_bucket',
    'http_request_duration_seconds_count',
    'http_request_duration_seconds_sum',
    'istio_request_duration_milliseconds_bucket',
    'istio_request_duration_milliseconds_count',
    'istio_request_duration_milliseconds_sum',
    'istio_requests_total',
  ]);
});

test('Traefik counts by Service, code and method, whichever pod answered, and nobody else is said to have a Service', () => {
  const labels = (service: string, code: string) => ({
    code,
    method: 'GET',
    protocol: 'http',
    service: `test-${service}-9898@kubernetescrd`,
  });
  const stored = ofTraefik.stored();
  const found = [...(stored.get('traefik_service_requests_total')?.values() ?? [])].map(({ labels: { __name__: _, ...rest } }) => rest);
  const sorted = (all: object[]) => all.map((each) => JSON.stringify(each)).sort();
  expect(sorted(found)).toEqual(
    sorted([labels('podinfo-primary', '200'), labels('podinfo-canary', '200'), labels('podinfo-canary', '500')]),
  );
  const bounds = [...(stored.get('traefik_service_request_duration_seconds_bucket')?.values() ?? [])].map((series) => series.labels['le']);
  expect([...new Set(bounds)]).toEqual(['0.1', '0.3', '1.2', '5', '+Inf']);
  expect([...metrics.stored().keys()].filter((name) => name.startsWith('traefik'))).toEqual([]);
});

test('labels are those of the meshes', () => {
  const labels = (query: string) => {
    const result = instantQuery(query, metrics.stored(), clock.now());
    const [sample] = result.is === 'vector' ? result.samples : [];
    return Object.keys(sample?.labels ?? {}).sort();
  };
  expect(labels('response_total')).toEqual([
    ...['__name__', 'classification', 'deployment', 'direction', 'namespace', 'pod', 'status_code'],
  ]);
  expect(labels('response_latency_ms_count')).not.toContain('classification');
  expect(labels('osm_request_total')).toContain('response_code');
  expect(labels('osm_request_duration_ms_count')).not.toContain('response_code');
});
