// PromQL against numbers worked out by hand from Prometheus' own rules.
import { describe, expect, test } from '@jest/globals';
import { instantQuery, PromqlError, type Value } from '../../../src/sandbox/prom/promql.ts';
import { append, seriesOf, type Labels, type StoredSeries } from '../../../src/sandbox/prom/series.ts';

/** Seconds and values, by the series' text: 'name label=value …'. */
function store(series: Record<string, readonly (readonly [number, number | null])[]>): StoredSeries {
  const stored: StoredSeries = new Map();
  for (const [text, samples] of Object.entries(series)) {
    const [name = '', ...pairs] = text.split(' ');
    const labels: Labels = { __name__: name, ...Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string])) };
    for (const [at, value] of samples) append(seriesOf(stored, labels), at * 1000, value);
  }
  return stored;
}

/** A result as one line per sample: 'name{label="value"} 1'. */
function lines(value: Value): string[] {
  if (value.is === 'scalar') return [String(value.value)];
  if (value.is === 'matrix')
    return value.series.map(({ times, values }) => times.map((time, i) => `${time / 1000}:${values[i]}`).join(' '));
  return value.samples.map((sample) => {
    const { __name__: name = '', ...rest } = sample.labels;
    const labels = Object.entries(rest).map(([label, text]) => `${label}="${text}"`);
    return `${name}{${labels.sort().join(',')}} ${sample.value}`;
  });
}

function ask(query: string, stored: StoredSeries, at = 60): string[] {
  return lines(instantQuery(query, stored, at * 1000));
}

function error(query: string, stored: StoredSeries = new Map()): string {
  try {
    instantQuery(query, stored, 60_000);
  } catch (thrown) {
    if (thrown instanceof PromqlError) return `${thrown.type}: ${thrown.message}`;
    throw thrown;
  }
  return 'answered';
}

const now = [[60, 1]] as const;

describe('selectors', () => {
  const stored = store({
    'up job=a env=prod': [[60, 1]],
    'up job=b env=test': [[60, 2]],
    'up job=ab': [[60, 3]],
    'down job=a': [[60, 4]],
  });
  test.each([
    ['up', ['up{env="prod",job="a"} 1', 'up{env="test",job="b"} 2', 'up{job="ab"} 3']],
    ['up{job="a"}', ['up{env="prod",job="a"} 1']],
    ['up{job!="a",}', ['up{env="test",job="b"} 2', 'up{job="ab"} 3']],
    ['up{job=~"a|b"}', ['up{env="prod",job="a"} 1', 'up{env="test",job="b"} 2']],
    ['up{job=~"a"}', ['up{env="prod",job="a"} 1']],
    ['up{job!~"a.*"}', ['up{env="test",job="b"} 2']],
    ['up{env=""}', ['up{job="ab"} 3']],
    ['up{env=~".*"}', ['up{env="prod",job="a"} 1', 'up{env="test",job="b"} 2', 'up{job="ab"} 3']],
    ['{__name__=~"up|down",job="a"}', ['up{env="prod",job="a"} 1', 'down{job="a"} 4']],
    ['{"down"}', ['down{job="a"} 4']],
    ["up{job='a'}", ['up{env="prod",job="a"} 1']],
    ['up{job=`b`} # why', ['up{env="test",job="b"} 2']],
    ['nothing', []],
  ])('%s', (query, result) => {
    expect(ask(query, stored)).toEqual(result);
  });

  test('an instant vector looks back five minutes, the older border not counted', () => {
    const old = store({ m: [[100, 7]] });
    expect(ask('m', old, 99)).toEqual([]);
    expect(ask('m', old, 100)).toEqual(['m{} 7']);
    expect(ask('m', old, 399)).toEqual(['m{} 7']);
    expect(ask('m', old, 400)).toEqual([]);
  });

  test('a series that has ended is gone at once, but not out of ranges', () => {
    const ended = store({
      m: [
        [50, 1],
        [55, 2],
        [60, null],
      ],
    });
    expect(ask('m', ended, 59)).toEqual(['m{} 2']);
    expect(ask('m', ended, 60)).toEqual([]);
    expect(ask('m[1m]', ended, 60)).toEqual(['50:1 55:2']);
  });

  test('a range has its newer border and not its older one', () => {
    const four = store({
      m: [
        [0, 1],
        [20, 2],
        [40, 3],
        [60, 4],
        [80, 5],
      ],
    });
    expect(ask('m[1m]', four, 60)).toEqual(['20:2 40:3 60:4']);
    expect(ask('m[40s]', four, 60)).toEqual(['40:3 60:4']);
    expect(ask('m[40.5]', four, 60)).toEqual(['20:2 40:3 60:4']);
  });
});

