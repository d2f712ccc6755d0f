// One question at a time, over a scripted way out: what is sent, what it comes to, and that planted secrets are in the wires alone.
import { describe, expect, test } from '@jest/globals';
import type { Alert, Canary, Metric } from '../../src/contracts.ts';
import type { Kit, Question } from '../../src/core/types.ts';
import type { HttpWire } from '../../src/http/send.ts';
import { kitOf } from '../../src/kit.ts';
import type { Objects } from '../../src/kube/objects.ts';
import type { Clock, WireReply } from '../../src/ports.ts';
import { answer, metricsTrouble, type Asking } from '../../src/runner/answer.ts';
import type { SecretBook } from '../../src/runner/secrets.ts';
import type { AlertService, AlertTarget, Hook, Template } from '../../src/spec/types.ts';
import { canaryOf, digest } from '../support/found.ts';

const never = new AbortController().signal;
/** Nobody waits here: a deadline never comes, a pause is over at once. */
const clock: Clock = {
  now: () => 0,
  sleep: (ms, signal) =>
    ms < 5000 ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
};

interface Scene {
  asking: Asking;
  wires: HttpWire[];
  notes: string[];
}

type Said = { status?: number; body?: string } | Error;

interface Around {
  canary?: Partial<Canary>;
  secrets?: Record<string, Record<string, string>>;
  say?: (wire: HttpWire) => Said;
}

function scene({ canary = {}, secrets = {}, say = () => ({}) }: Around = {}): Scene {
  const wires: HttpWire[] = [];
  const notes: string[] = [];
  const kit: Kit = kitOf(canaryOf(canary), { noRetry: false, drain: 0, onInterrupt: 'park', cluster: '' }, digest);
  const book: SecretBook = new Map(Object.entries(secrets).map(([name, data]) => [name, Object.keys(data)]));
  const asking: Asking = {
    kit,
    objects: { list: () => Promise.resolve({ items: [] }) } as unknown as Objects,
    http: (wire) => {
      wires.push(wire);
      const said = say(wire);
      return said instanceof Error ? Promise.reject(said) : Promise.resolve(reply(said));
    },
    clock,
    secrets: book,
    readSecret: ({ namespace, name }, key) => Promise.resolve(secrets[`${namespace}/${name}`]?.[key] ?? ''),
    note: (text) => void notes.push(text),
  };
  return { asking, wires, notes };
}

function reply({ status = 200, body = '' }: { status?: number; body?: string }): WireReply {
  async function* bytes() {
    yield new TextEncoder().encode(body);
  }
  return { status, headers: {}, body: bytes() };
}

function vector(value: string): { body: string } {
  return { body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [0, value] }] } }) };
}

function metricQuestion(source: Metric['source'], name = 'latency'): Question {
  return { id: 'run/1/x', ask: 'metric', metric: { name, source, interval: '2m', where: 'canary.yaml:1:1' } };
}

function templated(found: Partial<Template>, variables = {}): Metric['source'] {
  const whole: Template = { type: 'prometheus', query: 'up', headers: {}, insecure: false, ...found };
  return { kind: 'template', ref: { name: 'latency', namespace: 'metrics' }, variables, found: whole };
}

function queryOf(wire: HttpWire | undefined): string | null {
  return new URL(wire?.url ?? '').searchParams.get('query');
}

