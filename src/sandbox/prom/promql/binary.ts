// Operators between scalars and vectors, one to one or many to one. It must never pair samples whose match is not unique.
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
  // To Go, unlike JavaScript, 1 to any power is 1, and so is -1 to an infinite one.
  '^': (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
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
  if (isSet(op) && node.matching.group) throw new PromqlError('bad_data', `no grouping allowed for "${op}" operation`);
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
  if (node.matching.on || node.matching.labels.length || node.matching.group) {
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
  const { op, matching } = node;
  if (isSet(op) || !left.length || !right.length) return [];
  const swapped = matching.group?.many === 'right';
  const [many, one] = swapped ? [right, left] : [left, right];
  const others = unique(one, matching, swapped ? 'left' : 'right');
  const seen = new Set<string>();
  return many.flatMap((sample) => {
    const key = signature(sample, matching);
    const other = others.get(key);
    if (!other) return [];
    const [a, b] = swapped ? [other.value, sample.value] : [sample.value, other.value];
    const found = result(node, { labels: paired(sample.labels, other.labels, matching), value: a }, compute(op, a, b));
    // What a comparison leaves out matches nothing.
    for (const { labels } of found) refuseSecond(seen, matching.group ? labelsKey(labels) : key, matching);
    return found;
  });
}

function unique(samples: readonly Sample[], matching: Matching, side: 'left' | 'right'): Map<string, Sample> {
  const found = new Map<string, Sample>();
  for (const sample of samples) {
    const key = signature(sample, matching);
    if (found.has(key)) {
      throw new PromqlError('execution', `found duplicate series for the match group ${key} on the ${side} hand-side of the operation`);
    }
    found.set(key, sample);
  }
  return found;
}

function refuseSecond(seen: Set<string>, key: string, { group }: Matching): void {
  const advice = group ? 'grouping labels must ensure unique matches' : 'many-to-one matching must be explicit (group_left/group_right)';
  if (seen.has(key)) throw new PromqlError('execution', `multiple matches for labels: ${advice}`);
  seen.add(key);
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

/** One to one, a result has the labels that were matched on, else those of the many; the metric name goes with the operator (see result). */
function paired(many: Sample['labels'], one: Sample['labels'], { on, labels: listed, group }: Matching): Sample['labels'] {
  if (!group) return filtered(many, (label) => listed.includes(label) === on);
  const included = group.include.flatMap((label) => (one[label] ? [[label, one[label]] as const] : []));
  return { ...filtered(many, (label) => !group.include.includes(label)), ...Object.fromEntries(included) };
}

function filtered(labels: Sample['labels'], keep: (label: string) => boolean): Sample['labels'] {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => keep(label)));
}