describe('rate and increase', () => {
  test.each([
    // 30 in 45 s; 5 s and 10 s to the borders, both within 1.1 steps of 15 s: 30 * 60 / 45.
    [
      'both borders near',
      [
        [5, 10],
        [20, 20],
        [35, 30],
        [50, 40],
      ],
      40,
    ],
    // 10 in 10 s; both borders further than 5.5 s, so half a step of 5 s each: 10 * 15 / 10.
    [
      'both borders far',
      [
        [30, 100],
        [35, 105],
        [40, 110],
      ],
      15,
    ],
    // As above, but the line meets zero 1 s before the first sample: 10 * (10 + 1 + 2.5) / 10.
    [
      'a counter that began at zero',
      [
        [30, 1],
        [35, 6],
        [40, 11],
      ],
      13.5,
    ],
    // It starts at zero, so nothing before the first sample: 10 * (10 + 0 + 2.5) / 10.
    [
      'a first sample of zero',
      [
        [30, 0],
        [35, 5],
        [40, 10],
      ],
      12.5,
    ],
    // 5 to 10, restart, 2 to 4: (4 - 5) + 10 = 9 in 45 s, zero reached 25 s before: 9 * 60 / 45.
    [
      'a restart',
      [
        [5, 5],
        [20, 10],
        [35, 2],
        [50, 4],
      ],
      12,
    ],
    [
      'nothing happening',
      [
        [5, 3],
        [20, 3],
        [35, 3],
        [50, 3],
      ],
      0,
    ],
  ] as const)('%s', (_case, samples, increase) => {
    const stored = store({ m: samples });
    expect(instantQuery('increase(m[1m])', stored, 60_000)).toEqual({
      is: 'vector',
      samples: [{ labels: {}, value: expect.closeTo(increase, 9) }],
    });
    expect(instantQuery('rate(m[1m])', stored, 60_000)).toEqual({
      is: 'vector',
      samples: [{ labels: {}, value: expect.closeTo(increase / 60, 9) }],
    });
  });

  test('one sample is no rate', () => {
    expect(ask('rate(m[1m])', store({ m: now }))).toEqual([]);
    expect(ask('increase(m[1m])', new Map())).toEqual([]);
  });

  test('the metric name goes, and what is then alike is refused', () => {
    const two = {
      'a x=1': [
        [30, 0],
        [60, 60],
      ],
      'b x=1': [
        [30, 0],
        [60, 60],
      ],
    } as const;
    expect(ask('rate(a[1m])', store(two))).toEqual(['{x="1"} 1']);
    expect(error('rate({__name__=~"a|b"}[1m])', store(two))).toBe('execution: vector cannot contain metrics with the same labelset');
  });
});

test.each([
  // Only the last two count.
  ['irate(m[1m])', ['{a="1"} 2', '{a="2"} 0.5']],
  ['avg_over_time(m[1m])', ['{a="1"} 15', '{a="2"} 6.75', '{a="3"} 7']],
  ['sum_over_time(m[1m])', ['{a="1"} 60', '{a="2"} 27', '{a="3"} 7']],
  ['count_over_time(m[1m])', ['{a="1"} 4', '{a="2"} 4', '{a="3"} 1']],
  ['max_over_time(m[1m])', ['{a="1"} 40', '{a="2"} 9', '{a="3"} 7']],
  ['min_over_time(m[1m])', ['{a="1"} 0', '{a="2"} 4', '{a="3"} 7']],
  ['last_over_time(m[1m])', ['m{a="1"} 40', 'm{a="2"} 5', 'm{a="3"} 7']],
  ['max_over_time(m[16s])', ['{a="1"} 40', '{a="2"} 5']],
  ['avg_over_time(nothing[1m])', []],
])('over time: %s', (query, result) => {
  const stored = store({
    'm a=1': [
      [5, 0],
      [20, 0],
      [40, 20],
      [50, 40],
    ],
    'm a=2': [
      [5, 9],
      [20, 4],
      // A restart: from nothing to 5 in 10 s.
      [40, 9],
      [50, 5],
    ],
    'm a=3': [[30, 7]],
  });
  expect(ask(query, stored)).toEqual(result);
});

