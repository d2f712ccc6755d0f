// A quarter of an hour of samples that are in the real Prometheus' store from the beginning: what the recorded releases' queries are about, and
// every oddity that series have. The same each time but for the clock; it must not be asked anything.
import { seededRandom } from '../../../src/sandbox/prom/random.ts';
import { append, seriesOf, type Labels, type StoredSeries } from '../../../src/sandbox/prom/series.ts';
import { countRequest, createExporter, scrape, type Telemetry } from '../../../src/sandbox/prom/exporter.ts';
import { otherQueries } from './other-queries.ts';

export const historyMinutes = 15;
const step = 5000;

/** Up to `end`, in milliseconds since 1970. */
export function history(end: number, releases: readonly Release[]): StoredSeries {
  const stored: StoredSeries = new Map();
  const random = seededRandom(5);
  for (const release of releases) ofRelease(stored, release, { end, random });
  for (const { series } of otherQueries) {
    for (const [name, labels] of Object.entries(series)) ofOther(stored, { ...labels, __name__: name }, { end, random });
  }
  odd(stored, { end, random });
  return stored;
}

interface When {
  readonly end: number;
  readonly random: () => number;
}

export interface Release {
  readonly namespace: string;
  readonly target: string;
  readonly telemetry: readonly Telemetry[];
}

/** Counted and scraped by the sandbox's own exporter, long enough for a rate of one minute. */
function ofRelease(stored: StoredSeries, { namespace, target, telemetry }: Release, { end, random }: When): void {
  const exporter = createExporter({ namespace, pod: `${target}-7d5c9-x2x4z`, workload: target });
  const service = `${target}-canary`;
  const backend = `${namespace}-${service}-9898`;
  const serve = (requests: number): void => {
    for (let i = 0; i < requests; i++) {
      countRequest(exporter, { service, backend, status: random() < 0.1 ? '500' : '200', ms: 600 * random() ** 4, telemetry });
    }
  };
  serve(1000);
  for (let at = end - 150_000; at <= end; at += step) {
    serve(10 + 20 * random());
    scrape(exporter, stored, at);
  }
}

const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

function ofOther(stored: StoredSeries, labels: Labels, { end, random }: When): void {
  const name = labels['__name__'] ?? '';
  const sets = name.endsWith('_bucket') ? [...bounds.map(String), '+Inf'].map((le) => ({ ...labels, le })) : [labels];
  const failing = ['code', 'status', 'envoy_response_code'].find((label) => label in labels);
  for (const set of sets.flatMap((each) => (failing ? [each, { ...each, [failing]: '503' }] : [each]))) {
    // Two queries may be about one series.
    if (seriesOf(stored, set).times.length) continue;
    if (name === 'up') for (let at = end - 150_000; at <= end; at += step) append(seriesOf(stored, set), at, 1);
    else
      counter(stored, set, { from: end - 150_000, end, first: 400 * rank(set), grow: () => Math.floor(40 * rank(set) * (0.5 + random())) });
  }
}

/** The share of all that a bucket of these labels counts, so that buckets rise. */
function rank({ le }: Labels): number {
  const i = bounds.indexOf(Number(le));
  return le === undefined || i === -1 ? 1 : (i + 1) / (bounds.length + 1);
}

interface Course {
  readonly from: number;
  readonly end: number;
  readonly first: number;
  readonly every?: number;
  grow(i: number, value: number): number;
  /** No sample there. */
  skip?(i: number): boolean;
}

function counter(stored: StoredSeries, labels: Labels, { from, end, first, every = step, grow, skip }: Course): void {
  const series = seriesOf(stored, labels);
  let value = first;
  for (let at = from, i = 0; at <= end; at += every, i++) {
    if (i) value += grow(i, value);
    if (!skip?.(i)) append(series, at, value);
  }
}

/** Each like nothing that a well-behaved exporter does, or just at a limit. */
function odd(stored: StoredSeries, when: When): void {
  counters(stored, when);
  gauges(stored, when);
  histograms(stored, when);
}

