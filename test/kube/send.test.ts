import { describe, expect, test } from '@jest/globals';
import { NoAnswerError } from '../../src/kube/api-error.ts';
import { readBody } from '../../src/kube/body.ts';
import { reliable, serverClock, withDeadline, withRetry } from '../../src/kube/send.ts';
import type { Send, Wire } from '../../src/ports.ts';
import { handClock, never, reply, script, settle, silence } from './scripted.ts';

const get: Wire = { method: 'GET', url: '/api/v1/pods', headers: {} };
const patch: Wire = { method: 'PATCH', url: '/api/v1/namespaces/test/pods/a', headers: {}, body: '{}' };
const half = (): number => 0.5;

describe('a deadline', () => {
  test('ends a request that is never answered, as no answer', async () => {
    const clock = handClock();
    const answer = withDeadline(silence, clock, 10_000)(get, never);
    await expect(clock.until(answer)).rejects.toThrow('no answer to GET /api/v1/pods within 10 s');
    await expect(answer).rejects.toBeInstanceOf(NoAnswerError);
  });

  test('counts the body too: a server that drips has not answered', async () => {
    const clock = handClock();
    const drip: Send = async () => ({
      status: 200,
      headers: {},
      body: (async function* () {
        yield new TextEncoder().encode('{');
        await new Promise(() => undefined);
      })(),
    });
    await expect(clock.until(withDeadline(drip, clock, 10_000)(get, never))).rejects.toBeInstanceOf(NoAnswerError);
  });

  test('gives the whole body on, and leaves no sleeper behind', async () => {
    const clock = handClock();
    const answer = await withDeadline(script(reply(200, 'hello')).send, clock, 10_000)(get, never);
    expect(await readBody(answer)).toBe('hello');
    await expect(clock.until(new Promise(() => undefined))).rejects.toThrow('nobody sleeps');
  });

  test('does not hold for a watch', async () => {
    const clock = handClock();
    let ended = false;
    void withDeadline(
      silence,
      clock,
      10_000,
    )({ ...get, url: '/api/v1/pods?watch=1&timeoutSeconds=240' }, never).catch(() => (ended = true));
    await clock.advance(60_000);
    expect(ended).toBe(false);
  });

  test('passes the abort of the caller on as it is', async () => {
    const stop = new AbortController();
    const answer = withDeadline(silence, handClock(), 10_000)(get, stop.signal);
    stop.abort(new Error('parked'));
    await expect(answer).rejects.toThrow('parked');
  });
});

describe('reads are repeated', () => {
  test.each([429, 500, 502, 503, 504])('after %i', async (code) => {
    const clock = handClock();
    const { send, sent } = script(reply(code, ''), reply(200, 'ok'));
    expect((await clock.until(withRetry(send, clock, half)(get, never))).status).toBe(200);
    expect(sent).toHaveLength(2);
  });

  test('after no answer, five times in all, each pause longer than the last', async () => {
    const clock = handClock();
    const { send, sent } = script(new Error('reset'));
    await expect(clock.until(withRetry(send, clock, half)(get, never))).rejects.toThrow('reset');
    expect(sent).toHaveLength(5);
    expect(clock.slept).toEqual([250, 500, 1000, 2000]);
  });

  test('the last answer is given on when all were bad', async () => {
    const clock = handClock();
    expect((await clock.until(withRetry(script(() => reply(503, '')).send, clock, half)(get, never))).status).toBe(503);
  });

  test.each([
    ['2', 2_000],
    ['3600', 60_000],
    ['Tue, 14 Nov 2023 22:13:30 GMT', 10_000],
  ])('Retry-After %s is kept, up to a minute', async (value, pause) => {
    const clock = handClock();
    const busy = reply(429, '', { 'retry-after': value, date: 'Tue, 14 Nov 2023 22:13:20 GMT' });
    await clock.until(withRetry(script(busy, reply(200, '')).send, clock, half)(get, never));
    expect(clock.slept).toEqual([pause]);
  });

  test('but never a write, a watch, or an answer that says no', async () => {
    for (const wire of [patch, { ...get, url: '/api/v1/pods?watch=true' }]) {
      const { send, sent } = script(() => reply(503, ''));
      expect((await withRetry(send, handClock(), half)(wire, never)).status).toBe(503);
      expect(sent).toHaveLength(1);
    }
    const { send, sent } = script(reply(403, ''));
    expect((await reliable(send, handClock(), half)(get, never)).status).toBe(403);
    expect(sent).toHaveLength(1);
  });

  test('an abort ends the pause', async () => {
    const clock = handClock();
    const stop = new AbortController();
    const answer = withRetry(script(new Error('reset')).send, clock, half)(get, stop.signal);
    await settle();
    stop.abort(new Error('parked'));
    await expect(answer).rejects.toThrow('parked');
  });
});