test.each([
  ['abs(m)', ['{a="1"} 2.5', '{a="2"} 2.44', '{a="3"} NaN']],
  ['ceil(m)', ['{a="1"} -2', '{a="2"} 3', '{a="3"} NaN']],
  ['floor(m)', ['{a="1"} -3', '{a="2"} 2', '{a="3"} NaN']],
  ['round(m)', ['{a="1"} -2', '{a="2"} 2', '{a="3"} NaN']],
  ['round(m, 0.1)', ['{a="1"} -2.5', '{a="2"} 2.4', '{a="3"} NaN']],
  ['round(m, 5)', ['{a="1"} 0', '{a="2"} 0', '{a="3"} NaN']],
  ['clamp(m, 0, 2)', ['{a="1"} 0', '{a="2"} 2', '{a="3"} NaN']],
  ['clamp(m, 2, 0)', []],
  ['clamp_min(m, -1)', ['{a="1"} -1', '{a="2"} 2.44', '{a="3"} NaN']],
  ['clamp_max(m, -1)', ['{a="1"} -2.5', '{a="2"} -1', '{a="3"} NaN']],
])('sample by sample: %s', (query, result) => {
  const stored = store({ 'm a=1': [[60, -2.5]], 'm a=2': [[60, 2.44]], 'n a=3': [[60, 1]] });
  const withNaN = query.replace(/\bm\b/, '(m or n / 0 - n / 0)');
  expect(ask(withNaN, stored)).toEqual(result.map((line) => line.replace(' -0', ' 0')));
});

describe('histogram_quantile', () => {
  const buckets = { 'h le=0.1': [[60, 10]], 'h le=0.5': [[60, 60]], 'h le=1': [[60, 90]], 'h le=+Inf': [[60, 100]] } as const;
  test.each([
    [0.5, 0.42], // rank 50: 40 of the 50 between 0.1 and 0.5
    [0.05, 0.05], // rank 5 of the 10 up to 0.1, from 0
    [0.1, 0.1],
    [0.75, 0.75], // rank 75: 15 of the 30 between 0.5 and 1
    [0.9, 1],
    [0.99, 1], // above the last finite bound nothing is known
    [0, 0],
    [1, 1],
    [-1, -Infinity],
    [1.1, Infinity],
    [NaN, NaN],
  ])('%f', (q, value) => {
    const result = instantQuery(`histogram_quantile(${q}, h)`, store(buckets), 60_000);
    expect(result).toEqual({ is: 'vector', samples: [{ labels: {}, value: Number.isFinite(value) ? expect.closeTo(value, 12) : value }] });
  });

  test.each([
    ['no +Inf bucket', { 'h le=1': [[60, 5]], 'h le=2': [[60, 9]] }, ['{} NaN']],
    ['only a +Inf bucket', { 'h le=+Inf': [[60, 5]] }, ['{} NaN']],
    ['nothing observed', { 'h le=1': [[60, 0]], 'h le=+Inf': [[60, 0]] }, ['{} NaN']],
    ['no buckets', { 'h x=1': [[60, 5]] }, []],
    ['an unreadable bound is left out', { 'h le=x': [[60, 50]], 'h le=2': [[60, 10]], 'h le=+Inf': [[60, 10]] }, ['{} 1']],
    ['counts that fall are lifted', { 'h le=1': [[60, 10]], 'h le=2': [[60, 4]], 'h le=+Inf': [[60, 10]] }, ['{} 0.5']],
    ['bounds written differently are one', { 'h le=1': [[60, 4]], 'h le=1.0': [[60, 6]], 'h le=+Inf': [[60, 10]] }, ['{} 0.5']],
    ['negative first bound', { 'h le=-1': [[60, 10]], 'h le=+Inf': [[60, 10]] }, ['{} -1']],
    [
      'one result per histogram',
      { 'h a=x le=2': [[60, 4]], 'h a=x le=+Inf': [[60, 4]], 'h a=y le=4': [[60, 4]], 'h a=y le=+Inf': [[60, 4]] },
      ['{a="x"} 1', '{a="y"} 2'],
    ],
  ] as const)('%s', (_case, series, result) => {
    expect(ask('histogram_quantile(0.5, h)', store(series))).toEqual(result);
  });
});

