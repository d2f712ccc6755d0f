// Session affinity on Istio: who is kept on which side by cookie, what the cookies say, and what is left of them.
import { describe, expect, test } from '@jest/globals';
import { dig, listAt } from '../../src/common/dig.ts';
import type { Canary, Cookies, Json, JsonObject, Traffic } from '../../src/contracts.ts';
import { istio } from '../../src/routers/istio.ts';
import { adopted, full, httpOf, routed, see, virtualService, withService } from './mesh.ts';

type Affinity = NonNullable<Canary['affinity']>;

const plain: Affinity = { cookieName: 'flagger-cookie', maxAge: 86_400, httpOnly: false, secure: false, partitioned: false };

function keeping(affinity: Partial<Affinity> = {}, canary: Canary = withService({})): Canary {
  return { ...canary, affinity: { ...plain, ...affinity } };
}

function dealt(canary: number, cookies: Cookies): Traffic {
  return { kind: 'split', canary, cookies };
}

const setCookie = (holder: Json | undefined): Json | undefined => dig(holder, 'headers', 'response', 'add', 'Set-Cookie');

function cookiesOf(canary: Canary, want: Traffic): unknown[] {
  const rule = httpOf(routed([], want, canary)).at(-1);
  return listAt(rule, 'route').map(setCookie);
}

describe('cookies', () => {
  test("have all attributes in Flagger's order; the primary's lasts one interval", () => {
    const canary = {
      ...keeping({
        primaryCookieName: 'on-primary',
        domain: 'a.com',
        path: '/app',
        sameSite: 'None',
        httpOnly: true,
        secure: true,
        partitioned: true,
      }),
      interval: 90_000,
    };
    const attributes = 'Domain=a.com; HttpOnly; Partitioned; Path=/app; SameSite=None; Secure';
    expect(cookiesOf(canary, dealt(25, { canary: 'abc', primary: 'xyz' }))).toEqual([
      `on-primary=xyz; Max-Age=90; ${attributes}`,
      `flagger-cookie=abc; Max-Age=86400; ${attributes}`,
    ]);
  });

  test('have no attributes that the file does not ask for, and the primary sets none without a name', () => {
    expect(cookiesOf(keeping(), dealt(25, { canary: 'abc', primary: 'xyz' }))).toEqual([undefined, 'flagger-cookie=abc; Max-Age=86400']);
  });

  test('are not written for a canary without affinity, nor without values', () => {
    expect(routed([], dealt(25, { canary: 'abc', primary: 'xyz' }))).toEqual(routed([], 25));
    expect(routed([], 25, keeping())).toEqual(routed([], 25));
  });

  test('that are over are taken off where the browser has them: same domain, path and partition', () => {
    const canary = keeping({ domain: 'a.com', path: '/app', sameSite: 'None', httpOnly: true, secure: true, partitioned: true });
    const [rule] = httpOf(routed([], dealt(0, { expire: 'abc' }), canary));
    expect(setCookie(rule)).toBe('flagger-cookie=abc; Max-Age=-1; Domain=a.com; Partitioned; Path=/app; Secure');
  });

  test('lead nobody to a canary that has no share', () => {
    const objects = routed([], dealt(0, { canary: 'abc' }), keeping());
    const toCanary = httpOf(objects).map((rule) => listAt(rule, 'route').map((entry) => dig(entry, 'weight')));
    expect(toCanary).toEqual([
      [100, 0],
      [100, 0],
    ]);
  });

  test('with a name that means something in a pattern are found by that name only', () => {
    const [rule] = httpOf(routed([], dealt(5, { canary: 'abc' }), keeping({ cookieName: 'a.b*c' })));
    const { regex } = (rule?.['match'] as { headers: { Cookie: { regex: string } } }[])[0]?.headers.Cookie ?? { regex: '' };
    expect([`x=1; a.b*c=abc`, `aXbbc=abc`].map((header) => new RegExp(`^${regex}$`).test(header))).toEqual([true, false]);
  });
});

describe('with service.match', () => {
  const cookies = { canary: 'abc', primary: 'xyz' };
  const rules = httpOf(routed([], dealt(25, cookies), keeping({ primaryCookieName: 'on-primary' }, full)));
  const cookie = (regex: string): JsonObject => ({ Cookie: { regex } });

  test('a cookie counts within each condition of the Service', () => {
    const [toCanary, toPrimary, others] = rules.map((rule) => rule['match']);
    const within = (regex: string): JsonObject[] => [
      { uri: { prefix: '/api' }, headers: cookie(regex) },
      { uri: { exact: '/web' }, headers: { 'x-a': { exact: 'b' }, ...cookie(regex) } },
    ];
    expect(toCanary).toEqual(within('.*flagger-cookie.*abc.*'));
    expect(toPrimary).toEqual(within('.*on-primary.*xyz.*'));
    expect(others).toEqual(full.service.match);
  });

  test('every rule has the fields of the file, and headers of the file stay beside a cookie that is over', () => {
    for (const rule of rules) expect(rule).toMatchObject({ timeout: '15s', rewrite: { uri: '/', authority: 'a.com' } });
    const [over] = httpOf(routed([], dealt(0, { expire: 'abc' }), keeping({}, full)));
    expect(dig(over, 'headers')).toEqual({
      response: { add: { 'x-some': 'value', 'Set-Cookie': 'flagger-cookie=abc; Max-Age=-1' }, remove: ['x-secret'] },
    });
  });
});

