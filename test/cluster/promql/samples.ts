// What a real Prometheus has stored, as our engine's series: every sample with its time, and where series ended. It must not make one up.
import { append, ended, seriesOf, type StoredSeries } from '../../../src/sandbox/prom/series.ts';
import { numberOf, real, type Result } from './ask.ts';

/** All samples of the `minutes` before `at`. */
export async function storedBy(url: string, at: number, minutes: number): Promise<StoredSeries> {
  const answer = await real(url)({ query: `{__name__=~".+"}[${minutes}m]`, at });
  if (answer.is === 'refused') throw new Error(`reading samples back: ${answer.error}`);
  const stored: StoredSeries = new Map();
  const scrapes = scrapeTimes(answer.results);
  for (const result of answer.results) fill(stored, result, scrapes);
  return stored;
}

/** By job: `up` is written at every scrape, with its time. */
function scrapeTimes(results: readonly Result[]): Map<string, number[]> {
  const ofUp = results.filter(({ labels }) => labels['__name__'] === 'up' && labels['job'] !== undefined);
  return new Map(ofUp.map(({ labels, samples }) => [labels['job'] ?? '', samples.map(([time]) => milliseconds(time))]));
}

/** Prometheus does not tell where it marked a series as ended, but when: at the first scrape that did not find it. */
function fill(stored: StoredSeries, { labels, samples }: Result, scrapes: ReadonlyMap<string, readonly number[]>): void {
  const series = seriesOf(stored, labels);
  const ofJob = scrapes.get(labels['job'] ?? '') ?? [];
  samples.forEach(([seconds, value], i) => {
    const time = milliseconds(seconds);
    append(series, time, numberOf(value));
    const next = samples[i + 1]?.[0];
    const missed = ofJob.find((scrape) => scrape > time);
    if (missed !== undefined && (next === undefined || missed < milliseconds(next))) append(series, missed, ended);
  });
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

/** OpenMetrics text: what promtool makes a store of. NaN and infinities too; only an end of a series cannot be said. */
export function openMetrics(stored: StoredSeries): string {
  const lines: string[] = [];
  for (const [name, ofName] of stored) {
    lines.push(`# TYPE ${name} unknown`);
    for (const { labels, times, values } of ofName.values()) {
      const pairs = Object.entries(labels).filter(([label]) => label !== '__name__');
      const set = pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(',');
      times.forEach((time, i) => lines.push(`${name}{${set}} ${spelled(values[i] ?? NaN)} ${time / 1000}`));
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

function spelled(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