describe('aggregation', () => {
  const stored = store({
    'm a=1 b=1': [[60, 1]],
    'm a=1 b=2': [[60, 2]],
    'm a=2 b=1': [[60, 6]],
    'm b=3': [[60, null]],
    'n a=1': [[60, 8]],
  });
  test.each([
    ['sum(m)', ['{} 9']],
    ['sum by (a) (m)', ['{a="1"} 3', '{a="2"} 6']],
    ['sum(m) by (a,)', ['{a="1"} 3', '{a="2"} 6']],
    ['sum without (b) (m)', ['{a="1"} 3', '{a="2"} 6']],
    ['sum by () (m)', ['{} 9']],
    ['sum without () (n)', ['{a="1"} 8']],
    ['sum by (__name__) ({a="1"})', ['m{} 3', 'n{} 8']],
    ['avg(m)', ['{} 3']],
    ['max(m)', ['{} 6']],
    ['min(m)', ['{} 1']],
    ['count(m)', ['{} 3']],
    ['count by (a) (m)', ['{a="1"} 2', '{a="2"} 1']],
    ['sum(nothing)', []],
    ['count(nothing)', []],
    ['max(m / 0 - m / 0 or vector(1))', ['{} 1']],
  ])('%s', (query, result) => {
    expect(ask(query, stored)).toEqual(result);
  });

  test('small values beside huge ones are not lost', () => {
    const sums = store({ 'm a=1': [[60, 1e100]], 'm a=2': [[60, 1]], 'm a=3': [[60, -1e100]] });
    expect(ask('sum(m)', sums)).toEqual(['{} 1']);
  });
});

describe('operators', () => {
  const stored = store({
    'a x=1': [[60, 10]],
    'a x=2': [[60, 20]],
    'b x=1': [[60, 4]],
    'b x=3': [[60, 5]],
    'c x=1 y=1': [[60, 2]],
    'c x=2 y=1': [[60, 0]],
  });
  test.each([
    ['1 + 2 * 3 ^ 2 - 4 / 8 % 3', ['18.5']],
    ['2 ^ 3 ^ 2', ['512']],
    ['-1 ^ 2', ['-1']],
    ['2 * - 3 ^ 2', ['-18']],
    ['(-1) ^ 2', ['1']],
    ['-(2)', ['-2']],
    ['+2', ['2']],
    ['0x1f + 1e3 + .5', ['1031.5']],
    ['5m + 1h30m', ['5700']],
    ['1 / 0', ['Infinity']],
    ['0 / 0', ['NaN']],
    ['-Inf', ['-Infinity']],
    ['1 == bool 1', ['1']],
    ['1 > bool 2', ['0']],
    ['a * 2', ['{x="1"} 20', '{x="2"} 40']],
    ['100 - a', ['{x="1"} 90', '{x="2"} 80']],
    ['-a', ['{x="1"} -10', '{x="2"} -20']],
    ['a > 10', ['a{x="2"} 20']],
    ['10 < a', ['a{x="2"} 20']],
    ['a > bool 10', ['{x="1"} 0', '{x="2"} 1']],
    ['a + b', ['{x="1"} 14']],
    ['a / b', ['{x="1"} 2.5']],
    ['a > b', ['a{x="1"} 10']],
    ['a <= bool b', ['{x="1"} 0']],
    ['a * on(x) c', ['{x="1"} 20', '{x="2"} 0']],
    ['a * ignoring(y) c', ['{x="1"} 20', '{x="2"} 0']],
    ['a > on(x) c', ['{x="1"} 10', '{x="2"} 20']],
    ['a * c', []],
    ['sum(a) / sum(b) * 100', ['{} 333.33333333333337']],
    ['a and b', ['a{x="1"} 10']],
    ['a unless b', ['a{x="2"} 20']],
    ['a or b', ['a{x="1"} 10', 'a{x="2"} 20', 'b{x="3"} 5']],
    ['nothing or on() vector(0)', ['{} 0']],
    ['a or on() vector(0)', ['a{x="1"} 10', 'a{x="2"} 20']],
    ['vector(1)', ['{} 1']],
    ['scalar(a)', ['NaN']],
    ['scalar(b{x="1"}) * 2', ['8']],
    ['vector(scalar(sum(a)))', ['{} 30']],
  ])('%s', (query, result) => {
    expect(ask(query, stored)).toEqual(result);
  });

  test('a match that is not unique is refused', () => {
    const more = store({ 'a x=1': [[60, 1]], 'b x=1 z=1': [[60, 1]], 'b x=1 z=2': [[60, 1]] });
    expect(error('a * on(x) b', more)).toMatch(/^execution: found duplicate series for the match group/);
    expect(error('b * on(x) a', more)).toMatch(/^execution: multiple matches for labels/);
  });
});

