// The simulated load tester: commands become traffic, gates hold until they are opened, and chats pass on what they are told.
import { describe, expect, test } from '@jest/globals';
import { chat } from '../../src/sandbox/chat.ts';
import { loadOf } from '../../src/sandbox/load-command.ts';
import { loadTester, type LoadTesterOptions } from '../../src/sandbox/loadtester.ts';
import type { Load } from '../../src/sandbox/prom/traffic.ts';
import { client, type Ask } from './client.ts';

const canary = { name: 'podinfo', namespace: 'test' };

function tester(options: Partial<LoadTesterOptions> = {}): {
  ask: Ask;
  rollbacks: Ask;
  loads: Load[];
  told: string[];
  pass(ms: number): void;
} {
  const [loads, told]: [Load[], string[]] = [[], []];
  let now = 0;
  const made = loadTester({ clock: { now: () => now }, load: (load) => loads.push(load), tell: (line) => told.push(line), ...options });
  return { ask: client(made.send), rollbacks: client(made.rollbacks), loads, told, pass: (ms) => void (now += ms) };
}

describe('commands', () => {
  const host = { name: 'podinfo-canary', namespace: 'test' };
  test.each([
    ['hey -z 1m -q 10 -c 2 http://podinfo-canary.test:9898/', { host, rps: 20, forMs: 60_000 }],
    ['/usr/local/bin/hey -q=5 -c=1 -z=30s "http://podinfo-canary.test/"', { host, rps: 5, forMs: 30_000 }],
    ['sleep 1 && hey -n 1000 -q 50 -c 2 http://podinfo-canary.test/', { host, rps: 100, forMs: 10_000 }],
    ['hey -z 1m -q 100 -c 50 http://podinfo-canary/', { host: { name: 'podinfo-canary', namespace: 'test' }, rps: 1000, forMs: 60_000 }],
    [
      "hey -z 1m -q 1 -c 2 -H 'X-Canary: insider' http://podinfo-canary.test/a",
      { host, rps: 2, forMs: 60_000, path: '/a', headers: { 'x-canary': 'insider' } },
    ],
    ['ghz -z 1m -q 10 -c 2 --insecure podinfo-canary.test:9898', { host, rps: 10, forMs: 60_000 }],
    ['wrk -t12 -c 400 -d 20s http://podinfo-canary.test.svc.cluster.local/', { host, rps: 100, forMs: 20_000 }],
    ['fortio load -qps 8 -t 10s http://podinfo-canary.test/', { host, rps: 8, forMs: 10_000 }],
    ['hey -z nonsense -q -1 http://podinfo-canary.test/', { host, rps: 100, forMs: 10_000 }],
  ])('%s', (command, load) => {
    expect(loadOf(command, 'test')).toEqual(load);
  });

  test.each(['curl -s http://podinfo-canary.test/', 'hey -z 1m http://www.example.com/', 'hey -z 1m http://10.0.0.1/', 'hey', ''])(
    'makes no load: %s',
    (command) => expect(loadOf(command, 'test')).toBeUndefined(),
  );

  test('are answered 202, and the same one is not started again while it runs', async () => {
    const { ask, loads, pass } = tester();
    const body = { ...canary, phase: 'Progressing', metadata: { type: 'cmd', cmd: 'hey -z 1m -q 10 -c 2 http://podinfo-canary.test/' } };
    expect((await ask('POST', 'http://loadtester/', body)).status).toBe(202);
    expect((await ask('POST', 'http://loadtester/', body)).status).toBe(202);
    expect(loads).toHaveLength(1);
    await ask('POST', 'http://loadtester/', { ...body, name: 'other' });
    expect(loads).toHaveLength(2);
    pass(60_000);
    await ask('POST', 'http://loadtester/', body);
    expect(loads).toHaveLength(3);
  });

  test('of other types, no command, no JSON, a GET: all are said yes to', async () => {
    const { ask, loads } = tester();
    expect(
      (await ask('POST', 'http://loadtester/', { ...canary, metadata: { type: 'bash', cmd: 'curl -sd test http://x/token' } })).status,
    ).toBe(200);
    expect((await ask('POST', 'http://loadtester/anything', canary)).status).toBe(200);
    expect((await ask('POST', 'http://loadtester/')).status).toBe(200);
    expect((await ask('GET', 'http://loadtester/healthz')).status).toBe(200);
    expect(loads).toEqual([]);
  });
});

