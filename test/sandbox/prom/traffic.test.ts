// Simulated users and what Prometheus says of them: the built-in queries, asked as the tool asks them.
import { describe, expect, test } from '@jest/globals';
import { sendHttp } from '../../../src/http/request.ts';
import { prometheus as provider } from '../../../src/metrics/prometheus.ts';
import { querySet } from '../../../src/metrics/index.ts';
import type { HttpRequest, QuerySet } from '../../../src/contracts.ts';
import { instantQuery } from '../../../src/sandbox/prom/promql.ts';
import { seededRandom } from '../../../src/sandbox/prom/random.ts';
import { prometheus } from '../../../src/sandbox/prom/server.ts';
import { retention } from '../../../src/sandbox/prom/series.ts';
import { startTraffic, type Metrics } from '../../../src/sandbox/prom/traffic.ts';
import { createStage, turnableClock, type Stage } from './stage.ts';

type Fault = { errors?: number; latencyMs?: number };

function start({ requestsPerSecond = 20, seed = 1, random = seededRandom(seed), at = 1_800_000_000_000 } = {}) {
  const stage = createStage();
  const clock = turnableClock(at);
  const faults = new Map<string, Fault>();
  const metrics = startTraffic({
    objects: stage.objects,
    clock,
    faults: { of: (image, target) => ({ ...faults.get(image), ...faults.get(target) }) },
    requestsPerSecond,
    random,
  });
  return { stage, clock, faults, metrics };
}

function vars(target: string, interval = '1m') {
  return { name: 'podinfo', namespace: 'test', target, service: 'podinfo', interval };
}

function set(id: string): QuerySet {
  const found = querySet(id);
  if (!found) throw new Error(id);
  return found;
}

function value(metrics: Metrics, clock: { now(): number }, query: string): number | undefined {
  const result = instantQuery(query, metrics.stored(), clock.now());
  return result.is === 'vector' ? result.samples[0]?.value : undefined;
}

/** Requests that pods of a workload have counted. */
function counted(metrics: Metrics, clock: { now(): number }, workload: string): number | undefined {
  return value(metrics, clock, `sum(istio_requests_total{destination_workload="${workload}"})`);
}

describe('where requests go', () => {
  test('along the shares of the mesh, exactly', () => {
    const { stage, clock, metrics } = start();
    stage.weight(5);
    clock.turn(60_000);
    expect(metrics.totals()).toEqual({ sent: 1200, failed: 0, lost: 0 });
    expect(counted(metrics, clock, 'podinfo')).toBe(60);
    expect(counted(metrics, clock, 'podinfo-primary')).toBe(1140);
  });

  test('evenly to the pods of a side', () => {
    const { clock, metrics } = start();
    clock.turn(60_000);
    const perPod = instantQuery('istio_requests_total', metrics.stored(), clock.now());
    expect(perPod.is === 'vector' && perPod.samples.map((sample) => sample.value)).toEqual([600, 600]);
  });

  test('a share below one request a second is served in the long run', () => {
    const { stage, clock, metrics } = start({ requestsPerSecond: 3 });
    stage.weight(1);
    clock.turn(100_000);
    expect(counted(metrics, clock, 'podinfo')).toBe(3);
  });

  test('to nobody who is not the apex of a canary', () => {
    const { stage, clock, metrics } = start();
    stage.services('podinfo', 'podinfo-primary', 'lonely');
    clock.turn(30_000);
    expect(metrics.totals().sent).toBe(0);
    expect(metrics.stored().size).toBe(0);
  });

  test('to the Service where there is no route', () => {
    const { stage, clock, metrics } = start();
    stage.weight(undefined);
    clock.turn(10_000);
    expect(counted(metrics, clock, 'podinfo-primary')).toBe(200);
    expect(counted(metrics, clock, 'podinfo')).toBeUndefined();
  });

  test('lost where nobody is ready', () => {
    const { stage, clock, metrics } = start();
    stage.weight(50);
    stage.pods({ primary: ['p1'], canary: [] });
    clock.turn(10_000);
    expect(metrics.totals()).toEqual({ sent: 200, failed: 0, lost: 100 });
  });

  test('no longer anywhere once stopped', () => {
    const { clock, metrics } = start();
    clock.turn(10_000);
    metrics.stop();
    clock.turn(10_000);
    expect(metrics.totals().sent).toBe(200);
  });
});

describe.each(['istio', 'http'])('the built-in queries of %s', (id) => {
  test('a healthy canary', () => {
    const { stage, clock, metrics } = start();
    stage.weight(5);
    clock.turn(10_000);
    expect(value(metrics, clock, set(id).successRate(vars('podinfo')))).toBe(100);
    const duration = (value(metrics, clock, set(id).duration(vars('podinfo', '30s'))) ?? NaN) * set(id).durationScale;
    expect(duration).toBeGreaterThan(10);
    expect(duration).toBeLessThanOrEqual(50);
  });

  test('a canary that nobody asks has no values', () => {
    const { clock, metrics } = start();
    clock.turn(60_000);
    expect(value(metrics, clock, set(id).successRate(vars('podinfo')))).toBeUndefined();
    expect(value(metrics, clock, set(id).duration(vars('podinfo')))).toBeUndefined();
  });

  test('a failing image is seen on its side only, and not before it fails', () => {
    const { stage, clock, faults, metrics } = start();
    stage.weight(50);
    clock.turn(120_000);
    faults.set('podinfo:2', { errors: 0.3 });
    clock.turn(120_000);
    const rate = value(metrics, clock, set(id).successRate(vars('podinfo'))) ?? NaN;
    expect(rate).toBeGreaterThan(60);
    expect(rate).toBeLessThan(80);
    expect(value(metrics, clock, set(id).successRate(vars('podinfo-primary')))).toBe(100);
  });

  test('a slow workload is seen', () => {
    const { stage, clock, faults, metrics } = start();
    stage.weight(50);
    faults.set('podinfo', { latencyMs: 700 });
    clock.turn(60_000);
    const duration = (value(metrics, clock, set(id).duration(vars('podinfo', '30s'))) ?? NaN) * set(id).durationScale;
    expect(duration).toBeGreaterThan(700);
    expect(duration).toBeLessThanOrEqual(1000);
  });
});

