// The Gateway API: what is refused before anything is written, and when a Gateway is waited for.
import { describe, expect, test } from '@jest/globals';
import type { Canary, Found, JsonObject, Obj, TrafficRouter } from '../../src/contracts.ts';
import { gatewayV1, gatewayV1beta1 } from '../../src/routers/gatewayapi.ts';
import { foundOf, seenBy } from '../support/found.ts';
import { gatewayed, routed, see } from './gateway.ts';

describe('check', () => {
  test('a canary without a Gateway is refused', () => {
    expect(gatewayV1.check(see([], gatewayed({ gatewayRefs: [] })))).toEqual([
      { path: 'spec.service.gatewayRefs', text: 'GatewayRefs must be specified when using Gateway API as a provider.' },
    ]);
  });

  test.each([
    [gatewayV1, 'v1'],
    [gatewayV1beta1, 'v1beta1'],
  ] as [TrafficRouter, string][])('names the kind that is not served (%#)', (router, version) => {
    expect(router.check(seenBy([router], gatewayed(), foundOf([], ['HTTPRoute'])))).toEqual([
      { path: 'HTTPRoute/podinfo', text: `kind HTTPRoute (gateway.networking.k8s.io/${version}) is not served by this cluster` },
    ]);
  });

  test.each([
    [gatewayV1, 'v1', 'v1beta1'],
    [gatewayV1beta1, 'v1beta1', 'v1'],
  ] as [TrafficRouter, string, string][])('names the provider of the version that is served instead (%#)', (router, version, served) => {
    const group = 'gateway.networking.k8s.io';
    const found: Found = {
      ...foundOf([]),
      one: ({ apiVersion }) => ({ is: apiVersion === `${group}/${version}` ? 'no-such-kind' : 'absent' }),
    };
    expect(router.check(seenBy([router], gatewayed(), found))).toEqual([
      {
        path: 'HTTPRoute/podinfo',
        text: `kind HTTPRoute is served by this cluster as ${group}/${served}, not as ${group}/${version}: name the provider gatewayapi:${served}`,
      },
    ]);
    // Where it is served nothing else is asked for.
    expect(router.needs(seenBy([router], gatewayed(), foundOf([])))).toHaveLength(2);
  });

  const many = (count: number): JsonObject[] => Array.from({ length: count }, (_, no) => ({ headers: { x: { exact: `${no}` } } }));
  const asking = (count: number): JsonObject => ({ headers: Object.fromEntries(many(count).map((_, no) => [`h${no}`, { exact: 'a' }])) });
  const byTest = { strategy: { kind: 'iterations', count: 1, by: 'match' } } as const;
  const cookies = { cookieName: 'c', maxAge: 60, httpOnly: false, secure: false, partitioned: false };
  test.each([
    [
      'too many conditions, joined',
      gatewayed({ match: many(8) }, { ...byTest, match: many(9) }),
      /would have 72 matches, and a rule holds 64/,
    ],
    [
      'too many in all',
      gatewayed({ match: many(60) }, { affinity: { ...cookies, primaryCookieName: 'p' } }),
      /would have 240 matches in all/,
    ],
    ['too many headers, joined', gatewayed({ match: [asking(16)] }, { affinity: cookies }), /would match more than 16 headers at once/],
    [
      'a prefix that is not one',
      gatewayed({ match: many(2), rewrite: { uri: '/', type: 'ReplacePrefixMatch' } }),
      /^spec\.rules\[0\] replaces the prefix of the path, so it can have one match only/,
    ],
    [
      'too many headers with the cookie that is over',
      gatewayed({ headers: { response: { add: Object.fromEntries(many(16).map((_, no) => [`h${no}`, 'a'])) } } }, { affinity: cookies }),
      /would add more than 16 headers/,
    ],
  ] as [string, Canary, RegExp][])('refuses %s', (_, canary, text) => {
    expect(gatewayV1.check(see([], canary))).toEqual([{ path: 'HTTPRoute/podinfo', text: expect.stringMatching(text) }]);
  });
});

describe('settled', () => {
  const [made] = routed([], 10) as [Obj];
  const parent = { group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'infra', name: 'gateway' };
  const condition = (type: string, status: string, observedGeneration: number, more = {}): JsonObject => ({
    type,
    status,
    observedGeneration,
    reason: 'Why',
    message: 'because',
    ...more,
  });
  const words = (conditions: JsonObject[], parentRef: JsonObject = parent): JsonObject => ({
    controllerName: 'a.b/c',
    parentRef,
    conditions,
  });
  const answer = (...parents: JsonObject[]): unknown => {
    const route = { ...made, metadata: { ...made.metadata, generation: 4 }, status: { parents } };
    const verdict = gatewayV1.settled(see([route]));
    return verdict.is === 'waiting' ? verdict.why : verdict.is;
  };
  const fine = words([condition('Accepted', 'True', 4), condition('ResolvedRefs', 'True', 4)]);
  const late = words([condition('Accepted', 'True', 3)]);

  test.each([
    ['nobody says anything', [], 'ready'],
    ['the Gateway is content', [fine], 'ready'],
    ['the Gateway does not count generations', [words([{ type: 'Accepted', status: 'True' }])], 'ready'],
    ['the Gateway is behind', [late], 'HTTPRoute podinfo: Gateway gateway has not taken up generation 4 yet (3 so far)'],
    [
      'the Gateway refuses',
      [words([condition('Accepted', 'False', 4)])],
      'HTTPRoute podinfo: Gateway gateway has not accepted it: Why, because',
    ],
    [
      'the Gateway does not know yet',
      [words([condition('Accepted', 'Unknown', 4)])],
      'HTTPRoute podinfo: Gateway gateway has not accepted it: Why, because',
    ],
    [
      'a Service that some rule names is not found: the route is in effect',
      [words([condition('Accepted', 'True', 4), condition('ResolvedRefs', 'False', 4)])],
      'ready',
    ],
    ['a controller that is gone is behind, and the one of now content', [late, fine], 'ready'],
    ['a Gateway of somebody else refuses', [fine, words([condition('Accepted', 'False', 4)], { ...parent, name: 'other' })], 'ready'],
    [
      'the namespace is said by the Gateway only',
      [words([condition('Accepted', 'True', 3)], { name: 'gateway', namespace: 'infra' })],
      'HTTPRoute podinfo: Gateway gateway has not taken up generation 4 yet (3 so far)',
    ],
    [
      'one of two listeners is behind',
      [
        words([condition('Accepted', 'True', 4)], { ...parent, sectionName: 'a' }),
        words([condition('Accepted', 'True', 3)], { ...parent, sectionName: 'b' }),
      ],
      'HTTPRoute podinfo: Gateway gateway has not taken up generation 4 yet (3 so far)',
    ],
  ] as [string, JsonObject[], string][])('where %s', (_, parents, expected) => {
    expect(answer(...parents)).toBe(expected);
  });

  test('a long message is cut, and cannot drive a terminal', () => {
    const told = answer(words([condition('Accepted', 'False', 4, { message: `\u001b[31m${'x'.repeat(500)}` })]));
    expect(String(told).length).toBeLessThan(260);
    expect(told).not.toContain('\u001b');
  });

  test('a route that does not lead here is not', () => {
    expect(gatewayV1.settled(see([]))).toEqual({ is: 'waiting', why: 'HTTPRoute podinfo does not route to this canary' });
  });
});