describe('gates', () => {
  const gate = (verb: string, kind = 'gate'): string => `http://flagger-loadtester.test/${kind}/${verb}`;

  test.each(['gate', 'rollback'])('%s: closed, until it is opened, for that canary only', async (kind) => {
    const { ask } = tester();
    const check = async (body: object): Promise<number> => (await ask('POST', gate('check', kind), body)).status;
    expect(await check(canary)).toBe(403);
    expect((await ask('POST', gate('open', kind), canary)).status).toBe(202);
    expect([await check(canary), await check({ ...canary, name: 'other' })]).toEqual([200, 403]);
    expect((await ask('POST', gate('close', kind), canary)).status).toBe(202);
    expect(await check(canary)).toBe(403);
  });

  test('approve and halt say the same always; a body without a canary is refused', async () => {
    const { ask } = tester();
    expect((await ask('POST', gate('approve'), canary)).status).toBe(200);
    expect((await ask('POST', gate('halt'), canary)).status).toBe(403);
    expect((await ask('POST', gate('check'), {})).status).toBe(400);
  });

  test('opens by itself where nobody is there to do it, but not a rollback, nor what was closed by hand', async () => {
    const { ask, told, pass } = tester({ gatesOpenAfter: 20_000 });
    const check = async (kind: string): Promise<number> => (await ask('POST', gate('check', kind), canary)).status;
    expect([await check('gate'), await check('rollback')]).toEqual([403, 403]);
    pass(19_999);
    expect(await check('gate')).toBe(403);
    pass(1);
    expect([await check('gate'), await check('rollback')]).toEqual([200, 403]);
    expect(told).toEqual(['gate podinfo.test is opened after 20 s, as a person would']);
    await ask('POST', gate('close'), canary);
    pass(60_000);
    expect(await check('gate')).toBe(403);
  });

  test('a rollback hook of any path says no until the rollback is opened', async () => {
    const { ask, rollbacks } = tester();
    const check = async (): Promise<number> => (await rollbacks('POST', 'http://ops.example.com/shall-we', canary)).status;
    expect(await check()).toBe(403);
    await ask('POST', gate('open', 'rollback'), canary);
    expect(await check()).toBe(200);
  });
});

describe('chats', () => {
  const attachment = { author_name: 'podinfo.test', text: 'New revision detected' };
  test.each([
    ['slack', { attachments: [attachment] }, 'slack: podinfo.test: New revision detected'],
    ['msteams', { sections: [{ activityTitle: 'Rolled back', activitySubtitle: 'podinfo.test' }] }, 'msteams: podinfo.test: Rolled back'],
    [
      'gchat',
      {
        cards: [
          {
            header: { subtitle: 'podinfo.test' },
            sections: [{ widgets: [{ textParagraph: { text: '<font color=#1><b>Done</b></font>' } }] }],
          },
        ],
      },
      'gchat: podinfo.test: Done',
    ],
    ['other', { text: 'plain' }, 'other: plain'],
  ])('%s', async (name, body, line) => {
    const told: string[] = [];
    expect((await client(chat(name, (text) => told.push(text)))('POST', 'http://chat/', body)).status).toBe(200);
    expect(told).toEqual([line]);
  });

  test('what is no message is taken, and nothing is passed on', async () => {
    const told: string[] = [];
    const ask = client(chat('slack', (text) => told.push(text)));
    expect([(await ask('POST', 'http://chat/')).status, (await ask('POST', 'http://chat/', { attachments: 'x' })).status]).toEqual([
      200, 200,
    ]);
    expect(told).toEqual([]);
  });
});
