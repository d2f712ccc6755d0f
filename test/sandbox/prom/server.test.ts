// The HTTP side of the sandbox's Prometheus: paths, forms and JSON.
import { describe, expect, test } from '@jest/globals';
import type { Wire } from '../../../src/ports.ts';
import { decimal } from '../../../src/sandbox/prom/decimal.ts';
import { prometheus } from '../../../src/sandbox/prom/server.ts';
import { append, ended, seriesOf, type StoredSeries } from '../../../src/sandbox/prom/series.ts';

const at = 1_800_000_000_500;
const stored: StoredSeries = new Map();
append(seriesOf(stored, { __name__: 'up', job: 'a' }), at - 10_000, 0.25);
append(seriesOf(stored, { __name__: 'up', job: 'a' }), at, 1);
const send = prometheus({ stored: () => stored }, { now: () => at });

async function ask(wire: Partial<Wire> & { url: string }): Promise<{ status: number; body: unknown }> {
  const reply = await send({ method: 'GET', headers: {}, ...wire }, new AbortController().signal);
  const chunks: Uint8Array[] = [];
  for await (const chunk of reply.body) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return { status: reply.status, body: reply.headers['content-type'] === 'application/json' ? JSON.parse(text) : text };
}

function query(text: string, more = ''): string {
  return `http://prometheus:9090/api/v1/query?query=${encodeURIComponent(text)}${more}`;
}

describe('results', () => {
  test.each([
    ['up', 'vector', [{ metric: { __name__: 'up', job: 'a' }, value: [1_800_000_000.5, '1'] }]],
    ['1 / 0', 'scalar', [1_800_000_000.5, '+Inf']],
    ['vector(0 / 0)', 'vector', [{ metric: {}, value: [1_800_000_000.5, 'NaN'] }]],
    ['none', 'vector', []],
    [
      'up[1m]',
      'matrix',
      [
        {
          metric: { __name__: 'up', job: 'a' },
          values: [
            [1_799_999_990.5, '0.25'],
            [1_800_000_000.5, '1'],
          ],
        },
      ],
    ],
  ])('%s', async (text, resultType, result) => {
    expect(await ask({ url: query(text) })).toEqual({ status: 200, body: { status: 'success', data: { resultType, result } } });
  });

  test.each([
    ['1799999995', '0.25'],
    ['1799999995.25', '0.25'],
    ['2027-01-15T08:00:00Z', '0.25'],
  ])('at the time %s', async (time, text) => {
    const { body } = await ask({ url: query('up', `&time=${time}`) });
    expect(body).toHaveProperty('data.result.0.value.1', text);
  });

  test('by POST, as a form', async () => {
    const wire = {
      method: 'POST' as const,
      url: 'http://p/api/v1/query',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    };
    const { body } = await ask({ ...wire, body: 'query=up%7Bjob%3D%22a%22%7D' });
    expect(body).toHaveProperty('data.result.0.value.1', '1');
  });

  test('below a path', async () => {
    expect(await ask({ url: 'https://example.com/prom/api/v1/query?query=vector(1)' })).toHaveProperty('body.status', 'success');
  });
});

describe('for a Prometheus that scrapes this one', () => {
  const federate = (...selectors: string[]) =>
    ask({ url: `http://p/federate?${selectors.map((selector) => `match[]=${encodeURIComponent(selector)}`).join('&')}` });
  const odd: StoredSeries = new Map();
  append(seriesOf(odd, { __name__: 'b', room: 'a "b"\\\n' }), at - 1000, Infinity);
  append(seriesOf(odd, { __name__: 'a' }), at - 2000, 1.5);
  append(seriesOf(odd, { __name__: 'gone' }), at - 2000, 1);
  append(seriesOf(odd, { __name__: 'gone' }), at - 1000, ended);

  test('the newest sample of what was asked for, with its own time', async () => {
    expect(await federate('up')).toEqual({ status: 200, body: `# TYPE up untyped\nup{job="a"} 1 ${at}\n` });
    expect(await federate('up', '{job="a"}')).toEqual(await federate('up'));
    expect(await federate('none')).toEqual({ status: 200, body: '' });
    expect(await federate()).toEqual({ status: 200, body: '' });
  });

  test('families in order, texts escaped, nothing of what has ended', async () => {
    const reply = await prometheus({ stored: () => odd }, { now: () => at })(
      { method: 'GET', url: `http://p/federate?match[]=${encodeURIComponent('{__name__=~".+"}')}`, headers: {} },
      new AbortController().signal,
    );
    const chunks: Uint8Array[] = [];
    for await (const chunk of reply.body) chunks.push(chunk);
    expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(Buffer.concat(chunks).toString().split('\n')).toEqual([
      ...['# TYPE a untyped', `a 1.5 ${at - 2000}`],
      ...['# TYPE b untyped', `b{room="a \\"b\\"\\\\\\n"} +Inf ${at - 1000}`, ''],
    ]);
  });

  test('what is no selector is refused', async () => {
    expect(await federate('sum(up)')).toEqual({ status: 400, body: 'expected a selector of series\n' });
    expect(await federate('up{')).toHaveProperty('status', 400);
    expect((await ask({ url: 'http://p/federate', method: 'DELETE' })).status).toBe(405);
  });
});

describe('other answers', () => {
  test.each([
    [query('sum('), 400, 'bad_data', 'invalid parameter "query": 1:5: parse error: unexpected end of input'],
    ['http://p/api/v1/query', 400, 'bad_data', 'invalid parameter "query": no expression found in input'],
    [query('deriv(up[1m])'), 422, 'execution', "the sandbox's Prometheus does not know the function deriv"],
    [query('up', '&time=soon'), 400, 'bad_data', 'invalid parameter "time": cannot parse "soon" to a valid timestamp'],
    ['http://p/api/v1/query_range?query=up', 404, 'not_found', "the sandbox's Prometheus does not know /api/v1/query_range"],
  ])('%.60s', async (url, status, errorType, error) => {
    expect(await ask({ url })).toEqual({ status, body: { status: 'error', errorType, error } });
  });

  test('a long chain is answered, an endless one refused', async () => {
    const chain = (length: number) => ask({ url: query(`1${' + 1'.repeat(length)}`) });
    expect(await chain(500)).toHaveProperty('body.data.result.1', '501');
    expect(await chain(100_000)).toHaveProperty('body.errorType', 'bad_data');
  });

  test('ready, healthy, unknown paths and methods', async () => {
    expect(await ask({ url: 'http://p/-/ready' })).toEqual({ status: 200, body: 'Prometheus Server is Ready.\n' });
    expect(await ask({ url: 'http://p/-/healthy' })).toEqual({ status: 200, body: 'Prometheus Server is Healthy.\n' });
    expect((await ask({ url: 'http://p/nothing' })).status).toBe(404);
    expect((await ask({ url: query('up'), method: 'DELETE' })).status).toBe(405);
  });

  test('none once the signal is aborted', async () => {
    await expect(send({ method: 'GET', url: query('up'), headers: {} }, AbortSignal.abort())).rejects.toThrow('aborted');
  });
});

test.each([
  [0, '0'],
  [-0, '-0'],
  [99.5, '99.5'],
  [1e21, '1000000000000000000000'],
  [1.25e22, '12500000000000000000000'],
  [1e-7, '0.0000001'],
  [-1.5e-9, '-0.0000000015'],
  [NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
])('%f is written without an exponent', (value, text) => {
  expect(decimal(value)).toBe(text);
});