describe('a metric', () => {
  test('built in: asks the metrics server of the canary, durations in milliseconds', async () => {
    const { asking, wires } = scene({ canary: { provider: 'kubernetes' }, say: () => vector('0.25') });
    expect(await answer(asking, metricQuestion({ kind: 'builtin' }, 'request-duration'), never)).toEqual({ is: 'value', value: 250 });
    expect(await answer(asking, metricQuestion({ kind: 'builtin' }, 'request-success-rate'), never)).toEqual({ is: 'value', value: 0.25 });
    expect(wires.map(({ url }) => url.split('?')[0])).toEqual(Array(2).fill('http://prometheus:9090/api/v1/query'));
    expect(queryOf(wires[0])).toContain('histogram_quantile');
    expect(queryOf(wires[1])).toContain('[2m]');
  });

  test('inline: is rendered, and named like a duration its number stays as it is', async () => {
    const { asking, wires } = scene({ canary: { provider: 'kubernetes' }, say: () => vector('3') });
    const question = metricQuestion(
      { kind: 'query', query: 'sum(\n  up{ns="{{ namespace }}", i="{{ ingress }}"}[{{ interval }}])' },
      'request-duration',
    );
    expect(await answer(asking, question, never)).toEqual({ is: 'value', value: 3 });
    expect(queryOf(wires[0])).toBe('sum( up{ns="test", i="podinfo"}[2m])');
  });

  test('templated: asks the address of the template with its headers and its Secret', async () => {
    const { asking, wires } = scene({ secrets: { 'metrics/prom': { username: 'ana', password: 'pw' } }, say: () => vector('3') });
    const source = templated(
      { address: 'https://other:9090', query: 'x{d="{{ variables.d }}"}', secret: 'prom', headers: { 'X-Org': ['a'] }, insecure: true },
      { d: 'in' },
    );
    expect(await answer(asking, metricQuestion(source), never)).toEqual({ is: 'value', value: 3 });
    expect(wires).toMatchObject([
      { headers: { 'x-org': 'a', authorization: `Basic ${Buffer.from('ana:pw').toString('base64')}` }, insecure: true },
    ]);
    expect(wires[0]?.url).toBe(`https://other:9090/api/v1/query?query=${encodeURIComponent('x{d="in"}')}`);
  });

  test('templated without an address: asks the metrics server of the canary', async () => {
    const { asking, wires } = scene({ say: () => vector('3') });
    await answer(asking, metricQuestion(templated({})), never);
    expect(wires[0]?.url).toBe('http://prometheus:9090/api/v1/query?query=up');
  });

  test('that cannot be rendered is an error, and nothing is sent', async () => {
    const { asking, wires } = scene();
    const got = await answer(asking, metricQuestion(templated({ query: 'up{a="{{ variables.x }}"}' })), never);
    expect(got).toEqual({ is: 'error', why: 'templateVariables has no "x" (line 1, column 10 of the query)' });
    expect(wires).toEqual([]);
  });

  test('whose template was not found is an error', async () => {
    const { asking } = scene();
    const source: Metric['source'] = { kind: 'template', ref: { name: 'a', namespace: 'b' }, variables: {} };
    expect(await answer(asking, metricQuestion(source), never)).toEqual({ is: 'error', why: 'the metric template was not looked for' });
  });

  test('without values says no more than that', async () => {
    const { asking } = scene({ say: () => vector('NaN') });
    expect(await answer(asking, metricQuestion(templated({})), never)).toEqual({ is: 'no-values', why: 'no values found' });
  });
});

const gate: Hook = {
  name: 'gate',
  type: 'confirm-promotion',
  url: 'http://bob:s3cret-pw@hooks.test/gate',
  timeout: 10_000,
  retries: 0,
  insecure: false,
  muteAlert: false,
  metadata: {},
  where: 'canary.yaml:1:1',
};

describe('a hook', () => {
  const question: Question = { id: 'run/1/gate', ask: 'hook', hook: gate, body: { name: 'podinfo' } };

  test.each([
    [{ status: 203 }, { is: 'ok' }],
    [
      { status: 403, body: 'closed by \u001b[31mana' },
      { is: 'refused', why: 'closed by ana' },
    ],
    [{ status: 404 }, { is: 'refused', why: 'HTTP 404' }],
    [
      { status: 401, body: 'bad s3cret-pw' },
      { is: 'refused', why: 'bad (hidden)' },
    ],
    [{ status: 500 }, { is: 'error', why: 'POST http://hooks.test/gate giving up after 1 attempt(s)' }],
  ] as const)('%j', async (said, got) => {
    const { asking, wires } = scene({ say: () => said });
    expect(await answer(asking, question, never)).toEqual(got);
    expect(wires).toMatchObject([{ method: 'POST', body: '{"name":"podinfo"}', headers: { 'idempotency-key': 'run/1/gate' } }]);
  });
});

