// Operators between scalars and vectors, one to one. It must never pair samples whose match is not unique.
import { labelsKey } from '../series.ts';
import { nameless } from './functions.ts';
import {
  PromqlError,
  type ArithmeticOp,
  type Binary,
  type BinaryOp,
  type ComparisonOp,
  type Matching,
  type Sample,
  type Value,
} from './types.ts';

const arithmetic: Readonly<Record<ArithmeticOp, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
};
const comparison: Readonly<Record<ComparisonOp, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

function isSet(op: BinaryOp): op is 'and' | 'or' | 'unless' {
  return op === 'and' || op === 'or' || op === 'unless';
}
function isComparison(op: BinaryOp): op is ComparisonOp {
  return Object.hasOwn(comparison, op);
}

export function operate(node: Binary, left: Value, right: Value): Value {
  const { op, bool } = node;
  if (left.is === 'matrix' || right.is === 'matrix') {
    throw new PromqlError('bad_data', 'binary expression must contain only scalar and instant vector types');
  }
  if (bool && !isComparison(op)) throw new PromqlError('bad_data', 'bool modifier can only be used on comparison operators');
  if (left.is === 'vector' && right.is === 'vector') {
    return {
      is: 'vector',
      samples: isSet(op) ? combine(op, node.matching, [left.samples, right.samples]) : pair(node, left.samples, right.samples),
    };
  }
  if (isSet(op)) throw new PromqlError('bad_data', `set operator "${op}" not allowed in binary scalar expression`);
  if (node.matching.on || node.matching.labels.length) {
    throw new PromqlError('bad_data', 'vector matching only allowed between instant vectors');
  }
  if (left.is === 'scalar' && right.is === 'scalar') {
    if (isComparison(op) && !bool) throw new PromqlError('bad_data', 'comparisons between scalars must use BOOL modifier');
    return { is: 'scalar', value: compute(op, left.value, right.value) };
  }
  const samples = left.is === 'vector' ? left.samples : right.is === 'vector' ? right.samples : [];
  return {
    is: 'vector',
    samples: samples.flatMap(({ labels, value }) => {
      const [a, b] = [left.is === 'scalar' ? left.value : value, right.is === 'scalar' ? right.value : value];
      return result(node, { labels, value }, compute(op, a, b));
    }),
  };
}

/** A comparison is 1 or 0. */
function compute(op: ArithmeticOp | ComparisonOp, a: number, b: number): number {
  return isComparison(op) ? Number(comparison[op](a, b)) : arithmetic[op](a, b);
}

/** A comparison without bool is a filter: it keeps the sample as it is. */
function result(node: Binary, kept: Sample, computed: number): Sample[] {
  if (isComparison(node.op) && !node.bool) return computed ? [kept] : [];
  return [{ labels: nameless(kept.labels), value: computed }];
}

function pair(node: Binary, left: readonly Sample[], right: readonly Sample[]): Sample[] {
  const op = node.op;
  if (isSet(op)) return [];
  const others = new Map<string, Sample>();
  for (const sample of right) {
    const key = signature(sample, node.matching);
    if (others.has(key)) {
      throw new PromqlError('execution', `found duplicate series for the match group ${key} on the right hand-side of the operation`);
    }
    others.set(key, sample);
  }
  const seen = new Set<string>();
  return left.flatMap((sample) => {
    const key = signature(sample, node.matching);
    const other = others.get(key);
    if (!other) return [];
    if (seen.has(key)) {
      throw new PromqlError('execution', 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)');
    }
    seen.add(key);
    return result(node, { labels: kept(sample.labels, node.matching), value: sample.value }, compute(op, sample.value, other.value));
  });
}

function combine(op: 'and' | 'or' | 'unless', matching: Matching, [left, right]: [readonly Sample[], readonly Sample[]]): Sample[] {
  const key = (sample: Sample) => signature(sample, matching);
  const ofLeft = new Set(left.map(key));
  const ofRight = new Set(right.map(key));
  if (op === 'or') return [...left, ...right.filter((sample) => !ofLeft.has(key(sample)))];
  return left.filter((sample) => ofRight.has(key(sample)) === (op === 'and'));
}

/** The labels that two samples must share. */
function signature({ labels }: Sample, { on, labels: listed }: Matching): string {
  return labelsKey(filtered(nameless(labels), (label) => listed.includes(label) === on));
}

/** One to one, a result has the labels that were matched on; the metric name goes with the operator (see result). */
function kept(labels: Sample['labels'], { on, labels: listed }: Matching): Sample['labels'] {
  return filtered(labels, (label) => listed.includes(label) === on);
}

function filtered(labels: Sample['labels'], keep: (label: string) => boolean): Sample['labels'] {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => keep(label)));
}
