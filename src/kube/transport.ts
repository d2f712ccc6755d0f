// One connection pool to one API server. It must never follow a redirect, retry by itself (but for one 401), or put a header into an error.
import { Agent as HttpAgent, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import fetch from 'node-fetch';
import type { Millis, Send, Wire, WireReply } from '../ports.ts';
import { NoAnswerError, wireText } from './api-error.ts';
import { readBytes } from './body.ts';
import type { Authorize, Credentials } from './identity.ts';
import { heardByMany } from './pause.ts';
import type { Upgraded } from './reach/socket.ts';

export interface Server {
  /** https://host:port, perhaps with a path that all of its API is under. */
  readonly address: string;
  readonly ca?: string;
  readonly insecure: boolean;
  readonly serverName?: string;
  /** Undefined: connect directly. */
  readonly proxy?: string;
}

export interface Connection {
  readonly send: Send;
  /** One exchange and no second one, not even after a 401, which may be the word of somebody behind the API server. `again`: signed in anew. */
  exchange(wire: Wire, again: boolean, signal: AbortSignal): Promise<WireReply>;
  /** A WebSocket by the same way, as the same person. */
  upgrade(to: { path: string; protocol: string }, signal: AbortSignal): Promise<Upgraded>;
  close(): Promise<void>;
}

/** Open connections are probed, so that a dead one is noticed even when a watch has nothing to tell. */
const probeAfter = 15_000;

/** Until a proxy has opened the way to the server. */
const patienceWithProxy: Millis = 10_000;

export function connect(server: Server, authorize: Authorize): Connection {
  const life = new AbortController();
  let pool: { agent: HttpAgent; cert: string | undefined } | undefined;
  /** A plug-in may change the certificate on the way: then the old connections are no longer ours. */
  function agentFor({ cert, key }: Credentials): HttpAgent {
    if (pool && pool.cert !== cert) pool.agent.destroy();
    if (!pool || pool.cert !== cert) pool = { agent: newAgent(server, { cert, key }, { use: 'kept', ends: life.signal }), cert };
    return pool.agent;
  }
  async function once(wire: Wire, again: boolean, signal: AbortSignal): Promise<WireReply> {
    const credentials = await authorize(again);
    return exchange(server, { wire, credentials, agent: agentFor(credentials) }, signal);
  }
  return {
    async send(wire, signal) {
      signal.throwIfAborted();
      const reply = await once(wire, false, signal);
      // 401 says that the request was not carried out, so it may be sent again, once, with fresh credentials.
      if (reply.status !== 401) return reply;
      await readBytes(reply);
      return once(wire, true, signal);
    },
    async exchange(wire, again, signal) {
      signal.throwIfAborted();
      return once(wire, again, signal);
    },
    upgrade: (to, signal) => upgrade(server, { authorize, ...to }, signal),
    async close() {
      life.abort();
      pool?.agent.destroy();
    },
  };
}

async function upgrade(
  server: Server,
  { authorize, path, protocol }: { authorize: Authorize; path: string; protocol: string },
  signal: AbortSignal,
): Promise<Upgraded> {
  const { openSocket } = await import('./reach/socket.ts');
  const url = urlOf(server, path);
  for (const again of [false, true]) {
    const credentials = await authorize(again);
    signal.throwIfAborted();
    // Never one that lay idle: a connection that is gone without a word would be told only by silence.
    const agent = newAgent(server, { cert: credentials.cert, key: credentials.key }, { use: 'once', ends: signal });
    const upgraded = await openSocket({ url, protocol, headers: [userAgent, ...credentials.headers], agent }, signal);
    if (again || upgraded.is === 'open' || upgraded.status !== 401) return upgraded;
  }
  throw new NoAnswerError(`GET ${path}: not signed in`);
}

const userAgent = ['user-agent', 'canary'] as const;

function urlOf(server: Server, path: string): string {
  return `${server.address.replace(/\/+$/, '')}${path}`;
}

interface Exchange {
  readonly wire: Wire;
  readonly credentials: Credentials;
  readonly agent: HttpAgent;
}

async function exchange(server: Server, { wire, credentials, agent }: Exchange, signal: AbortSignal): Promise<WireReply> {
  const pairs: (readonly [string, string])[] = [userAgent, ...Object.entries(wire.headers), ...credentials.headers];
  const init = { method: wire.method, headers: pairs, agent, redirect: 'manual', signal } as const;
  try {
    const { status, headers, body } = await fetch(urlOf(server, wire.url), wire.body === undefined ? init : { ...init, body: wire.body });
    return { status, headers: Object.fromEntries(headers), body: bytesOf(body as AsyncIterable<Uint8Array> | null) };
  } catch (error) {
    signal.throwIfAborted();
    throw new NoAnswerError(`${wireText(wire)}: ${causeOf(error)}`);
  }
}

async function* bytesOf(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (body) yield* body;
}

interface Pair {
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** `ends`: when nobody is to wait for a proxy any more. */
function newAgent(server: Server, pair: Pair, { use, ends }: { use: 'kept' | 'once'; ends: AbortSignal }): HttpAgent {
  const { proxy } = server;
  const shared = { keepAlive: use === 'kept', keepAliveMsecs: probeAfter };
  if (!server.address.startsWith('https:'))
    return proxy === undefined ? new HttpAgent(shared) : limited(new HttpProxyAgent({ ...shared, proxy }), ends);
  const tls = {
    ...shared,
    rejectUnauthorized: !server.insecure,
    ...(server.ca === undefined ? {} : { ca: server.ca }),
    ...(server.serverName === undefined ? {} : { servername: server.serverName }),
    ...(pair.cert === undefined ? {} : { cert: pair.cert }),
    ...(pair.key === undefined ? {} : { key: pair.key }),
  };
  return proxy === undefined ? new HttpsAgent(tls) : limited(new HttpsProxyAgent({ ...tls, proxy }), ends);
}

type Opened = (error: Error | null, socket: Duplex) => void;

/** By itself hpagent waits for ever for a proxy that takes CONNECT and then says nothing. */
function limited(agent: HttpAgent, ends: AbortSignal): HttpAgent {
  const open = agent.createConnection.bind(agent);
  function createConnection(options: ClientRequestArgs, callback: Opened): undefined {
    const limit = new AbortController();
    const stop = (): void => limit.abort();
    const timer = setTimeout(stop, patienceWithProxy);
    if (ends.aborted) stop();
    else heardByMany(ends).addEventListener('abort', stop, { once: true });
    // Taken up as it begins, each connection with its own.
    Object.assign(agent, { proxyRequestOptions: { signal: limit.signal } });
    open(options, (error, socket) => {
      clearTimeout(timer);
      ends.removeEventListener('abort', stop);
      callback(limit.signal.aborted ? new Error('the proxy did not open a way') : error, socket);
    });
  }
  return Object.assign(agent, { createConnection });
}

/** The network's own words; what node-fetch puts before them repeats the address. */
function causeOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('reason: ').pop() || (error as { code?: string }).code || 'no connection';
}
