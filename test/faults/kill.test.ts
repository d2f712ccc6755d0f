// A killed driver sends nothing, hears nothing and wakes no more, whichever way it died.
import { describe, expect, test } from '@jest/globals';
import type { Clock, Send, Wire, WireReply } from '../../src/ports.ts';
import { killAt, KILL_POSITIONS } from './kill.ts';
import { once, readAll } from './log.ts';

const signal = new AbortController().signal;
const wire = (url: string): Wire => ({ method: 'GET', url, headers: {} });

function server(): { readonly seen: string[]; readonly send: Send } {
  const seen: string[] = [];
  const send: Send = async ({ url }) => {
    seen.push(url);
    return { status: 200, headers: {}, body: once(new TextEncoder().encode(url)) };
  };
  return { seen, send };
}

/** What has come by the time that everything which can happen has happened. */
async function settled<T>(promise: Promise<T>): Promise<T | 'nothing' | 'failed'> {
  const turns = async (): Promise<'nothing'> => {
    for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done));
    return 'nothing';
  };
  return Promise.race([promise.catch(() => 'failed' as const), turns()]);
}

async function textOf(reply: WireReply | 'nothing' | 'failed'): Promise<string> {
  return typeof reply === 'string' ? reply : new TextDecoder().decode(await readAll(reply.body));
}

describe('killAt', () => {
  const cases = [
    { position: 'before', sent: ['/1'], second: 'nothing' },
    { position: 'after-commit', sent: ['/1', '/2'], second: 'nothing' },
    { position: 'after-reply', sent: ['/1', '/2'], second: '/2' },
  ] as const;
  test.each(cases)('$position the second request', async ({ position, sent, second }) => {
    const { seen, send } = server();
    const deaths: number[] = [];
    const killer = killAt(2, position, () => deaths.push(killer.requests()));
    const [api, http] = [killer.wrap(send), killer.wrap(send)];
    expect(await textOf(await settled(api(wire('/1'), signal)))).toBe('/1');
    expect(await textOf(await settled(http(wire('/2'), signal)))).toBe(second);
    expect(await settled(api(wire('/3'), signal))).toBe('nothing');
    expect(seen).toEqual(sent);
    expect(deaths).toEqual([2]);
    expect(killer.isDead()).toBe(true);
  });

  test('knows three positions', () => {
    expect(KILL_POSITIONS).toEqual(cases.map(({ position }) => position));
  });

  test('only counts when it never comes so far', async () => {
    const killer = killAt(Infinity, 'before');
    const api = killer.wrap(server().send);
    await api(wire('/1'), signal);
    await api(wire('/2'), signal);
    expect([killer.requests(), killer.isDead()]).toEqual([2, false]);
  });

  test('an answer that is under way when the driver dies never comes, nor does its failure', async () => {
    const replies: (() => void)[] = [];
    const slow: Send = ({ url }) =>
      new Promise((resolve, reject) => {
        if (url === '/slow') replies.push(() => resolve({ status: 200, headers: {}, body: once(new Uint8Array()) }));
        else if (url === '/broken') replies.push(() => reject(new Error('reset')));
      });
    const killer = killAt(3, 'before');
    const api = killer.wrap(slow);
    const open = [settled(api(wire('/slow'), signal)), settled(api(wire('/broken'), signal)), settled(api(wire('/third'), signal))];
    for (const reply of replies) reply();
    expect(await Promise.all(open)).toEqual(['nothing', 'nothing', 'nothing']);
  });

  test('an open watch goes silent and is closed at the server', async () => {
    let closed = false;
    const streaming: Send = async (_, inner) => {
      inner.addEventListener('abort', () => (closed = true));
      async function* lines(): AsyncGenerator<Uint8Array> {
        yield new Uint8Array([1]);
        await new Promise((done) => inner.addEventListener('abort', done));
      }
      return { status: 200, headers: {}, body: lines() };
    };
    const killer = killAt(2, 'before');
    const api = killer.wrap(streaming);
    const body = (await api(wire('/pods?watch=1'), signal)).body[Symbol.asyncIterator]();
    expect((await body.next()).value).toEqual(new Uint8Array([1]));
    const second = settled(body.next());
    void api(wire('/2'), signal);
    expect(await second).toBe('nothing');
    expect(closed).toBe(true);
  });

  test('its clock wakes nobody any more', async () => {
    const killer = killAt(1, 'before');
    const instant: Clock = { now: () => 7, sleep: async () => undefined };
    const clock = killer.clock(instant);
    expect(await settled(clock.sleep(5, signal))).toBeUndefined();
    void killer.wrap(server().send)(wire('/1'), signal);
    expect(await settled(clock.sleep(5, signal))).toBe('nothing');
    expect(clock.now()).toBe(7);
  });
});
