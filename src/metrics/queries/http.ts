// Built-in queries over what the pods themselves report, for routers without telemetry of their own; the same texts as Flagger sends.
// Data only: it must know nothing of routing or of replies.
import type { QuerySet, QueryVars } from '../../contracts.ts';
import { literal, quoted, range } from '../promql/quote.ts';

function series(v: QueryVars): string {
  // The pods of Deployment podinfo are podinfo-<hash>-<id>: podinfo-primary's have one part more and do not match.
  const pods = `kubernetes_pod_name=~"${literal(v.target)}-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"`;
  return `kubernetes_namespace=${quoted(v.namespace)}, ${pods}`;
}

export const http: QuerySet = {
  id: 'http',
  successRate(v) {
    const passed = `sum( rate( http_request_duration_seconds_count{ ${series(v)}, status!~"5.*" }${range(v.interval)} ) )`;
    const all = `sum( rate( http_request_duration_seconds_count{ ${series(v)} }${range(v.interval)} ) )`;
    return `${passed} / ${all} * 100`;
  },
  duration(v) {
    const buckets = `rate( http_request_duration_seconds_bucket{ ${series(v)} }${range(v.interval)} )`;
    return `histogram_quantile( 0.99, sum( ${buckets} ) by (le) )`;
  },
  durationScale: 1000,
};
