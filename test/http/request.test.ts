// One question with its own deadline and tries, on scripted Sends and a clock that only moves when asked to wait.
import { afterEach, describe, expect, test } from '@jest/globals';
import type { HttpReply, HttpRequest, Ref } from '../../src/contracts.ts';
import { sendHttp } from '../../src/http/request.ts';
import type { ReadSecret } from '../../src/http/open.ts';
import { connectHttp, type HttpWire } from '../../src/http/send.ts';
import type { Clock, Send, WireReply } from '../../src/ports.ts';
import { serve, type Loopback } from './server.ts';

const never = new AbortController().signal;
const open: Loopback[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** Sleepers wake in the order of their times, once everybody else has nothing left to do. */
function stepClock(): Clock & { slept: number[] } {
  const start = Date.parse('2026-01-01T00:00:00Z');
  let now = start;
  let sleepers: { at: number; wake: () => void }[] = [];
  const slept: number[] = [];
  const turn = () => {
    const next = sleepers.sort((a, b) => a.at - b.at).shift();
    if (!next) return;
    now = Math.max(now, next.at);
    next.wake();
  };
  return {
    slept,
    now: () => now,
    sleep(ms, signal) {
      slept.push(ms);
      return new Promise((resolve) => {
        const sleeper = { at: now + ms, wake: resolve };
        sleepers.push(sleeper);
        const leave = () => {
          sleepers = sleepers.filter((each) => each !== sleeper);
          resolve();
        };
        if (signal.aborted) leave();
        signal.addEventListener('abort', leave);
        setTimeout(turn, 1);
      });
    },
  };
}

function reply(status: number, body = '', headers: Record<string, string> = {}): WireReply {
  async function* chunks() {
    yield Buffer.from(body);
  }
  return { status, headers, body: chunks() };
}

/** Answers in turn; the last one for ever. An Error is no answer; undefined hangs. */
function scripted(...answers: (WireReply | Error | undefined)[]): Send & { wires: HttpWire[] } {
  const wires: HttpWire[] = [];
  const send = (wire: HttpWire): Promise<WireReply> => {
    const answer = answers[Math.min(wires.length, answers.length - 1)];
    wires.push(wire);
    if (answer === undefined) return new Promise<WireReply>(() => undefined);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return Object.assign(send, { wires });
}

/** What came of it, without the function that hides. */
async function ask(
  ...[send, request, clock, signal = never]: [Send, HttpRequest, Clock, AbortSignal?]
): Promise<{ reply: HttpReply } | { error: string }> {
  const got = await sendHttp({ send, clock }, request, signal);
  return 'error' in got ? got : { reply: got.reply };
}

function hook(more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'POST', url: 'http://u:s3cret@hooks.test/gate', body: '{}', timeout: 60_000, ...more };
}
function query(more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url: 'http://prometheus:9090/api/v1/query?query=up', timeout: 5_000, ...more };
}

describe('what is sent', () => {
  test('is the request, its mark for insecure beside the headers', async () => {
    const send = scripted(reply(200, 'ok'));
    const got = await ask(send, hook({ headers: { 'content-type': 'application/json' }, insecure: true }), stepClock());
    expect(got).toEqual({ reply: { status: 200, body: 'ok' } });
    expect(send.wires).toEqual([
      {
        method: 'POST',
        url: 'http://u:s3cret@hooks.test/gate',
        headers: { 'content-type': 'application/json' },
        body: '{}',
        insecure: true,
      },
    ]);
  });
});

