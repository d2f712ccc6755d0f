// A cluster for processes of their own: the sandbox and its Prometheus over loopback, a kubeconfig and the example's files on disk.
// Time is real, because the commands' is: times in records and Leases must agree. Only pods and users are quick.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import type { Obj } from '../../src/contracts.ts';
import type { Send } from '../../src/ports.ts';
import { scaledClock } from '../../src/sandbox/clock.ts';
import { createSandbox, type Fault } from '../../src/sandbox/index.ts';
import { listen } from '../../src/sandbox/listen.ts';
import { prometheus } from '../../src/sandbox/prom/server.ts';
import { startTraffic } from '../../src/sandbox/prom/traffic.ts';
import { randomOf } from '../faults/random.ts';
import type { Loose } from '../sandbox/client.ts';

const example = fileURLToPath(new URL('../../examples/podinfo/', import.meta.url));
const read = (name: string): Loose => load(readFileSync(join(example, name), 'utf8')) as Loose;
const namespace = 'test';
const patience = 20_000;

export interface Cluster {
  /** Of the files; also a home directory without anything in it. */
  readonly folder: string;
  readonly canaryFile: string;
  readonly kubeconfig: string;
  readonly metricsUrl: string;
  /** Per cent on primary and canary, as the VirtualService has them; undefined where there is none. */
  weights(): { primary: number; canary: number } | undefined;
  replicas(deployment: string): number;
  /** The state that the record holds; empty where there is none. */
  record(): Loose;
  leases(): number;
  setImage(image: string): Promise<void>;
  fault(imageOrTarget: string, fault: Fault): void;
  /** The kubeconfig's user is signed in by a plug-in that takes its time. */
  signInSlowly(): void;
  /** From now on requests to the API server are not answered; and again. */
  stall(isStalled: boolean): void;
  released(): Promise<void>;
  close(): Promise<void>;
}

export async function openCluster(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'canary-pty-'));
  const sandbox = createSandbox({ clock: { speed: 1 }, start: Date.now() });
  const { world } = sandbox;
  Object.assign(world.knobs, { podReadyMs: 100, podEndMs: 100 });
  const metrics = startPrometheus(world);
  const switches = { stalled: false };
  const servers = [await listen(stallable(sandbox.api, switches)), await listen(metrics.send)] as const;
  writeFileSync(join(folder, 'canary.yaml'), JSON.stringify(canary()));
  writeFileSync(join(folder, 'kubeconfig'), servers[0].kubeconfig);
  await sandbox.apply([deployment(), read('hpa.yaml') as Obj]);
  const get = (kind: string, name: string): Loose | undefined => world.get(kind, namespace, name) as Loose | undefined;
  const record = (): Loose => JSON.parse(get('ConfigMap', 'canary-deployment-podinfo')?.data.state ?? '{}') as Loose;
  return {
    folder,
    canaryFile: join(folder, 'canary.yaml'),
    kubeconfig: join(folder, 'kubeconfig'),
    metricsUrl: servers[1].url,
    weights: () => weightsOf(get('VirtualService', 'podinfo')),
    replicas: (name) => Number(get('Deployment', name)?.spec.replicas),
    record,
    leases: () => world.list('Lease', namespace).length,
    setImage: (image) => sandbox.setImage(namespace, 'podinfo', image),
    fault: (imageOrTarget, fault) => world.faults.set(imageOrTarget, fault),
    signInSlowly: () => writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(slowly(servers[0].kubeconfig))),
    stall: (isStalled) => void (switches.stalled = isStalled),
    released: () => sandbox.until(() => record().driver === '' && world.list('Lease', namespace).length === 0, patience),
    async close() {
      metrics.stop();
      for (const server of servers) await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Users and scrapes are twenty times as fast as everything else: a check has numbers within a second. */
function startPrometheus(world: ReturnType<typeof createSandbox>['world']): { send: Send; stop(): void } {
  const clock = scaledClock(20, Date.now());
  const metrics = startTraffic({ objects: world, clock, faults: world.faults, requestsPerSecond: 20, random: randomOf(1) });
  return { send: prometheus(metrics, clock), stop: () => metrics.stop() };
}

function stallable(api: Send, switches: { readonly stalled: boolean }): Send {
  return async (wire, signal) => {
    if (!switches.stalled) return api(wire, signal);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    throw new Error('never answered, never carried out');
  };
}

/** The example, with steps that take a second each, and patience: no test here is about a release that fails. */
function canary(): Loose {
  const object = read('canary.yaml');
  const { metrics } = object.spec.analysis;
  object.spec.analysis = { interval: '1s', threshold: 1000, stepWeights: [20, 40, 60], metrics };
  object.spec.progressDeadlineSeconds = 600;
  return object;
}

function slowly(kubeconfig: string): Loose {
  const config = load(kubeconfig) as Loose;
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['15'], interactiveMode: 'Never' };
  config.users[0].user = { exec };
  return config;
}

function deployment(): Obj {
  const object = read('deployment.yaml');
  object.spec.minReadySeconds = 0;
  return object as Obj;
}

function weightsOf(virtualService: Loose | undefined): { primary: number; canary: number } | undefined {
  if (!virtualService) return undefined;
  const routes: Loose[] = virtualService.spec.http[0].route;
  const to = (host: string): number => Number(routes.find(({ destination }) => destination.host === host)?.weight ?? 0);
  return { primary: to('podinfo-primary'), canary: to('podinfo-canary') };
}
