// One question to a metrics server or a webhook, with its own deadline and its own tries. It must never decide what an answer means.
import type { HttpReply, HttpRequest } from '../contracts.ts';
import type { Clock, HttpWire, Millis, Send, WireReply } from '../ports.ts';
import { openRequest, type Opening, type OpenRequest } from './open.ts';
import { shownText } from './redact.ts';

/** A webhook's reply is only ever shown, so what is beyond this is left unread; a metrics reply cut in half would be a wrong one. */
const hookBodyCap = 64 * 1024;
const bodyCap = 1024 * 1024;

type Try = { is: 'reply'; reply: HttpReply; retryAfter: Millis | undefined } | { is: 'none'; why: string };

/** `readSecret` is not needed by requests that use no Secret. */
export interface Sending extends Opening {
  readonly send: Send;
  readonly clock: Clock;
}

/** `hide`: takes out of a text whatever this request keeps secret; a reply may repeat it. */
export type Sent = { reply: HttpReply; hide(text: string): string } | { error: string };

const stopped = 'stopped before an answer came';

/** All tries and the waits between them share `request.timeout`. As with go-retryablehttp, which Flagger uses, a POST that got no answer, 5xx
 *  (but 501) or 429 to its last try is an error; a GET gives back whatever it got, for its provider to read. */
export async function sendHttp(sending: Sending, request: HttpRequest, signal: AbortSignal): Promise<Sent> {
  const { clock } = sending;
  const deadline = startDeadline(clock, request.timeout, signal);
  const end = clock.now() + request.timeout;
  try {
    const open = await opened(sending, request, deadline);
    if (signal.aborted) return { error: stopped };
    if ('error' in open) return open;
    for (let attempt = 1; ; attempt++) {
      const got = await tryOnce(sending, open, deadline);
      if (signal.aborted) return { error: stopped };
      if (got.is === 'reply' && !isTransient(got.reply.status)) return { reply: got.reply, hide: open.hide };
      const wait = (got.is === 'reply' ? got.retryAfter : undefined) ?? backoff(attempt);
      if (attempt > (request.retries ?? 0) || clock.now() + wait >= end) return givenUp(open, got, attempt);
      await clock.sleep(wait, deadline.signal);
      if (signal.aborted) return { error: stopped };
    }
  } finally {
    deadline.clear();
  }
}

async function opened(opening: Opening, request: HttpRequest, deadline: Deadline): Promise<OpenRequest | { error: string }> {
  try {
    return await Promise.race([openRequest(request, opening), deadline.passed]);
  } catch (error) {
    return { error: shownText(error instanceof Error ? error.message : String(error), 200) };
  }
}

interface Deadline {
  readonly signal: AbortSignal;
  /** Rejects when the time is over or the caller stops: a Send that does not listen cannot hold us. */
  readonly passed: Promise<never>;
  clear(): void;
}

function startDeadline(clock: Clock, timeout: Millis, signal: AbortSignal): Deadline {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const passed = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(new Error(`no answer within ${timeout / 1000}s`)), { once: true });
  });
  // It also rejects when all went well and nobody waits for it any more.
  passed.catch(() => undefined);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  void clock.sleep(timeout, controller.signal).then(abort);
  return {
    signal: controller.signal,
    passed,
    clear() {
      signal.removeEventListener('abort', abort);
      abort();
    },
  };
}

async function tryOnce({ send, clock }: Sending, open: OpenRequest, deadline: Deadline): Promise<Try> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  deadline.signal.addEventListener('abort', abort, { once: true });
  try {
    if (deadline.signal.aborted) return await deadline.passed;
    return await Promise.race([exchange({ send, clock }, open.wire, controller.signal), deadline.passed]);
  } catch (error) {
    return { is: 'none', why: open.reason(error) };
  } finally {
    deadline.signal.removeEventListener('abort', abort);
    // Frees the connection of a body that was left unread.
    abort();
  }
}

async function exchange({ send, clock }: Sending, wire: HttpWire, signal: AbortSignal): Promise<Try> {
  const reply = await send(wire, signal);
  const text = await readText(reply.body, wire.method === 'POST' ? 'cut' : 'refuse');
  return { is: 'reply', reply: { status: reply.status, body: text }, retryAfter: retryAfter(reply, clock) };
}

async function readText(body: AsyncIterable<Uint8Array>, large: 'cut' | 'refuse'): Promise<string> {
  const cap = large === 'cut' ? hookBodyCap : bodyCap;
  const decoder = new TextDecoder();
  let text = '';
  let room = cap;
  for await (const chunk of body) {
    text += decoder.decode(chunk.subarray(0, room), { stream: true });
    room -= chunk.length;
    if (room < 0 && large === 'refuse') throw new Error('the reply is larger than 1 MiB');
    if (room <= 0 && large === 'cut') break;
  }
  return text + decoder.decode();
}

function isTransient(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}

/** 1 s, 2 s, 4 s, … at most 30 s. */
function backoff(attempt: number): Millis {
  return Math.min(30_000, 1000 * 2 ** (attempt - 1));
}

function retryAfter(reply: WireReply, clock: Clock): Millis | undefined {
  const text = reply.headers['retry-after'];
  if (!text || (reply.status !== 429 && reply.status !== 503)) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - (Date.parse(reply.headers['date'] ?? '') || clock.now()));
}

function givenUp(open: OpenRequest, last: Try, attempts: number): Sent {
  const where = `${open.wire.method} ${open.address}`;
  const why = last.is === 'none' ? `: ${last.why}` : '';
  if (open.wire.method === 'POST') return { error: `${where} giving up after ${attempts} attempt(s)${why}` };
  return last.is === 'reply' ? { reply: last.reply, hide: open.hide } : { error: `${where}${why}` };
}
