// The functions that the sandbox's Prometheus knows, as a table: what they take and what they come to. It must know nothing of text or series.
import { growth, histogramQuantile, instantRate, nameless, sum } from './functions.ts';
import { PromqlError, type Range, type Sample, type Value } from './types.ts';

type Matrix = Value & { readonly is: 'matrix' };

/** Arguments by type, in order; no function takes two matrices or two vectors. */
interface Given {
  readonly matrix: Matrix;
  readonly samples: readonly Sample[];
  readonly numbers: readonly number[];
}

interface Known {
  readonly takes: readonly Value['is'][];
  /** Of the last arguments may be left out. */
  readonly optional?: number;
  run(given: Given): Value;
}

function vector(samples: readonly Sample[]): Value {
  return { is: 'vector', samples };
}

/** One number for each series of a range. A series without samples is not there at all. */
function overTime(compute: (values: readonly number[]) => number, keep: (labels: Range['labels']) => Range['labels'] = nameless): Known {
  return {
    takes: ['matrix'],
    run: ({ matrix }) => vector(matrix.series.map(({ labels, values }) => ({ labels: keep(labels), value: compute(values) }))),
  };
}

/** One number for each sample; what is not given of `numbers` is undefined. */
function each(numbers: number, compute: (value: number, ...numbers: number[]) => number, optional = 0): Known {
  return {
    takes: ['vector', ...Array<'scalar'>(numbers).fill('scalar')],
    optional,
    run: ({ samples, numbers: given }) =>
      vector(samples.map(({ labels, value }) => ({ labels: nameless(labels), value: compute(value, ...given) }))),
  };
}

/** Halves go up; to the nearest multiple, reckoned with its inverse so that 0.1 stays exact. */
function round(value: number, to = 1): number {
  return Math.floor(value * (1 / to) + 0.5) / (1 / to);
}

const table: Readonly<Record<string, Known>> = {
  rate: { takes: ['matrix'], run: ({ matrix }) => vector(growth(matrix, true)) },
  increase: { takes: ['matrix'], run: ({ matrix }) => vector(growth(matrix, false)) },
  irate: { takes: ['matrix'], run: ({ matrix }) => vector(instantRate(matrix)) },
  histogram_quantile: { takes: ['scalar', 'vector'], run: ({ samples, numbers: [q = NaN] }) => vector(histogramQuantile(q, samples)) },
  vector: { takes: ['scalar'], run: ({ numbers: [value = NaN] }) => vector([{ labels: {}, value }]) },
  scalar: {
    takes: ['vector'],
    run: ({ samples }) => ({ is: 'scalar', value: samples.length === 1 ? (samples[0]?.value ?? NaN) : NaN }),
  },
  avg_over_time: overTime((values) => sum(values) / values.length),
  sum_over_time: overTime(sum),
  count_over_time: overTime((values) => values.length),
  max_over_time: overTime((values) => values.reduce((best, value) => Math.max(best, value))),
  min_over_time: overTime((values) => values.reduce((best, value) => Math.min(best, value))),
  last_over_time: overTime(
    (values) => values.at(-1) ?? NaN,
    (labels) => labels,
  ),
  abs: each(0, Math.abs),
  ceil: each(0, Math.ceil),
  floor: each(0, Math.floor),
  round: each(1, round, 1),
  clamp_min: each(1, (value, least = NaN) => Math.max(value, least)),
  clamp_max: each(1, (value, most = NaN) => Math.min(value, most)),
  clamp: {
    takes: ['vector', 'scalar', 'scalar'],
    run: ({ samples, numbers: [least = NaN, most = NaN] }) =>
      vector(
        least > most
          ? []
          : samples.map(({ labels, value }) => ({ labels: nameless(labels), value: Math.max(least, Math.min(most, value)) })),
      ),
  },
};

/** Undefined: not known here. */
export function known(name: string): Known | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Throws what Prometheus says to a wrong number of arguments. */
export function checkCount(name: string, { takes, optional = 0 }: Known, got: number): void {
  const least = takes.length - optional;
  if (got >= least && got <= takes.length) return;
  const expected = optional === 0 ? least : got < least ? `at least ${least}` : `at most ${takes.length}`;
  throw new PromqlError('bad_data', `expected ${expected} argument(s) in call to "${name}", got ${got}`);
}

export function call(name: string, args: readonly Value[]): Value {
  const fn = known(name);
  if (!fn) throw new PromqlError('bad_data', `unknown function with name "${name}"`);
  args.forEach((arg, i) => {
    const expected = fn.takes[i];
    if (expected !== arg.is) throw wrongType(expected, name, arg);
  });
  const empty: Matrix = { is: 'matrix', series: [], from: 0, to: 0 };
  return fn.run({
    matrix: args.find((arg) => arg.is === 'matrix') ?? empty,
    samples: args.find((arg) => arg.is === 'vector')?.samples ?? [],
    numbers: args.flatMap((arg) => (arg.is === 'scalar' ? [arg.value] : [])),
  });
}

export const typeNames: Readonly<Record<Value['is'], string>> = { scalar: 'scalar', vector: 'instant vector', matrix: 'range vector' };

function wrongType(expected: Value['is'] | undefined, name: string, got: Value): PromqlError {
  const type = expected ? typeNames[expected] : 'nothing';
  return new PromqlError('bad_data', `expected type ${type} in call to function "${name}", got ${typeNames[got.is]}`);
}
