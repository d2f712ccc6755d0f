// Aggregations: groups of samples by their labels, and what each comes to. It must not know where samples come from.
import { labelsKey, type Labels } from '../series.ts';
import { vectorOf, wrongType } from './calls.ts';
import { largest, nameless, smallest, sum } from './functions.ts';
import { mean, quantileOf, variance } from './statistics.ts';
import { PromqlError, type Aggregate, type Sample, type Value } from './types.ts';

interface Group {
  readonly labels: Labels;
  readonly samples: Sample[];
}

export function aggregate(expr: Aggregate, of: Value, parameter: Value | undefined): Value {
  if (parameter && parameter.is !== 'scalar') throw wrongType('scalar', 'aggregation parameter', parameter);
  const groups = new Map<string, Group>();
  for (const sample of vectorOf(of, 'aggregation expression')) {
    const given = expr.by ? sample.labels : nameless(sample.labels);
    const labels = Object.fromEntries(Object.entries(given).filter(([label]) => expr.labels.includes(label) === expr.by));
    const key = labelsKey(labels);
    const group = groups.get(key) ?? { labels, samples: [] };
    groups.set(key, group);
    group.samples.push(sample);
  }
  return { is: 'vector', samples: [...groups.values()].flatMap((group) => summary(expr, group, parameter?.value ?? NaN)) };
}

function summary({ op }: Aggregate, { labels, samples }: Group, parameter: number): Sample[] {
  if (op === 'topk' || op === 'bottomk') return first(samples, parameter, op === 'topk');
  return [
    {
      labels,
      value: single(
        op,
        samples.map(({ value }) => value),
        parameter,
      ),
    },
  ];
}

function single(op: Exclude<Aggregate['op'], 'topk' | 'bottomk'>, values: readonly number[], parameter: number): number {
  switch (op) {
    case 'sum':
      return sum(values);
    case 'avg':
      return mean(values);
    case 'count':
      return values.length;
    case 'group':
      return 1;
    case 'max':
      return largest(values);
    case 'min':
      return smallest(values);
    case 'stdvar':
      return variance(values);
    case 'stddev':
      return Math.sqrt(variance(values));
    case 'quantile':
      return quantileOf(parameter, values);
  }
}

/** NaN comes last either way; of equals, those that came first. */
function first(samples: readonly Sample[], count: number, fromTop: boolean): Sample[] {
  if (!(Math.abs(count) < 2 ** 63)) throw new PromqlError('execution', `Scalar value ${count} overflows int64`);
  const rank = ({ value }: Sample): number => (Number.isNaN(value) ? -Infinity : fromTop ? value : -value);
  const before = (a: Sample, b: Sample): number => {
    if (Number.isNaN(a.value) || Number.isNaN(b.value)) return Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value));
    return rank(a) === rank(b) ? 0 : rank(b) - rank(a);
  };
  return [...samples].sort(before).slice(0, Math.max(0, Math.trunc(count)));
}
