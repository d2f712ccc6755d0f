// Queries by chance, the same for the same seed: of every construct that our engine knows, over series that are there. It must only make what
// has one right answer: sums come in any order, so what they come to is never rounded, nor held against its like.
import { seededRandom } from '../../../src/sandbox/prom/random.ts';
import type { StoredSeries } from '../../../src/sandbox/prom/series.ts';

interface Metric {
  readonly name: string;
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

/** `exact`: to the last bit, whatever the order that it is computed in. */
interface Made {
  readonly text: string;
  readonly exact: boolean;
  readonly metric: string;
}

export function generated(stored: StoredSeries, { seed, count }: { seed: number; count: number }): string[] {
  const metrics = metricsOf(stored);
  const chance = chanceOf(seed);
  const found = new Set<string>();
  while (found.size < count) found.add(chance.of(0.05) ? scalar(chance, metrics) : vector(chance, metrics, 3).text);
  return [...found];
}

function metricsOf(stored: StoredSeries): Metric[] {
  return [...stored].map(([name, ofName]) => {
    const labels: Record<string, string[]> = {};
    for (const series of ofName.values()) {
      for (const [label, value] of Object.entries(series.labels)) {
        if (label !== '__name__' && !labels[label]?.includes(value)) labels[label] = [...(labels[label] ?? []), value];
      }
    }
    return { name, labels };
  });
}

interface Chance {
  of(share: number): boolean;
  pick<T>(from: readonly T[]): T;
  some<T>(from: readonly T[]): T[];
}

function chanceOf(seed: number): Chance {
  const random = seededRandom(seed);
  return {
    of: (share) => random() < share,
    pick(from) {
      const found = from[Math.floor(random() * from.length)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
    some: (from) => from.filter(() => random() < 0.5),
  };
}

const spans = ['10s', '20s', '30s', '1m', '90s', '2m', '5m', '10m'];
const numbers = ['0', '1', '2', '-1', '0.5', '100', '1e3', '7.25', '0x1f', '-0.37', 'Inf', '-Inf', 'NaN', '1e-9'];

function vector(chance: Chance, metrics: readonly Metric[], depth: number): Made {
  if (depth === 0) return leaf(chance, metrics);
  const kind = chance.pick([
    'leaf',
    'range',
    'range',
    'range',
    'aggregate',
    'aggregate',
    'each',
    'scalar',
    'pair',
    'pair',
    'set',
    'quantile',
    'negate',
  ]);
  switch (kind) {
    case 'range':
      return overTime(chance, metrics);
    case 'aggregate':
      return aggregate(chance, metrics, depth);
    case 'each':
      return each(chance, metrics, depth);
    case 'scalar':
      return withScalar(chance, metrics, depth);
    case 'pair':
      return pair(chance, metrics, depth);
    case 'set':
      return set(chance, metrics, depth);
    case 'quantile':
      return quantile(chance, metrics);
    case 'negate': {
      const of = vector(chance, metrics, depth - 1);
      return { ...of, text: `-(${of.text})` };
    }
    default:
      return leaf(chance, metrics);
  }
}

function leaf(chance: Chance, metrics: readonly Metric[]): Made {
  const metric = chance.pick(metrics);
  return { text: `${selector(chance, metric)}${shift(chance)}`, exact: true, metric: metric.name };
}

function shift(chance: Chance): string {
  return chance.of(0.1) ? ` offset ${chance.pick(['30s', '1m'])}` : '';
}

function selector(chance: Chance, { name, labels }: Metric): string {
  const matchers = Object.keys(labels)
    .filter(() => chance.of(0.3))
    .map((label) => matcher(chance, label, labels[label] ?? []));
  if (chance.of(0.05)) return `{__name__=${quoted(name)}${matchers.map((each) => `, ${each}`).join('')}}`;
  return matchers.length || chance.of(0.1) ? `${name}{${matchers.join(', ')}}` : name;
}

function matcher(chance: Chance, label: string, values: readonly string[]): string {
  const value = chance.pick(values);
  const plain = values.filter((each) => /^[\w.-]*$/.test(each)).map((each) => each.replaceAll('.', '[.]'));
  const patterns = ['.*', '.+', '', ...plain, ...plain.map((each) => `${each}|nothing`), ...plain.map((each) => `${each.slice(0, 2)}.*`)];
  return chance.pick([
    `${label}=${quoted(value)}`,
    `${label}!=${quoted(value)}`,
    `${label}=""`,
    `${label}!=""`,
    `${label}=~${quoted(chance.pick(patterns))}`,
    `${label}!~${quoted(chance.pick(patterns))}`,
    `${label}=~${quoted(chance.pick(['[a-m].*', '[^a-m]*', '\\d+', '\\w+-\\d', '(?:web|api)-[12]', '.{3}', '[245]..', 'h?al+']))}`,
  ]);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

const overTimeExact = [
  'max_over_time',
  'min_over_time',
  'last_over_time',
  'count_over_time',
  'changes',
  'resets',
  'idelta',
  'present_over_time',
];
const overTimeSums = ['rate', 'rate', 'increase', 'irate', 'sum_over_time', 'avg_over_time', 'delta', 'quantile_over_time'];

function overTime(chance: Chance, metrics: readonly Metric[]): Made {
  const metric = chance.pick(metrics);
  const exact = chance.of(0.3);
  const name = chance.pick(exact ? overTimeExact : overTimeSums);
  const first = name === 'quantile_over_time' ? `${chance.pick(['0.5', '0.9', '-1', '2', 'NaN'])}, ` : '';
  return { text: `${name}(${first}${selector(chance, metric)}[${chance.pick(spans)}]${shift(chance)})`, exact, metric: metric.name };
}

function aggregate(chance: Chance, metrics: readonly Metric[], depth: number): Made {
  const of = vector(chance, metrics, depth - 1);
  const op = chance.pick(['sum', 'sum', 'avg', 'max', 'min', 'count', 'group', 'quantile']);
  const argument = op === 'quantile' ? `${chance.pick(['0.5', '0.9', '0', '1.5', 'NaN'])}, ${of.text}` : of.text;
  const exact = op === 'count' || op === 'group' || (of.exact && (op === 'max' || op === 'min'));
  const clause = chance.of(0.3) ? '' : ` ${chance.pick(['by', 'without'])} (${chance.some(labelsOf(metrics, of.metric)).join(', ')})`;
  const text = chance.of(0.5) ? `${op}${clause}(${argument})` : `${op}(${argument})${clause}`;
  return { text, exact, metric: of.metric };
}

function labelsOf(metrics: readonly Metric[], name: string): string[] {
  return Object.keys(metrics.find((metric) => metric.name === name)?.labels ?? {});
}

function each(chance: Chance, metrics: readonly Metric[], depth: number): Made {
  const of = vector(chance, metrics, depth - 1);
  const any = [
    'abs(X)',
    'clamp(X, 0, 50)',
    'clamp(X, 60, 2)',
    'clamp_min(X, 5)',
    'clamp_max(X, 7.5)',
    'vector(scalar(X))',
    'clamp_min(X, NaN)',
  ];
  const steps = [
    'ln(X)',
    'log2(X)',
    'log10(X)',
    'exp(X)',
    'ceil(X)',
    'floor(X)',
    'round(X)',
    'round(X, 5)',
    'round(X, 0.1)',
    'round(X, 0)',
  ];
  return { ...of, text: chance.pick(of.exact ? [...any, ...steps] : any).replace('X', () => of.text) };
}

function withScalar(chance: Chance, metrics: readonly Metric[], depth: number): Made {
  const of = vector(chance, metrics, depth - 1);
  const op = chance.pick(of.exact ? ['+', '-', '*', '/', '%', '^', ...comparisons] : ['*', '/', '^', ...inequalities]);
  const modifier = comparisons.includes(op) && chance.of(0.4) ? ' bool' : '';
  const number = of.exact
    ? chance.pick(numbers)
    : chance.pick(['0.0137', '3.3331', '100', '1e3'].filter((each) => op !== '^' || each.length < 6));
  const sides = [`(${of.text})`, number];
  const [left, right] = chance.of(0.7) || op === '^' ? sides : sides.reverse();
  return { ...of, text: `${left} ${op}${modifier} ${right}`, exact: of.exact && op !== '^' };
}

const inequalities = ['>', '<', '>=', '<='];
const comparisons = ['==', '!=', ...inequalities];

/** Two of one metric have labels in common; each side is brought to those that it is matched on. */
function pair(chance: Chance, metrics: readonly Metric[], depth: number): Made {
  const metric = chance.pick(metrics);
  const labels = Object.keys(metric.labels);
  const on = chance.some(labels);
  const others = labels.filter((label) => !on.includes(label));
  const matching = chance.pick(['', ` on(${on.join(', ')})`, ` ignoring(${others.join(', ')})`]);
  const exact = chance.of(0.5);
  const side = (): string => {
    const range = `${selector(chance, metric)}[${chance.pick(spans)}]`;
    const of = exact ? selector(chance, metric) : `rate(${range})`;
    if (matching === '' && chance.of(0.6)) return of;
    const op = exact ? chance.pick(['max', 'min', 'count']) : chance.pick(['sum', 'avg', 'max']);
    return `${op} by (${on.join(', ')}) (${of})`;
  };
  const op = chance.pick(exact ? ['+', '-', '*', '/', '%', ...comparisons] : ['+', '*', '/']);
  const modifier = comparisons.includes(op) && chance.of(0.4) ? ' bool' : '';
  const made = `${side()} ${op}${modifier}${matching} ${side()}`;
  if (depth > 2 && chance.of(0.2)) return { text: `(${made}) or vector(0)`, exact, metric: metric.name };
  return { text: made, exact, metric: metric.name };
}

function set(chance: Chance, metrics: readonly Metric[], depth: number): Made {
  const left = vector(chance, metrics, depth - 1);
  const right = vector(chance, metrics, depth - 1);
  const labels = labelsOf(metrics, left.metric);
  const matching = chance.pick(['', ' on()', ` on(${chance.some(labels).join(', ')})`, ` ignoring(${chance.some(labels).join(', ')})`]);
  const op = chance.pick(['and', 'or', 'unless']);
  return { text: `(${left.text}) ${op}${matching} (${right.text})`, exact: left.exact && right.exact, metric: left.metric };
}

/** Where sums are compared with a rank no two may be the same, so no round quantiles. */
function quantile(chance: Chance, metrics: readonly Metric[]): Made {
  const buckets = metrics.filter(({ labels }) => 'le' in labels);
  const metric = chance.pick(buckets.length ? buckets : metrics);
  const raw = chance.of(0.3);
  const q = raw
    ? chance.pick(['0', '0.5', '0.9', '0.99', '1', '-1', '2', 'NaN'])
    : chance.pick(['0.37', '0.5003', '0.871', '0.9', '0.99', '0.9507']);
  const kept = ['le', ...chance.some(Object.keys(metric.labels).filter((label) => label !== 'le'))];
  const summed = `sum by (${kept.join(', ')}) (${chance.pick(['rate', 'increase'])}(${selector(chance, metric)}[${chance.pick(spans)}]))`;
  return { text: `histogram_quantile(${q}, ${raw ? selector(chance, metric) : summed})`, exact: raw, metric: metric.name };
}

function scalar(chance: Chance, metrics: readonly Metric[]): string {
  const number = (): string => chance.pick([...numbers, 'time()', `scalar(${leaf(chance, metrics).text})`]);
  return `${number()} ${chance.pick(['+', '-', '*', '/', '%', '> bool', '== bool', '<= bool'])} ${number()}`;
}
