// What the tests of this room stand on: a clock that is moved by hand, answers by script, and a very small API server with versions,
// selectors and watches. It must never be used outside test/kube: the sandbox is the real stand-in.
import type { Obj } from '../../src/contracts.ts';
import { isObject, mergePatch } from '../../src/common/json.ts';
import type { Clock, Send, Wire, WireReply } from '../../src/ports.ts';
import type { JsonObject } from '../../src/spec/types.ts';

export interface HandClock extends Clock {
  /** Moves time, waking in order whoever sleeps on the way. */
  advance(ms: number): Promise<void>;
  /** Moves time as long as the promise waits for it. */
  until<T>(promise: Promise<T>): Promise<T>;
  readonly slept: number[];
}

export function handClock(start = 1_700_000_000_000): HandClock {
  let now = start;
  const slept: number[] = [];
  let sleepers: { at: number; wake: () => void }[] = [];
  async function advance(ms: number): Promise<void> {
    const until = now + ms;
    await settle();
    for (let next = first(until); next; next = first(until)) {
      now = Math.max(now, next.at);
      sleepers = sleepers.filter((each) => each !== next);
      next.wake();
      await settle();
    }
    now = until;
  }
  function first(until: number): { at: number; wake: () => void } | undefined {
    return sleepers.filter((each) => each.at <= until).sort((a, b) => a.at - b.at)[0];
  }
  return {
    slept,
    now: () => now,
    sleep(ms, signal) {
      slept.push(ms);
      return new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const sleeper = { at: now + ms, wake: resolve };
        sleepers.push(sleeper);
        signal.addEventListener('abort', () => {
          sleepers = sleepers.filter((each) => each !== sleeper);
          resolve();
        });
      });
    },
    advance,
    async until(promise) {
      let done = false;
      const mark = (): void => {
        done = true;
      };
      promise.then(mark, mark);
      for (await settle(); !done; await settle()) {
        const next = first(Infinity);
        if (!next) throw new Error('nobody sleeps, and still it waits');
        await advance(next.at - now);
      }
      return promise;
    },
  };
}

export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export function reply(status: number, body: unknown, headers: Record<string, string> = {}): WireReply {
  return { status, headers, body: bytes(typeof body === 'string' ? body : JSON.stringify(body)) };
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  if (text) yield new TextEncoder().encode(text);
}

/** Answers in order; an Error is no answer. The last one stays. */
export function script(...answers: (WireReply | Error | (() => WireReply))[]): { send: Send; sent: Wire[] } {
  const sent: Wire[] = [];
  return {
    sent,
    async send(wire, signal) {
      signal.throwIfAborted();
      const answer = answers[Math.min(sent.length, answers.length - 1)];
      sent.push(wire);
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer');
      return typeof answer === 'function' ? answer() : answer;
    },
  };
}

/** Waits for ever, as a server that has fallen silent. */
export const silence: Send = (_wire, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

export function status(code: number, reason: string, more: { message?: string; details?: JsonObject } = {}): WireReply {
  return reply(code, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message: reason, ...more });
}

export const never = new AbortController().signal;

export interface TinyServer {
  readonly send: Send;
  readonly sent: string[];
  /** Set to change what a request meets; undefined lets it through. */
  before: (wire: Wire) => Promise<WireReply | undefined> | WireReply | undefined;
  /** Set to lose or add lines of watches. */
  line: (line: string) => string | undefined;
  put(object: Obj): Obj;
  drop(path: string): void;
  object(path: string): Obj | undefined;
  readonly watches: Set<Watcher>;
}

export interface Watcher {
  readonly url: URL;
  push(text: string): void;
  end(): void;
}