describe("the server's clock", () => {
  const dated = (at: number) => reply(200, '', { date: new Date(at).toUTCString() });
  /** A Date header is cut to whole seconds, so one answer tells the time to a second. */
  const expectWithinSecond = (time: number, floor: number): void => {
    expect(time).toBeGreaterThanOrEqual(floor);
    expect(time).toBeLessThanOrEqual(floor + 1000);
  };

  test('is ours until the first answer, then as far ahead as the server said', async () => {
    const clock = handClock(1_000_000);
    const server = serverClock(clock);
    expect(server.now()).toBe(1_000_000);
    await server.wrap(script(dated(90_000_000)).send)(get, never);
    const first = server.now();
    expectWithinSecond(first, 90_000_000);
    await clock.advance(1_234);
    expect(server.now()).toBe(first + 1_234);
  });

  test('is known better after more answers', async () => {
    const clock = handClock(1_000_000);
    const server = serverClock(clock);
    // The server's clock is exactly ours.
    const send = server.wrap(script(() => dated(Math.floor(clock.now() / 1000) * 1000)).send);
    for (const step of [100, 850, 49, 1_001, 3_000]) {
      await clock.advance(step);
      await send(get, never);
    }
    expect(Math.abs(server.now() - clock.now())).toBeLessThanOrEqual(50);
  });

  test('never jumps, whatever narrows it down: no interval is cut short', async () => {
    const clock = handClock(1_000_000);
    const server = serverClock(clock);
    // The server's clock is 300 ms behind ours.
    const send = server.wrap(script(() => dated(Math.floor((clock.now() - 300) / 1000) * 1000)).send);
    await send(get, never);
    for (const step of [310, 190, 700, 90, 410, 2_000]) {
      const [ours, servers] = [clock.now(), server.now()];
      await clock.advance(step);
      await send(get, never);
      expect(server.now()).toBeGreaterThanOrEqual(servers);
      expect(server.now() - servers).toBeLessThanOrEqual(clock.now() - ours);
      expect(server.now()).toBeGreaterThanOrEqual(clock.now() - 300);
    }
  });

  /** Answers in order, then how far the time is known to have moved on top of our own. */
  async function after(...dates: number[]): Promise<{ now: number; first: number }> {
    const server = serverClock(handClock(1_000_000));
    const send = server.wrap(script(dated(90_000_000), ...dates.map(dated)).send);
    await send(get, never);
    const first = server.now();
    for (let heard = 0; heard < dates.length; heard++) await send(get, never);
    return { now: server.now(), first };
  }

  test.each([
    ['one odd answer', [99_000_000]],
    ['two that agree', [99_000_000, 99_000_000]],
    ['two that agree, and then a good one between', [99_000_000, 99_000_000, 90_000_000, 99_000_000, 99_000_000]],
    ['three that do not agree with each other', [99_000_000, 50_000_000, 99_000_000, 50_000_000]],
    ['one without a time', [Number.NaN, Number.NaN, Number.NaN]],
  ])('does not believe %s', async (_, dates) => {
    const { now, first } = await after(...dates);
    expect(now).toBe(first);
  });

  test.each([99_000_000, 50_000_000])('follows a server whose clock was set to %d: three answers in a row say so', async (set) => {
    const { now } = await after(set, set, set);
    expectWithinSecond(now, set);
  });

  test('does not go back for less than two seconds: it stands still', async () => {
    const { now, first } = await after(89_998_000, 89_998_000, 89_998_000);
    expect(now).toBe(first);
  });
});
