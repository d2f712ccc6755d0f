// What has been scraped: labelled series of samples, kept for a quarter of an hour. It must know nothing of traffic or of queries.

export type Labels = Readonly<Record<string, string>>;

/** Samples in the order of time. The value null ends a series: its target is gone (Prometheus' stale marker). NaN is a number like another. */
export interface Series {
  readonly labels: Labels;
  readonly times: number[];
  readonly values: (number | null)[];
}

/** A plain value: may be cloned, and put back. */
export type StoredSeries = Map<string, Map<string, Series>>;

/** Longer ranges than this are refused by PromQL, never answered with half of the samples. */
export const retention = 15 * 60_000;

export const ended = null;

/** The series of these labels in `stored`; made when it is not there yet. */
export function seriesOf(stored: StoredSeries, labels: Labels): Series {
  const name = labels['__name__'] ?? '';
  const ofName = stored.get(name) ?? new Map<string, Series>();
  stored.set(name, ofName);
  const key = labelsKey(labels);
  const found = ofName.get(key) ?? { labels, times: [], values: [] };
  ofName.set(key, found);
  return found;
}

export function append(series: Series, at: number, value: number | null): void {
  series.times.push(at);
  series.values.push(value);
}

/** Forgets what is older than the retention, and whole series of which nothing is left. */
export function prune(stored: StoredSeries, now: number): void {
  const oldest = now - retention;
  for (const [name, ofName] of stored) {
    for (const [key, { times, values }] of ofName) {
      const old = times.findIndex((time) => time > oldest);
      if (old === -1) ofName.delete(key);
      else if (old > 0) {
        times.splice(0, old);
        values.splice(0, old);
      }
    }
    if (!ofName.size) stored.delete(name);
  }
}

/** One text for equal labels, whatever their order. */
export function labelsKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
