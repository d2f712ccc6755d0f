// Each chat gets, byte for byte, the message that Flagger 1.44 sent it, at its address, with its token and by its proxy.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { alertProviders } from '../../src/alerts/index.ts';
import type { Alert, AlertProvider, HttpRequest, Text } from '../../src/contracts.ts';

const cluster = ['Cluster', 'lab'] as const;
const facts = [
  cluster,
  ['Target', 'Deployment/podinfo.alerts'],
  ['Failed checks threshold', '1'],
  ['Progress deadline', '60s'],
  ['Traffic routing', 'Weight step: 25 max: 50'],
] as const;
const about = 'podinfo.alerts';
const initialized: Alert = { severity: 'info', text: 'New Deployment detected, initialization completed.', about, fields: facts };
const progressing: Alert = { severity: 'info', text: 'New revision detected, progressing canary analysis.', about, fields: facts };
const failed: Alert = { severity: 'error', text: 'Failed checks threshold reached 1', about, fields: [cluster] };

function chat(id: string): AlertProvider {
  const provider = alertProviders.find(({ ids }) => ids.includes(id));
  if (!provider) throw new Error(`no chat ${id}`);
  return provider;
}

function request(id: string, to: Partial<Parameters<AlertProvider['request']>[1]> = {}, alert: Alert = failed): HttpRequest {
  return chat(id).request(alert, { address: `http://chat.example/hook/${id}`, username: 'flagger', channel: 'releases', ...to });
}

describe('what Flagger sent', () => {
  const file = new URL('../parity/recordings/alerts/hooks.jsonl', import.meta.url);
  const recorded = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { path: string; body: unknown });
  const sent: [chat: string, alert: Alert][] = [
    ['slack', initialized],
    ['rocket', initialized],
    ['gchat', initialized],
    ['slack', progressing],
    ['rocket', progressing],
    ['gchat', progressing],
    ['slack', failed],
    ['msteams', failed],
    ['discord', failed],
    ['rocket', failed],
    ['gchat', failed],
  ];

  test('is all in the list', () => {
    expect(recorded).toHaveLength(sent.length);
  });

  test.each(sent)('%s (%#)', (id, alert) => {
    const { path, body } = recorded[sent.findIndex((each) => each[0] === id && each[1] === alert)] ?? { path: '', body: '' };
    const { url, body: ours } = request(id, {}, alert);
    expect(ours).toBe(JSON.stringify(body));
    expect(url).toBe(`http://chat.example/hook/${path}`);
  });
});

test('a warning has the usual colour', () => {
  const warning: Alert = { severity: 'warn', text: 'Canary is waiting for approval.', about, fields: [] };
  const colour = (id: string): unknown => JSON.parse(request(id, {}, warning).body ?? '{}');
  for (const [id, color] of [
    ['slack', 'good'],
    ['discord', 'good'],
    ['rocket', '#0076D7'],
  ] as const)
    expect(colour(id)).toMatchObject({ attachments: [{ color, fields: [] }] });
  expect(colour('msteams')).toMatchObject({ themeColor: '0076D7' });
});

describe.each(alertProviders.map(({ ids }) => [ids[0] ?? '']))('%s', (id) => {
  const token = { secret: { apiVersion: 'v1', kind: 'Secret', name: 's' }, key: 'token' };

  test('is posted to as JSON, with a deadline and two more tries', () => {
    const { body, url, ...rest } = request(id);
    expect(rest).toEqual({ method: 'POST', headers: { 'content-type': 'application/json' }, timeout: 5000, retries: 2 });
    expect([typeof body, typeof url]).toEqual(['string', 'string']);
  });

  test('goes by the proxy that was named', () => {
    expect(request(id, { proxy: 'http://proxy:3128' }).proxy).toBe('http://proxy:3128');
  });

  test('an address out of a Secret stays a reference', () => {
    const part = { secret: token.secret, key: 'address' };
    const { url } = request(id, { address: [part] });
    expect(url).toEqual(id === 'discord' ? [part, '/slack'] : [part]);
  });

  test('only Slack is shown a token, and never in the clear', () => {
    const { headers } = request(id, { token });
    const authorization = id === 'slack' ? { authorization: ['Bearer ', token] } : {};
    expect(headers).toEqual({ 'content-type': 'application/json', ...authorization });
  });
});

describe('discord', () => {
  test.each([
    ['https://d.example/api/webhooks/1/x', 'https://d.example/api/webhooks/1/x/slack'],
    ['https://d.example/api/webhooks/1/x/', 'https://d.example/api/webhooks/1/x/slack'],
    ['https://d.example/api/webhooks/1/x/slack', 'https://d.example/api/webhooks/1/x/slack'],
    ['https://d.example/api/webhooks/1/x?thread_id=5', 'https://d.example/api/webhooks/1/x/slack?thread_id=5'],
    ['https://d.example/api/webhooks/1/x/slack?thread_id=5#a', 'https://d.example/api/webhooks/1/x/slack?thread_id=5#a'],
    ['https://d.example/x/notslack', 'https://d.example/x/notslack/slack'],
    [
      ['https://d.example/', '/slack'],
      ['https://d.example/', '/slack'],
    ],
  ] as [Text, Text][])('%j takes the Slack form at %j', (address, url) => {
    expect(request('discord', { address }).url).toEqual(url);
  });
});

test('markup in a text reaches Google Chat as text', () => {
  const alert: Alert = { severity: 'error', text: 'rate 5 < 10 & <a href="x">', about, fields: [['<b>', '1 > 0']] };
  const { body = '' } = request('gchat', {}, alert);
  expect(body).toContain('<strong>rate 5 &lt; 10 &amp; &lt;a href=\\"x\\"&gt;</strong>');
  expect(body).toContain('&lt;b&gt;<br><font color=#848484><strong>1 &gt; 0</strong></font>');
});
