// Makes the world that a command runs against: a cluster, or the sandbox. The only importer of the sandbox; decides nothing.
import type { Obj } from '../contracts.ts';
import type { Login } from '../kube/login.ts';
import type { Reaching } from '../kube/reach/reach.ts';
import type { Clock, Reach, Send, World } from '../ports.ts';
import type { NeighbourOptions } from '../sandbox/neighbours.ts';
import { longestHookTimeout } from '../spec/limits.ts';
import type { ClusterOptions } from './cluster-options.ts';

export type { ClusterOptions };

export interface SandboxOptions extends NeighbourOptions {
  readonly clock: 'virtual' | { readonly speed: number };
}

export interface Door {
  readonly url: string;
  /** The text of a kubeconfig that leads here. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

export interface Sandbox {
  readonly world: World;
  /** Where objects of this kind live; undefined: it is not served. */
  home(kind: { apiVersion: string; kind: string }): 'namespace' | 'cluster' | undefined;
  apply(objects: readonly Obj[]): Promise<void>;
  setImage(target: { namespace: string; name: string }, image: string): Promise<void>;
  /** From now on this share of the image's answers are errors, 0 to 1. */
  fail(image: string, errors: number): void;
  /** From now on so many requests a second to a Service that no route leads to, past every proxy or through that one. */
  load(service: { namespace: string; name: string; gateway?: 'traefik' }, rps: number): void;
  /** Serves it on the loopback interface; not in virtual time. `port`: a free one when left out. */
  listen(port?: number): Promise<Door>;
}

/** One answer of a metrics server or webhook may take this long at most. A file that asks for more is refused, so nothing is cut short. */
const httpCapMs = longestHookTimeout;

export async function connectCluster(options: ClusterOptions, warn: (line: string) => void): Promise<World> {
  const [{ login }, { realClock }] = await Promise.all([import('../kube/login.ts'), import('../runner/clock.ts')]);
  const entered = await login(options);
  const { send: api, about, warnings } = entered;
  warnings.forEach((warning) => warn(`warning: ${warning}`));
  const clock = realClock();
  const ways = waysOf(options.reach ?? 'direct', entered, clock);
  return {
    ...{ api, http: ways.http, clock, about, hear: ways.hear },
    ...(ways.reachable ? { reachable: ways.reachable } : {}),
    async close() {
      ways.close();
      await entered.close();
    },
  };
}

interface Ways {
  readonly http: Send;
  readonly hear: NonNullable<World['hear']>;
  readonly reachable?: NonNullable<World['reachable']>;
  close(): void;
}

/** In a pod the names of the cluster mean what they mean to all pods. */
function waysOf(reach: Reach, entered: Login, clock: Clock): Ways {
  const http = lazyHttp();
  if (reach === 'direct' || (reach === 'auto' && entered.inPod)) return { http, hear: () => undefined, close: () => undefined };
  const unheard: string[] = [];
  let tell = (line: string): void => void unheard.push(line);
  let isClosed = false;
  let opened: Promise<Reaching> | undefined;
  const options = { mode: reach, connection: entered, http, clock, note: (line: string) => tell(line) };
  const open = async (): Promise<Reaching> => {
    opened ??= import('../kube/reach/reach.ts').then(({ reaching }) => reaching(options));
    const reached = await opened;
    if (isClosed) reached.close();
    return reached;
  };
  return {
    http: async (wire, signal) => (await open()).send(wire, signal),
    reachable: async (wires, signal) => (await open()).check(wires, signal),
    hear(next) {
      tell = next;
      for (const line of unheard.splice(0)) next(line);
    },
    close() {
      isClosed = true;
      void opened?.then(({ close }) => close());
    },
  };
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
  const [{ createSandbox }, { settle }] = await Promise.all([import('../sandbox/index.ts'), import('../sandbox/neighbours.ts')]);
  const sandbox = createSandbox(options.clock === 'virtual' ? { clock: 'virtual' } : { clock: options.clock, start: Date.now() });
  const { world } = sandbox;
  const { prometheus, loadTester: loadtester, load, services } = settle(world, options);
  await sandbox.apply(services);
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
    load: ({ namespace, name, ...through }, rps) => load({ host: { namespace, name }, rps, forMs: endless, ...through }),
    async listen(port) {
      const { listen } = await import('../sandbox/listen.ts');
      const rest = { http: sandbox.http, neighbours: { prometheus, loadtester } };
      return listen(sandbox.api, port === undefined ? rest : { ...rest, port });
    },
  };
}

function typeName(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Longer than any run. */
const endless = 7 * 24 * 3_600_000;

/** Between two commands a person takes a moment, and the cluster's controllers need one. */
const typingMs = 2000;
