// What a namespace's routes were, one after another, as a watch on the API server tells. It writes nothing.
import https from 'node:https';
import type { Obj } from '../../../src/contracts.ts';
import { followRoute } from '../../parity/recording.ts';
import type { Cluster } from '../cluster.ts';

export interface RouteWatch {
  /** Every state that the routes had, in order, repeats collapsed. */
  readonly routes: readonly unknown[];
  /** Resolves when the watch has told of these objects as they are, and of the end of those that are not among them. */
  reached(objects: readonly Obj[]): Promise<void>;
  stop(): void;
}

const routing: Readonly<Record<string, string>> = {
  VirtualService: '/apis/networking.istio.io/v1beta1',
  HTTPRoute: '/apis/gateway.networking.k8s.io/v1',
  TrafficSplit: '/apis/split.smi-spec.io/v1alpha1',
  TraefikService: '/apis/traefik.io/v1alpha1',
};

/** Resolves when it will miss nothing any more. */
export async function watchRoutes(cluster: Cluster, namespace: string): Promise<RouteWatch> {
  const routes: unknown[] = [];
  const versions = new Map<string, string>();
  const stopped = new AbortController();
  const tell = ({ type, object }: Told): void => {
    const key = `${object.kind}/${object.metadata.name}`;
    if (type === 'DELETED') return void versions.delete(key);
    versions.set(key, object.metadata.resourceVersion ?? '');
    followRoute(routes, object);
  };
  for (const [kind, group] of Object.entries(routing)) {
    const path = `${group}/namespaces/${namespace}/${kind.toLowerCase()}s?watch=1`;
    await openWatch(cluster, { path, signal: stopped.signal, tell });
  }
  return { routes, reached: (objects) => reached(versions, objects), stop: () => stopped.abort() };
}

interface Told {
  readonly type: string;
  readonly object: Obj;
}

function openWatch(cluster: Cluster, about: { path: string; signal: AbortSignal; tell: (told: Told) => void }): Promise<void> {
  const options = { ca: cluster.ca, headers: { authorization: `Bearer ${cluster.token}` }, signal: about.signal };
  return new Promise((resolve, reject) => {
    const request = https.get(`${cluster.server}${about.path}`, options, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`${about.path}: ${response.statusCode}`));
      let rest = '';
      response.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines.filter(Boolean)) about.tell(JSON.parse(line) as Told);
      });
      // Ended by stop(); an earlier end shows in reached().
      response.on('error', () => undefined);
      resolve();
    });
    request.on('error', reject);
    request.end();
  });
}

async function reached(versions: ReadonlyMap<string, string>, objects: readonly Obj[]): Promise<void> {
  const wanted = objects
    .filter(({ kind }) => kind in routing)
    .map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.resourceVersion}`)
    .sort();
  for (let tries = 0; tries < 500; tries++) {
    const told = [...versions].map(([key, version]) => `${key} ${version}`).sort();
    if (JSON.stringify(told) === JSON.stringify(wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the watch has not told of ${wanted.join(', ') || 'the end of the routes'}`);
}
