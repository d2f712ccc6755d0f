// The load client against a server that misbehaves: each request becomes a line, whatever happens to it, and the stream stays even.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { ask, type Question } from './load/ask.ts';
import type { Load } from './load/client.ts';
import { readWritten, type Entry } from './load/entry.ts';
import { isAnswered, lost } from './load/ledger.ts';
import { podinfoNaming } from './load/origin.ts';
import { afterSending, dueAt, slotAt, startPace, type Pace } from './load/pace.ts';

const folder = mkdtempSync(join(tmpdir(), 'canary-load-'));
const sockets = new Set<Socket>();
let server: Server;
let url: string;
/** Paths that were asked for, with the headers they came with. */
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.once('data', (head) => {
      asked.push(head.toString());
      misbehave(socket, head.toString().split(' ')[1] ?? '');
    });
  });
  url = await listening(server);
  const entryPoints = [join(import.meta.dirname, 'load/client.ts')];
  await build({ entryPoints, bundle: true, format: 'esm', platform: 'node', outfile: join(folder, 'client.mjs') });
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

async function listening(one: Server): Promise<string> {
  one.listen(0, '127.0.0.1');
  await once(one, 'listening');
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
}

const date = 'Date: Sat, 21 Nov 2026 18:34:56 GMT\r\n';
const good = '{"hostname":"podinfo-primary-1","message":"1.0.0"}';

/** What the proxy, or the pod behind it, says on each path. */
const answers: Readonly<Record<string, string>> = {
  '/own-error': `HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n${date}\r\n`,
  '/no-backend': `HTTP/1.1 500 Internal Server Error\r\n${date}Content-Length: 0\r\n\r\n`,
  '/unreachable': `HTTP/1.1 502 Bad Gateway\r\n${date}Content-Length: 11\r\n\r\nBad Gateway`,
  '/cut': `HTTP/1.1 200 OK\r\nContent-Length: 500\r\n${date}\r\n{"message":`,
  '/nonsense': 'HELLO\r\n\r\n',
  '/nothing': '',
  '/well': `HTTP/1.1 200 OK\r\nContent-Length: ${good.length}\r\nX-Canary-Side: primary\r\n${date}\r\n${good}`,
};

function misbehave(socket: Socket, path: string): void {
  if (path === '/hang') return;
  if (path === '/hang-midway') return void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf');
  if (path === '/reset') return void socket.resetAndDestroy();
  socket.end(answers[path] ?? '');
}

describe('one request', () => {
  const question = (path: string, more: Partial<Question> = {}): Question => ({
    url: url + path,
    host: 'app.example.com',
    headers: {},
    timeout: 5000,
    naming: podinfoNaming,
    ...more,
  });

  test.each<[string, Partial<Entry>, boolean]>([
    ['/well', { status: 200, by: '1.0.0', pod: 'podinfo-primary-1', side: 'primary' }, false],
    ['/own-error', { status: 409, own: true }, false],
    ['/no-backend', { status: 500, said: '' }, true],
    ['/unreachable', { status: 502, said: 'Bad Gateway' }, true],
    ['/reset', { error: 'ECONNRESET' }, true],
    ['/nothing', { error: 'ECONNRESET' }, true],
    ['/cut', { status: 200, error: 'CUT' }, true],
    ['/nonsense', { error: 'HPE_INVALID_CONSTANT' }, true],
  ])('%s', async (path, outcome, isLost) => {
    const entry = await ask(question(path), 17.4);
    expect(entry).toEqual({ at: expect.any(Number), due: 17, took: expect.any(Number), ...outcome });
    expect(lost([entry])).toHaveLength(isLost ? 1 : 0);
  });

  test.each(['/hang', '/hang-midway'])('%s ends by the timeout', async (path) => {
    const entry = await ask(question(path, { timeout: 50 }), 0);
    expect(entry.error).toBe('TIMEOUT');
    expect(lost([entry])).toHaveLength(1);
  });

  test('nobody there, and what cannot even be sent', async () => {
    const gone = createServer();
    const address = await listening(gone);
    await new Promise((resolve) => gone.close(resolve));
    expect(await ask(question('', { url: address }), 0)).toMatchObject({ error: 'ECONNREFUSED' });
    expect(await ask(question('', { url: 'nonsense' }), 0)).toMatchObject({ error: 'ERR_INVALID_URL' });
    expect(await ask(question('/', { headers: { 'x-broken': 'a\nb' } }), 0)).toMatchObject({ error: 'ERR_INVALID_CHAR' });
  });

  test('goes to the host by name, with the headers asked for, on a connection of its own', async () => {
    const before = asked.length;
    await ask(question('/well', { headers: { 'x-user': 'insider', host: 'other' } }), 0);
    const head = asked.slice(before).join('').toLowerCase();
    expect(head).toContain('\r\nhost: app.example.com\r\n');
    expect(head).toContain('\r\nx-user: insider\r\n');
    expect(head).toContain('\r\nconnection: close\r\n');
    expect(head).not.toContain('other');
  });
});

