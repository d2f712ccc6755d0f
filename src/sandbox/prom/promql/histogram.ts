// histogram_quantile as Prometheus 3 computes it. It must know nothing of queries.
import { labelsKey } from '../series.ts';
import { nameless } from './functions.ts';
import type { Sample } from './types.ts';

interface Bucket {
  readonly le: number;
  readonly count: number;
}

export function histogramQuantile(q: number, samples: readonly Sample[]): Sample[] {
  const histograms = new Map<string, { labels: Sample['labels']; buckets: Bucket[] }>();
  for (const { labels, value } of samples) {
    const { le, ...rest } = nameless(labels);
    const bound = upperBound(le);
    if (bound === undefined) continue;
    const key = labelsKey(rest);
    const histogram = histograms.get(key) ?? { labels: rest, buckets: [] };
    histograms.set(key, histogram);
    histogram.buckets.push({ le: bound, count: value });
  }
  return [...histograms.values()].map(({ labels, buckets }) => ({ labels, value: quantile(q, buckets) }));
}

function upperBound(le: string | undefined): number | undefined {
  if (le === undefined) return undefined;
  if (/^\+?inf$/i.test(le)) return Infinity;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(le) ? Number(le) : undefined;
}

export function quantile(q: number, given: readonly Bucket[]): number {
  if (Number.isNaN(q)) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const buckets = monotonic(coalesced(given));
  const last = buckets.at(-1);
  if (!last || last.le !== Infinity || buckets.length < 2 || last.count === 0 || Number.isNaN(last.count)) return NaN;
  const rank = q * last.count;
  const found = firstReaching(buckets, rank);
  const bucket = buckets[found] ?? last;
  const below = buckets[found - 1];
  // Nothing is known above the last finite bound.
  if (found === buckets.length - 1) return below?.le ?? NaN;
  if (!below) return bucket.le <= 0 ? bucket.le : bucket.le * (rank / bucket.count);
  return below.le + (bucket.le - below.le) * ((rank - below.count) / (bucket.count - below.count));
}

/** The last where no other does. By halves as Prometheus looks for it, which tells where a count is NaN. */
function firstReaching(buckets: readonly Bucket[], rank: number): number {
  let [low, high] = [0, buckets.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((buckets[middle]?.count ?? NaN) >= rank) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Sorted; buckets of one bound are one (after sums over histograms that write their bounds differently). */
function coalesced(buckets: readonly Bucket[]): Bucket[] {
  const counts = new Map<number, number>();
  for (const { le, count } of buckets) counts.set(le, (counts.get(le) ?? 0) + count);
  return [...counts].map(([le, count]) => ({ le, count })).sort((a, b) => (a.le < b.le ? -1 : 1));
}

/** Cumulative counts never fall; where they do, by rounding or by a scrape in between, the bucket before counts. */
function monotonic(buckets: readonly Bucket[]): Bucket[] {
  let highest = -Infinity;
  return buckets.map(({ le, count }) => {
    if (!(count < highest) && !almostEqual(count, highest)) highest = count;
    return { le, count: Number.isNaN(count) ? count : highest };
  });
}

function almostEqual(a: number, b: number): boolean {
  return a !== 0 && b !== 0 && Math.abs(a - b) / (Math.abs(a) + Math.abs(b)) < 1e-12;
}