describe('refused by name', () => {
  test.each([
    ['m @ 3', 'the modifier @'],
    ['max_over_time(m[5m:1m])', 'subqueries'],
    ['rate(m[5m:1m])', 'subqueries'],
    ['deriv(m[1m])', 'the function deriv'],
    ['label_replace(m, "a", "b", "c", "d")', 'the function label_replace'],
    ['a atan2 b', 'the operator atan2'],
    ['m smoothed', 'smoothed'],
    ['"text"', 'a text as an expression'],
    ['rate(m[16m])', 'ranges longer than 15m'],
    ['m offset 11m', 'what is older than 15m'],
    ['m offset (1m)', 'the duration (1m)'],
    ['max_over_time(m[5m:1m] offset 1m)', 'offset of that'],
    ['count_values("v", m)', 'the aggregation count_values'],
    ['label_join(m, "a", "-", "b")', 'the function label_join'],
    ['rate(m[1m + 1m])', 'the duration 1m + 1m'],
    ['017', 'the number 017'],
    ['m{a=~"(?i)x"}', '"(?" in a regular expression'],
    ['m{a=~"x\\\\pN"}', '"\\p" in a regular expression'],
    ['m{a=~"\\\\s"}', '"\\s" in a regular expression'],
    ['m{a=~"(a)\\\\1"}', '"\\1" in a regular expression'],
    ['m{a=~"[[:alpha:]]"}', '"[:" in a regular expression'],
    ['m{a=~"[]a]"}', '"[]" in a regular expression'],
    ['m{a="\\xff"}', 'the escape \\xff'],
    ['m{a="\\q"}', 'the escape \\q'],
  ])('%s', (query, what) => {
    expect(error(query)).toBe(`execution: the sandbox's Prometheus does not know ${what}`);
  });
});

