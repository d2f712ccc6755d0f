// What all canaries of one process share: the wrapped ways out, the server's clock, who we are, and the one heartbeat per namespace.
import { createHash } from 'node:crypto';
import type { Intent } from '../core/types.ts';
import { heartbeat, type Heartbeat } from '../kube/lease.ts';
import { createObjects, type Objects } from '../kube/objects.ts';
import { reliable, serverClock } from '../kube/send.ts';
import type { Clock, Millis, Send, World } from '../ports.ts';
import { shielded } from './report.ts';
import type { Library } from '../spec/library.ts';
import type { Reporter } from './types.ts';

export interface Env {
  /** Of this process: the name of its Lease, the holder in its records. */
  readonly id: string;
  readonly host: string;
  readonly api: Send;
  readonly http: Send;
  readonly clock: Clock;
  readonly reachable?: NonNullable<World['reachable']>;
  readonly watch: boolean;
  readonly takeover: boolean;
  readonly queue?: boolean;
  /** How long to wait for the next revision. */
  readonly wait?: Millis;
  readonly library?: Library;
  /** 'heal' only parks, 'delete' only gives back: nothing is checked that a release would need. */
  readonly purpose: 'run' | 'heal' | 'delete';
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  now(): Millis;
  random(): string;
  intents(): readonly Intent[];
  objects(namespace: string): Objects;
  /** Begins with the first record held in a namespace. */
  beat(namespace: string): Promise<void>;
  /** What is to be done before the process may end; it is told when there is no more time for it. */
  atEnd(last: (signal: AbortSignal) => Promise<void>): void;
  /** Does all that, then ends every heartbeat; the Leases are given back. */
  rest(): Promise<void>;
}

export interface EnvOptions {
  world: World;
  host: string;
  watch: boolean;
  takeover: boolean;
  queue?: boolean;
  wait?: Millis;
  library?: Library;
  purpose: 'run' | 'heal' | 'delete';
  reporter: Reporter;
  random(): string;
  intents(): readonly Intent[];
  signal: AbortSignal;
}

/** Giving a Lease back is polite, not needed: a cluster that is gone must not hold us. */
const farewell: Millis = 1_500;

export function openEnv(options: EnvOptions): Env {
  const { world, signal } = options;
  const time = serverClock(world.clock);
  const api = reliable(time.wrap(world.api), world.clock);
  const id = options.random();
  const beats = new Map<string, Promise<Heartbeat>>();
  const lasts: ((signal: AbortSignal) => Promise<void>)[] = [];
  const objects = (namespace: string): Objects => createObjects({ send: api, clock: world.clock, namespace });
  return {
    ...options,
    reporter: shielded(options.reporter),
    id,
    api,
    http: world.http,
    ...(world.reachable ? { reachable: (wires, signal) => world.reachable?.(wires, signal) ?? Promise.resolve([]) } : {}),
    clock: world.clock,
    signal,
    now: () => time.now(),
    objects,
    async beat(namespace) {
      const known = beats.get(namespace);
      const started =
        known ??
        heartbeat({ objects: objects(namespace), clock: world.clock, now: () => time.now(), namespace, id, host: options.host, signal });
      beats.set(namespace, started);
      await started;
    },
    atEnd: (last) => void lasts.push(last),
    async rest() {
      // Out of time already: the Leases run out by themselves.
      if (signal.aborted) return;
      const enough = new AbortController();
      void world.clock.sleep(farewell, enough.signal).then(() => enough.abort());
      const releases = [...beats.values()].map(async (beat) => (await beat).release(enough.signal));
      await Promise.all([...lasts.map((last) => last(enough.signal)), ...releases]).catch(() => undefined);
      enough.abort();
    },
  };
}

/** The short hash that revisions are known by. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
