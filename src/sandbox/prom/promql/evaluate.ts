// An expression at one moment, over stored series. It must answer as Prometheus 3 does, or refuse.
import { labelsKey, retention, type Labels, type Series, type StoredSeries } from '../series.ts';
import { operate } from './binary.ts';
import { call, typeNames } from './calls.ts';
import { nameless, sum } from './functions.ts';
import { regex } from './regex.ts';
import { PromqlError, refused, type AggregateName, type Expr, type Matcher, type Sample, type Value } from './types.ts';

const lookback = 5 * 60_000;

export interface Moment {
  readonly stored: StoredSeries;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export function evaluate(expr: Expr, moment: Moment): Value {
  const value = evaluateNode(expr, moment);
  if (value.is === 'vector') distinct(value.samples);
  return value;
}

function evaluateNode(expr: Expr, moment: Moment): Value {
  switch (expr.is) {
    case 'number':
      return { is: 'scalar', value: expr.value };
    case 'select':
      return { is: 'vector', samples: select(expr.matchers, moment.stored).flatMap((series) => latest(series, moment.at)) };
    case 'range':
      return matrix(expr.matchers, expr.ms, moment);
    case 'call':
      return call(
        expr.name,
        expr.args.map((arg) => evaluate(arg, moment)),
      );
    case 'aggregate':
      return aggregate(expr, evaluate(expr.of, moment));
    case 'negate': {
      const of = evaluate(expr.of, moment);
      if (of.is === 'scalar') return { is: 'scalar', value: -of.value };
      return {
        is: 'vector',
        samples: vectorOf(of, 'unary expression').map(({ labels, value }) => ({ labels: nameless(labels), value: -value })),
      };
    }
    case 'binary':
      return operate(expr, evaluate(expr.left, moment), evaluate(expr.right, moment));
  }
}

function select(matchers: readonly Matcher[], stored: StoredSeries): Series[] {
  const tests = matchers.map((matcher) => ({ label: matcher.label, passes: test(matcher) }));
  if (tests.every(({ passes }) => passes('')))
    throw new PromqlError('bad_data', 'vector selector must contain at least one non-empty matcher');
  const name = matchers.find(({ label, op }) => label === '__name__' && op === '=')?.value;
  const candidates = name === undefined ? [...stored.values()] : [stored.get(name) ?? new Map<string, Series>()];
  return candidates.flatMap((ofName) =>
    [...ofName.values()].filter(({ labels }) => tests.every(({ label, passes }) => passes(labels[label] ?? ''))),
  );
}

function test({ op, value }: Matcher): (label: string) => boolean {
  if (op === '=') return (label) => label === value;
  if (op === '!=') return (label) => label !== value;
  const pattern = regex(value);
  return op === '=~' ? (label) => pattern.test(label) : (label) => !pattern.test(label);
}

/** The newest sample of the last five minutes, the older border not counted; none once the series has ended. */
function latest({ labels, times, values }: Series, at: number): Sample[] {
  const i = times.findLastIndex((time) => time <= at);
  const [time, value] = [times[i], values[i]];
  return time === undefined || value === undefined || Number.isNaN(value) || time <= at - lookback ? [] : [{ labels, value }];
}

function matrix(matchers: readonly Matcher[], ms: number, { stored, at }: Moment): Value {
  if (ms > retention) throw refused(`ranges longer than ${retention / 60_000}m`);
  const series = select(matchers, stored).flatMap(({ labels, times, values }) => {
    const inside = times.flatMap((time, i) => (time > at - ms && time <= at && !Number.isNaN(values[i]) ? [i] : []));
    const picked = (from: readonly number[]) => inside.map((i) => from[i] ?? NaN);
    return inside.length ? [{ labels, times: picked(times), values: picked(values) }] : [];
  });
  return { is: 'matrix', series, from: at - ms, to: at };
}

function vectorOf(value: Value | undefined, where: string): readonly Sample[] {
  if (value?.is === 'vector') return value.samples;
  throw new PromqlError('bad_data', `expected type instant vector in ${where}, got ${value ? typeNames[value.is] : 'nothing'}`);
}

function aggregate(expr: Expr & { is: 'aggregate' }, of: Value): Value {
  const groups = new Map<string, { labels: Labels; values: number[] }>();
  for (const { labels, value } of vectorOf(of, 'aggregation expression')) {
    const given = expr.by ? labels : nameless(labels);
    const kept = Object.fromEntries(Object.entries(given).filter(([label]) => expr.labels.includes(label) === expr.by));
    const key = labelsKey(kept);
    const group = groups.get(key) ?? { labels: kept, values: [] };
    groups.set(key, group);
    group.values.push(value);
  }
  return { is: 'vector', samples: [...groups.values()].map(({ labels, values }) => ({ labels, value: summary(expr.op, values) })) };
}

function summary(op: AggregateName, values: readonly number[]): number {
  switch (op) {
    case 'sum':
      return sum(values);
    case 'avg':
      return sum(values) / values.length;
    case 'count':
      return values.length;
    // NaN only where there is nothing else.
    case 'max':
      return values.reduce((best, value) => (value > best || Number.isNaN(best) ? value : best));
    case 'min':
      return values.reduce((best, value) => (value < best || Number.isNaN(best) ? value : best));
  }
}

function distinct(samples: readonly Sample[]): void {
  const keys = new Set(samples.map(({ labels }) => labelsKey(labels)));
  if (keys.size < samples.length) throw new PromqlError('execution', 'vector cannot contain metrics with the same labelset');
}
