// Two answers to one question: where they differ, in words. It must not know who gave them.
import { labelsKey } from '../../../src/sandbox/prom/series.ts';
import { numberOf, type Answer, type Answered, type Result } from './ask.ts';

export const tolerance = 1e-6;

export interface Compared {
  /** Empty: alike. */
  readonly differences: readonly string[];
  /** Of finite numbers. */
  readonly largest: number;
  /** How many numbers were laid side by side. */
  readonly numbers: number;
}

export function compare(real: Answer, ours: Answer): Compared {
  if (real.is === 'refused' || ours.is === 'refused') {
    const said = (answer: Answer): string => (answer.is === 'refused' ? `${answer.status} ${answer.errorType}` : 'an answer');
    const why = [real, ours].map((answer) => (answer.is === 'refused' ? answer.error : '')).join(' | ');
    return said(real) === said(ours) ? alike : differing(`real: ${said(real)}, ours: ${said(ours)} (${why})`);
  }
  if (real.type !== ours.type) return differing(`real: ${real.type}, ours: ${ours.type}`);
  return together([...pairs(real, ours)].map(([key, pair]) => compareSeries(key, pair)));
}

const alike: Compared = { differences: [], largest: 0, numbers: 0 };

function differing(...differences: string[]): Compared {
  return { ...alike, differences };
}

type Pair = readonly [real: Result | undefined, ours: Result | undefined];

/** By labels; two results of the same labels are one too many. */
function pairs(real: Answered, ours: Answered): Map<string, Pair> {
  const [byReal, byOurs] = [real, ours].map(({ results }) => new Map(results.map((result) => [labelsKey(result.labels), result])));
  if (!byReal || !byOurs) return new Map();
  if (byOurs.size < ours.results.length) byOurs.set('the same labels twice', { labels: {}, samples: [] });
  return new Map([...new Set([...byReal.keys(), ...byOurs.keys()])].map((key) => [key, [byReal.get(key), byOurs.get(key)]]));
}

function compareSeries(key: string, [real, ours]: Pair): Compared {
  if (!real || !ours) return differing(`${key}: only ${real ? `real: ${text(real)}` : ours ? `ours: ${text(ours)}` : ''}`);
  if (real.samples.length !== ours.samples.length) return differing(`${key}: real: ${text(real)}, ours: ${text(ours)}`);
  const errors = real.samples.map(([time, value], i) => {
    const [otherTime, other = ''] = ours.samples[i] ?? [];
    return time === otherTime ? relativeDifference(numberOf(value), numberOf(other)) : Infinity;
  });
  const largest = Math.max(0, ...errors);
  return {
    differences: largest > tolerance ? [`${key}: real: ${text(real)}, ours: ${text(ours)}`] : [],
    largest: Number.isFinite(largest) ? largest : 0,
    numbers: errors.length,
  };
}

/** 0 for what is the same; infinite where one is no finite number and the other is not the same. */
export function relativeDifference(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  return Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b)) : Infinity;
}

function text({ samples }: Result): string {
  return samples.map(([time, value]) => `${value}@${time}`).join(' ');
}

export function together(all: readonly Compared[]): Compared {
  return {
    differences: all.flatMap(({ differences }) => differences),
    largest: all.reduce((most, { largest }) => Math.max(most, largest), 0),
    numbers: all.reduce((sum, { numbers }) => sum + numbers, 0),
  };
}
