// Session affinity on the Gateway API: who is kept on which side by cookie, what the cookies say, and what is left of them.
import { describe, expect, test } from '@jest/globals';
import { dig, listAt, objectAt, textAt } from '../../src/common/dig.ts';
import type { Canary, Cookies, JsonObject, Obj, Traffic } from '../../src/contracts.ts';
import { gatewayV1 } from '../../src/routers/gatewayapi.ts';
import { busy, full, gatewayed, live, routed, rulesOf, see, weightsIn } from './gateway.ts';

describe('session affinity', () => {
  type Affinity = NonNullable<Canary['affinity']>;
  const plain: Affinity = { cookieName: 'on.canary', maxAge: 86_400, httpOnly: false, secure: false, partitioned: false };
  const keeping = (affinity: Partial<Affinity> = {}, canary = gatewayed()): Canary => ({ ...canary, affinity: { ...plain, ...affinity } });
  const dealt = (canary: number, cookies: Cookies): Traffic => ({ kind: 'split', canary, cookies });
  const modifierOf = (holder: unknown): unknown => listAt(holder, 'filters').map((filter) => dig(filter, 'responseHeaderModifier'));
  const both = keeping({ primaryCookieName: 'on-primary', path: '/', sameSite: 'Lax' });

  test('rules for each cookie, then the one that deals them', () => {
    const rules = rulesOf(routed([], dealt(25, { canary: 'abc', primary: 'xyz' }), both));
    const patterns = rules.map((rule) =>
      listAt(rule, 'matches').map((match) => listAt(match, 'headers').map((each) => textAt(each, 'value'))),
    );
    expect(patterns).toEqual([[['.*on\\.canary.*abc.*']], [['.*on-primary.*xyz.*']], [[]]]);
    expect(rules.map(weightsIn)).toEqual([
      { 'podinfo-primary': 0, 'podinfo-canary': 100 },
      { 'podinfo-primary': 100, 'podinfo-canary': 0 },
      { 'podinfo-primary': 75, 'podinfo-canary': 25 },
    ]);
    expect(listAt(rules[2], 'backendRefs').map(modifierOf)).toEqual([
      [{ add: [{ name: 'Set-Cookie', value: 'on-primary=xyz; Max-Age=10; Path=/; SameSite=Lax' }] }],
      [{ add: [{ name: 'Set-Cookie', value: 'on.canary=abc; Max-Age=86400; Path=/; SameSite=Lax' }] }],
    ]);
  });

  test('a cookie that is over is taken off, in the one filter for response headers that a rule may have', () => {
    const canary = keeping({}, full);
    const [over] = rulesOf(routed([], dealt(0, { expire: 'abc' }), canary));
    const headers = [
      { name: 'x-some', value: 'value' },
      { name: 'Set-Cookie', value: 'on.canary=abc; Max-Age=-1' },
    ];
    expect(listAt(over, 'filters').filter((filter) => dig(filter, 'type') === 'ResponseHeaderModifier')).toEqual([
      { type: 'ResponseHeaderModifier', responseHeaderModifier: { add: headers } },
    ]);
  });

  test('cookies come and go, and leave what was there', () => {
    for (const start of [live, busy]) {
      const during = routed([start], dealt(25, { canary: 'abc', primary: 'xyz' }), both);
      expect(rulesOf(during).length).toBeGreaterThan(rulesOf([start]).length);
      expect(rulesOf(routed(during, 0, both))).toEqual(rulesOf(routed([start], 0)));
    }
  });

  test.each([
    ['another name', keeping({ cookieName: 'other', primaryCookieName: 'other-primary' }), dealt(30, { canary: 'new', primary: 'newer' })],
    ['no cookie any more', gatewayed(), { kind: 'split', canary: 30 }],
  ] as [string, Canary, Traffic][])('where the file has %s, nothing is left of those before', (_, next, again) => {
    for (const start of [live, busy])
      for (const want of [dealt(25, { canary: 'abc', primary: 'xyz', expire: 'old' }), dealt(0, { expire: 'abc' })]) {
        const before = routed([start], want, both);
        const during = routed(before, again, next);
        expect(rulesOf(during)).toEqual(rulesOf(routed([start], again, next)));
        expect(gatewayV1.read(see(during, next))).toEqual(again);
        expect(rulesOf(routed(before, 0, next))).toEqual(rulesOf(routed([start], 0)));
      }
  });

  test('a condition of the Service on the header Cookie gives way to ours', () => {
    const canary = keeping({}, gatewayed({ match: [{ headers: { cookie: { exact: 'a=b' }, x: { exact: 'y' } } }] }));
    const [rule] = rulesOf(routed([], dealt(25, { canary: 'abc' }), canary));
    expect(listAt(listAt(rule, 'matches')[0], 'headers').map((each) => textAt(each, 'name'))).toEqual(['x', 'Cookie']);
  });

  test('a cookie that leads to the wrong side, or cookies that nobody deals, are drift', () => {
    const [made] = routed([], dealt(25, { canary: 'abc', primary: 'xyz' }), both) as [Obj];
    const [toCanary, toPrimary, others] = rulesOf([made]) as [JsonObject, JsonObject, JsonObject];
    const reads = (rules: JsonObject[]): unknown => gatewayV1.read(see([{ ...made, spec: { ...objectAt(made, 'spec'), rules } }], both));
    expect(reads([toCanary, toPrimary, others])).toEqual(dealt(25, { canary: 'abc', primary: 'xyz' }));
    expect(reads([{ ...toCanary, backendRefs: toPrimary['backendRefs'] ?? [] }, toPrimary, others])).toBeUndefined();
    expect(reads([toCanary, toPrimary])).toBeUndefined();
  });
});