describe('on a VirtualService that a user made', () => {
  const headed = virtualService(`
hosts: [a.com]
http:
- route:
  - destination: {host: podinfo}
    headers: {response: {add: {x: 'y'}}}
`);

  test('cookies come and go, and leave what was there', () => {
    const want = dealt(25, { canary: 'abc', primary: 'xyz' });
    const canary = keeping({ primaryCookieName: 'on-primary' });
    for (const start of [adopted, headed]) {
      const during = routed([start], want, canary);
      expect(httpOf(during)).toHaveLength(3);
      expect(httpOf(routed(during, 0, canary))).toEqual(httpOf(routed([start], 0)));
    }
    expect(listAt(httpOf(routed([headed], want, canary)).at(-1), 'route').map((entry) => dig(entry, 'headers', 'response', 'add'))).toEqual(
      [
        { x: 'y', 'Set-Cookie': 'on-primary=xyz; Max-Age=10' },
        { x: 'y', 'Set-Cookie': 'flagger-cookie=abc; Max-Age=86400' },
      ],
    );
  });

  describe.each([
    ['another name', keeping({ cookieName: 'other', primaryCookieName: 'other-primary' })],
    ['no cookie any more', withService({})],
  ])('where the file has %s', (_, next) => {
    const first = keeping({ primaryCookieName: 'on-primary' });
    test.each([[dealt(25, { canary: 'abc', primary: 'xyz', expire: 'old' })], [dealt(0, { expire: 'abc' })]])(
      'nothing is left of %j',
      (want) => {
        for (const start of [adopted, headed]) {
          const before = routed([start], want, first);
          const again = next.affinity ? dealt(30, { canary: 'new', primary: 'newer' }) : dealt(30, {});
          const during = routed(before, again, next);
          expect(httpOf(during)).toEqual(httpOf(routed([start], again, next)));
          expect(istio.read(see(during, next))).toEqual(next.affinity ? again : { kind: 'split', canary: 30 });
          expect(httpOf(routed(before, 0, next))).toEqual(httpOf(routed([start], 0)));
        }
      },
    );
  });

  test('a rule of the user for a cookie of theirs stays, also where they deal another', () => {
    const theirs = virtualService(`
hosts: [a]
http:
- match: [{headers: {Cookie: {regex: '.*group.*beta.*'}}}]
  route: [{destination: {host: podinfo}}]
- route: [{destination: {host: podinfo}, headers: {response: {add: {Set-Cookie: group=alpha; Max-Age=9}}}}]
`);
    for (const canary of [withService({}), keeping()]) {
      const after = routed([theirs], 5, canary);
      expect(httpOf(after).map((rule) => rule['match'])).toEqual(httpOf([theirs]).map((rule) => rule['match']));
      expect(istio.read(see(after, canary))).toEqual({ kind: 'split', canary: 5 });
    }
  });

  test.each([[50], [70]])(
    'a rule for a cookie that somebody has given a weight of %i is put right, not taken for one of the user',
    (weight) => {
      const canary = keeping();
      const [start = adopted] = routed([adopted], dealt(25, { canary: 'abc' }), canary);
      const [first = {}, ...rest] = httpOf([start]);
      const route = listAt(first, 'route').map((entry) => ({ ...(entry as JsonObject), weight }));
      const torn = { ...start, spec: { ...(start['spec'] as object), http: [{ ...first, route }, ...rest] } };
      expect(istio.read(see([torn], canary))).toBeUndefined();
      expect(routed([torn], dealt(25, { canary: 'abc' }), canary)).toEqual([start]);
    },
  );

  test('a cookie that the user sets stays', () => {
    const theirs = virtualService(
      `{hosts: [a], http: [{route: [{destination: {host: podinfo}, headers: {response: {add: {Set-Cookie: theirs=1}}}}]}]}`,
    );
    expect(listAt(httpOf(routed([theirs], 5, keeping())).at(-1), 'route').map(setCookie)).toEqual(['theirs=1', 'theirs=1']);
  });
});

describe('read', () => {
  const canary = keeping({ primaryCookieName: 'on-primary' });
  const rules = httpOf(routed([], dealt(25, { canary: 'abc', primary: 'xyz' }), canary));
  const reads = (http: unknown[]): unknown => istio.read(see([virtualService(JSON.stringify({ hosts: ['podinfo'], http }))], canary));
  const [toCanary, toPrimary, others] = rules;

  test('what is there, also where one of the rules was taken away', () => {
    expect(reads(rules)).toEqual(dealt(25, { canary: 'abc', primary: 'xyz' }));
    expect(reads([toPrimary, others])).toEqual(dealt(25, { primary: 'xyz' }));
  });

  test.each([
    ['cookies without the rule that deals them', [toCanary, toPrimary]],
    ['a cookie that leads to the wrong side', [{ ...toCanary, route: toPrimary?.['route'] }, toPrimary, others]],
    ['a cookie twice', [toCanary, toCanary, others]],
  ])('%s is drift', (_, http) => {
    expect(reads(http)).toBeUndefined();
  });

  test('a cookie beside an A/B test is drift', () => {
    const match = [{ headers: { a: { exact: 'b' } } }];
    const testing: Canary = { ...canary, match, strategy: { kind: 'iterations', count: 3, by: 'match' } };
    const pair = httpOf(routed([], { kind: 'match' }, testing));
    const read = (http: unknown[]): unknown => istio.read(see([virtualService(JSON.stringify({ hosts: ['podinfo'], http }))], testing));
    expect([read(pair), read([toCanary, ...pair])]).toEqual([{ kind: 'match' }, undefined]);
  });
});
