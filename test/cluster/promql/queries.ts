// Queries that must come out alike: what canary and Flagger ask, and what each Prometheus refuses. It must not ask them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { querySet } from '../../../src/metrics/index.ts';
import { routers } from '../../../src/routers/index.ts';
import type { Telemetry } from '../../../src/sandbox/prom/exporter.ts';
import { otherQueries } from './other-queries.ts';
import type { Release } from './history.ts';

const recordings = fileURLToPath(new URL('../../parity/recordings/', import.meta.url));

/** What every router's canary is judged by, in each of those namespaces. */
export function builtIn(namespaces: readonly string[]): string[] {
  const sets = new Set(routers.flatMap(({ queries }) => querySet(queries) ?? []));
  if (!sets.size) throw new Error('no router names its queries');
  return [...sets].flatMap((set) =>
    namespaces.flatMap((namespace) =>
      ['30s', '1m', '2m'].flatMap((interval) =>
        ['podinfo', 'podinfo-primary'].flatMap((target) => {
          const vars = { name: 'podinfo', service: 'podinfo', namespace, target, interval };
          return [set.successRate(vars), set.duration(vars)];
        }),
      ),
    ),
  );
}

export interface Golden extends Release {
  readonly queries: readonly string[];
}

/** The recorded releases that asked anything. */
export function goldens(): Golden[] {
  return readdirSync(recordings).flatMap((name) => {
    const file = `${recordings}${name}/queries.txt`;
    const queries = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    const text = queries.join(' ');
    const target = /workload=~"reviews"/.test(text) ? 'reviews' : 'podinfo';
    return queries.length ? [{ namespace: name, target, queries, telemetry: telemetryOf(text) }] : [];
  });
}

function telemetryOf(text: string): Telemetry[] {
  const traefik = /traefik_/;
  const names: Readonly<Record<Telemetry, RegExp>> = { istio: /istio_/, http: /http_/, linkerd: /response_/, osm: /osm_/, traefik };
  return (Object.keys(names) as Telemetry[]).filter((each) => names[each].test(text));
}

export function goldenQueries(): string[] {
  return [...new Set([...goldens().flatMap(({ queries }) => queries), ...otherQueries.map(({ query }) => query)])];
}

/** Both answer 400 bad_data. */
export const notPromql: readonly string[] = [
  ...[
    '',
    'sum(',
    'sum(limit',
    'limit{',
    'limit{room="hall"',
    'limit{room=}',
    'limit{room=hall}',
    'limit[',
    'limit[5]x',
    'limit[5m',
    'limit limit',
  ],
  ...[
    '1 +',
    '1 + + ',
    '* 2',
    '(1',
    '1)',
    'sum by limit',
    'sum(limit,)',
    'sum by (room (limit)',
    'rate(limit)',
    'rate(limit[1m], 2)',
    'rate()',
  ],
  ...['sum(limit[1m])', 'sum(1)', 'sum(limit, limit)', 'abs(1)', 'vector(limit)', 'scalar(1)', 'round()', 'round(limit, 1, 2)'],
  ...['clamp(limit, 1)', 'histogram_quantile(0.9)', 'histogram_quantile(limit, limit)', 'avg_over_time(limit)', 'foo(limit)'],
  ...[
    '1 == 1',
    '1 and 1',
    '1 and limit',
    'limit or 1',
    'limit + bool limit',
    'limit + on(room) 1',
    'limit[1m] + 1',
    '-limit[1m]',
    '-(limit[1m])',
  ],
  ...['{}', '{room=~".*"}', '{room=""}', 'limit{__name__="once"}', 'limit[0s]', 'limit{room=~"("}', 'limit{room=~"*"}', '(limit)[1m]'],
  ...[
    'limit and bool limit',
    'limit > bool > limit',
    '"hall',
    "limit{room='hall}",
    'limit{room="hall"}}',
    'sum by (1) (limit)',
    'topk(limit)',
    'topk(limit, 1)',
    'topk(1, 1)',
    'quantile(limit)',
    'limit and on(room) group_left() limit',
    ...['limit * on(room) group_left(room) limit', 'limit * group_left() limit', '1 * on(room) group_left() limit', 'sum(limit) offset 1m'],
    ...['limit offset 1m offset 1m', 'limit offset', 'absent()', 'absent(1)', 'absent(limit[1m])', 'absent_over_time(limit)', 'time(1)'],
    ...['delta(limit)', 'quantile_over_time(limit[1m])', 'group(1)', 'topk by (room) (limit)', 'limit offset 0x', '(limit offset 1m)[5m]'],
    'limit{1room="a"}',
  ],
];

/** Both answer 422 execution. */
export const withoutResult: readonly string[] = [
  'limit * on(zone) temperature',
  'limit + on() temperature',
  'requests_total * on(pod) requests_total',
  'sum by (pod) (requests_total) / on(pod) requests_total',
  'requests_total / on(pod) sum by (pod) (requests_total)',
  'requests_total / ignoring(code) requests_total',
  'rate({__name__=~"limit|temperature"}[1m])',
  'abs({__name__=~"limit|temperature"})',
  '-{__name__=~"limit|temperature"}',
  '{__name__=~"limit|temperature"} * 2',
  'latency_bucket > bool on(pod) latency_bucket',
  'requests_total * on(pod) group_left() requests_total',
  'sum by (pod) (requests_total) * on(pod) group_left() requests_total',
  'requests_total * on(zone) group_right() limit * on() group_left() limit',
  'requests_total * on(pod) group_left(code) max by (pod) (requests_total)',
];
