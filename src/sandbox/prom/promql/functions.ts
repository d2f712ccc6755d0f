// rate, increase, irate and histogram_quantile as Prometheus 3 computes them. Numbers in, numbers out; it must know nothing of queries.
import { labelsKey } from '../series.ts';
import type { Range, Sample, Value } from './types.ts';

/** How much a counter grew over the whole range, extrapolated to its borders; undefined below two samples. */
export function extrapolatedIncrease(range: Range, from: number, to: number): number | undefined {
  const { times, values } = range;
  const [first, firstAt, lastAt] = [values[0], times[0], times.at(-1)];
  if (values.length < 2 || first === undefined || firstAt === undefined || lastAt === undefined) return undefined;
  const increase = countedUp(values);
  const sampled = (lastAt - firstAt) / 1000;
  const between = sampled / (values.length - 1);
  const border = (distance: number) => (distance >= between * 1.1 ? between / 2 : distance);
  let before = border((firstAt - from) / 1000);
  const after = border((to - lastAt) / 1000);
  // A counter is never below zero, so it cannot have begun earlier than where its line meets zero.
  if (increase > 0 && first >= 0) before = Math.min(before, sampled * (first / increase));
  return increase * ((sampled + before + after) / sampled);
}

/** The growth between the first and the last sample; a value lower than the one before is a restart from zero. */
function countedUp(values: readonly number[]): number {
  let sum = (values.at(-1) ?? 0) - (values[0] ?? 0);
  values.forEach((value, i) => {
    const before = values[i - 1];
    if (before !== undefined && value < before) sum += before;
  });
  return sum;
}

/** Kahan and Neumaier's sum, as Prometheus adds. */
export function sum(values: readonly number[]): number {
  let [total, lost] = [0, 0];
  for (const value of values) {
    const next = total + value;
    if (Number.isFinite(next)) lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    else lost = 0;
    total = next;
  }
  return total + lost;
}

/** The name of a series says nothing about what was computed from it. */
export function nameless(labels: Sample['labels']): Sample['labels'] {
  const { __name__: _name, ...rest } = labels;
  return rest;
}

export function growth(matrix: Value & { is: 'matrix' }, perSecond: boolean): Sample[] {
  const seconds = (matrix.to - matrix.from) / 1000;
  return matrix.series.flatMap((range) => {
    const increase = extrapolatedIncrease(range, matrix.from, matrix.to);
    return increase === undefined ? [] : [{ labels: nameless(range.labels), value: perSecond ? increase / seconds : increase }];
  });
}

/** Per second, between the last two samples of each series; a lower value is a restart from zero. */
export function instantRate(matrix: Value & { is: 'matrix' }): Sample[] {
  return matrix.series.flatMap(({ labels, times, values }) => {
    const [before, last, beforeAt, lastAt] = [values.at(-2), values.at(-1), times.at(-2), times.at(-1)];
    if (before === undefined || last === undefined || beforeAt === undefined || lastAt === undefined) return [];
    return [{ labels: nameless(labels), value: (last < before ? last : last - before) / ((lastAt - beforeAt) / 1000) }];
  });
}

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
  const found = buckets.findIndex((bucket, i) => i === buckets.length - 1 || bucket.count >= rank);
  const bucket = buckets[found] ?? last;
  const below = buckets[found - 1];
  // Nothing is known above the last finite bound.
  if (found === buckets.length - 1) return below?.le ?? NaN;
  if (!below) return bucket.le <= 0 ? bucket.le : bucket.le * (rank / bucket.count);
  return below.le + (bucket.le - below.le) * ((rank - below.count) / (bucket.count - below.count));
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
