// The embedded cluster: a world, its API server, its HTTP neighbours and its clock. It imports nothing of the house but contracts, ports
// and common: the driver must not be tested against its own opinions.
import { isObject } from '../common/json.ts';
import type { Obj } from '../contracts.ts';
import type { Headers, Millis, Send, Wire, World } from '../ports.ts';
import { createApi } from './api/api.ts';
import { scaledClock, type SandboxClock, virtualClock } from './clock.ts';
import { neighbourAt } from './hosts.ts';
import { type KindRow, resourcePath } from './world/kinds.ts';
import type { SandboxWorld } from './world/types.ts';
import { createWorld } from './world/world.ts';

export type { SandboxClock } from './clock.ts';
export type { Fault } from './world/faults.ts';
export { customKind, type KindRow } from './world/kinds.ts';
export type { Allowance, Denial, Knobs, Part, SandboxWorld, WorldSnapshot } from './world/types.ts';

export interface SandboxOptions {
  readonly clock: 'virtual' | { readonly speed: number };
  /** Milliseconds since 1970. */
  readonly start?: Millis;
  readonly user?: string;
}

export interface Sandbox {
  readonly world: SandboxWorld;
  readonly api: Send;
  readonly http: Send;
  readonly clock: SandboxClock;
  /** Creates or updates, in order; a missing namespace is made. */
  apply(objects: readonly Obj[]): Promise<void>;
  /** Of the Deployment's first container. */
  setImage(namespace: string, deployment: string, image: string): Promise<void>;
  /** Resolves when the predicate holds; rejects after `within` of the sandbox's time (an hour). */
  until(predicate: (world: SandboxWorld) => boolean, within?: Millis): Promise<void>;
  asWorld(namespace?: string): World;
}

const START = Date.UTC(2026, 0, 1);

function createHttp(hosts: ReadonlyMap<string, Send>): Send {
  return async (wire, signal) => {
    signal.throwIfAborted();
    const url = new URL(wire.url);
    const send = neighbourAt(hosts, url);
    if (send !== undefined) return send(wire, signal);
    const error = new Error(`connect ECONNREFUSED ${url.host}`);
    throw Object.assign(error, { code: 'ECONNREFUSED' });
  };
}

/** One request with its whole answer; anything but 2xx and `also` throws the server's message. */
async function ask(
  api: Send,
  wire: Omit<Wire, 'headers'> & { headers?: Headers },
  also?: number,
): Promise<{ status: number; body: unknown }> {
  const reply = await api({ headers: {}, ...wire }, new AbortController().signal);
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of reply.body) text += decoder.decode(chunk, { stream: true });
  const body: unknown = text.startsWith('{') ? JSON.parse(text) : text;
  if (reply.status < 300 || reply.status === also) return { status: reply.status, body };
  throw new Error(`${wire.method} ${wire.url}: ${reply.status} ${isObject(body) ? String(body['message']) : text}`);
}

const MERGE = { 'content-type': 'application/merge-patch+json' };

function rowOf(world: SandboxWorld, { apiVersion, kind }: Obj): KindRow {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const row = world.kinds.find((one) => one.kind === kind && one.group === group);
  if (row === undefined) throw new Error(`the sandbox does not serve ${apiVersion} ${kind}`);
  return row;
}

async function applyOne(world: SandboxWorld, api: Send, object: Obj): Promise<void> {
  const row = rowOf(world, object);
  const { name } = object.metadata;
  const namespace = row.namespaced ? (object.metadata.namespace ?? 'default') : undefined;
  if (namespace !== undefined && world.get('Namespace', undefined, namespace) === undefined) {
    await ask(api, { method: 'POST', url: '/api/v1/namespaces', body: JSON.stringify({ metadata: { name: namespace } }) });
  }
  const path = resourcePath(row, object.apiVersion, namespace);
  const { status } = await ask(api, { method: 'POST', url: path, body: JSON.stringify(object) }, 409);
  if (status === 409) await ask(api, { method: 'PATCH', url: `${path}/${name}`, headers: MERGE, body: JSON.stringify(object) });
}

function until(world: SandboxWorld, predicate: (world: SandboxWorld) => boolean, within: Millis): Promise<void> {
  if (predicate(world)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const undo: (() => void)[] = [];
    const finish = (settle: () => void): void => {
      for (const step of undo) step();
      settle();
    };
    const look = (): void => {
      if (predicate(world)) finish(resolve);
    };
    const tooLong = (): void => finish(() => reject(new Error(`the sandbox waited ${within} ms for something that did not come`)));
    undo.push(world.clock.attend(), world.store.subscribe(undefined, look), world.clock.after(within, tooLong));
  });
}

export function createSandbox(options: SandboxOptions): Sandbox {
  const start = options.start ?? START;
  const clock = options.clock === 'virtual' ? virtualClock(start) : scaledClock(options.clock.speed, start);
  const user = options.user ?? 'sandbox';
  const world = createWorld(clock, user);
  const api = clock.counted(createApi(world));
  const http = clock.counted(createHttp(world.hosts));
  return {
    world,
    api,
    http,
    clock,
    async apply(objects) {
      for (const object of objects) await applyOne(world, api, object);
    },
    async setImage(namespace, deployment, image) {
      const url = `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`;
      const body = JSON.stringify([{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }]);
      await ask(api, { method: 'PATCH', url, headers: { 'content-type': 'application/json-patch+json' }, body });
    },
    until: (predicate, within = 3_600_000) => until(world, predicate, within),
    asWorld: (namespace = 'default') => ({
      api,
      http,
      clock,
      about: { context: 'sandbox', user, namespace },
      close: () => Promise.resolve(),
    }),
  };
}
