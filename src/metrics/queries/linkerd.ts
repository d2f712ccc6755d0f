// Built-in queries over Linkerd's telemetry, the same texts as Flagger sends. Data only: it must know nothing of routing or of replies.
import type { QuerySet, QueryVars } from '../../contracts.ts';
import { literal, quoted, range } from '../promql/quote.ts';

function workload(v: QueryVars): string {
  return `namespace=${quoted(v.namespace)}, deployment=~"${literal(v.target)}"`;
}

export const linkerd: QuerySet = {
  id: 'linkerd',
  successRate(v) {
    const inbound = 'direction="inbound"';
    const passed = `sum( rate( response_total{ ${workload(v)}, classification!="failure", ${inbound} }${range(v.interval)} ) )`;
    const all = `sum( rate( response_total{ ${workload(v)}, ${inbound} }${range(v.interval)} ) )`;
    return `${passed} / ${all} * 100`;
  },
  duration(v) {
    const buckets = `rate( response_latency_ms_bucket{ ${workload(v)}, direction="inbound" }${range(v.interval)} )`;
    return `histogram_quantile( 0.99, sum( ${buckets} ) by (le) )`;
  },
  durationScale: 1,
};