describe('not PromQL', () => {
  test.each([
    ['', 'no expression found in input'],
    ['# nothing', 'no expression found in input'],
    ['-(a[1m])', 'expected type instant vector in unary expression, got range vector'],
    ['sum(', 'parse error: unexpected end of input'],
    ['sum(a,)', 'parse error'],
    ['a b', 'parse error: unexpected b'],
    ['foo(a)', 'parse error'],
    ['rate(a[$x])', 'parse error'],
    ['a{b="c"', 'parse error'],
    ['5.', 'parse error'],
    ['rate(a)', 'expected type range vector in call to function "rate", got instant vector'],
    ['sum(a[1m])', 'expected type instant vector in aggregation expression, got range vector'],
    ['sum(1)', 'expected type instant vector in aggregation expression, got scalar'],
    ['sum(a, b)', 'wrong number of arguments'],
    ['vector(a)', 'expected type scalar in call to function "vector", got instant vector'],
    ['scalar(1)', 'expected type instant vector in call to function "scalar", got scalar'],
    ['histogram_quantile(a, b)', 'expected type scalar'],
    ['clamp(a, 1)', 'expected 3 argument(s) in call to "clamp", got 2'],
    ['round()', 'expected at least 1 argument(s) in call to "round", got 0'],
    ['round(a, 1, 2)', 'expected at most 2 argument(s) in call to "round", got 3'],
    ['round(1)', 'expected type instant vector in call to function "round", got scalar'],
    ['avg_over_time(a)', 'expected type range vector in call to function "avg_over_time", got instant vector'],
    ['histogram_quantile(0.9)', 'expected 2 argument(s) in call to "histogram_quantile", got 1'],
    ['a[1m] + 1', 'binary expression must contain only scalar and instant vector types'],
    ['-a[1m]', 'ranges only allowed for vector selectors'],
    ['1 == 1', 'comparisons between scalars must use BOOL modifier'],
    ['a + bool b', 'bool modifier can only be used on comparison operators'],
    ['a + on(x) 1', 'vector matching only allowed between instant vectors'],
    ['1 and a', 'set operator "and" not allowed in binary scalar expression'],
    ['{a=~".*"}', 'vector selector must contain at least one non-empty matcher'],
    ['{}', 'vector selector must contain at least one non-empty matcher'],
    ['a{__name__="b"}', 'metric name must not be set twice'],
    ['sum(a) offset 1m', 'offset modifier must be preceded by'],
    ['a offset 1m offset 1m', 'offset may not be set multiple times'],
    ['absent()', 'expected 1 argument(s) in call to "absent", got 0'],
    ['absent(1)', 'expected type instant vector in call to function "absent", got scalar'],
    ['absent_over_time(a)', 'expected type range vector in call to function "absent_over_time", got instant vector'],
    ['topk(a)', 'wrong number of arguments for aggregate expression provided, expected 2, got 1'],
    ['topk(a, b)', 'expected type scalar in aggregation parameter, got instant vector'],
    ['a and on(x) group_left() b', 'no grouping allowed for "and" operation'],
    ['a * on(x) group_left(x) b', 'label "x" must not occur in ON and GROUP clause at once'],
    ['"text', 'unterminated quoted string'],
    ['a[0s]', 'duration must be greater than 0'],
    ['a{b=~"("}', 'error parsing regexp'],
  ])('%s', (query, message) => {
    expect(error(query)).toContain(message);
    expect(error(query)).toMatch(/^bad_data: /);
  });
});