describe('tries', () => {
  test.each([200, 202, 204, 302, 400, 403, 404, 501])('%i is an answer', async (status) => {
    const send = scripted(reply(status, 'said'));
    expect(await ask(send, hook({ retries: 3 }), stepClock())).toEqual({ reply: { status, body: 'said' } });
    expect(send.wires).toHaveLength(1);
  });

  test.each([500, 502, 503, 504, 429])('%i is tried again, twice as late each time', async (status) => {
    const send = scripted(reply(status), reply(status), reply(status), reply(200, 'at last'));
    const clock = stepClock();
    expect(await ask(send, hook({ retries: 5 }), clock)).toEqual({ reply: { status: 200, body: 'at last' } });
    expect(clock.slept).toEqual([60_000, 1000, 2000, 4000]);
  });

  test('no answer is tried again', async () => {
    const send = scripted(new Error('ECONNRESET'), reply(200));
    expect(await ask(send, hook({ retries: 1 }), stepClock())).toEqual({ reply: { status: 200, body: '' } });
  });

  test('waits grow to 30 s and no further', async () => {
    const clock = stepClock();
    await ask(scripted(reply(500)), hook({ retries: 7, timeout: 3_600_000 }), clock);
    expect(clock.slept.slice(1)).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  });

  test.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['a date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT', date: 'Thu, 01 Jan 2026 00:00:00 GMT' }, 9000],
    ['a date on our clock', { 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }, 5000],
    ['nonsense', { 'retry-after': 'soon' }, 1000],
  ])('Retry-After as %s is kept', async (_form, headers, wait) => {
    const clock = stepClock();
    await ask(scripted(reply(503, '', headers as Record<string, string>), reply(200)), hook({ retries: 1 }), clock);
    expect(clock.slept).toEqual([60_000, wait]);
  });

  test.each([
    ['one try', 0, 'POST http://hooks.test/gate giving up after 1 attempt(s)'],
    ['three tries', 2, 'POST http://hooks.test/gate giving up after 3 attempt(s)'],
  ])('%s that end in 5xx are an error', async (_case, retries, error) => {
    expect(await ask(scripted(reply(500, 'boom')), hook({ retries }), stepClock())).toEqual({ error });
  });

  test('a last try without answer says why, redacted', async () => {
    const send = scripted(new Error('connect to http://u:s3cret@hooks.test/gate: ECONNREFUSED\u001b[31m'));
    const error = 'POST http://hooks.test/gate giving up after 2 attempt(s): connect to http://hooks.test/gate: ECONNREFUSED';
    expect(await ask(send, hook({ retries: 1 }), stepClock())).toEqual({ error });
  });

  test('a query gives back what it got, for its provider to read', async () => {
    const send = scripted(reply(503, 'starting'));
    expect(await ask(send, query(), stepClock())).toEqual({ reply: { status: 503, body: 'starting' } });
    expect(send.wires).toHaveLength(1);
    const error = 'GET http://prometheus:9090/api/v1/query?…: ECONNREFUSED';
    expect(await ask(scripted(new Error('ECONNREFUSED')), query(), stepClock())).toEqual({ error });
  });
});

describe('the deadline', () => {
  test('ends a try that hangs, though its Send does not listen', async () => {
    const clock = stepClock();
    const error = 'GET http://prometheus:9090/api/v1/query?…: no answer within 5s';
    expect(await ask(scripted(undefined), query(), clock)).toEqual({ error });
  });

  test('ends a body that drips', async () => {
    let cancelled = false;
    const send: Send = (_wire, signal) => {
      signal.addEventListener('abort', () => (cancelled = true));
      async function* drip() {
        yield Buffer.from('x');
        await new Promise(() => undefined);
      }
      return Promise.resolve({ status: 200, headers: {}, body: drip() });
    };
    const error = 'POST http://hooks.test/gate giving up after 1 attempt(s): no answer within 2.5s';
    expect(await ask(send, hook({ timeout: 2500 }), stepClock())).toEqual({ error });
    expect(cancelled).toBe(true);
  });

  test('counts for all tries together: none is begun that could not be waited for', async () => {
    const clock = stepClock();
    const send = scripted(reply(500));
    const error = 'POST http://hooks.test/gate giving up after 3 attempt(s)';
    expect(await ask(send, hook({ retries: 9, timeout: 5000 }), clock)).toEqual({ error });
    expect(clock.slept).toEqual([5000, 1000, 2000]);
  });
});

describe('the signal', () => {
  const stopped = { error: 'stopped before an answer came' };

  test('stops before the first try', async () => {
    const send = scripted(reply(200));
    expect(await ask(send, hook(), stepClock(), AbortSignal.abort())).toEqual(stopped);
    expect(send.wires).toHaveLength(0);
  });

  test('stops a try', async () => {
    const controller = new AbortController();
    const send: Send = () => {
      controller.abort();
      return new Promise(() => undefined);
    };
    expect(await ask(send, hook({ retries: 3 }), stepClock(), controller.signal)).toEqual(stopped);
  });

  test('stops the wait between two tries', async () => {
    const controller = new AbortController();
    const clock = stepClock();
    const waiting: Clock = {
      now: () => clock.now(),
      sleep: (ms, signal) => {
        if (ms === 1000) controller.abort();
        return clock.sleep(ms, signal);
      },
    };
    const send = scripted(reply(500));
    expect(await ask(send, hook({ retries: 3 }), waiting, controller.signal)).toEqual(stopped);
    expect(send.wires).toHaveLength(1);
  });
});