describe('the pace', () => {
  /** When requests go out, on a clock that moves by `tick` and once skips from `stallFrom` to `stallTo`. */
  function sendTimes(rate: number, { until, stall }: { until: number; stall?: { from: number; to: number } }): number[] {
    const times: number[] = [];
    let pace: Pace = startPace(rate, 0);
    for (let now = 0; now <= until; now += stall && now === stall.from ? stall.to - stall.from : 1)
      for (let slot = slotAt(pace, now); slot <= now; slot = slotAt(pace, now)) {
        times.push(now);
        pace = afterSending(pace, slot);
      }
    return times;
  }

  const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, index) => time - (times[index] ?? 0));

  test('is even', () => {
    expect(sendTimes(100, { until: 1000 })).toHaveLength(101);
    expect(new Set(gaps(sendTimes(100, { until: 1000 })))).toEqual(new Set([10]));
    expect(sendTimes(2000, { until: 1000 })).toHaveLength(2001);
  });

  test('after a stall what is late goes at twice the rate, all of it and never in a burst', () => {
    const times = sendTimes(100, { until: 3000, stall: { from: 500, to: 1200 } });
    const after = times.filter((time) => time >= 1200);
    expect(Math.min(...gaps(after))).toBe(5);
    expect(times).toHaveLength(301);
    expect(new Set(gaps(times.filter((time) => time > 2000)))).toEqual(new Set([10]));
  });

  test('what was due does not move with a stall', () => {
    const pace = { ...startPace(100, 1000), sent: 7, slot: 5000 };
    expect(dueAt(pace)).toBe(1070);
  });

  test('a short delay is made good at once', () => {
    const times = sendTimes(100, { until: 1000, stall: { from: 500, to: 550 } });
    expect(times.filter((time) => time === 550)).toHaveLength(5);
    expect(times).toHaveLength(101);
  });
});

describe('the process', () => {
  function start(name: string, more: Partial<Load> = {}): { child: ChildProcess; out: string } {
    const out = join(folder, `${name}.jsonl`);
    const load: Load = { url: `${url}/well`, host: 'app.example.com', rate: 200, out, timeout: 300, ...more };
    return { child: spawn(process.execPath, [join(folder, 'client.mjs'), JSON.stringify(load)], { stdio: 'inherit' }), out };
  }

  const ended = async (child: ChildProcess): Promise<unknown[]> => once(child, 'exit');

  async function untilWritten(out: string, entries: number): Promise<void> {
    while (!existsSync(out) || readFileSync(out, 'utf8').split('\n').length <= entries) await pause(10);
  }

  test('told to stop, it has a line for every request and says how many there were', async () => {
    const { child, out } = start('stopped');
    await untilWritten(out, 20);
    child.kill('SIGTERM');
    expect(await ended(child)).toEqual([0, null]);
    const { entries, sent } = readWritten(readFileSync(out, 'utf8'));
    expect(entries.length).toBe(sent);
    expect(entries.filter(isAnswered)).toHaveLength(entries.length);
    expect(new Set(entries.map(({ due }) => due)).size).toBe(entries.length);
  });

  test('what is under way is waited for, as long as the timeout and no longer', async () => {
    const { child, out } = start('waiting', { url: `${url}/hang` });
    const before = asked.length;
    while (asked.length < before + 20) await pause(10);
    child.kill('SIGTERM');
    child.kill('SIGTERM');
    expect(await ended(child)).toEqual([0, null]);
    const { entries, sent } = readWritten(readFileSync(out, 'utf8'));
    expect(entries.length).toBe(sent);
    expect(new Set(entries.map(({ error }) => error))).toEqual(new Set(['TIMEOUT']));
  });

  test('killed, it leaves lines that can be read', async () => {
    const { child, out } = start('killed');
    await untilWritten(out, 20);
    child.kill('SIGKILL');
    await ended(child);
    const { entries, sent } = readWritten(readFileSync(out, 'utf8'));
    expect(entries.length).toBeGreaterThanOrEqual(20);
    expect(sent).toBeUndefined();
  });

  test('it outlives a server that goes away', async () => {
    const { child, out } = start('outliving', { url: `${url}/reset` });
    await untilWritten(out, 20);
    child.kill('SIGTERM');
    expect(await ended(child)).toEqual([0, null]);
    expect(lost(readWritten(readFileSync(out, 'utf8')).entries).length).toBeGreaterThanOrEqual(20);
  });

  test('it stops by itself after the seconds it was given', async () => {
    const { child, out } = start('bounded', { seconds: 0.2 });
    expect(await ended(child)).toEqual([0, null]);
    expect(readWritten(readFileSync(out, 'utf8')).sent).toBeGreaterThan(0);
  });
});
