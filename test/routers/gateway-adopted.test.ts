// An HTTPRoute that a user made: it stays the user's but for what the canary needs, and is given back.
import { describe, expect, test } from '@jest/globals';
import { dig, listAt, objectAt } from '../../src/common/dig.ts';
import { mergePatch } from '../../src/common/json.ts';
import type { Canary, JsonObject, Obj, Traffic } from '../../src/contracts.ts';
import type { Kept } from '../../src/core/types.ts';
import { keepUndo, undone } from '../../src/core/undo.ts';
import { gatewayV1 } from '../../src/routers/gatewayapi.ts';
import { foundOf } from '../support/found.ts';
import { busy, defaulted, foreign, full, gatewayed, httpRoute, live, onServer, routed, rulesOf, see, split } from './gateway.ts';

describe('a live route', () => {
  test('keeps everything but its destinations', () => {
    const [change] = gatewayV1.route(see([live]), split(0));
    const backendRefs = [
      { group: '', kind: 'Service', name: 'podinfo-primary', port: 9898, weight: 100 },
      { group: '', kind: 'Service', name: 'podinfo-canary', port: 9898, weight: 0 },
    ];
    const matches = [{ path: { type: 'PathPrefix', value: '/' } }];
    expect(change).toMatchObject({ op: 'merge', patch: { spec: { rules: [{ matches, backendRefs }] } } });
    expect(change?.op === 'merge' && Object.keys(change.patch)).toEqual(['spec']);
    expect(change?.op === 'merge' && Object.keys(objectAt(change.patch, 'spec'))).toEqual(['rules']);
  });

  test('gets Gateways and host names of the file besides its own', () => {
    const [after] = routed(
      [live],
      0,
      gatewayed({
        hosts: ['app.example.com', 'b.com'],
        gatewayRefs: [{ name: 'gateway', namespace: 'infra', sectionName: 'a' }, { name: 'inner' }],
      }),
    );
    expect(dig(after?.['spec'], 'hostnames')).toEqual(['app.example.com', 'b.com']);
    expect(listAt(after, 'spec', 'parentRefs')).toEqual([
      { name: 'gateway', namespace: 'infra' },
      { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'inner' },
    ]);
  });

  test('for all host names stays so', () => {
    expect(
      dig(routed([foreign], 0, gatewayed({ hosts: ['a.com'], match: [{ uri: { prefix: '/a' } }] }))[0]?.['spec'], 'hostnames'),
    ).toBeUndefined();
  });

  test('has what the file says, by the kind of each filter; the rest stays', () => {
    const canary = gatewayed({ timeout: '9s', headers: { request: { add: { 'x-new': '1' } } } });
    const [, first] = rulesOf(routed([busy], 0, canary));
    expect(first?.['timeouts']).toEqual({ request: '9s' });
    expect(listAt(first, 'filters')).toEqual([
      { type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name: 'x-more', value: '2' }] } },
      { type: 'RequestHeaderModifier', requestHeaderModifier: { add: [{ name: 'x-new', value: '1' }] } },
    ]);
  });

  test('has the conditions of the file only where there is one rule that they can mean', () => {
    const canary = gatewayed({ match: [{ uri: { prefix: '/v2' } }] });
    expect(rulesOf(routed([live], 0, canary))[0]?.['matches']).toEqual([{ path: { type: 'PathPrefix', value: '/v2' } }]);
    expect(rulesOf(routed([busy], 0, canary)).map((rule) => rule['matches'])).toEqual(
      rulesOf(routed([busy], 0)).map((rule) => rule['matches']),
    );
  });

  test('keeps rules of others, names, filters and ports; a rule made from another has no name', () => {
    const affinity = { cookieName: 'c', maxAge: 60, httpOnly: false, secure: false, partitioned: false };
    const after = rulesOf(routed([busy], { ...split(10), cookies: { canary: 'a' } } as Traffic, gatewayed({}, { affinity })));
    const before = rulesOf([busy]);
    expect([after[0], after[3]]).toEqual([before[0], before[2]]);
    expect(after.map((rule) => rule['name'])).toEqual([undefined, undefined, 'first', undefined, undefined, 'last']);
    const entry = [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name: 'x-entry', value: '3' }] } }];
    expect(listAt(after[2], 'backendRefs').map((each) => dig(each, 'filters'))).toEqual([
      entry,
      [
        {
          type: 'ResponseHeaderModifier',
          responseHeaderModifier: {
            add: [
              { name: 'x-entry', value: '3' },
              { name: 'Set-Cookie', value: 'c=a; Max-Age=60' },
            ],
          },
        },
      ],
    ]);
    expect(listAt(after[5], 'filters')).toEqual(listAt(before[3], 'filters'));
  });

  test.each([
    [
      'shares a rule with others',
      '[{backendRefs: [{name: podinfo, port: 9898}, {name: old, port: 80}]}]',
      /^spec\.rules\[0\] splits traffic between podinfo and others/,
    ],
    [
      'takes all requests elsewhere',
      '[{backendRefs: [{name: old, port: 80}]}]',
      /^spec\.rules\[0\] takes the requests of podinfo elsewhere/,
    ],
    [
      'leads to another port',
      '[{backendRefs: [{name: podinfo, port: 9797}]}]',
      /^spec\.rules\[0\] leads to port 9797 of podinfo, and podinfo-primary and podinfo-canary would have port 9898 only/,
    ],
  ])('is refused where it %s', (_, rules, text) => {
    const object = httpRoute(`{parentRefs: [{name: gateway}], rules: ${rules}}`);
    expect(gatewayV1.check(see([object]))).toEqual([{ path: 'HTTPRoute/podinfo', text: expect.stringMatching(text) }]);
  });

  test('may lead to another port where the Services have it', () => {
    const object = httpRoute('{parentRefs: [{name: gateway}], rules: [{backendRefs: [{name: podinfo, port: 9797}]}]}');
    const canary = gatewayed({ portDiscovery: true });
    expect(gatewayV1.check(see([object], canary))).toEqual([]);
    expect(listAt(rulesOf(routed([object], 0, canary))[0], 'backendRefs').map((each) => dig(each, 'port'))).toEqual([9797, 9797]);
  });

  test('with so many rules that no more could stand before them is refused', () => {
    const rules = Array.from({ length: 9 }, (_, no) => ({
      matches: [{ path: { value: `/${no}` } }],
      backendRefs: [{ name: 'podinfo', port: 9898 }],
    }));
    const object = httpRoute(JSON.stringify({ parentRefs: [{ name: 'gateway' }], rules }));
    const testing = gatewayed({}, { match: [{ headers: { a: { exact: 'b' } } }], strategy: { kind: 'iterations', count: 1, by: 'match' } });
    expect(gatewayV1.check(see([object]))).toEqual([]);
    expect(gatewayV1.check(see([object], testing))).toEqual([
      { path: 'HTTPRoute/podinfo', text: 'would have 18 rules, and an HTTPRoute holds 16' },
    ]);
  });
});

