// The Gateway API: what is read from an HTTPRoute, and whose requests an A/B test takes.
import { describe, expect, test } from '@jest/globals';
import type { Canary, JsonObject, Obj } from '../../src/contracts.ts';
import { gatewayV1 } from '../../src/routers/gatewayapi.ts';
import { gatewayed, httpRoute, routed, rulesOf, see, split, weightsIn } from './gateway.ts';

describe('read', () => {
  const rule = (refs: string): Obj => httpRoute(`{parentRefs: [{name: gateway}], rules: [{backendRefs: ${refs}}]}`);
  test.each([
    ['both sides', '[{name: podinfo-primary, port: 1, weight: 70}, {name: podinfo-canary, port: 1, weight: 30}]', 30],
    [
      'whole references',
      '[{group: "", kind: Service, name: podinfo-primary, namespace: test, weight: 70}, {name: podinfo-canary, weight: 30}]',
      30,
    ],
    ['the canary first', '[{name: podinfo-canary, weight: 30}, {name: podinfo-primary, weight: 70}]', 30],
    ['a weight left out, which is 1', '[{name: podinfo-primary, weight: 99}, {name: podinfo-canary}]', 1],
    ['one side only', '[{name: podinfo-primary, weight: 100}]', undefined],
    ['the apex', '[{name: podinfo}]', undefined],
    ['a sum that is not 100', '[{name: podinfo-primary, weight: 70}, {name: podinfo-canary, weight: 20}]', undefined],
    [
      'another namespace',
      '[{name: podinfo-primary, namespace: x, weight: 70}, {name: podinfo-canary, namespace: x, weight: 30}]',
      undefined,
    ],
    ['another kind', '[{kind: Other, name: podinfo-primary, weight: 70}, {kind: Other, name: podinfo-canary, weight: 30}]', undefined],
    ['a third', '[{name: podinfo-primary, weight: 50}, {name: podinfo-canary, weight: 50}, {name: x}]', undefined],
  ] as [string, string, number | undefined][])('%s', (_, refs, canary) => {
    expect(gatewayV1.read(see([rule(refs)]))).toEqual(canary === undefined ? undefined : split(canary));
  });

  test('rules that disagree are drift, and are brought together', () => {
    const refs = (canary: number): string =>
      `{backendRefs: [{name: podinfo-primary, port: 9898, weight: ${100 - canary}}, {name: podinfo-canary, port: 9898, weight: ${canary}}]}`;
    const torn = httpRoute(`{parentRefs: [{name: gateway}], rules: [${refs(40)}, ${refs(60)}]}`);
    expect(gatewayV1.read(see([torn]))).toBeUndefined();
    expect(gatewayV1.read(see(routed([torn], 10)))).toEqual(split(10));
  });

  test('a fraction of copies is its per cent; copies beside a weight are drift', () => {
    const [made] = routed([], { kind: 'mirror', percent: 25 }) as [Obj];
    const told = JSON.stringify(made);
    expect(told).toContain('"percent":25');
    const part = JSON.parse(told.replace('"percent":25', '"fraction":{"numerator":1,"denominator":4}')) as Obj;
    expect(gatewayV1.read(see([part]))).toEqual({ kind: 'mirror', percent: 25 });
    const heavy = JSON.parse(told.replace('"weight":100', '"weight":90').replace('"weight":0', '"weight":10')) as Obj;
    expect(gatewayV1.read(see([heavy]))).toBeUndefined();
  });

  test('copies for others stay through all weights, and are no mirror of ours', () => {
    const canary = gatewayed({ mirrors: [{ backendRef: { name: 'shadow', port: 80 } }] });
    const mirrored = routed([], { kind: 'mirror', percent: 100 }, canary);
    expect((rulesOf(mirrored)[0]?.['filters'] as JsonObject[]).length).toBe(2);
    const after = routed(mirrored, 10, canary);
    expect(JSON.stringify(rulesOf(after))).toContain('"shadow"');
    expect(gatewayV1.read(see(after, canary))).toEqual(split(10));
  });
});

describe('A/B', () => {
  const firefox: JsonObject = { headers: { 'user-agent': { regex: '.*Firefox.*' } } };
  const testing = (match: JsonObject[], service: Partial<Canary['service']> = {}): Canary =>
    gatewayed(service, { match, strategy: { kind: 'iterations', count: 3, by: 'match' } });
  const any = { type: 'PathPrefix', value: '/' };
  const agent = { type: 'RegularExpression', name: 'user-agent', value: '.*Firefox.*' };

  test('requests under test go to the canary, all others know the primary only, at home too', () => {
    const rules = rulesOf(routed([], { kind: 'match' }, testing([firefox])));
    expect(rules.map((rule) => rule['matches'])).toEqual([[{ path: any, headers: [agent] }], [{ path: any }]]);
    expect(rules.map(weightsIn)).toEqual([{ 'podinfo-primary': 0, 'podinfo-canary': 100 }, { 'podinfo-primary': 100 }]);
    expect(rulesOf(routed([], 0, testing([firefox]))).map(weightsIn)).toEqual([
      { 'podinfo-primary': 100, 'podinfo-canary': 0 },
      { 'podinfo-primary': 100 },
    ]);
  });

  test('each condition of the test is met within each of the Service: where both speak of a field the test wins, nothing is dropped', () => {
    const own = [
      { uri: { prefix: '/api' }, method: { exact: 'GET' }, headers: { 'User-Agent': { exact: 'x' }, b: { exact: '2' } } },
      { uri: { exact: '/web' }, queryParams: { q: { exact: '1' } } },
    ];
    const asked = [firefox, { uri: { regex: '/new.*' }, queryParams: { beta: { exact: 'on' } } }];
    const [under, others] = rulesOf(routed([], { kind: 'match' }, testing(asked, { match: own })));
    const api = { path: { type: 'PathPrefix', value: '/api' }, method: 'GET' };
    const web = { path: { type: 'Exact', value: '/web' }, queryParams: [{ type: 'Exact', name: 'q', value: '1' }] };
    const b = { type: 'Exact', name: 'b', value: '2' };
    const beta = { type: 'Exact', name: 'beta', value: 'on' };
    const path = { type: 'RegularExpression', value: '/new.*' };
    expect(under?.['matches']).toEqual([
      { ...api, headers: [b, agent] },
      { ...web, headers: [agent] },
      { path, method: 'GET', headers: [{ type: 'Exact', name: 'User-Agent', value: 'x' }, b], queryParams: [beta] },
      { path, queryParams: [...web.queryParams, beta] },
    ]);
    expect(others?.['matches']).toEqual([{ ...api, headers: [{ type: 'Exact', name: 'User-Agent', value: 'x' }, b] }, web]);
  });

  test('without any condition nobody is sent to the canary', () => {
    expect(routed([], { kind: 'match' }, testing([]))).toEqual(routed([], 0, testing([])));
  });
});
