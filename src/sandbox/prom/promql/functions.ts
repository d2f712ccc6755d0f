// rate, delta and their like as Prometheus 3 computes them. Numbers in, numbers out; it must know nothing of queries.
import type { Range, Sample, Value } from './types.ts';

/** How much a series grew over the whole range, extrapolated to its borders; undefined below two samples. */
function extrapolated({ times, values }: Range, { from, to }: { from: number; to: number }, isCounter: boolean): number | undefined {
  const [first, firstAt, lastAt] = [values[0], times[0], times.at(-1)];
  if (values.length < 2 || first === undefined || firstAt === undefined || lastAt === undefined) return undefined;
  const increase = isCounter ? countedUp(values) : (values.at(-1) ?? NaN) - first;
  const sampled = (lastAt - firstAt) / 1000;
  const between = sampled / (values.length - 1);
  const border = (distance: number) => (distance >= between * 1.1 ? between / 2 : distance);
  let before = border((firstAt - from) / 1000);
  const after = border((to - lastAt) / 1000);
  // A counter is never below zero, so it cannot have begun earlier than where its line meets zero.
  if (isCounter && increase > 0 && first >= 0) before = Math.min(before, sampled * (first / increase));
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

/** NaN only where there is nothing else. */
export function largest(values: readonly number[]): number {
  return values.reduce((best, value) => (value > best || Number.isNaN(best) ? value : best));
}

export function smallest(values: readonly number[]): number {
  return values.reduce((best, value) => (value < best || Number.isNaN(best) ? value : best));
}

/** The name of a series says nothing about what was computed from it. */
export function nameless(labels: Sample['labels']): Sample['labels'] {
  const { __name__: _name, ...rest } = labels;
  return rest;
}

export function growth(matrix: Value & { is: 'matrix' }, perSecond: boolean): Sample[] {
  const seconds = (matrix.to - matrix.from) / 1000;
  return matrix.series.flatMap((range) => {
    const increase = extrapolated(range, matrix, true);
    return increase === undefined ? [] : [{ labels: nameless(range.labels), value: perSecond ? increase / seconds : increase }];
  });
}

export function difference(matrix: Value & { is: 'matrix' }): Sample[] {
  return matrix.series.flatMap((range) => {
    const value = extrapolated(range, matrix, false);
    return value === undefined ? [] : [{ labels: nameless(range.labels), value }];
  });
}

/** Between the last two samples of each series. */
export function instantDifference(matrix: Value & { is: 'matrix' }): Sample[] {
  return matrix.series.flatMap(({ labels, values }) => {
    const [before, last] = [values.at(-2), values.at(-1)];
    return before === undefined || last === undefined ? [] : [{ labels: nameless(labels), value: last - before }];
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
