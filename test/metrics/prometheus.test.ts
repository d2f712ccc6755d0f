// What is asked of Prometheus, and what each of its replies comes to.
import { describe, expect, test } from '@jest/globals';
import type { MetricsServer } from '../../src/contracts.ts';
import { prometheus } from '../../src/metrics/prometheus.ts';

function at(address: string, more: Partial<MetricsServer> = {}): MetricsServer {
  return { address, headers: {}, insecure: false, ...more };
}

function vector(...values: unknown[]): string {
  const result = values.map((value, i) => ({ metric: { i: String(i) }, value: [1435781451.781, value] }));
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
}

function ask(body: string, status = 200) {
  return prometheus.answer({ status, body });
}

describe('request', () => {
  test.each([
    ['http://prometheus:9090', 'http://prometheus:9090/api/v1/query?query='],
    ['http://prometheus:9090/', 'http://prometheus:9090/api/v1/query?query='],
    ['https://u:p@example.com/prom//', 'https://u:p@example.com/prom/api/v1/query?query='],
    ['https://example.com/prom?tenant=a#x', 'https://example.com/prom/api/v1/query?tenant=a&query='],
  ])('is a GET below %s', (address, url) => {
    const query = 'sum(rate(a{b="c&d=+"}[1m]))\n * 100 ';
    const request = prometheus.request(query, at(address));
    expect(request).toEqual({ method: 'GET', url: `${url}${encodeURIComponent(query.trim())}`, timeout: 5000 });
  });

  test('half a character does not stop the query', () => {
    expect(prometheus.request('a{b="\ud800"}', at('http://p')).url).toBe(
      `http://p/api/v1/query?query=${encodeURIComponent('a{b="\ufffd"}')}`,
    );
  });
});

describe('signing in', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', namespace: 'test', name: 'prom' };
  const use = (key: string) => ({ secret, key });

  test.each([
    ['a token', ['token'], { headers: { authorization: ['Bearer ', use('token')] } }],
    ['a token before a name', ['password', 'token', 'username'], { headers: { authorization: ['Bearer ', use('token')] } }],
    ['name and password', ['username', 'password', 'other'], { auth: { user: [use('username')], password: [use('password')] } }],
    ['a name alone', ['username'], {}],
  ])('%s', (_case, keys, signedIn) => {
    const from = at('https://p?tenant=a', { secret: { secret, keys } });
    const rest = { method: 'GET', timeout: 5000 };
    expect(prometheus.request('up', from)).toEqual({ ...rest, url: 'https://p/api/v1/query?tenant=a&query=up', ...signedIn });
    expect(prometheus.online(from)).toEqual({ ...rest, url: 'https://p/api/v1/query?tenant=a&query=vector(1)', ...signedIn });
  });

  test('headers are sent, several values as a list; a Secret goes before a header that signs in', () => {
    const headers = { 'X-Scope-OrgID': ['a', 'b'], Cookie: ['a=1', 'b=2'], Authorization: ['Basic abc'] };
    const plain = { 'x-scope-orgid': 'a, b', cookie: 'a=1; b=2', authorization: 'Basic abc' };
    expect(prometheus.request('up', at('http://p', { headers })).headers).toEqual(plain);
    const request = prometheus.request('up', at('http://p', { headers, secret: { secret, keys: ['token'] } }));
    expect(request.headers).toEqual({ ...plain, authorization: ['Bearer ', use('token')] });
    expect(headers.Authorization).toEqual(['Basic abc']);
  });

  test('an unverified certificate is taken only where the template says so', () => {
    expect(prometheus.request('up', at('https://p', { insecure: true }))).toHaveProperty('insecure', true);
    expect(prometheus.request('up', at('https://p'))).not.toHaveProperty('insecure');
  });
});

describe('answer', () => {
  test.each([
    ['one series', vector('99.5'), 99.5],
    ['the last of several series', vector('1', '2', '3.25'), 3.25],
    ['an exponent', vector('1e-05'), 0.00001],
    ['zero', vector('0'), 0],
    ['below zero', vector('-2.5'), -2.5],
  ])('%s is a value', (_case, body, value) => {
    expect(ask(body)).toEqual({ is: 'value', value });
  });

  test.each([
    ['an empty vector', vector()],
    ['NaN', vector('NaN')],
    ['+Inf', vector('+Inf')],
    ['-Inf', vector('-Inf')],
    ['Inf by overflow', vector('1e999')],
    ['NaN in the last series', vector('1', 'NaN')],
  ])('%s is no value', (_case, body) => {
    expect(ask(body)).toEqual({ is: 'no-values', why: 'no values found' });
  });

  test.each([
    ['a matrix', JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } }), 200, 'query returned multiple values'],
    ['a scalar', JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [1, '2'] } }), 200, 'query returned a scalar'],
    ['a string', JSON.stringify({ status: 'success', data: { resultType: 'string', result: [1, 'x'] } }), 200, 'query returned a string'],
    ['a word for a number', vector('many'), 200, 'not a number: many'],
    ['a hexadecimal number', vector('0x10'), 200, 'not a number: 0x10'],
    ['an empty value', vector(''), 200, 'not a number'],
    ['a bare number', vector(5), 200, 'no value where Prometheus puts one'],
    ['no data', '{"status":"success"}', 200, 'Prometheus answered 200'],
    ['HTML', '<html>sign in</html>', 200, 'Prometheus answered 200: <html>sign in</html>'],
    ['a gateway error', 'bad gateway', 502, 'Prometheus answered 502: bad gateway'],
    ['a redirect', '', 302, 'Prometheus answered 302'],
    ['success with the wrong status', vector('1'), 500, 'Prometheus answered 500'],
    ['null', 'null', 200, 'Prometheus answered 200: null'],
    [
      'an error of Prometheus',
      '{"status":"error","errorType":"bad_data","error":"1:5: parse error: unexpected end"}',
      400,
      'Prometheus answered 400: bad_data: 1:5: parse error: unexpected end',
    ],
  ])('%s is an error', (_case, body, status, why) => {
    const answer = ask(body, status);
    expect(answer.is).toBe('error');
    expect(answer).toHaveProperty('why', expect.stringContaining(why));
  });

  test('at most 200 clean characters of a foreign error are kept', () => {
    const answer = ask(JSON.stringify({ status: 'error', error: `\u001b[31m\r\n::set-output${'x'.repeat(100_000)}` }), 422);
    expect(answer.is).toBe('error');
    const why = answer.is === 'error' ? answer.why : '';
    expect([...why]).toHaveLength(200);
    expect(why).not.toMatch(/[\p{Cc}]/u);
  });
});

describe('online', () => {
  test('is vector(1) being 1', () => {
    expect(prometheus.online(at('http://p')).url).toBe('http://p/api/v1/query?query=vector(1)');
    expect(prometheus.isOnline({ status: 200, body: vector('1') })).toBe(true);
    expect(prometheus.isOnline({ status: 200, body: vector('2') })).toBe(false);
    expect(prometheus.isOnline({ status: 200, body: vector() })).toBe(false);
    expect(prometheus.isOnline({ status: 503, body: vector('1') })).toBe(false);
  });
});
