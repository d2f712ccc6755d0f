// Means, deviations and quantiles of plain numbers, as Prometheus reckons them. Numbers in, numbers out.
import { sum } from './functions.ts';

export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** Of all there are, not of a sample of them. */
export function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

/** Between the two values that it falls between; NaN counts as the lowest. */
export function quantileOf(q: number, values: readonly number[]): number {
  if (Number.isNaN(q) || !values.length) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const sorted = [...values.filter(Number.isNaN), ...values.filter((value) => !Number.isNaN(value)).sort((a, b) => (a < b ? -1 : 1))];
  const rank = q * (sorted.length - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - lower;
  return (sorted[lower] ?? NaN) * (1 - weight) + (sorted[upper] ?? NaN) * weight;
}
