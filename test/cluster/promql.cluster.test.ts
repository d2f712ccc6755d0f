// The sandbox's Prometheus beside a real one: over the very samples that the real one has stored, scraped from a sandbox or put there before,
// both must answer every query alike. It needs no cluster.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { append, ended, seriesOf, type StoredSeries } from '../../src/sandbox/prom/series.ts';
import { clusterUnderTest } from './cluster.ts';
import { leave } from './figures.ts';
import { ours, real } from './promql/ask.ts';
import { askBoth, atEach, type Outcome } from './promql/asked.ts';
import { chosen, unknown } from './promql/chosen.ts';
import { generated } from './promql/generate.ts';
import { history, historyMinutes } from './promql/history.ts';
import { liveNamespaces, startLive, type Live } from './promql/live.ts';
import { undisputed } from './promql/moments.ts';
import { requirePrometheus, startPrometheus, type Started } from './promql/prometheus.ts';
import { builtIn, goldenQueries, goldens, notPromql, withoutResult } from './promql/queries.ts';
import { openMetrics, storedBy } from './promql/samples.ts';

/** Long enough for every counter to have stood at more than nothing before it is first scraped. */
const warmUpMs = 8_000;
const scrapedMs = 62_000;
const historyEnd = Math.floor(Date.now() / 60_000 - 180) * 60_000;

let live: Live;
let prometheus: Started;
let scraping: Promise<void>;
let written: StoredSeries;
let past: StoredSeries;

beforeAll(async () => {
  requirePrometheus();
  live = await startLive();
  written = history(historyEnd, goldens());
  const [text] = await Promise.all([openMetrics(written), pause(warmUpMs)]);
  const parameters = { 'match[]': ['{__name__=~".+"}'] };
  prometheus = await startPrometheus({
    targets: [{ job: 'sandbox', address: live.address, path: '/prometheus/federate', parameters }],
    history: text,
  });
  scraping = release();
  past = await storedBy(prometheus.url, historyEnd, historyMinutes);
}, 120_000);

afterAll(async () => {
  await prometheus?.stop();
  await live?.close();
});

/** What goes on while it is scraped: more for the canary, and at last its end. */
async function release(): Promise<void> {
  await pause(scrapedMs / 3);
  await live.advance();
  await pause(scrapedMs / 3);
  await live.leave();
  await pause(scrapedMs / 3);
}

const totals: Record<'built_in' | 'goldens' | 'generated' | 'errors', Outcome[]> = { built_in: [], goldens: [], generated: [], errors: [] };

/** All alike, and not because there was nothing to ask about. */
function judge(kind: keyof typeof totals, outcome: Outcome, share: number): void {
  totals[kind].push(outcome);
  expect(outcome.differences.slice(0, 40)).toEqual([]);
  expect(outcome.answered).toBeGreaterThanOrEqual(outcome.questions * share);
}

