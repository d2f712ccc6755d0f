// The one `Send` to anything but the API server. It must never follow a redirect, open a blocked address, or read without a limit.
import fetch, { type RequestInit } from 'node-fetch';
import type { Headers, HttpWire, Send, Wire } from '../ports.ts';
import { agentFor, resolveBySystem, type Resolve } from './agents.ts';
import { cleanText, redactText } from './redact.ts';

export type { HttpWire };

const bodyCap = 1024 * 1024;

export interface HttpOptions {
  /** No exchange lasts longer than this many milliseconds, whatever its caller wants. */
  readonly timeoutCap: number;
  /** How names become addresses; the system's way when left out. */
  readonly resolve?: Resolve;
}

export function connectHttp(options: HttpOptions): Send {
  return async (wire: HttpWire, signal) => {
    const url = httpUrl(wire.url);
    const limit = limited(signal, options.timeoutCap);
    try {
      const agent = await agentFor(url, {
        resolve: options.resolve ?? resolveBySystem,
        insecure: wire.insecure === true,
        signal: limit.signal,
        ...(wire.proxy === undefined ? {} : { proxy: wire.proxy }),
        ...(wire.dial === undefined ? {} : { dial: wire.dial }),
      });
      const response = await fetch(withoutUserinfo(url), { ...contents(wire, url), agent, redirect: 'manual', signal: limit.signal });
      const headers = Object.fromEntries([...response.headers].map(([name, value]) => [name.toLowerCase(), value]));
      return { status: response.status, headers, body: capped(response.body, limit.end) };
    } catch (error) {
      limit.end();
      throw new Error(signal.aborted ? 'stopped' : reason(error));
    }
  };
}

function contents(wire: Wire, url: URL): RequestInit {
  return {
    method: wire.method,
    headers: { 'user-agent': 'canary', ...signIn(url), ...wire.headers },
    ...(wire.body !== undefined && { body: wire.body }),
  };
}

function httpUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error('not an address');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error(`only http and https are spoken, not ${url.protocol}`);
  return url;
}

/** Name and password in an address go into the header, as curl does; fetch refuses such an address. */
function signIn(url: URL): Headers {
  if (!url.username && !url.password) return {};
  const credentials = `${decode(url.username)}:${decode(url.password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withoutUserinfo(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}

/** The caller's signal, ended by a timer too. `end` also frees the connection. */
function limited(signal: AbortSignal, ms: number): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    controller.abort();
  };
  const timer = setTimeout(end, ms);
  // A body that nobody reads must not keep the process alive.
  timer.unref();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return { signal: controller.signal, end };
}

async function* capped(body: AsyncIterable<string | Buffer> | null, end: () => void): AsyncIterable<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of body ?? []) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      size += bytes.length;
      if (size > bodyCap) throw new Error('the reply is larger than 1 MiB');
      yield bytes;
    }
  } catch (error) {
    throw new Error(reason(error));
  } finally {
    end();
  }
}

/** fetch puts the whole address into its messages: only the reason behind it is kept, or the code where there is no text. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'AbortError') return 'no answer in time';
  const said = error.message.replace(/^request to .* failed, reason: ?/s, '');
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return cleanText(redactText(said || code || error.name), 200);
}
