// The built-in queries are Flagger's texts as recorded, and no value can change their structure.
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, test } from '@jest/globals';
import type { QueryVars } from '../../src/contracts.ts';
import { querySet, querySets } from '../../src/metrics/index.ts';

function vars(namespace: string, target = 'podinfo', interval = '1m'): QueryVars {
  return { name: target, namespace, target, service: target, interval };
}

/** Recorded from Flagger 1.44 with white space collapsed; %ns and %target stand for what differs between recordings. */
const recorded = {
  istio: {
    namespaces: [
      ...['ab-istio', 'adopted-istio', 'adopted-service', 'affinity-istio', 'alerts', 'bg-istio', 'config-tracking', 'daemonset'],
      ...['hooks-all', 'istio-delegation', 'istio-full', 'keda', 'new-revision', 'no-values', 'primary-stalls', 'seed0-promote'],
      ...['seed0-rollback', 'seed1-smi', 'seed2-reviews', 'seed4-mirror', 'smi-v1alpha3', 'step-weights'],
    ],
    successRate:
      'sum( rate( istio_requests_total{ reporter="destination", destination_workload_namespace="%ns", destination_workload=~"%target", response_code!~"5.*" }[1m] ) ) / sum( rate( istio_requests_total{ reporter="destination", destination_workload_namespace="%ns", destination_workload=~"%target" }[1m] ) ) * 100',
    duration:
      'histogram_quantile( 0.99, sum( rate( istio_request_duration_milliseconds_bucket{ reporter="destination", destination_workload_namespace="%ns", destination_workload=~"%target" }[30s] ) ) by (le) )',
  },
  linkerd: {
    namespaces: ['linkerd'],
    successRate:
      'sum( rate( response_total{ namespace="%ns", deployment=~"%target", classification!="failure", direction="inbound" }[1m] ) ) / sum( rate( response_total{ namespace="%ns", deployment=~"%target", direction="inbound" }[1m] ) ) * 100',
    duration:
      'histogram_quantile( 0.99, sum( rate( response_latency_ms_bucket{ namespace="%ns", deployment=~"%target", direction="inbound" }[30s] ) ) by (le) )',
  },
  osm: {
    namespaces: ['osm'],
    successRate:
      'sum( rate( osm_request_total{ destination_namespace="%ns", destination_kind="Deployment", destination_name="%target", response_code!~"5.*" }[1m] ) ) / sum( rate( osm_request_total{ destination_namespace="%ns", destination_kind="Deployment", destination_name="%target" }[1m] ) ) * 100',
    duration:
      'histogram_quantile( 0.99, sum( rate( osm_request_duration_ms_bucket{ destination_namespace="%ns", destination_kind="Deployment", destination_name="%target" }[30s] ) ) by (le) )',
  },
  traefik: {
    namespaces: ['traefik'],
    successRate:
      'sum( rate( traefik_service_request_duration_seconds_bucket{ service=~"%ns-%target-canary-[0-9a-zA-Z-]+@kubernetescrd", code!~"5..", le="+Inf" }[1m] ) ) / sum( rate( traefik_service_request_duration_seconds_bucket{ service=~"%ns-%target-canary-[0-9a-zA-Z-]+@kubernetescrd", le="+Inf" }[1m] ) ) * 100',
    duration:
      'histogram_quantile( 0.99, sum( rate( traefik_service_request_duration_seconds_bucket{ service=~"%ns-%target-canary-[0-9a-zA-Z-]+@kubernetescrd" }[30s] ) ) by (le) ) * 1000',
  },
  kubernetes: {
    namespaces: ['bg-kubernetes', 'gatewayapi', 'gatewayapi-mirror', 'kubernetes-rollback'],
    successRate:
      'sum( rate( http_request_duration_seconds_count{ kubernetes_namespace="%ns", kubernetes_pod_name=~"%target-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)", status!~"5.*" }[1m] ) ) / sum( rate( http_request_duration_seconds_count{ kubernetes_namespace="%ns", kubernetes_pod_name=~"%target-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)" }[1m] ) ) * 100',
    duration:
      'histogram_quantile( 0.99, sum( rate( http_request_duration_seconds_bucket{ kubernetes_namespace="%ns", kubernetes_pod_name=~"%target-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)" }[30s] ) ) by (le) )',
  },
};

function set(id: string) {
  const found = querySet(id);
  if (!found) throw new Error(`no query set ${id}`);
  return found;
}

/** The tree of a query without the text of its strings. */
function structure(query: string): string {
  return parser.parse(query).toString();
}

describe.each(Object.entries(recorded))('queries of %s', (id, texts) => {
  test.each(texts.namespaces)('are as recorded in %s', (namespace) => {
    const target = namespace === 'seed2-reviews' ? 'reviews' : 'podinfo';
    const fill = (text: string) => text.replaceAll('%ns', namespace).replaceAll('%target', target);
    expect(set(id).successRate(vars(namespace, target, '1m'))).toBe(fill(texts.successRate));
    expect(set(id).duration(vars(namespace, target, '30s'))).toBe(fill(texts.duration));
  });
});

test('durations of pods are in seconds, those of meshes in milliseconds', () => {
  expect(set('kubernetes').durationScale).toBe(1000);
  for (const mesh of ['istio', 'linkerd', 'osm']) expect(set(mesh).durationScale).toBe(1);
  // Traefik's are in seconds too; the query itself makes milliseconds of them.
  expect(set('traefik').durationScale).toBe(1);
});

test("Traefik is asked for the Service, which may have another name than the target: Flagger's query finds nothing there", () => {
  const { successRate } = set('traefik');
  expect(successRate({ ...vars('prod', 'podinfo'), service: 'web' })).toContain('service=~"prod-web-canary-[0-9a-zA-Z-]+@kubernetescrd"');
});

describe('hostile values', () => {
  const pieces = [
    '"',
    "'",
    '\\',
    '`',
    '\n',
    '\r',
    '\u2028',
    '\0',
    '}',
    '{',
    ')',
    ' or ',
    '#',
    '[5m]',
    '.*',
    '|',
    'a',
    '$1',
    '\\"',
    '\\\\',
    'é',
    '\ud800',
  ];
  const hostile: string[] = [];
  let seed = 7;
  while (hostile.length < 1000) {
    let text = '';
    for (let i = 0; i < 6; i++) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      text += pieces[(seed >> 8) % pieces.length];
    }
    hostile.push(text);
  }

  test.each(querySets.map((each) => [each.id, each] as const))('leave the structure of %s alone', (_id, each) => {
    const benign = { success: structure(each.successRate(vars('test'))), duration: structure(each.duration(vars('test'))) };
    for (const value of hostile) {
      for (const v of [vars(value), vars('test', value)]) {
        expect(structure(each.successRate(v))).toBe(benign.success);
        expect(structure(each.duration(v))).toBe(benign.duration);
      }
    }
  });

  test('a target stands for itself in a regular expression', () => {
    expect(set('istio').duration(vars('test', 'my.app'))).toContain('destination_workload=~"my\\\\.app"');
  });

  test.each(['', '1', '1m] or x[1m', '-1m', '1 m', '1m\n', '5x'])('%j is no interval', (interval) => {
    for (const each of querySets) {
      expect(() => each.successRate(vars('test', 'podinfo', interval))).toThrow(/not a duration/);
      expect(() => each.duration(vars('test', 'podinfo', interval))).toThrow(/not a duration/);
    }
  });
});
