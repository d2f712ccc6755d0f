// The two servers that sequences are played on: the cluster under test, in a namespace that nobody had before, and a new sandbox each time.
import https from 'node:https';
import { isObject } from '../../../src/common/json.ts';
import type { JsonObject } from '../../../src/contracts.ts';
import type { Send } from '../../../src/ports.ts';
import { createSandbox, customKind, type KindRow } from '../../../src/sandbox/index.ts';
import { ask, type Cluster, must } from '../cluster.ts';
import type { Reply, Sent, Server } from './play.ts';

export interface Namespaces {
  take(): Promise<string>;
  /** What controllers would go on with is taken from them. */
  done(name: string): Promise<void>;
  close(): Promise<void>;
}

const KEPT = 'kube-root-ca.crt';
const TENDED = [
  '/api/v1 services',
  '/apis/apps/v1 deployments',
  '/apis/apps/v1 replicasets',
  '/apis/autoscaling/v2 horizontalpodautoscalers',
];

async function makeNamespace(cluster: Cluster, name: string): Promise<string> {
  await ask(cluster, { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name } } });
  // What controllers put into every namespace is there before anybody plays in it.
  for (let tries = 0; tries < 600; tries++) {
    const { status } = await ask(cluster, { path: `/api/v1/namespaces/${name}/configmaps/${KEPT}` });
    if (status === 200) return name;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`namespace ${name} does not get its ${KEPT}`);
}

async function emptied(cluster: Cluster, name: string): Promise<void> {
  const requests = TENDED.map((entry) => {
    const [root, plural] = entry.split(' ');
    return must(cluster, { method: 'DELETE', path: `${root}/namespaces/${name}/${plural}` });
  });
  await Promise.all(requests);
  // A cluster of our own goes as a whole.
  if (cluster.foreign) await must(cluster, { method: 'DELETE', path: `/api/v1/namespaces/${name}` });
}

/** `ahead`: how many are made before they are wanted. Controllers remember names, so none is used twice. */
export function namespacesOf(cluster: Cluster, prefix: string, ahead: number): Namespaces {
  let count = 0;
  const making: Promise<string>[] = [];
  const make = (): void => {
    const one = makeNamespace(cluster, `${prefix}-${count++}`);
    // Who takes it is told; nobody else asks.
    one.catch(() => undefined);
    making.push(one);
  };
  for (let no = 0; no < ahead; no++) make();
  return {
    take() {
      make();
      return making.shift() ?? Promise.reject(new Error('no namespace is being made'));
    },
    done: (name) => emptied(cluster, name),
    async close() {
      for (const made of await Promise.allSettled(making)) if (made.status === 'fulfilled') await emptied(cluster, made.value);
    },
  };
}

function request(cluster: Cluster, agent: https.Agent, { method, path, body, type, accept }: Sent): Promise<Reply> {
  const headers = {
    authorization: `Bearer ${cluster.token}`,
    accept: accept ?? 'application/json',
    ...(body === undefined ? {} : { 'content-type': type ?? 'application/json', 'content-length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const sending = https.request(`${cluster.server}${path}`, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const kind = String(response.headers['content-type'] ?? '');
        resolve({ status: response.statusCode ?? 0, type: kind, text: Buffer.concat(chunks).toString() });
      });
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

function isObserved(object: JsonObject): boolean {
  const { metadata, status } = object;
  return isObject(metadata) && isObject(status) && status['observedGeneration'] === metadata['generation'];
}

export function realServer(cluster: Cluster, agent: https.Agent, namespace: string): Server {
  return {
    namespace,
    send: (sent) => request(cluster, agent, sent),
    async settled(path) {
      for (let tries = 0; tries < 1500; tries++) {
        const { status, json } = await ask(cluster, { path });
        if (status === 404 || isObserved(json)) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`controllers do not come to rest at ${path}`);
    },
  };
}

/** The cluster's own words on the kinds of CustomResourceDefinitions, so that the sandbox serves the same. */
export async function customKindsOf(cluster: Cluster): Promise<KindRow[]> {
  const { items } = await must(cluster, { path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions' });
  const played = ['virtualservices.networking.istio.io', 'trafficsplits.split.smi-spec.io'];
  return (items as JsonObject[]).filter(({ metadata }) => isObject(metadata) && played.includes(String(metadata['name']))).map(rowOf);
}

interface Definition {
  readonly group: string;
  readonly names: { readonly kind: string; readonly plural: string };
  readonly versions: readonly { readonly name: string; readonly storage: boolean; readonly subresources?: { readonly status?: unknown } }[];
}

function rowOf({ spec }: JsonObject): KindRow {
  const { group, names, versions } = spec as unknown as Definition;
  const inOrder = [...versions].sort((a, b) => Number(b.storage) - Number(a.storage));
  const hasStatus = versions.some(({ subresources }) => subresources?.status !== undefined);
  const row = { group, versions: inOrder.map(({ name }) => name), kind: names.kind, plural: names.plural };
  return customKind({ ...row, subresources: hasStatus ? ['status'] : [] });
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) text += decoder.decode(chunk, { stream: true });
  return text;
}

const SLOW_MS = 60_000;

export interface Twist {
  (send: Send): Send;
}

export async function sandboxServer(namespace: string, kinds: readonly KindRow[], twist: Twist = (send) => send): Promise<Server> {
  const sandbox = createSandbox({ clock: 'virtual', user: 'admin' });
  for (const row of kinds) {
    const at = sandbox.world.kinds.findIndex((one) => one.group === row.group && one.plural === row.plural);
    sandbox.world.kinds.splice(at < 0 ? sandbox.world.kinds.length : at, at < 0 ? 0 : 1, row);
  }
  const send = twist(sandbox.api);
  const rest = (ms: number): Promise<void> => sandbox.clock.sleep(ms, new AbortController().signal);
  await sandbox.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  await rest(1000);
  // Real autoscalers look every 15 seconds only; who is waited for is looked after at once.
  sandbox.world.knobs.reactMs = SLOW_MS;
  // A cluster has a past that is forgotten.
  sandbox.world.store.compact();
  return {
    namespace,
    async send({ method, path, body, type, accept }) {
      const headers = {
        accept: accept ?? 'application/json',
        ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
      };
      const reply = await send({ method, url: path, headers, ...(body === undefined ? {} : { body }) }, new AbortController().signal);
      return { status: reply.status, type: reply.headers['content-type'] ?? '', text: await textOf(reply.body) };
    },
    settled: async () => {
      await rest(SLOW_MS * 8);
    },
  };
}
