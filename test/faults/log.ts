// The recorder: a wrapper of Send that writes down what was asked, what was answered, and what was stored before and after.
// It judges nothing and changes no request; faults wrap it from outside, so that only what reached the server is written down.
import type { Millis, Send, Wire, WireReply } from '../../src/ports.ts';
import { objectPath, placeOf } from './paths.ts';
import { codeOf } from './templates.ts';

/** What the recorder must be able to see, whatever the cluster is made of. */
export interface Observed {
  /** On the API server's clock. */
  now(): Millis;
  /** The stored object of a path such as /apis/apps/v1/namespaces/test/deployments/podinfo, without any query. */
  object(path: string): unknown;
  /** How many pods of that namespace with all these labels can take traffic now. */
  readyPods(namespace: string, labels: Readonly<Record<string, string>>): number;
}

/** The objects that traffic depends on, as they are stored; a missing one is undefined. */
export interface View {
  readonly record: unknown;
  readonly target: unknown;
  readonly primary: unknown;
  readonly apex: unknown;
  /** The VirtualService, HTTPRoute or TraefikService. */
  readonly route: unknown;
  readonly ready: { readonly primary: number; readonly canary: number };
  /** Template and config of each side as one text; '' where there is no such workload. */
  readonly code: { readonly primary: string; readonly canary: string };
}

export interface Entry {
  readonly seq: number;
  /** When the answer came. */
  readonly t: Millis;
  /** How many entries there were when the request was sent: what had been answered by then. */
  readonly sentAt: number;
  /** A driver's id; 'user' for people and tools; 'http' for everything that is not the API server. */
  readonly actor: string;
  readonly verb: Wire['method'];
  /** Of the API server: the path; of anything else: the URL without its query. */
  readonly path: string;
  /** Without '?'. */
  readonly query: string;
  /** The resourceVersion that the request named, in its body or its preconditions. */
  readonly rvSent: string | undefined;
  /** The idempotency key. */
  readonly key: string | undefined;
  /** Parsed where it is JSON. */
  readonly body: unknown;
  /** 0 = no answer. */
  readonly status: number;
  /** Answers of 'http' only; '' for the API server, whose objects are seen directly. */
  readonly reply: string;
  /** The object of `path` before and after; for collections and 'http' undefined. */
  readonly before: unknown;
  readonly after: unknown;
  /** After the request. */
  readonly view: View;
}

export interface Log {
  readonly entries: Entry[];
  readonly subject: Subject;
  readonly world: Observed;
  /** Writes of all actors reach the server one after another, so that before and after belong to one write. */
  turn: Promise<unknown>;
}

export interface Subject {
  readonly namespace: string;
  readonly target: string;
  readonly apex: string;
}

export function createLog(subject: Subject, world: Observed): Log {
  return { entries: [], subject, world, turn: Promise.resolve() };
}

/** `actor` 'http' records queries and webhooks; any other name requests to the API server. */
export function record(send: Send, actor: string, log: Log): Send {
  const recorder: Recorder = { send, actor, log };
  return async (wire, signal) => {
    if (actor === 'http') return recordHttp(recorder, wire, signal);
    return wire.method === 'GET' ? recordApi(recorder, wire, signal) : inTurn(log, () => recordApi(recorder, wire, signal));
  };
}

interface Recorder {
  readonly send: Send;
  readonly actor: string;
  readonly log: Log;
}

async function inTurn<T>(log: Log, work: () => Promise<T>): Promise<T> {
  const mine = log.turn.then(work);
  log.turn = mine.then(
    () => undefined,
    () => undefined,
  );
  return mine;
}

async function recordApi({ send, actor, log }: Recorder, wire: Wire, signal: AbortSignal): Promise<WireReply> {
  const asked = request(wire);
  const path = objectPath(asked.path, wire.method, asked.body);
  const one = Boolean(placeOf(path)?.name);
  const sentAt = log.entries.length;
  const before = one ? log.world.object(path) : undefined;
  const add = (status: number): void => {
    const after = one ? log.world.object(path) : undefined;
    log.entries.push({ ...asked, ...stamp(log), sentAt, actor, status, reply: '', before, after });
  };
  return send(wire, signal).then(
    (reply) => {
      add(reply.status);
      return reply;
    },
    (error: unknown) => {
      add(0);
      throw error;
    },
  );
}

async function recordHttp({ send, actor, log }: Recorder, wire: Wire, signal: AbortSignal): Promise<WireReply> {
  const sentAt = log.entries.length;
  const add = (status: number, reply: string): void => {
    log.entries.push({ ...request(wire), ...stamp(log), sentAt, actor, status, reply, before: undefined, after: undefined });
  };
  try {
    const reply = await send(wire, signal);
    const body = await readAll(reply.body);
    add(reply.status, new TextDecoder().decode(body));
    return { ...reply, body: once(body) };
  } catch (error) {
    add(0, '');
    throw error;
  }
}

function stamp(log: Log): Pick<Entry, 'seq' | 't' | 'view'> {
  return { seq: log.entries.length, t: log.world.now(), view: viewOf(log.world, log.subject) };
}

export function viewOf(world: Observed, { namespace, target, apex }: Subject): View {
  const core = `/api/v1/namespaces/${namespace}`;
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const [canary, primary] = [world.object(`${deployments}/${target}`), world.object(`${deployments}/${target}-primary`)];
  const ready = (workload: unknown): number => {
    const labels = (workload as { spec?: { selector?: { matchLabels?: Record<string, string> } } } | undefined)?.spec?.selector
      ?.matchLabels;
    return labels ? world.readyPods(namespace, labels) : 0;
  };
  const code = (workload: unknown): string => codeOf(workload, namespace, (path) => world.object(path));
  return {
    record: world.object(`${core}/configmaps/canary-deployment-${target}`),
    target: canary,
    primary,
    apex: world.object(`${core}/services/${apex}`),
    route: routesIn(namespace, apex)
      .map((path) => world.object(path))
      .find((route) => route !== undefined),
    ready: { primary: ready(primary), canary: ready(canary) },
    code: { primary: code(primary), canary: code(canary) },
  };
}

function routesIn(namespace: string, apex: string): string[] {
  const istio = `/apis/networking.istio.io/v1beta1/namespaces/${namespace}/virtualservices/${apex}`;
  const gateway = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes/${apex}`;
  return [istio, gateway, `/apis/traefik.io/v1alpha1/namespaces/${namespace}/traefikservices/${apex}`];
}

function request(wire: Wire): Pick<Entry, 'verb' | 'path' | 'query' | 'body' | 'rvSent' | 'key'> {
  const cut = wire.url.indexOf('?');
  const body = parsed(wire.body);
  const { metadata, preconditions } = (body ?? {}) as Record<string, { resourceVersion?: unknown } | undefined>;
  const version = preconditions?.resourceVersion ?? metadata?.resourceVersion;
  return {
    verb: wire.method,
    path: cut < 0 ? wire.url : wire.url.slice(0, cut),
    query: cut < 0 ? '' : wire.url.slice(cut + 1),
    body,
    rvSent: typeof version === 'string' ? version : undefined,
    key: Object.entries(wire.headers).find(([name]) => name.toLowerCase() === 'idempotency-key')?.[1],
  };
}

function parsed(text: string | undefined): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export async function readAll(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A body that was read whole, once more. */
export async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}
