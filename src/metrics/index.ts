// The registries of metrics providers and of built-in query sets. To add one: write its file, add its line. It must hold nothing else.
import type { MetricsProvider, QuerySet } from '../contracts.ts';
import { prometheus } from './prometheus.ts';
import { http } from './queries/http.ts';
import { istio } from './queries/istio.ts';
import { linkerd } from './queries/linkerd.ts';
import { osm } from './queries/osm.ts';
import { traefik } from './queries/traefik.ts';

export const metricsProviders: readonly MetricsProvider[] = [prometheus];

export const querySets: readonly QuerySet[] = [http, istio, linkerd, osm, traefik];

/** Routers whose queries are another's. */
const sameQueries: Readonly<Record<string, string>> = { kubernetes: 'http' };

export function metricsProvider(id: string): MetricsProvider | undefined {
  return metricsProviders.find((provider) => provider.ids.includes(id));
}

/** The built-in queries that a router names (TrafficRouter.queries). */
export function querySet(id: string): QuerySet | undefined {
  const name = Object.hasOwn(sameQueries, id) ? sameQueries[id] : id;
  return querySets.find((set) => set.id === name);
}
