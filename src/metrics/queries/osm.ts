// Built-in queries over Open Service Mesh's telemetry, the same texts as Flagger sends. Data only: it must know nothing of routing or of replies.
import type { QuerySet, QueryVars } from '../../contracts.ts';
import { quoted, range } from '../promql/quote.ts';

function workload(v: QueryVars): string {
  return `destination_namespace=${quoted(v.namespace)}, destination_kind="Deployment", destination_name=${quoted(v.target)}`;
}

export const osm: QuerySet = {
  id: 'osm',
  successRate(v) {
    const passed = `sum( rate( osm_request_total{ ${workload(v)}, response_code!~"5.*" }${range(v.interval)} ) )`;
    const all = `sum( rate( osm_request_total{ ${workload(v)} }${range(v.interval)} ) )`;
    return `${passed} / ${all} * 100`;
  },
  duration(v) {
    const buckets = `rate( osm_request_duration_ms_bucket{ ${workload(v)} }${range(v.interval)} )`;
    return `histogram_quantile( 0.99, sum( ${buckets} ) by (le) )`;
  },
  durationScale: 1,
};
