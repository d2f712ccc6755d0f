// Users that are not all alike: those an A/B test is made for, those who keep cookies; and requests that no user made.
import { describe, expect, test } from '@jest/globals';
import { instantQuery } from '../../../src/sandbox/prom/promql.ts';
import { seededRandom } from '../../../src/sandbox/prom/random.ts';
import { startTraffic } from '../../../src/sandbox/prom/traffic.ts';
import { createStage, turnableClock } from './stage.ts';

function start(requestsPerSecond = 20) {
  const stage = createStage();
  const clock = turnableClock(1_800_000_000_000);
  const errors = new Map<string, number>();
  const faults = { of: (image: string) => ({ errors: errors.get(image) ?? 0 }) };
  const metrics = startTraffic({ objects: stage.objects, clock, faults, requestsPerSecond, random: seededRandom(1) });
  const sum = (query: string): number => {
    const result = instantQuery(`sum(${query}) or vector(0)`, metrics.stored(), clock.now());
    return result.is === 'vector' ? (result.samples[0]?.value ?? NaN) : NaN;
  };
  const counted = () => [sum('istio_requests_total{destination_workload="podinfo-primary"}'), sum(ofCanary)];
  return { stage, clock, errors, metrics, sum, counted };
}

const ofCanary = 'istio_requests_total{destination_workload="podinfo"}';

function to(side: 'primary' | 'canary', weight: number, cookie?: string) {
  const headers = cookie ? { headers: { response: { add: { 'Set-Cookie': cookie } } } } : {};
  return { destination: { host: `podinfo-${side}` }, weight, ...headers };
}

function virtual(...http: object[]): readonly [string, object] {
  return ['VirtualService', { hosts: ['podinfo'], http }];
}

describe('A/B', () => {
  const rules = [
    { match: [{ headers: { 'user-agent': { regex: '.*Firefox.*' } } }, { headers: { cookie: { exact: 'canary=always' } } }] },
    { route: [to('primary', 100)] },
  ];
  test('a tenth of the requests is what the test is for', () => {
    const { stage, clock, counted, metrics } = start();
    stage.routes(virtual({ ...rules[0], route: [to('canary', 100)] }, rules[1] ?? {}));
    clock.turn(60_000);
    expect(counted()).toEqual([1080, 120]);
    expect(metrics.totals()).toEqual({ sent: 1200, failed: 0, lost: 0 });
  });

  test('when the route goes home, they go too', () => {
    const { stage, clock, counted } = start();
    stage.routes(virtual({ ...rules[0], route: [to('primary', 100)] }, rules[1] ?? {}));
    clock.turn(60_000);
    expect(counted()).toEqual([1200, 0]);
  });
});

describe('affinity', () => {
  const held = (name: string, value: string, side: 'primary' | 'canary') => ({
    match: [{ headers: { Cookie: { regex: `.*${name}.*${value}.*` } } }],
    route: [to(side, 100)],
  });
  const sticky = (canary: number, maxAge = 3600, ofPrimary?: string) =>
    virtual(held('flagger-cookie', 'TAUMJyiiAX', 'canary'), ...(ofPrimary ? [held('primary-cookie', 'oLijyoRyqa', 'primary')] : []), {
      route: [to('primary', 100 - canary, ofPrimary), to('canary', canary, `flagger-cookie=TAUMJyiiAX; Max-Age=${maxAge}; HttpOnly`)],
    });

  test('who got a cookie stays: the canary keeps its users and gets new ones', () => {
    const { stage, clock, sum } = start();
    stage.routes(sticky(25));
    clock.turn(60_000);
    // Everybody has been there once by now.
    expect(sum(`increase(${ofCanary}[30s])`)).toBeGreaterThan(550);
    stage.routes(sticky(0));
    clock.turn(60_000);
    expect(sum(`increase(${ofCanary}[30s])`)).toBeGreaterThan(550);
  });

  test('users of the primary stay with it as long as their cookie lasts', () => {
    const { stage, clock, counted } = start();
    stage.routes(sticky(25, 3600, 'primary-cookie=oLijyoRyqa; Max-Age=3600'));
    clock.turn(120_000);
    const [primary = 0, canary = 0] = counted();
    expect(canary / (primary + canary)).toBeCloseTo(0.25, 1);
  });

  test('a cookie ends with its age', () => {
    const { stage, clock, sum } = start();
    stage.routes(sticky(100, 10));
    clock.turn(30_000);
    stage.routes(sticky(0, 10));
    clock.turn(20_000);
    const before = sum(ofCanary);
    clock.turn(20_000);
    expect(sum(ofCanary)).toBe(before);
  });

  test('a cookie that is taken back is gone', () => {
    const { stage, clock, sum } = start();
    stage.routes(sticky(100));
    clock.turn(30_000);
    const match = [{ headers: { Cookie: { regex: '.*flagger-cookie.*TAUMJyiiAX.*' } } }];
    const headers = { response: { add: { 'Set-Cookie': 'flagger-cookie=TAUMJyiiAX; Max-Age=-1' } } };
    stage.routes(virtual({ match, headers, route: [to('primary', 100)] }, { route: [to('primary', 100)] }));
    clock.turn(120_000);
    // Their cookie would bring them here.
    stage.routes(sticky(0));
    const before = sum(ofCanary);
    clock.turn(20_000);
    expect(sum(ofCanary)).toBe(before);
  });

  test('cookies are saved with the world', () => {
    const { stage, clock, metrics } = start();
    stage.routes(sticky(50));
    clock.turn(30_000);
    const saved = metrics.snapshot();
    clock.turn(30_000);
    const crowds = (snapshot: unknown) => (snapshot as { crowds: Map<string, unknown> }).crowds.get('test/podinfo');
    const later = crowds(metrics.snapshot());
    expect(JSON.stringify(crowds(saved))).toContain('TAUMJyiiAX');
    metrics.restore(saved);
    expect(crowds(metrics.snapshot())).toEqual(crowds(saved));
    expect(crowds(saved)).not.toEqual(later);
  });
});

