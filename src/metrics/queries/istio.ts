// Built-in queries over Istio's telemetry, the same texts as Flagger sends. Data only: it must know nothing of routing or of replies.
import type { QuerySet, QueryVars } from '../../contracts.ts';
import { literal, quoted, range } from '../promql/quote.ts';

function series(v: QueryVars): string {
  const workload = `destination_workload=~"${literal(v.target)}"`;
  return `reporter="destination", destination_workload_namespace=${quoted(v.namespace)}, ${workload}`;
}

export const istio: QuerySet = {
  id: 'istio',
  successRate(v) {
    const passed = `sum( rate( istio_requests_total{ ${series(v)}, response_code!~"5.*" }${range(v.interval)} ) )`;
    const all = `sum( rate( istio_requests_total{ ${series(v)} }${range(v.interval)} ) )`;
    return `${passed} / ${all} * 100`;
  },
  duration(v) {
    const buckets = `rate( istio_request_duration_milliseconds_bucket{ ${series(v)} }${range(v.interval)} )`;
    return `histogram_quantile( 0.99, sum( ${buckets} ) by (le) )`;
  },
  durationScale: 1,
};