describe('over samples of a quarter of an hour', () => {
  const moments = [137, 2_613, 31_777, 64_999, 127_501, 200_333, 290_021, 333_333].map((before) => historyEnd - before);
  const here = (queries: readonly string[], most = 5) => {
    const quiet = undisputed(past, moments);
    expect(quiet.length).toBeGreaterThanOrEqual(5);
    return askBoth(atEach(queries, quiet.slice(0, most)), [real(prometheus.url), ours(past)]);
  };

  test('the real one has what was written, and reads it back bit by bit', () => {
    const series = (stored: StoredSeries) =>
      [...stored].flatMap(([, ofName]) => [...ofName].map(([key, { times, values }]) => ({ key, times, values })));
    const wanted = new Map(series(written).map((each) => [each.key, each]));
    expect(series(past).length).toBe(wanted.size);
    expect(wanted.size).toBeGreaterThan(500);
    for (const found of series(past)) expect(found).toEqual(wanted.get(found.key));
  });

  test('what Flagger asks', async () => {
    const queries = goldenQueries();
    expect(queries.length).toBeGreaterThanOrEqual(75);
    judge('goldens', await here(queries, 3), 1);
  });

  test('queries by chance', async () => {
    judge('generated', await here(generated(past, { seed: 5, count: 260 })), 0.35);
  });

  test('what is rarely asked, or of odd series', async () => {
    judge('generated', await here(chosen, 3), 0.8);
  });

  test.each(Object.entries(unknown))('%s is refused by name', async (query, name) => {
    const refused = await ours(past)({ query, at: historyEnd });
    expect(refused).toEqual({
      is: 'refused',
      status: 422,
      errorType: 'execution',
      error: `the sandbox's Prometheus does not know ${name}`,
    });
    // The real one does know it: nothing is refused that would be wrong anyhow.
    expect(await real(prometheus.url)({ query, at: historyEnd })).toHaveProperty('is', 'answered');
  });

  test('not PromQL, or without a result', async () => {
    const asked = await here([...notPromql, ...withoutResult], 1);
    judge('errors', asked, 0);
    expect(asked.answered).toBe(0);
  });

  test('a difference would be seen', async () => {
    const query = 'sum(rate(requests_total[1m]))';
    const at = historyEnd - 137;
    const changed = structuredClone(past);
    const [first] = changed.get('requests_total')?.values() ?? [];
    if (!first) throw new Error('no such series');
    first.values[first.values.length - 1] = (first.values.at(-1) ?? 0) + 1;
    const more = structuredClone(past);
    append(seriesOf(more, { __name__: 'once', pod: 'web-2' }), historyEnd - 60_000, 1);
    const less = structuredClone(past);
    append(seriesOf(less, { __name__: 'limit', room: 'hall' }), historyEnd, ended);
    const differences = async (query: string, stored: StoredSeries, at: number) =>
      (await askBoth([{ query, at }], [real(prometheus.url), ours(stored)])).differences;
    expect(await differences(query, past, at)).toEqual([]);
    expect(await differences(query, changed, historyEnd + 100)).toEqual([expect.stringContaining('real: ')]);
    expect(await differences('once', more, at)).toEqual([expect.stringContaining('only ours')]);
    expect(await differences('limit', less, historyEnd + 1)).toEqual([expect.stringContaining('only real')]);
    expect(await differences('sum(', past, at)).toEqual([]);
    expect(await differences('deriv(limit[1m])', past, at)).toEqual([expect.stringContaining('422 execution')]);
  });
});

describe('over what was scraped from a sandbox', () => {
  let stored: StoredSeries;
  let moments: number[];

  beforeAll(async () => {
    await scraping;
    const now = Date.now() - 1000;
    stored = await storedBy(prometheus.url, now, 5);
    moments = undisputed(
      stored,
      Array.from({ length: 12 }, (_, i) => now - 137 - 5_003 * i),
    ).slice(0, 6);
  }, 120_000);

  test('pods were there, and left', () => {
    const all = [...stored.values()].flatMap((ofName) => [...ofName.values()]);
    expect(all.length).toBeGreaterThan(300);
    expect(all.some(({ values }) => values.includes(ended))).toBe(true);
    expect(moments.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...all.map(({ times }) => times.length))).toBeGreaterThan(45);
  });

  test('what canary asks', async () => {
    judge('built_in', await askBoth(atEach(builtIn(liveNamespaces), moments), [real(prometheus.url), ours(stored)]), 0.5);
  });

  test('queries by chance', async () => {
    const queries = generated(stored, { seed: 6, count: 200 });
    judge('generated', await askBoth(atEach(queries, moments), [real(prometheus.url), ours(stored)]), 0.25);
  });
});

test('the figures', () => {
  const all = Object.values(totals).flat();
  const asked = (kind: keyof typeof totals) => totals[kind].reduce((sum, { questions }) => sum + questions, 0);
  leave(clusterUnderTest().figures, 'PromQL', {
    built_in: asked('built_in'),
    goldens: asked('goldens'),
    generated: asked('generated'),
    errors: asked('errors'),
    differences: all.reduce((sum, { differences }) => sum + differences.length, 0),
    largest_relative_difference: Math.max(...all.map(({ largest }) => largest)),
  });
  expect(all.length).toBe(6);
});