function counters(stored: StoredSeries, { end, random }: When): void {
  const from = end - historyMinutes * 60_000 + step;
  const pods = ['web-1', 'web-2', 'api-1', 'api-2'];
  for (const [p, pod] of pods.entries()) {
    for (const code of ['200', '404', '500']) {
      const labels = { __name__: 'requests_total', pod, code, zone: p % 2 ? 'b' : 'a' };
      const rate = code === '200' ? 50 : 5;
      counter(stored, labels, {
        from: from + p * 1100,
        end,
        first: 1000 * (p + 1),
        // One begins again now and then, one has gaps, one stands still.
        grow: (i, value) =>
          p === 1 && i % 37 === 0 ? 3 * rate - value : p === 3 && code === '404' ? 0 : Math.floor(rate * (0.5 + random())),
        skip: (i) => p === 2 && (i % 31 > 22 || (i > 100 && i < 120)),
      });
    }
  }
  const shared = { from, end, grow: () => 1 + Math.floor(9 * random()) };
  counter(stored, { __name__: 'from_zero_total', pod: 'web-1' }, { ...shared, from: end - 200_000, first: 0 });
  counter(stored, { __name__: 'capacity_total', pod: 'web-1', code: '200' }, { ...shared, first: 1e15 });
  counter(stored, { __name__: 'capacity_total', pod: 'api-1', code: '200' }, { ...shared, first: 77.25, grow: () => random() });
  // Nothing for its last seven minutes, and one that was scraped once.
  counter(stored, { __name__: 'gone_total', pod: 'web-1' }, { ...shared, end: end - 420_000, first: 500 });
  counter(stored, { __name__: 'gone_total', pod: 'web-2' }, { ...shared, end: end - 250_000, first: 500 });
  append(seriesOf(stored, { __name__: 'once', pod: 'web-1' }), end - 61_000, 7.5);
}

function gauges(stored: StoredSeries, { end, random }: When): void {
  const from = end - historyMinutes * 60_000 + step;
  const specials = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 1e300, -1e-300];
  for (const room of ['hall', 'attic', 'cellar', 'the "odd" \\ one', 'ключ']) {
    for (const [name, of] of [
      ['temperature', () => Math.round(4000 * random() - 1000) / 100],
      ['limit', () => 10 + Math.floor(20 * random())],
    ] as const) {
      const series = seriesOf(stored, { __name__: name, room, ...(room === 'attic' ? { floor: '3' } : {}) });
      for (let at = from; at <= end; at += 2 * step) append(series, at, of());
    }
  }
  for (const [i, special] of specials.entries()) {
    const series = seriesOf(stored, { __name__: 'special', kind: String(i), half: i % 2 ? 'odd' : 'even' });
    for (let at = from, n = 0; at <= end; at += 3 * step, n++) append(series, at, n % 3 ? special : i + 1);
    append(seriesOf(stored, { __name__: 'edge', kind: String(i) }), end - 20_000, special);
  }
}

function histograms(stored: StoredSeries, { end, random }: When): void {
  const from = end - historyMinutes * 60_000 + step;
  const histogram = (labels: Labels, les: readonly string[], weights: readonly number[]): void =>
    les.forEach((le, i) => {
      const weight = weights[i] ?? 1;
      const grow = (): number => Math.floor(weight * 20 * (0.8 + 0.4 * random()));
      counter(stored, { ...labels, __name__: 'latency_bucket', le }, { from, end, first: Math.floor(900 * weight), grow });
    });
  const rising = [1, 2, 3, 5, 8];
  histogram({ pod: 'web-1', code: '200' }, ['0.1', '0.5', '1', '5', '+Inf'], rising);
  histogram({ pod: 'web-1', code: '500' }, ['0.1', '0.5', '1', '5', '+Inf'], [2, 2, 4, 4, 4]);
  histogram({ pod: 'web-2', code: '200' }, ['0.1', '0.5', '1', '5', 'Inf'], rising);
  histogram({ pod: 'api-1', code: '200' }, ['0.1', '0.5', '1', '5'], rising);
  histogram({ pod: 'api-2', code: '200' }, ['-1', '0', '1e1', '+Inf'], rising);
  histogram({ pod: 'odd-1', code: '200' }, ['0.5', '0.50', 'x', '1', '+Inf'], rising);
  histogram({ pod: 'odd-2', code: '200' }, ['+Inf'], rising);
  histogram({ pod: 'odd-3', code: '200' }, ['0.1', '0.5', '1', '+Inf'], [4, 1, 3, 6]);
  for (const le of ['1', '2', '+Inf']) append(seriesOf(stored, { __name__: 'empty_bucket', le }), end - 3000, 0);
  for (const le of ['1', '2', '+Inf']) append(seriesOf(stored, { __name__: 'broken_bucket', le }), end - 3000, le === '2' ? NaN : 5);
}
