// Makes the world that a command runs against: a cluster, or the sandbox. The only importer of the sandbox; decides nothing.
import type { Obj } from '../contracts.ts';
import type { Send, World } from '../ports.ts';
import { longestHookTimeout } from '../spec/limits.ts';
import type { ClusterOptions } from './cluster-options.ts';

export type { ClusterOptions };

export interface SandboxOptions {
  readonly clock: 'virtual' | { readonly speed: number };
  /** Addresses that the sandbox's own Prometheus answers at. */
  readonly metricsServers: readonly string[];
  /** Addresses of webhooks: all of them say yes. */
  readonly hooks: readonly string[];
}

export interface Sandbox {
  readonly world: World;
  /** Where objects of this kind live; undefined: it is not served. */
  home(kind: { apiVersion: string; kind: string }): 'namespace' | 'cluster' | undefined;
  apply(objects: readonly Obj[]): Promise<void>;
  setImage(target: { namespace: string; name: string }, image: string): Promise<void>;
  /** From now on this share of the image's answers are errors, 0 to 1. */
  fail(image: string, errors: number): void;
}

/** One answer of a metrics server or webhook may take this long at most. A file that asks for more is refused, so nothing is cut short. */
const httpCapMs = longestHookTimeout;

export async function connectCluster(options: ClusterOptions, warn: (line: string) => void): Promise<World> {
  const [{ login }, { realClock }] = await Promise.all([import('../kube/login.ts'), import('../runner/clock.ts')]);
  const { send, about, warnings, close } = await login(options);
  warnings.forEach((warning) => warn(`warning: ${warning}`));
  return { api: send, http: lazyHttp(), clock: realClock(), about, close };
}

/** `status` and `heal` never ask anything but the API server. */
function lazyHttp(): Send {
  let http: Promise<Send> | undefined;
  return async (wire, signal) => {
    http ??= import('../http/send.ts').then(({ connectHttp }) => connectHttp({ timeoutCap: httpCapMs }));
    return (await http)(wire, signal);
  };
}

export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const [{ createSandbox }, { startTraffic }, { prometheus }] = await Promise.all([
    import('../sandbox/index.ts'),
    import('../sandbox/prom/traffic.ts'),
    import('../sandbox/prom/server.ts'),
  ]);
  const sandbox = createSandbox(options.clock === 'virtual' ? { clock: 'virtual' } : { clock: options.clock, start: Date.now() });
  const { world } = sandbox;
  const metrics = startTraffic({
    objects: world,
    clock: world.clock,
    faults: world.faults,
    requestsPerSecond,
    scrapeEvery,
    random: seeded(1),
  });
  for (const host of hostsOf(options.hooks)) world.hosts.set(host, sayYes);
  for (const host of hostsOf(options.metricsServers)) world.hosts.set(host, prometheus(metrics, world.clock));
  return {
    world: sandbox.asWorld(),
    home({ apiVersion, kind }) {
      const served = world.kinds.find(
        (row) => row.kind === kind && row.versions.some((version) => typeName(row.group, version) === apiVersion),
      );
      return served && (served.namespaced ? 'namespace' : 'cluster');
    },
    apply: (objects) => sandbox.apply([...objects]),
    async setImage({ namespace, name }, image) {
      await world.clock.sleep(typingMs, new AbortController().signal);
      await sandbox.setImage(namespace, name, image);
    },
    fail: (image, errors) => world.faults.set(image, { errors }),
  };
}

function typeName(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** What is no address has no host: whoever asks there is told so, as with a cluster. */
function hostsOf(addresses: readonly string[]): string[] {
  return addresses.flatMap((address) => (URL.canParse(address) ? [new URL(address).host] : []));
}

/** Between two commands a person takes a moment, and the cluster's controllers need one. */
const typingMs = 2000;

/** Enough for a canary with 5 % of it to be judged. */
const requestsPerSecond = 50;
/** So often that a check ten seconds after a weight has several samples of new pods, also where a busy machine is late. */
const scrapeEvery = 2_000;

const sayYes: Send = () => Promise.resolve({ status: 200, headers: {}, body: nothing() });

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** The same traffic every time, so that a demo is the same for everybody (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