describe('mirroring', () => {
  test('copies are counted where they arrive, and are nobody’s requests', () => {
    const { stage, clock, errors, counted, metrics, sum } = start();
    errors.set('podinfo:2', 1);
    stage.routes(virtual({ mirror: { host: 'podinfo-canary' }, mirrorPercentage: { value: 20 }, route: [to('primary', 100)] }));
    clock.turn(60_000);
    expect(counted()).toEqual([1200, 240]);
    expect(sum('istio_requests_total{response_code="500"}')).toBe(240);
    expect(metrics.totals()).toEqual({ sent: 1200, failed: 0, lost: 0 });
  });

  test('a copy that nobody takes is no lost request', () => {
    const { stage, clock, metrics } = start();
    stage.pods({ primary: ['p1'], canary: [] });
    stage.routes(virtual({ mirror: { host: 'podinfo-canary' }, route: [to('primary', 100)] }));
    clock.turn(10_000);
    expect(metrics.totals()).toEqual({ sent: 200, failed: 0, lost: 0 });
  });
});

describe('loads', () => {
  const host = { namespace: 'test', name: 'podinfo-canary' };

  test('so many requests a second for that time, beside the users', () => {
    const { clock, counted, metrics, sum } = start();
    clock.turn(10_500);
    metrics.load({ host, rps: 3, forMs: 10_000 });
    clock.turn(60_000);
    expect(counted()[1]).toBe(30);
    expect(sum('http_request_duration_seconds_count{kubernetes_pod_name=~"podinfo-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"}')).toBe(30);
    expect(metrics.totals().sent).toBe(70 * 20);
  });

  test('two of them add up', () => {
    const { clock, counted, metrics } = start();
    metrics.load({ host, rps: 0.5, forMs: 20_000 });
    metrics.load({ host, rps: 2, forMs: 10_000 });
    clock.turn(60_000);
    expect(counted()[1]).toBe(30);
  });

  test('go the way of their path and headers', () => {
    const { stage, clock, counted, metrics } = start(0);
    const match = [{ uri: { prefix: '/api' }, headers: { 'x-canary': { exact: 'insider' } } }];
    stage.routes(virtual({ match, route: [to('canary', 100)] }, { match: [{ uri: { prefix: '/web' } }], route: [to('primary', 100)] }));
    const apex = { namespace: 'test', name: 'podinfo' };
    metrics.load({ host: apex, rps: 1, forMs: 10_000, path: '/api/x', headers: { 'x-canary': 'insider' } });
    metrics.load({ host: apex, rps: 2, forMs: 10_000, path: '/web' });
    metrics.load({ host: apex, rps: 4, forMs: 10_000, path: '/nowhere' });
    clock.turn(20_000);
    expect(counted()).toEqual([20, 10]);
  });

  test('are saved and put back, and leave nothing behind', () => {
    const { clock, counted, metrics } = start();
    metrics.load({ host, rps: 0.3, forMs: 20_000 });
    clock.turn(10_000);
    const saved = metrics.snapshot();
    const again = start();
    again.clock.turn(10_000);
    again.metrics.restore(saved);
    again.clock.turn(60_000);
    expect(again.counted()[1]).toBe(6);
    clock.turn(60_000);
    expect(counted()[1]).toBe(6);
    const { loads, owed } = metrics.snapshot() as { loads: unknown[]; owed: Map<string, number> };
    expect(loads).toEqual([]);
    expect([...owed.keys()].filter((key) => key.startsWith('load'))).toEqual([]);
  });
});

test('connections of a tcp route are no requests to any counter', () => {
  const { stage, clock, metrics } = start();
  stage.routes(['VirtualService', { hosts: ['podinfo'], tcp: [{ route: [to('primary', 75), to('canary', 25)] }] }]);
  clock.turn(10_000);
  expect(metrics.totals()).toEqual({ sent: 200, failed: 0, lost: 0 });
  expect(metrics.stored().size).toBe(0);
});