/** Objects by path, e.g. /api/v1/namespaces/test/configmaps/a. */
export function tinyServer(): TinyServer {
  const objects = new Map<string, Obj>();
  const history: { version: number; path: string; type: string; object: Obj }[] = [];
  let version = 100;
  const server: TinyServer = {
    sent: [],
    watches: new Set(),
    before: () => undefined,
    line: (line) => line,
    async send(wire, signal) {
      signal.throwIfAborted();
      const url = new URL(wire.url, 'http://server');
      server.sent.push(`${wire.method}${url.searchParams.has('watch') ? ' WATCH' : ''} ${url.pathname}`);
      return (await server.before(wire)) ?? answer(url, wire, signal);
    },
    put: (object) => store(pathIn(object), object),
    drop: (path) => remove(path),
    object: (path) => objects.get(path),
  };
  function store(path: string, object: Obj): Obj {
    const was = objects.get(path);
    const uid = was?.metadata.uid ?? `uid-${version + 1}`;
    const stored = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(++version) } };
    objects.set(path, stored);
    tell(path, was ? 'MODIFIED' : 'ADDED', stored);
    return stored;
  }
  function remove(path: string): void {
    const was = objects.get(path);
    if (!was) return;
    objects.delete(path);
    tell(path, 'DELETED', { ...was, metadata: { ...was.metadata, resourceVersion: String(++version) } });
  }
  function tell(path: string, type: string, object: Obj): void {
    history.push({ version, path, type, object });
    for (const watcher of server.watches) {
      if (path.startsWith(`${watcher.url.pathname}/`) && matches(watcher.url, object)) watcher.push(JSON.stringify({ type, object }));
    }
  }
  function past(url: URL): string[] {
    const since = Number(url.searchParams.get('resourceVersion') ?? version);
    return history
      .filter((each) => each.version > since && each.path.startsWith(`${url.pathname}/`) && matches(url, each.object))
      .map(({ type, object }) => `${JSON.stringify({ type, object })}\n`);
  }
  function answer(url: URL, wire: Wire, signal: AbortSignal): WireReply {
    const path = url.pathname;
    const known = objects.get(path);
    if (wire.method === 'GET' && url.searchParams.has('watch'))
      return { status: 200, headers: {}, body: stream(server, { url, past: past(url) }, signal) };
    if (wire.method === 'GET' && /s$/.test(path) && !known && isCollection(path)) return listed(url);
    if (wire.method === 'POST') return created(path, JSON.parse(wire.body ?? '') as Obj);
    if (!known) return missing(path);
    if (wire.method === 'GET') return reply(200, known);
    const body = JSON.parse(wire.body ?? '{}') as JsonObject;
    const wanted = (wire.method === 'DELETE' ? body['preconditions'] : body['metadata']) as { resourceVersion?: string; uid?: string };
    const stale = wanted.resourceVersion !== undefined && wanted.resourceVersion !== known.metadata.resourceVersion;
    if (stale || (wanted.uid !== undefined && wanted.uid !== known.metadata.uid)) return status(409, 'Conflict');
    if (wire.method === 'DELETE') return (remove(path), reply(200, { kind: 'Status', status: 'Success' }));
    return reply(200, store(path, mergePatch(known as unknown as JsonObject, body) as unknown as Obj));
  }
  function created(collection: string, object: Obj): WireReply {
    const path = `${collection}/${object.metadata.name}`;
    return objects.has(path) ? status(409, 'AlreadyExists') : reply(201, store(path, object));
  }
  function listed(url: URL): WireReply {
    const items = [...objects]
      .filter(([path, object]) => path.startsWith(`${url.pathname}/`) && matches(url, object))
      .map(([, object]) => object);
    const [from, limit] = [Number(url.searchParams.get('continue') ?? 0), Number(url.searchParams.get('limit') ?? Infinity)];
    const more = from + limit < items.length ? { continue: String(from + limit) } : {};
    return reply(200, { kind: 'List', metadata: { resourceVersion: String(version), ...more }, items: items.slice(from, from + limit) });
  }
  return server;
}

function isCollection(path: string): boolean {
  return path.split('/').length === (path.startsWith('/api/') ? 6 : 7);
}

function missing(path: string): WireReply {
  const name = path.split('/').pop() ?? '';
  return status(404, 'NotFound', { message: `"${name}" not found`, details: { name } });
}

function pathIn(object: Obj): string {
  const root = object.apiVersion.includes('/') ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
  return `${root}/namespaces/${object.metadata.namespace}/${object.kind.toLowerCase()}s/${object.metadata.name}`;
}

function matches(url: URL, object: Obj): boolean {
  const pairs = (name: string): string[][] =>
    (url.searchParams.get(name) ?? '')
      .split(',')
      .filter(Boolean)
      .map((pair) => pair.split('='));
  const labels = isObject(object.metadata.labels) ? object.metadata.labels : {};
  return (
    pairs('labelSelector').every(([key = '', value]) => labels[key] === value) &&
    pairs('fieldSelector').every(([, value]) => object.metadata.name === value)
  );
}

async function* stream(server: TinyServer, at: { url: URL; past: string[] }, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { url, past: lines } = at;
  let ended = false;
  let wake = (): void => undefined;
  const watcher: Watcher = {
    url,
    push(text) {
      const line = server.line(text);
      if (line !== undefined) lines.push(`${line}\n`);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
  };
  server.watches.add(watcher);
  signal.addEventListener('abort', () => watcher.end());
  try {
    for (;;) {
      const next = lines.shift();
      if (next !== undefined) yield new TextEncoder().encode(next);
      else if (ended) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    server.watches.delete(watcher);
  }
}