describe('bodies', () => {
  const clock: Clock = {
    now: Date.now,
    sleep: (_ms, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  };

  async function start(body: string, status = 200): Promise<string> {
    const server = await serve((_, response) => response.writeHead(status).end(body));
    open.push(server);
    return server.url;
  }

  test('a hook is read to 64 KiB and no further', async () => {
    const url = await start('x'.repeat(900_000));
    const got = await ask(connectHttp({ timeoutCap: 30_000 }), hook({ url }), clock);
    expect(got).toEqual({ reply: { status: 200, body: 'x'.repeat(64 * 1024) } });
  });

  test('a hook may answer more than 1 MiB', async () => {
    const url = await start('x'.repeat(5_000_000));
    const got = await ask(connectHttp({ timeoutCap: 30_000 }), hook({ url }), clock);
    expect(got).toHaveProperty('reply.status', 200);
  });

  test('half a metrics reply is none', async () => {
    const url = await start('x'.repeat(5_000_000));
    const got = await ask(connectHttp({ timeoutCap: 30_000 }), query({ url }), clock);
    expect(got).toEqual({ error: `GET ${url}: the reply is larger than 1 MiB` });
  });

  test('a character on the border of two chunks stays whole', async () => {
    async function* halves() {
      const bytes = Buffer.from('é');
      yield bytes.subarray(0, 1);
      yield bytes.subarray(1);
    }
    const send: Send = () => Promise.resolve({ status: 200, headers: {}, body: halves() });
    expect(await ask(send, hook(), stepClock())).toEqual({ reply: { status: 200, body: 'é' } });
  });
});

describe('Secrets', () => {
  const secret: Ref = { apiVersion: 'v1', kind: 'Secret', namespace: 'alerts', name: 'slack' };
  const address = 'https://hooks.chat.test/services/T024F/B7Q/xoxb-s3cret';
  const readSecret: ReadSecret = (_secret, key) => Promise.resolve(key === 'address' ? `${address}\n` : 't0ken-value');
  const alert = hook({ url: [{ secret, key: 'address' }], headers: { Authorization: ['Bearer ', { secret, key: 'token' }] } });

  test('are opened on the way out', async () => {
    const send = scripted(reply(200, 'ok'));
    await sendHttp({ send, clock: stepClock(), readSecret }, alert, never);
    expect(send.wires).toMatchObject([{ url: address, headers: { authorization: 'Bearer t0ken-value' } }]);
  });

  test('that cannot be read are why nothing was sent', async () => {
    const send = scripted(reply(200));
    const missing: ReadSecret = () => Promise.reject(new Error('Secret slack is not there in namespace alerts'));
    const got = await sendHttp({ send, clock: stepClock(), readSecret: missing }, alert, never);
    expect(got).toEqual({ error: 'Secret slack is not there in namespace alerts' });
    const nobody = await sendHttp({ send, clock: stepClock() }, alert, never);
    expect(nobody).toEqual({ error: 'Secret alerts/slack is needed here, and there is nobody to read it' });
    expect(send.wires).toHaveLength(0);
  });

  test('that are never read are given up at the deadline', async () => {
    const got = await sendHttp(
      { send: scripted(reply(200)), clock: stepClock(), readSecret: () => new Promise(() => undefined) },
      alert,
      never,
    );
    expect(got).toEqual({ error: 'no answer within 60s' });
  });

  test.each([
    ['getaddrinfo ENOTFOUND hooks.chat.test', 'ENOTFOUND'],
    ['connect ECONNREFUSED 10.11.12.13:443', 'ECONNREFUSED'],
    ["Hostname/IP does not match certificate's altnames: Host: hooks.chat.test", 'its certificate was not accepted'],
    [
      'refused to connect to hooks.chat.test (169.254.169.254): a link-local or metadata address',
      'refused to connect to a link-local or metadata address',
    ],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    [`something new about ${address}`, 'no answer'],
  ])('an address out of one stays hidden: %s', async (message, why) => {
    const got = await sendHttp({ send: scripted(new Error(message)), clock: stepClock(), readSecret }, alert, never);
    expect(got).toEqual({ error: `POST (host hidden: from Secret alerts/slack) giving up after 1 attempt(s): ${why}` });
  });
});