test.each([
  ['in another script', 'проверка', 'run/%D0%BF%D1%80%D0%BE%D0%B2%D0%B5%D1%80%D0%BA%D0%B0'],
  ['with an accent and a space', 'fumée test', 'run/fum%C3%A9e%20test'],
  ['cut through a sign', 'a\ud83d', 'run/a-'],
])('a name %s goes with a header that can be sent', async (_, name, key) => {
  const { asking, wires } = scene();
  const hook: Hook = { ...gate, name };
  expect(await answer(asking, { id: `run/${name}`, ask: 'hook', hook, body: {} }, never)).toEqual({ is: 'ok' });
  expect(wires.map(({ headers }) => headers['idempotency-key'])).toEqual([key]);
});

const alert: Alert = { severity: 'error', text: 'Rolling back', about: 'podinfo.test', fields: [['Cluster', 'blue']] };

function alertQuestion(found: Partial<AlertService> | undefined): Question {
  const whole: AlertService = { type: 'slack', channel: 'general', username: 'flagger', ...found };
  const to: AlertTarget = {
    name: 'chat',
    severity: 'info',
    ref: { name: 'chat', namespace: 'alerts' },
    where: 'canary.yaml:9:1',
    ...(found ? { found: whole } : {}),
  };
  return { id: 'run/alert/1', ask: 'alert', alert, to };
}

describe('an alert', () => {
  test('goes to the address of the Secret before that of the provider, with its token', async () => {
    const secrets = { 'alerts/slack': { address: 'https://chat.test/services/SECRET-PATH', token: 'xoxb-1' } };
    const { asking, wires } = scene({ secrets, say: () => ({ status: 204 }) });
    expect(await answer(asking, alertQuestion({ secret: 'slack', address: 'http://other' }), never)).toEqual({ is: 'ok' });
    expect(wires).toMatchObject([
      { url: 'https://chat.test/services/SECRET-PATH', headers: { authorization: 'Bearer xoxb-1', 'idempotency-key': 'run/alert/1' } },
    ]);
    expect(wires[0]?.body).toContain('Rolling back');
  });

  test('goes to the address of the provider, through its proxy', async () => {
    const { asking, wires } = scene();
    expect(
      await answer(asking, alertQuestion({ type: 'discord', address: 'https://d.test/x', proxy: 'http://proxy:3128' }), never),
    ).toEqual({ is: 'ok' });
    expect(wires).toMatchObject([{ url: 'https://d.test/x/slack', proxy: 'http://proxy:3128' }]);
  });

  test.each([
    ['refused', { status: 403, body: 'invalid_token' }, 'invalid_token'],
    ['refused', { status: 400 }, 'HTTP 400'],
    [
      'error',
      new Error('getaddrinfo ENOTFOUND d.test'),
      'POST https://d.test/… giving up after 3 attempt(s): getaddrinfo ENOTFOUND d.test',
    ],
  ] as const)('%s: %j', async (is, said, why) => {
    const { asking } = scene({ say: () => said });
    expect(await answer(asking, alertQuestion({ address: 'https://d.test/hook' }), never)).toEqual({ is, why });
  });

  test.each([
    [undefined, 'AlertProvider chat in namespace alerts was not found'],
    [{ type: 'pager', address: 'http://x' }, 'AlertProvider chat in namespace alerts is of type pager, which is not driven'],
    [{ secret: 'empty' }, 'AlertProvider chat in namespace alerts has no address'],
  ])('to nowhere is an error: %j', async (found, why) => {
    const { asking, wires } = scene();
    expect(await answer(asking, alertQuestion(found), never)).toEqual({ is: 'error', why });
    expect(wires).toEqual([]);
  });
});