describe('scraping', () => {
  test('happens every five seconds', () => {
    const { clock, metrics } = start();
    clock.turn(61_000);
    const result = instantQuery('istio_requests_total[1m]', metrics.stored(), clock.now());
    const times = result.is === 'matrix' ? (result.series[0]?.times ?? []) : [];
    expect(times).toHaveLength(12);
    expect(times.slice(1).map((time, i) => time - (times[i] ?? 0))).toEqual(Array(11).fill(5000));
  });

  test('the series of a pod end with it, and a new pod begins at zero', () => {
    const { stage, clock, metrics } = start();
    clock.turn(20_000);
    stage.pods({ primary: ['p2', 'p3'], canary: [] });
    clock.turn(5_000);
    const pods = instantQuery('istio_requests_total', metrics.stored(), clock.now());
    const names = pods.is === 'vector' ? pods.samples.map(({ labels }) => labels['kubernetes_pod_name']) : [];
    expect(names).toEqual(['podinfo-primary-abc12-p2', 'podinfo-primary-abc12-p3']);
    expect(value(metrics, clock, 'sum(istio_requests_total{kubernetes_pod_name=~".*p3"})')).toBe(50);
  });

  test('only the last quarter of an hour is kept', () => {
    const { stage, clock, metrics } = start({ requestsPerSecond: 2 });
    clock.turn(1_800_000);
    for (const ofName of metrics.stored().values()) {
      for (const { times } of ofName.values()) expect(times.length).toBeLessThanOrEqual(retention / 5_000);
    }
    stage.pods({ primary: ['p9'], canary: [] });
    clock.turn(retention + 10_000);
    const names = new Set(
      [...metrics.stored().values()].flatMap((each) => [...each.values()].map(({ labels }) => labels['kubernetes_pod_name'])),
    );
    expect([...names]).toEqual(['podinfo-primary-abc12-p9']);
  });
});

describe('determinism', () => {
  function story(seed: number, between?: (metrics: Metrics, stage: Stage) => void): unknown {
    const { stage, clock, faults, metrics } = start({ seed });
    faults.set('podinfo:2', { errors: 0.5 });
    stage.weight(30);
    clock.turn(20_000);
    between?.(metrics, stage);
    clock.turn(20_000);
    return [metrics.totals(), [...metrics.stored().values()].map((each) => [...each.values()])];
  }

  test('the same seed is the same traffic, another one is not', () => {
    expect(story(1)).toEqual(story(1));
    expect(story(1)).not.toEqual(story(2));
  });

  test('a world that is put back goes on as if nothing had happened in between', () => {
    const { stage, clock, metrics } = start({ random: () => 0.5 });
    stage.weight(30);
    clock.turn(22_500);
    const saved = metrics.snapshot();
    const again = start({ random: () => 0.5, at: clock.now() });
    again.stage.weight(30);
    again.metrics.restore(saved);
    clock.turn(20_000);
    again.clock.turn(20_000);
    expect(metrics.totals().sent).toBe(840);
    expect(again.metrics.snapshot()).toEqual(metrics.snapshot());
    expect(again.metrics.snapshot()).not.toEqual(saved);
  });

  test('saving changes nothing', () => {
    expect(story(3, (metrics) => void metrics.snapshot())).toEqual(story(3));
  });
});

test('the whole way: asked over HTTP, answered in numbers', async () => {
  const { stage, clock, metrics } = start();
  stage.weight(50);
  clock.turn(60_000);
  const send = prometheus(metrics, clock);
  const waiting = {
    now: clock.now,
    sleep: (_ms: number, signal: AbortSignal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
  };
  const never = new AbortController().signal;
  const ask = (request: HttpRequest) => sendHttp({ send, clock: waiting }, request, never);
  const from = { address: 'http://prometheus:9090', headers: {}, insecure: false };
  const online = await ask(provider.online(from));
  expect('reply' in online && provider.isOnline(online.reply)).toBe(true);
  const rate = await ask(provider.request(set('istio').successRate(vars('podinfo')), from));
  expect('reply' in rate && provider.answer(rate.reply)).toEqual({ is: 'value', value: 100 });
  const none = await ask(provider.request(set('istio').successRate(vars('nobody')), from));
  expect('reply' in none && provider.answer(none.reply)).toEqual({ is: 'no-values', why: 'no values found' });
  const unknown = await ask(provider.request('count_values("v", up)', from));
  expect('reply' in unknown && provider.answer(unknown.reply)).toEqual({
    is: 'error',
    why: "Prometheus answered 422: execution: the sandbox's Prometheus does not know the aggregation count_values",
  });
});
