// Built-in queries over Traefik's telemetry, the same texts as Flagger sends but for the name of a Service that is not its target's. Data only: it must
// know nothing of routing or of replies.
import type { QuerySet, QueryVars } from '../../contracts.ts';
import { literal, range } from '../promql/quote.ts';

const buckets = 'traefik_service_request_duration_seconds_bucket';

/** Traefik calls a backend by its Service and port. Flagger asks for the target's name, and hears nothing where the Service has another. */
function series(v: QueryVars): string {
  return `service=~"${literal(v.namespace)}-${literal(v.service)}-canary-[0-9a-zA-Z-]+@kubernetescrd"`;
}

export const traefik: QuerySet = {
  id: 'traefik',
  successRate(v) {
    const passed = `sum( rate( ${buckets}{ ${series(v)}, code!~"5..", le="+Inf" }${range(v.interval)} ) )`;
    const all = `sum( rate( ${buckets}{ ${series(v)}, le="+Inf" }${range(v.interval)} ) )`;
    return `${passed} / ${all} * 100`;
  },
  duration(v) {
    return `histogram_quantile( 0.99, sum( rate( ${buckets}{ ${series(v)} }${range(v.interval)} ) ) by (le) ) * 1000`;
  },
  durationScale: 1,
};
