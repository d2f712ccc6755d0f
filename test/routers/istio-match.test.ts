// A/B tests on Istio: whose requests reach the canary, and how the conditions of the test and of the Service go together.
import { describe, expect, test } from '@jest/globals';
import type { Canary, JsonObject } from '../../src/contracts.ts';
import { istio } from '../../src/routers/istio.ts';
import { adopted, busy, httpOf, routed, see, virtualService, withService } from './mesh.ts';

const firefox: JsonObject = { headers: { 'user-agent': { regex: '.*Firefox.*' } } };

function testing(match: JsonObject[], service: Partial<Canary['service']> = {}): Canary {
  return { ...withService(service), match, strategy: { kind: 'iterations', count: 3, by: 'match' } };
}

function matchesOf(canary: Canary): unknown[] {
  return httpOf(routed([], { kind: 'match' }, canary)).map((rule) => rule['match']);
}

describe('with service.match', () => {
  test('each condition of the test is met within each of the Service; all others keep to those of the Service', () => {
    const own = [{ uri: { prefix: '/api' } }, { uri: { exact: '/web' }, headers: { 'x-a': { exact: 'b' } } }];
    expect(matchesOf(testing([firefox, { queryParams: { beta: { exact: 'on' } } }], { match: own }))).toEqual([
      [
        { uri: { prefix: '/api' }, ...firefox },
        { uri: { exact: '/web' }, headers: { 'x-a': { exact: 'b' }, 'user-agent': { regex: '.*Firefox.*' } } },
        { uri: { prefix: '/api' }, queryParams: { beta: { exact: 'on' } } },
        { uri: { exact: '/web' }, headers: { 'x-a': { exact: 'b' } }, queryParams: { beta: { exact: 'on' } } },
      ],
      own,
    ]);
  });

  test('analysis.match wins field by field, and its uri and method are not dropped (as Flagger drops them)', () => {
    const own = [
      { uri: { prefix: '/api' }, method: { exact: 'GET' }, headers: { a: { exact: '1' }, b: { exact: '2' } }, sourceLabels: { x: 'y' } },
    ];
    const asked = { uri: { exact: '/new' }, headers: { b: { exact: '3' } }, sourceLabels: { z: 'w' }, port: 80 };
    expect(matchesOf(testing([asked], { match: own }))[0]).toEqual([
      {
        uri: { exact: '/new' },
        method: { exact: 'GET' },
        headers: { a: { exact: '1' }, b: { exact: '3' } },
        sourceLabels: { x: 'y', z: 'w' },
        port: 80,
      },
    ]);
  });
});

test('the fields of the file are on both rules', () => {
  const rules = httpOf(routed([], { kind: 'match' }, testing([firefox], { timeout: '3s', rewrite: { uri: '/' } })));
  for (const rule of rules) expect(rule).toMatchObject({ timeout: '3s', rewrite: { uri: '/' } });
  expect(rules).toHaveLength(2);
});

test('without any condition nobody is sent to the canary: no condition would be all requests', () => {
  expect(routed([], { kind: 'match' }, testing([]))).toEqual(routed([], 0, testing([])));
});

test('conditions without iterations are not used', () => {
  const canary: Canary = { ...testing([firefox]), strategy: { kind: 'weights', steps: [5], back: [0] } };
  expect(httpOf(routed([], 5, canary)).map((rule) => rule['match'])).toEqual([undefined]);
});

test('everything on the canary leaves no rule by which others stay with the primary', () => {
  const rules = httpOf(routed(routed([], { kind: 'match' }, testing([firefox])), 100, testing([firefox])));
  expect(rules).toEqual(httpOf(routed([], 100)));
});

describe('on a VirtualService that a user made', () => {
  test("the user's conditions hold on both rules", () => {
    const rules = httpOf(routed([adopted], { kind: 'match' }, testing([firefox])));
    expect(rules.map((rule) => rule['match'])).toEqual([[{ uri: { prefix: '/v1' }, ...firefox }], [{ uri: { prefix: '/v1' } }]]);
    expect(rules.map((rule) => rule['timeout'])).toEqual(['3s', '3s']);
  });

  test("what the user's route says of the canary comes through the test", () => {
    const sides = virtualService(`
hosts: [a.com]
http:
- route:
  - {destination: {host: podinfo-primary}, weight: 100}
  - {destination: {host: podinfo-canary}, headers: {request: {set: {x: 'y'}}}}
`);
    const after = routed(routed([sides], { kind: 'match' }, testing([firefox])), 100, testing([firefox]));
    expect(httpOf(after)).toEqual(httpOf(routed([sides], 100)));
    expect(JSON.stringify(httpOf(after))).toContain('"set":{"x":"y"}');
  });

  test('each rule that leads here gets one before it, and is alone again when the test became one by weight', () => {
    const during = routed([busy], { kind: 'match' }, testing([firefox]));
    expect(httpOf(during)).toHaveLength(6);
    expect(httpOf(routed(during, 0))).toEqual(httpOf(routed([busy], 0)));
  });
});

describe('read', () => {
  const rules = httpOf(routed([], { kind: 'match' }, testing([firefox])));
  const reads = (http: unknown[]): unknown =>
    istio.read(see([virtualService(JSON.stringify({ hosts: ['podinfo'], http }))], testing([firefox])));

  test('a test of which the default was taken away, or has another weight, is none', () => {
    const [under, others] = rules;
    expect(reads([under, others])).toEqual({ kind: 'match' });
    expect(reads([others])).toBeUndefined();
    expect(reads([{ ...under, route: httpOf(routed([], 50))[0]?.['route'] }, others])).toBeUndefined();
    expect(reads([others, under])).toBeUndefined();
  });
});
