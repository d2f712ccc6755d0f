// The functions that the sandbox's Prometheus knows, as a table: what they take and what they come to. It must know nothing of text or series.
import { difference, growth, instantDifference, instantRate, largest, nameless, smallest, sum } from './functions.ts';
import { histogramQuantile } from './histogram.ts';
import { mean, quantileOf, variance } from './statistics.ts';
import { PromqlError, type Range, type Sample, type Value } from './types.ts';

type Matrix = Value & { readonly is: 'matrix' };

/** Arguments by type, in order; no function takes two matrices or two vectors. */
interface Given {
  readonly matrix: Matrix;
  readonly samples: readonly Sample[];
  readonly numbers: readonly number[];
  /** Milliseconds since 1970. */
  readonly at: number;
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

/** To Go, unlike JavaScript, even NaN is not above infinity, nor below its opposite. */
function greater(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b);
}

function lesser(a: number, b: number): number {
  return a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b);
}

/** Halves go up; to the nearest multiple, reckoned with its inverse so that 0.1 stays exact. */
function round(value: number, to = 1): number {
  return Math.floor(value * (1 / to) + 0.5) / (1 / to);
}

/** How many samples differ so from the one before. */
function steps(values: readonly number[], counts: (before: number, value: number) => boolean): number {
  return values.filter((value, i) => i > 0 && counts(values[i - 1] ?? NaN, value)).length;
}

const table: Readonly<Record<string, Known>> = {
  rate: { takes: ['matrix'], run: ({ matrix }) => vector(growth(matrix, true)) },
  increase: { takes: ['matrix'], run: ({ matrix }) => vector(growth(matrix, false)) },
  irate: { takes: ['matrix'], run: ({ matrix }) => vector(instantRate(matrix)) },
  delta: { takes: ['matrix'], run: ({ matrix }) => vector(difference(matrix)) },
  idelta: { takes: ['matrix'], run: ({ matrix }) => vector(instantDifference(matrix)) },
  changes: overTime((values) => steps(values, (before, value) => value !== before && !(Number.isNaN(value) && Number.isNaN(before)))),
  resets: overTime((values) => steps(values, (before, value) => value < before)),
  time: { takes: [], run: ({ at }) => ({ is: 'scalar', value: at / 1000 }) },
  histogram_quantile: { takes: ['scalar', 'vector'], run: ({ samples, numbers: [q = NaN] }) => vector(histogramQuantile(q, samples)) },
  vector: { takes: ['scalar'], run: ({ numbers: [value = NaN] }) => vector([{ labels: {}, value }]) },
  scalar: {
    takes: ['vector'],
    run: ({ samples }) => ({ is: 'scalar', value: samples.length === 1 ? (samples[0]?.value ?? NaN) : NaN }),
  },
  avg_over_time: overTime(mean),
  stddev_over_time: overTime((values) => Math.sqrt(variance(values))),
  stdvar_over_time: overTime(variance),
  present_over_time: overTime(() => 1),
  quantile_over_time: {
    takes: ['scalar', 'matrix'],
    run: ({ matrix, numbers: [q = NaN] }) =>
      vector(matrix.series.map(({ labels, values }) => ({ labels: nameless(labels), value: quantileOf(q, values) }))),
  },
  sum_over_time: overTime(sum),
  count_over_time: overTime((values) => values.length),
  max_over_time: overTime(largest),
  min_over_time: overTime(smallest),
  last_over_time: overTime(
    (values) => values.at(-1) ?? NaN,
    (labels) => labels,
  ),
  abs: each(0, Math.abs),
  ceil: each(0, Math.ceil),
  floor: each(0, Math.floor),
  sqrt: each(0, Math.sqrt),
  exp: each(0, Math.exp),
  ln: each(0, Math.log),
  log2: each(0, Math.log2),
  log10: each(0, Math.log10),
  sgn: each(0, Math.sign),
  round: each(1, round, 1),
  clamp_min: each(1, (value, least = NaN) => greater(value, least)),
  clamp_max: each(1, (value, most = NaN) => lesser(value, most)),
  clamp: {
    takes: ['vector', 'scalar', 'scalar'],
    run: ({ samples, numbers: [least = NaN, most = NaN] }) =>
      vector(
        least > most ? [] : samples.map(({ labels, value }) => ({ labels: nameless(labels), value: greater(least, lesser(most, value)) })),
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
  throw wrongCount(name, { expected: String(expected), got });
}

export function wrongCount(name: string, { expected, got }: { expected: string; got: number }): PromqlError {
  return new PromqlError('bad_data', `expected ${expected} argument(s) in call to "${name}", got ${got}`);
}

export function call(name: string, args: readonly Value[], at: number): Value {
  const fn = known(name);
  if (!fn) throw new PromqlError('bad_data', `unknown function with name "${name}"`);
  args.forEach((arg, i) => {
    const expected = fn.takes[i];
    if (expected !== arg.is) throw wrongType(expected, `call to function "${name}"`, arg);
  });
  const empty: Matrix = { is: 'matrix', series: [], from: 0, to: 0 };
  return fn.run({
    matrix: args.find((arg) => arg.is === 'matrix') ?? empty,
    samples: args.find((arg) => arg.is === 'vector')?.samples ?? [],
    numbers: args.flatMap((arg) => (arg.is === 'scalar' ? [arg.value] : [])),
    at,
  });
}

const typeNames: Readonly<Record<Value['is'], string>> = { scalar: 'scalar', vector: 'instant vector', matrix: 'range vector' };

export function vectorOf(value: Value, where: string): readonly Sample[] {
  if (value.is === 'vector') return value.samples;
  throw wrongType('vector', where, value);
}

export function wrongType(expected: Value['is'] | undefined, where: string, got: Value): PromqlError {
  const type = expected ? typeNames[expected] : 'nothing';
  return new PromqlError('bad_data', `expected type ${type} in ${where}, got ${typeNames[got.is]}`);
}
