// An expression at one moment, over stored series. It must answer as Prometheus 3 does, or refuse.
import { ended, labelsKey, retention, type Series, type StoredSeries } from '../series.ts';
import { operate } from './binary.ts';
import { aggregate } from './aggregate.ts';
import { call, vectorOf, wrongType } from './calls.ts';
import { nameless } from './functions.ts';
import { regex } from './regex.ts';
import { PromqlError, refused, type Expr, type Matcher, type Sample, type StampedSample, type Value } from './types.ts';

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
      return {
        is: 'vector',
        samples: newest(expr.matchers, earlier(moment, { offset: expr.offset, looksBack: lookback })).map(({ labels, value }) => ({
          labels,
          value,
        })),
      };
    case 'range':
      return matrix(expr.matchers, expr.ms, earlier(moment, { offset: expr.offset, looksBack: expr.ms }));
    case 'call':
      return call(
        expr.name,
        expr.args.map((arg) => evaluate(arg, moment)),
        moment.at,
      );
    case 'absent':
      return absent(expr, evaluate(expr.of, moment));
    case 'aggregate':
      return aggregate(expr, evaluate(expr.of, moment), expr.parameter && evaluate(expr.parameter, moment));
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

/** What is no longer kept is refused, never half answered. */
function earlier({ stored, at }: Moment, { offset, looksBack }: { offset: number; looksBack: number }): Moment {
  if (looksBack > retention) throw refused(`ranges longer than ${retention / 60_000}m`);
  if (looksBack + offset > retention) throw refused(`what is older than ${retention / 60_000}m`);
  return { stored, at: at - offset };
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

export function newest(matchers: readonly Matcher[], { stored, at }: Moment): StampedSample[] {
  return select(matchers, stored).flatMap((series) => latest(series, at));
}

/** The newest sample of the last five minutes, the older border not counted; none once the series has ended. */
function latest({ labels, times, values }: Series, at: number): StampedSample[] {
  const i = times.findLastIndex((time) => time <= at);
  const [time, value] = [times[i], values[i]];
  return time === undefined || value === undefined || value === ended || time <= at - lookback ? [] : [{ labels, value, time }];
}

function matrix(matchers: readonly Matcher[], ms: number, { stored, at }: Moment): Value {
  const series = select(matchers, stored).flatMap(({ labels, times, values }) => {
    const inside = times.flatMap((time, i) => (time > at - ms && time <= at && values[i] !== ended ? [i] : []));
    const picked = (from: readonly (number | null)[]) => inside.map((i) => from[i] ?? NaN);
    return inside.length ? [{ labels, times: picked(times), values: picked(values) }] : [];
  });
  return { is: 'matrix', series, from: at - ms, to: at };
}

/** 1 where there is nothing. */
function absent({ name, labels }: Expr & { is: 'absent' }, of: Value): Value {
  const expected = name === 'absent' ? 'vector' : 'matrix';
  if (of.is !== expected) throw wrongType(expected, `call to function "${name}"`, of);
  const found = of.is === 'matrix' ? of.series : of.is === 'vector' ? of.samples : [];
  return { is: 'vector', samples: found.length ? [] : [{ labels, value: 1 }] };
}

function distinct(samples: readonly Sample[]): void {
  const keys = new Set(samples.map(({ labels }) => labelsKey(labels)));
  if (keys.size < samples.length) throw new PromqlError('execution', 'vector cannot contain metrics with the same labelset');
}