describe('rules of others', () => {
  const cookies = { cookieName: 'c', maxAge: 60, httpOnly: false, secure: false, partitioned: false };
  const keeping = gatewayed({}, { affinity: cookies });
  const testing = (match: JsonObject, service: Partial<Canary['service']> = {}): Canary =>
    gatewayed(service, { match: [match], strategy: { kind: 'iterations', count: 1, by: 'match' } });
  const byHeader = testing({ headers: { 'x-canary': { exact: 'a' } } });
  const beside = (theirs: string, ours = ''): Obj =>
    httpRoute(`
parentRefs: [{name: gateway}]
rules:
- matches: [${theirs}]
  backendRefs: [{name: other, port: 80}]
- ${ours === '' ? '' : `matches: [${ours}]\n  `}backendRefs: [{name: podinfo, port: 9898}]
`);

  const below = (theirs: string): Obj => {
    const route = beside(theirs);
    return { ...route, spec: { ...objectAt(route, 'spec'), rules: rulesOf([route]).reverse() } };
  };

  test.each([
    ['a header', byHeader, below('{headers: [{name: x-tenant, value: b}]}'), 'analysis.match'],
    ['a cookie', keeping, below('{headers: [{name: x-tenant, value: b}]}'), 'analysis.sessionAffinity'],
    ['a header, though first', byHeader, beside('{queryParams: [{name: q, value: b}]}'), 'analysis.match'],
    ['a path that a test asks for', testing({ uri: { prefix: '/api/v2' } }), beside('{path: {value: /api}}'), 'analysis.match'],
    ['a pattern', testing({ uri: { regex: '/a.*' } }), beside('{path: {value: /api}}'), 'analysis.match'],
    ['a method', testing({ method: { exact: 'POST' } }), beside('{headers: [{name: x-tenant, value: b}]}'), 'analysis.match'],
    [
      'a header twice',
      byHeader,
      beside('{headers: [{name: x-a, value: b}]}', '{headers: [{type: RegularExpression, name: x-a, value: .*}]}'),
      'analysis.match',
    ],
  ])('that would lose requests to a rule for %s are told', (_, canary, route, cause) => {
    const [problem, ...more] = gatewayV1.check(see([route], canary));
    expect(more).toEqual([]);
    expect(problem).toEqual({
      path: 'HTTPRoute/podinfo',
      text: expect.stringMatching(
        /^spec\.rules\[[01]\] leads elsewhere than to podinfo, and .* would lead some of its requests to podinfo/,
      ),
    });
    expect(problem?.text).toContain(`leave out ${cause}`);
    // Also while such rules stand.
    const want: Traffic = canary.affinity ? { kind: 'split', canary: 10, cookies: { canary: 'a' } } : { kind: 'match' };
    expect(gatewayV1.check(see(routed([route], want, canary), canary))).toHaveLength(1);
  });

  test.each([
    ['of a longer path', byHeader, beside('{path: {value: /other}, headers: [{name: x-tenant, value: b}]}')],
    ['of another path', byHeader, beside('{path: {value: /oth}}', '{path: {value: /other}}')],
    ['of an exact path', keeping, beside('{path: {type: Exact, value: /other}}')],
    [
      'of a shorter path, where the longer led here before',
      keeping,
      beside('{headers: [{name: x-tenant, value: b}]}', '{path: {value: /api}}'),
    ],
    ['of another value of the header', byHeader, beside('{headers: [{name: X-Canary, value: b}]}')],
    ['of a method', keeping, beside('{method: GET}')],
    ['of as many headers, and first', byHeader, beside('{headers: [{name: x-b, value: b}]}')],
    ['of another method than the test', testing({ method: { exact: 'POST' } }), beside('{method: GET}')],
    ['beside weights alone', gatewayed(), beside('{headers: [{name: x-tenant, value: b}]}')],
    [
      'beside a cookie that only weights would deal',
      { ...testing({ uri: { exact: '/x' } }), affinity: cookies },
      beside('{path: {value: /other}}'),
    ],
  ] as [string, Canary, Obj][])('%s lose nothing', (_, canary, route) => {
    expect(gatewayV1.check(see([route], canary))).toEqual([]);
  });

  test('a rule to the apex that asks for cookies itself leaves no room for ours', () => {
    const own = httpRoute(`
parentRefs: [{name: gateway}]
rules:
- matches: [{headers: [{name: cookie, value: a=b}]}]
  backendRefs: [{name: podinfo, port: 9898}]
`);
    const text = expect.stringMatching(/^has a rule to podinfo that asks for the header Cookie/);
    expect(gatewayV1.check(see([own], keeping))).toEqual([{ path: 'HTTPRoute/podinfo', text }]);
    expect(gatewayV1.check(see([own]))).toEqual([]);
    expect(gatewayV1.check(see(routed([live], { ...split(10), cookies: { canary: 'a' } } as Traffic, keeping), keeping))).toEqual([]);
  });
});

