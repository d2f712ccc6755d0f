// What one pod counts, and the series it is scraped as: the telemetry of its mesh and the application's own. It must not know where requests
// come from.
import { append, ended, seriesOf, type Labels, type Series, type StoredSeries } from './series.ts';
import { metricIds, metrics, type MetricId, type Place, type Request } from './telemetry.ts';

export type { Place, Request, Telemetry } from './telemetry.ts';

/** Requests that ended alike, as plain data, so that a world can be put back. */
interface Count {
  readonly metric: MetricId;
  readonly labels: Labels;
  requests: number;
  sum: number;
  /** Not cumulative; one more than there are bounds, none of a plain counter. */
  readonly buckets: number[];
  /** In the order of `values`; found once, as finding them costs more than writing to them. */
  series: readonly Series[];
}

export interface Exporter {
  readonly place: Place;
  readonly counts: Map<string, Count>;
}

export function createExporter(place: Place): Exporter {
  return { place, counts: new Map() };
}

export function countRequest({ place, counts }: Exporter, request: Request): void {
  for (const id of metricIds) {
    const metric = metrics[id];
    if (!request.telemetry.includes(metric.of)) continue;
    const key = `${id} ${metric.by.map((field) => request[field]).join(' ')}`;
    const found = counts.get(key) ?? emptyCount(id, place, request);
    counts.set(key, found);
    add(found, request.ms);
  }
}

function add(count: Count, ms: number): void {
  const { bounds = [], unitMs = 1 } = metrics[count.metric];
  const value = ms / unitMs;
  count.requests++;
  count.sum += value;
  if (!count.buckets.length) return;
  const bucket = bounds.findIndex((bound) => value <= bound);
  const i = bucket === -1 ? bounds.length : bucket;
  count.buckets[i] = (count.buckets[i] ?? 0) + 1;
}

function emptyCount(id: MetricId, ...[place, request]: [Place, Request]): Count {
  const { bounds, labels } = metrics[id];
  const buckets = bounds ? Array<number>(bounds.length + 1).fill(0) : [];
  return { metric: id, labels: labels(place, request), requests: 0, sum: 0, buckets, series: [] };
}

/** One sample of everything this pod counts. */
export function scrape({ counts }: Exporter, stored: StoredSeries, at: number): void {
  for (const count of counts.values()) {
    if (!count.series.length) count.series = labelSets(count).map((labels) => seriesOf(stored, labels));
    const values = valuesOf(count);
    count.series.forEach((series, i) => append(series, at, values[i] ?? 0));
  }
}

/** The pod is gone: its series end here, as Prometheus marks them when a target vanishes. */
export function endSeries({ counts }: Exporter, at: number): void {
  for (const { series } of counts.values()) for (const each of series) append(each, at, ended);
}

function labelSets({ metric, labels }: Count): Labels[] {
  const { name, bounds } = metrics[metric];
  if (!bounds) return [{ ...labels, __name__: name }];
  return [
    ...[...bounds.map(String), '+Inf'].map((le) => ({ ...labels, __name__: `${name}_bucket`, le })),
    { ...labels, __name__: `${name}_count` },
    { ...labels, __name__: `${name}_sum` },
  ];
}

function valuesOf({ buckets, requests, sum }: Count): number[] {
  if (!buckets.length) return [requests];
  let below = 0;
  return [...buckets.map((count) => (below += count)), requests, sum];
}
