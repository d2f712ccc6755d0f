// A sandbox that goes on by itself while it is scraped: two namespaces with a release under way in each, users, failing answers and pods that
// leave. It must not know who looks.
import type { Obj } from '../../../src/contracts.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { listen } from '../../../src/sandbox/listen.ts';
import { settle } from '../../../src/sandbox/neighbours.ts';

export const liveNamespaces = ['live-istio', 'live-smi'] as const;

export interface Live {
  /** host:port */
  readonly address: string;
  /** More for the canary. */
  advance(): Promise<void>;
  /** The canary's pods leave, and with them their series. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

/** Faster than the clock on the wall, so that a minute of scrapes sees a release. */
const speed = 20;

export async function startLive(): Promise<Live> {
  const sandbox = createSandbox({ clock: { speed } });
  const { prometheus } = settle(sandbox.world, { metricsServers: [], hooks: [] });
  const objects = (canary: number, replicas: number): Obj[] =>
    liveNamespaces.flatMap((namespace) => release(namespace, { canary, replicas }));
  sandbox.world.faults.set('podinfo:2', { errors: 0.3, latencyMs: 80 });
  await sandbox.apply(objects(20, 2));
  const door = await listen(sandbox.api, { neighbours: { prometheus } });
  return {
    address: new URL(door.url).host,
    advance: () => sandbox.apply(objects(50, 2)),
    leave: () => sandbox.apply(objects(0, 0)),
    close: () => door.close(),
  };
}

function release(namespace: string, { canary, replicas }: { canary: number; replicas: number }): Obj[] {
  const service = (name: string, app: string): Obj => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app }, ports: [{ port: 80, name: 'http' }] },
  });
  const hosts = ['podinfo'];
  const to = (host: string, weight: number) => ({ destination: { host }, weight });
  const http = [{ route: [to('podinfo-primary', 100 - canary), to('podinfo-canary', canary)] }];
  const backends = [
    { service: 'podinfo-primary', weight: 100 - canary },
    { service: 'podinfo-canary', weight: canary },
  ];
  const route =
    namespace === 'live-istio'
      ? { apiVersion: 'networking.istio.io/v1beta1', kind: 'VirtualService', spec: { hosts, http } }
      : { apiVersion: 'split.smi-spec.io/v1alpha2', kind: 'TrafficSplit', spec: { service: 'podinfo', backends } };
  return [
    deployment(namespace, 'podinfo-primary', { image: 'podinfo:1', replicas: 2 }),
    deployment(namespace, 'podinfo', { image: 'podinfo:2', replicas }),
    service('podinfo', 'podinfo-primary'),
    service('podinfo-primary', 'podinfo-primary'),
    service('podinfo-canary', 'podinfo'),
    { ...route, metadata: { name: 'podinfo', namespace } },
  ];
}

function deployment(namespace: string, name: string, { image, replicas }: { image: string; replicas: number }): Obj {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'podinfod', image }] } },
    },
  };
}
