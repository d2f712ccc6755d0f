// A namespace of the cluster in which one release takes place: its objects, somebody with just the Role that the spec needs, the neighbours, and
// the built command as a process. It judges nothing.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import yaml from 'js-yaml';
import type { JsonObject, Obj } from '../../src/contracts.ts';
import { collectionOf } from '../../src/kube/kinds.ts';
import type { Script } from '../support/script.ts';
import { ask, must, type Answer, type Cluster } from './cluster.ts';
import { kubeconfigOf } from './control-plane.ts';
import { schedulerName } from './kubelet.ts';
import { startNeighbours, type Neighbours } from './neighbours.ts';

const bin = fileURLToPath(new URL('../../bin/canary.js', import.meta.url));

export interface Arena {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Files of this release: the spec, kubeconfigs. */
  readonly folder: string;
  readonly neighbours: Neighbours;
  /** As a person with kubectl would: created, or its fields taken over. */
  apply(object: Obj): Promise<void>;
  person(question: { method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'; path: string; body?: unknown; type?: string }): Promise<Answer>;
  /** New code for a Deployment's first container. */
  setImage(deployment: string, image: string): Promise<void>;
  file(name: string, text: string): string;
  /** Whoever has just the Role that `canary rbac` prints for that file; made once. */
  grant(specFile: string): Promise<void>;
  /** The built command; `server`: a wiretap in place of the API server. */
  start(argv: readonly string[], options?: StartOptions): Running;
  close(): Promise<void>;
}

export type Reach = 'proxy' | 'port-forward';

export interface StartOptions {
  readonly server?: string;
  readonly onOut?: (text: string) => void;
  /** Beside what every command gets, or in its place. */
  readonly env?: Readonly<Record<string, string>>;
  /** stdout and stderr in the order in which they were written, as on a terminal; both are `out`. */
  readonly together?: boolean;
}

export interface Ended {
  /** null where a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** `told`: what each request to a neighbour was answered; `before`: waited for before it is. */
export async function openArena(
  cluster: Cluster,
  about: {
    namespace: string;
    script?: Script;
    told?: Parameters<typeof startNeighbours>[1];
    before?: Parameters<typeof startNeighbours>[2];
    /** How in-cluster addresses are asked; left out: the neighbours are, as an HTTP proxy. */
    reach?: Reach;
  },
): Promise<Arena> {
  const { namespace, reach } = about;
  const folder = mkdtempSync(join(tmpdir(), `canary-${namespace}-`));
  const neighbours = await startNeighbours(about.script ?? {}, about.told, about.before);
  const as = { ...cluster, token: cluster.person };
  await must(as, { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } });
  const way = reach ? { reach } : { proxy: neighbours.url };
  const room: Room = { cluster: as, namespace, folder, ...way, token: '', children: new Set() };
  return {
    ...{ cluster, namespace, folder, neighbours },
    apply: (object) => apply(room, object),
    person: (question) => ask(as, question),
    setImage: (deployment, image) => setImage(room, deployment, image),
    file: (name, text) => write(room, name, text),
    grant: (specFile) => grant(room, specFile),
    start: (argv, options = {}) => start(room, argv, options),
    async close() {
      for (const child of room.children) child.kill('SIGKILL');
      await neighbours.close();
      rmSync(folder, { recursive: true, force: true });
      if (cluster.foreign) await ask(as, { method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
    },
  };
}

interface Room {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly folder: string;
  readonly proxy?: string;
  readonly reach?: Reach;
  /** Of the ServiceAccount that drives; '' until it was granted something. */
  token: string;
  readonly children: Set<ChildProcess>;
}

async function apply({ cluster, namespace }: Room, given: Obj): Promise<void> {
  const object = { ...ownScheduler(cluster, given), metadata: { ...given.metadata, namespace } };
  const path = `${collectionOf(object, namespace)}/${object.metadata.name}?fieldManager=person&force=true`;
  await must(cluster, { method: 'PATCH', path, body: object, type: 'application/apply-patch+yaml' });
}

/** On somebody's cluster the stand-in kubelet takes only pods that ask for it. */
function ownScheduler(cluster: Cluster, object: Obj): Obj {
  if (!cluster.foreign || object.kind !== 'Deployment') return object;
  const copy = structuredClone(object) as Obj & { spec: { template: { spec: JsonObject } } };
  copy.spec.template.spec['schedulerName'] = schedulerName;
  return copy;
}

async function setImage({ cluster, namespace }: Room, deployment: string, image: string): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`;
  const body = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }];
  await must(cluster, { method: 'PATCH', path, body, type: 'application/json-patch+json' });
}

function write({ folder }: Room, name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

async function grant(room: Room, specFile: string): Promise<void> {
  const { cluster, namespace, reach } = room;
  const { code, out, err } = await start(room, ['rbac', specFile, '-n', namespace, ...(reach ? ['--reach', reach] : [])]).ended;
  if (code !== 0) throw new Error(`canary rbac ended with ${code}: ${err}`);
  const account: Obj = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'canary', namespace } };
  await must(cluster, { method: 'POST', path: `/api/v1/namespaces/${namespace}/serviceaccounts`, body: account });
  for (const object of yaml.loadAll(out) as Obj[]) {
    // What is reached may live in another namespace; the pair of names is its own there.
    const home = object.metadata.namespace ?? namespace;
    const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${home}/${object.kind.toLowerCase()}s`;
    await must(cluster, { method: 'POST', path, body: object });
  }
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/canary/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 7_200 } };
  const answer = await must(cluster, { method: 'POST', path, body });
  room.token = String((answer['status'] as JsonObject)['token']);
}

function asksNeighbours([verb = '', ...words]: readonly string[]): boolean {
  return ['run', 'heal', 'delete'].includes(verb) && !words.includes('--reach') && !words.includes('--help');
}

function start(room: Room, argv: readonly string[], { server, onOut, env: more = {}, together }: StartOptions = {}): Running {
  const { cluster, namespace, folder } = room;
  // Before it was granted anything it needs no cluster; what it must not need it shall not have.
  const about = { server: server ?? cluster.server, ca: cluster.ca, token: room.token || 'nobody', user: 'canary', namespace };
  const kubeconfig = write(room, server ? `kubeconfig-${new URL(server).port}` : 'kubeconfig', kubeconfigOf(about));
  const direct = [cluster.server, ...(server ? [server] : [])].map((url) => new URL(url).host).join(',');
  const env = {
    ...{ PATH: process.env['PATH'] ?? '', HOME: folder, NO_COLOR: '1', KUBECONFIG: kubeconfig },
    ...(room.proxy ? { HTTP_PROXY: room.proxy, http_proxy: room.proxy, NO_PROXY: direct, no_proxy: direct } : {}),
    ...more,
  };
  // The neighbours play an HTTP proxy for every address.
  const command = [process.execPath, bin, ...argv, ...(asksNeighbours(argv) ? ['--reach', 'direct'] : [])];
  const [program = '', ...words] = together ? ['/bin/sh', '-c', 'exec "$@" 2>&1', 'sh', ...command] : command;
  const child = spawn(program, words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  room.children.add(child);
  let [out, err] = ['', ''];
  // Decoded as streams: a sign of several bytes may come in two parts.
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    out += part;
    onOut?.(out);
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => (err += part));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      room.children.delete(child);
      resolve({ code, out, err });
    });
  });
  return { child, ended };
}