describe('given back', () => {
  const server = onServer(gatewayV1);
  const kept: Kept = { ...({} as Kept), undo: {}, made: [] };
  const affinity = { cookieName: 'c', maxAge: 60, httpOnly: false, secure: false, partitioned: false };

  test.each([
    ['a live route', live, gatewayed({ hosts: ['b.com'], gatewayRefs: [{ name: 'inner' }] })],
    ['one with rules of others', busy, gatewayed({}, { affinity })],
    ['one with all fields of the file', live, full],
    ['one without a rule for the apex', foreign, gatewayed({ match: [{ uri: { prefix: '/app' } }] })],
  ] as [string, Obj, Canary][])('%s is what it was', (_, start, canary) => {
    const before = defaulted(start);
    const first = server.route(see([before], canary), split(0));
    const memory = keepUndo(kept, foundOf([before]), first);
    const wants = [0, { ...split(30), cookies: { canary: 'a' } } as Traffic, 0];
    const [live] = wants.reduce<Obj[]>((now, want) => routed(now, want, canary).map(defaulted), [before]) as [Obj];
    const patch = undone(live, memory?.undo['HTTPRoute/podinfo'] ?? {}, server.route(see([live], canary), split(0)));
    expect(mergePatch(live as JsonObject, patch ?? {})).toEqual(before);
  });
});