test('evidence is answered whatever comes', async () => {
  const { asking, notes } = scene();
  const question: Question = { id: 'e', ask: 'evidence', side: 'canary', selector: { app: 'podinfo' } };
  expect(await answer(asking, question, never)).toEqual({ is: 'ok' });
  const list = () => Promise.reject(new Error('gone'));
  expect(await answer({ ...asking, objects: { list } as unknown as Objects }, question, never)).toEqual({ is: 'ok' });
  expect(notes).toEqual(['pods could not be looked at: Error: gone']);
});

describe('metrics servers', () => {
  const metric = (source: Metric['source']): Metric => ({ name: 'm', source, interval: '1m', where: 'canary.yaml:1:1' });
  const builtin = metric({ kind: 'builtin' });
  const other = metric(templated({ address: 'http://other:9090' }));

  test('each one is asked once, and nobody where nothing is measured', async () => {
    const inline = metric({ kind: 'query', query: 'up' });
    const { asking, wires } = scene({
      canary: { metrics: [builtin, inline, other, other, metric(templated({}))] },
      say: () => vector('1'),
    });
    expect(await metricsTrouble(asking, never)).toBeUndefined();
    expect(wires.map(({ url }) => url)).toEqual(
      ['http://prometheus:9090', 'http://other:9090'].map((server) => `${server}/api/v1/query?query=vector(1)`),
    );
    const idle = scene({ say: () => new Error('never asked') });
    expect(await metricsTrouble(idle.asking, never)).toBeUndefined();
    expect(idle.wires).toEqual([]);
  });

  test('the metrics server of the canary is not asked where only templates measure', async () => {
    const { asking, wires } = scene({ canary: { metrics: [other] }, say: () => vector('1') });
    await metricsTrouble(asking, never);
    expect(wires).toHaveLength(1);
  });

  test('that does not answer is named', async () => {
    const down = (host: string) => (wire: HttpWire) => (wire.url.startsWith(host) ? new Error('ECONNREFUSED') : vector('1'));
    const metrics = [builtin, other];
    const first = scene({ canary: { metrics }, say: down('http://prometheus:9090') });
    expect(await metricsTrouble(first.asking, never)).toEqual({
      server: 'http://prometheus:9090',
      why: 'GET http://prometheus:9090/api/v1/query?…: ECONNREFUSED',
    });
    const second = scene({ canary: { metrics }, say: down('http://other:9090') });
    expect(await metricsTrouble(second.asking, never)).toMatchObject({ server: 'http://other:9090', template: 'latency.metrics' });
    const third = scene({ canary: { metrics }, say: () => ({ status: 401, body: 'sign in' }) });
    expect(await metricsTrouble(third.asking, never)).toEqual({ server: 'http://prometheus:9090', why: 'HTTP 401 sign in' });
  });
});

