// Secrets are opened on the way out and shown to nobody else: planted ones are searched for in whatever is said about their request.
import { describe, expect, test } from '@jest/globals';
import type { HttpRequest, Ref } from '../../src/contracts.ts';
import { openRequest } from '../../src/http/open.ts';

const secret: Ref = { apiVersion: 'v1', kind: 'Secret', namespace: 'test', name: 'planted' };
const use = (key: string) => ({ secret, key });
const planted: Readonly<Record<string, string>> = {
  token: 'tok-\\"/+=T0KEN',
  username: 'anastasia',
  password: 'p&ss w/rd"',
  address: 'https://hook-user:hook-pass@hooks.chat.test/services/T024FQQQ/xoxb-1234567?sig=query-s3cret',
  short: 'ab1',
};
const readSecret = (_secret: Ref, key: string): Promise<string> => Promise.resolve(planted[key] ?? '');

function get(more: Partial<HttpRequest>): HttpRequest {
  return { method: 'GET', url: 'http://prometheus:9090/api/v1/query?query=up', timeout: 1000, ...more };
}

/** Every way in which a library or a server may write a text. */
function forms(text: string): string[] {
  const bytes = Buffer.from(text);
  return [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1), bytes.toString('base64'), bytes.toString('base64url')];
}

describe('openRequest', () => {
  test('puts the parts of a text together', async () => {
    const { wire } = await openRequest(get({ url: [use('address'), '/slack'], headers: { 'X-A': ['a ', use('token')] } }), { readSecret });
    expect(wire).toEqual({ method: 'GET', url: `${planted['address']}/slack`, headers: { 'x-a': `a ${planted['token']}` }, hidden: true });
  });

  test('says where a host of one word is at home, and not that a public address is hidden', async () => {
    const { wire } = await openRequest(get({ url: 'http://prom:9090' }), { home: 'test' });
    expect(wire).toEqual({ method: 'GET', url: 'http://prom:9090', headers: {}, home: 'test' });
  });

  test('signs in with name and password, whatever the headers say', async () => {
    const auth = { user: [use('username')], password: [use('password')] };
    const { wire } = await openRequest(get({ headers: { Authorization: 'Bearer plain' }, auth }), { readSecret });
    const basic = Buffer.from(`${planted['username']}:${planted['password']}`).toString('base64');
    expect(wire.headers).toEqual({ authorization: `Basic ${basic}` });
  });

  test('takes off the line break at the end of a file, for no header may hold one', async () => {
    const { wire } = await openRequest(get({ headers: { a: [use('token')] } }), { readSecret: () => Promise.resolve('t0ken\r\n') });
    expect(wire.headers).toEqual({ a: 't0ken' });
  });

  test('hands on body, proxy and insecure', async () => {
    const { wire } = await openRequest({ method: 'POST', url: 'http://a', body: '{}', proxy: 'http://p:1', insecure: true, timeout: 1 });
    expect(wire).toEqual({ method: 'POST', url: 'http://a', headers: {}, body: '{}', proxy: 'http://p:1', insecure: true });
  });

  test('names its own address in messages, redacted, and of one out of a Secret only the Secret', async () => {
    expect((await openRequest(get({ url: 'http://bob:s3cret@p/x?t=1' }))).address).toBe('http://p/x?…');
    expect((await openRequest(get({ url: [use('address')] }), { readSecret })).address).toBe('(host hidden: from Secret test/planted)');
  });
});

test('the path of a webhook can be secret while its host is not', async () => {
  const url = 'https://hooks.chat.test/services/T024FQQQ/xoxb-1234567';
  const open = await openRequest(get({ url }), { secretPath: true });
  expect(open.address).toBe('https://hooks.chat.test/…');
  expect(open.hide('hooks.chat.test: no xoxb-1234567 here')).toBe('hooks.chat.test: no (hidden) here');
  expect(open.reason(new Error(`request to ${url} failed: ENOTFOUND hooks.chat.test`))).toBe(
    'request to https://hooks.chat.test(hidden) failed: ENOTFOUND hooks.chat.test',
  );
});

describe('hide', () => {
  const whole = get({
    url: [use('address')],
    headers: { authorization: ['Bearer ', use('token')] },
    auth: { user: [use('username')], password: [use('password')] },
  });

  test.each(['token', 'password', 'username', 'address'])('finds the %s of a Secret in every form', async (key) => {
    const open = await openRequest(whole, { readSecret });
    for (const form of forms(planted[key] ?? '')) expect(open.hide(`said <${form}> and more`)).toBe('said <(hidden)> and more');
  });

  test.each(['hooks.chat.test', 'hook-user', 'hook-pass', 'T024FQQQ', 'xoxb-1234567', 'query-s3cret', 'HOOKS.CHAT.TEST:443'])(
    'finds %s, a piece of a hidden address',
    async (piece) => {
      const open = await openRequest(whole, { readSecret });
      expect(open.hide(`<${piece}>`)).toMatch(/^<\(hidden\)(:443)?>$/);
    },
  );

  test('finds the whole Basic header', async () => {
    const open = await openRequest(whole, { readSecret });
    const basic = Buffer.from(`${planted['username']}:${planted['password']}`).toString('base64');
    expect(open.hide(`you sent Basic ${basic}.`)).not.toContain(basic);
  });

  test('a short value is hidden where it stands alone, and numbers stay readable', async () => {
    const open = await openRequest(get({ headers: { authorization: [use('short')] } }), { readSecret });
    expect(open.hide('ab1 and "ab1" in cab12')).toBe('(hidden) and "(hidden)" in cab12');
  });

  test('finds sign-in data of a plain address, of its parameters and headers, and of a proxy', async () => {
    const open = await openRequest(
      get({
        url: 'https://bob:s3cret%2F@p/x?token=t0ken-1&query=up',
        headers: { 'X-Api-Key': 'k3y-12345', 'x-scope-orgid': 'tenant', 'idempotency-key': 'run/1' },
        proxy: 'http://pat:pr0xy-pw@proxy:3128',
      }),
    );
    expect(open.hide('s3cret/ s3cret%2F t0ken-1 k3y-12345 pr0xy-pw')).toBe('(hidden) (hidden) (hidden) (hidden) (hidden)');
    expect(open.hide('query up of tenant in run/1')).toBe('query up of tenant in run/1');
  });
});

describe('reason', () => {
  test('keeps what a network says about a plain address, without its secrets', async () => {
    const open = await openRequest(get({ headers: { authorization: ['Bearer ', use('token')] } }), { readSecret });
    expect(open.reason(new Error(`connect ECONNREFUSED 127.0.0.1:9090 (${planted['token']})\u001b[31m`))).toBe(
      'connect ECONNREFUSED 127.0.0.1:9090 ((hidden))',
    );
  });

  test('says nothing about a hidden host but what kind of trouble it is', async () => {
    const open = await openRequest(get({ url: [use('address')] }), { readSecret });
    const said = [
      'getaddrinfo EAI_AGAIN hooks.chat.test',
      'read ECONNRESET 10.9.8.7',
      'no answer within 5s',
      'only http and https, not ftp:',
    ];
    expect(said.map((text) => open.reason(new Error(text)))).toEqual(['EAI_AGAIN', 'ECONNRESET', 'no answer within 5s', 'no answer']);
  });
});