describe('what real ones are asked for, too', () => {
  const stored = store({
    'm x=1 y=1': [
      [0, 4],
      [30, 8],
      [60, 1],
    ],
    'm x=1 y=2': [
      [0, 5],
      [30, 5],
      [60, 7],
    ],
    'm x=2 y=1': [
      [0, 1],
      [30, 2],
      [60, NaN],
    ],
    'n x=1 z=a': [[60, 10]],
    'n x=2': [[60, 0]],
  });
  test.each([
    ['m offset 30s', ['m{x="1",y="1"} 8', 'm{x="1",y="2"} 5', 'm{x="2",y="1"} 2']],
    ['m{y="2"} - (m offset 1m)', ['{x="1",y="2"} 2']],
    ['m{y="2"} offset -30s', ['m{x="1",y="2"} 7']],
    ['max_over_time(m[40s] offset 30s)', ['{x="1",y="1"} 8', '{x="1",y="2"} 5', '{x="2",y="1"} 2']],
    ['absent(m)', []],
    ['absent(o{a="1",b=~"2",c="3",c="4"})', ['{a="1"} 1']],
    ['absent(sum(o))', ['{} 1']],
    ['absent_over_time(m[1m])', []],
    ['absent_over_time(o{a="1"}[1m])', ['{a="1"} 1']],
    ['topk(1, m)', ['m{x="1",y="2"} 7']],
    ['topk(9, m)', ['m{x="1",y="2"} 7', 'm{x="1",y="1"} 1', 'm{x="2",y="1"} NaN']],
    ['bottomk by (x) (1, m)', ['m{x="1",y="1"} 1', 'm{x="2",y="1"} NaN']],
    ['topk(0, m)', []],
    ['quantile(0.5, m{x="1"})', ['{} 4']],
    ['quantile(0.5, m)', ['{} 1']],
    ['quantile(2, m)', ['{} Infinity']],
    ['quantile(-1, m)', ['{} -Infinity']],
    ['quantile_over_time(0.25, m{y="2"}[61s])', ['{x="1",y="2"} 5']],
    ['stddev(m{x="1"})', ['{} 3']],
    ['stdvar by (x) (m{x="1"})', ['{x="1"} 9']],
    ['group by (x) (m)', ['{x="1"} 1', '{x="2"} 1']],
    ['changes(m[61s])', ['{x="1",y="1"} 2', '{x="1",y="2"} 1', '{x="2",y="1"} 2']],
    ['resets(m[61s])', ['{x="1",y="1"} 1', '{x="1",y="2"} 0', '{x="2",y="1"} 0']],
    ['delta(m{y="2"}[90])', ['{x="1",y="2"} 3']],
    ['idelta(m{x="1"}[1m])', ['{x="1",y="1"} -7', '{x="1",y="2"} 2']],
    ['max_over_time(m{x="2"}[61s])', ['{x="2",y="1"} 2']],
    ['time()', ['60']],
    ['sgn(m{x="1"} - 1)', ['{x="1",y="1"} 0', '{x="1",y="2"} 1']],
    ['clamp_min(m{x="2"}, Inf)', ['{x="2",y="1"} Infinity']],
    ['1 ^ m{x="2"}', ['{x="2",y="1"} 1']],
    ['m{x="1"} * on(x) group_left(z) n', ['{x="1",y="1",z="a"} 10', '{x="1",y="2",z="a"} 70']],
    ['n - ignoring(y, z) group_right() m{x="1"}', ['{x="1",y="1"} 9', '{x="1",y="2"} 3']],
    ['n > on(x) group_right(z) m', ['m{x="1",y="1",z="a"} 10', 'm{x="1",y="2",z="a"} 10']],
    ['m < bool on(x) group_left() n', ['{x="1",y="1"} 1', '{x="1",y="2"} 1', '{x="2",y="1"} 0']],
    // Both of the left would match, but the comparison leaves one.
    ['m{x="1"} > on(x) (n - 5)', ['{x="1"} 7']],
    ['nothing * on(y) m', []],
  ])('%s', (query, result) => {
    expect(ask(query, stored)).toEqual(result);
  });

  test('matches that are not unique are refused', () => {
    expect(error('m * on(y) group_left() m', stored)).toMatch(/^execution: found duplicate series .* on the right hand-side/);
    expect(error('m * on(y) group_right() m', stored)).toMatch(/^execution: found duplicate series .* on the left hand-side/);
    expect(error('sum by (x, y) (m) * on(x) group_left(y) sum by (x) (n)', stored)).toMatch(
      /^execution: multiple matches for labels: grouping/,
    );
    expect(error('topk(NaN, m)', stored)).toBe('execution: Scalar value NaN overflows int64');
  });
});

describe('texts', () => {
  const stored = store({ 'm a=x.y': now, 'm a=x-y': now, 'm a=xzy': now, 'm a=é': now });
  test.each([
    ['m{a="x\\u002ey"}', ['x.y']],
    ['m{a="x\\x2ey"}', ['x.y']],
    ['m{a="\\u00e9"}', ['é']],
    ['m{a=~"x\\\\.y"}', ['x.y']],
    ['m{a=~`x\\.y`}', ['x.y']],
    ['m{a=~"x\\\\-y"}', ['x-y']],
    ['m{a=~"x.y"}', ['x.y', 'x-y', 'xzy']],
    ['m{a=~"x[^a-z]y"}', ['x.y', 'x-y']],
    ['m{a=~"(?:x\\\\Wy|é)"}', ['x.y', 'x-y', 'é']],
    ['m{a!~"x.*|"}', ['é']],
  ])('%s', (query, found) => {
    expect(ask(query, stored)).toEqual(found.map((a) => `m{a="${a}"} 1`));
  });
});