describe('planted secrets', () => {
  const planted = {
    token: 't0ken-PLANTED/1+=',
    username: 'user-PLANTED',
    password: 'pw-PLANTED "x\\',
    address: 'https://au-PLANTED:ap-PLANTED@hooks.PLANTED.test/services/T-PLANTED/B-PLANTED',
  };
  const forms = (value: string): string[] => {
    const bytes = Buffer.from(value);
    return [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), bytes.toString('base64'), bytes.toString('base64url')];
  };
  const pieces = Object.values(planted).flatMap(forms);
  /** A server, or a library on the way to it, repeats everything that it was sent, in every form. */
  const echo = (wire: HttpWire): string => {
    const { username, password, host, pathname } = new URL(wire.url);
    const credentials = Object.entries(wire.headers).flatMap(([name, value]) => {
      const [, bare = ''] = /^\S+ (.+)$/.exec(value) ?? [];
      const basic = value.startsWith('Basic ') ? Buffer.from(bare, 'base64').toString().split(':') : [];
      return name === 'content-type' ? [] : [value, bare, ...basic].filter(Boolean).flatMap(forms);
    });
    return `${JSON.stringify(wire)} ${[username, password, host, pathname, wire.url, ...credentials].join(' ')}`;
  };
  const plain = 'https://bob:pw-PLANTED2@prom.test?token=q-PLANTED';
  const hidden = /PLANTED/i;
  const byToken = { 'metrics/prom': { token: planted.token }, 'alerts/slack': { address: planted.address, token: planted.token } };
  const byName = {
    'metrics/prom': { username: planted.username, password: planted.password },
    'alerts/slack': { address: planted.address },
  };

  const says: [string, (wire: HttpWire) => Said][] = [
    ['a refusal', (wire) => ({ status: 403, body: echo(wire) })],
    [
      'an error of Prometheus',
      (wire) => ({ status: 400, body: JSON.stringify({ status: 'error', errorType: 'bad_data', error: echo(wire) }) }),
    ],
    ['a page', (wire) => ({ status: 200, body: `<html>${echo(wire)}` })],
    ['a server error', (wire) => ({ status: 502, body: echo(wire) })],
    ['a network that talks', (wire) => new Error(`connect ECONNREFUSED ${echo(wire)}`)],
  ];
  const questions: [string, Question][] = [
    ['a templated metric', metricQuestion(templated({ secret: 'prom', address: 'https://metrics.test' }))],
    ['a metric by a plain address', metricQuestion(templated({ address: plain, headers: { 'X-Api-Key': ['key-PLANTED'] } }))],
    ['a built-in metric', metricQuestion({ kind: 'builtin' }, 'request-success-rate')],
    ['a hook', { id: 'h', ask: 'hook', hook: { ...gate, url: plain }, body: {} }],
    ['an alert', alertQuestion({ secret: 'slack' })],
    [
      'an alert to a plain address',
      alertQuestion({ address: 'https://hooks.test/services/path-PLANTED', proxy: 'http://pa:pp-PLANTED@proxy:1' }),
    ],
  ];
  const cases = questions.flatMap(([what, question]) => says.map(([said, say]) => [what, said, question, say] as const));

  test.each(cases)('%s, answered by %s', async (_what, _said, question, say) => {
    for (const secrets of [byToken, byName]) {
      const found = scene({ canary: { metricsServer: plain }, secrets, say });
      const got = await answer(found.asking, question, never);
      expect(found.wires.length).toBeGreaterThan(0);
      // A page is a yes to a hook and to a chat; everything else has something to say.
      expect(got.is === 'ok' || (got.is !== 'value' && got.why.length > 0)).toBe(true);
      expect(JSON.stringify([got, found.notes])).not.toMatch(hidden);
      for (const piece of pieces) expect(JSON.stringify(got)).not.toContain(piece);
    }
  });

  test('a text that is cut in the middle of a secret shows none of it', async () => {
    const said = () => ({ status: 403, body: `${'x'.repeat(190)} ${planted.token}` });
    const { asking } = scene({ secrets: byToken, say: said });
    for (const question of [metricQuestion(templated({ secret: 'prom' })), alertQuestion({ secret: 'slack' })]) {
      const got = await answer(asking, question, never);
      expect('why' in got && got.why).toMatch(/x \(|x…$/);
      expect(JSON.stringify(got)).not.toContain('t0k');
    }
  });

  test.each(says)('metrics servers, answered by %s', async (_said, say) => {
    const metrics: Metric[] = questions.flatMap(([, question]) => (question.ask === 'metric' ? [question.metric] : []));
    for (const metric of metrics) {
      const found = scene({ canary: { metricsServer: plain, metrics: [metric] }, secrets: byToken, say });
      const trouble = await metricsTrouble(found.asking, never);
      expect(trouble?.why).toBeTruthy();
      expect(trouble?.why).not.toMatch(hidden);
    }
  });
});
