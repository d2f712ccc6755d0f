// A scheduler and kubelet whose pods are processes, each on an address of its own: readiness is probed, and a pod is ended by SIGTERM and its grace.
// Beside the pods it keeps the list of what Prometheus scrapes, and of what port-forwards lead to.
import { spawn, type ChildProcess } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { isObject } from '../../src/common/json.ts';
import type { JsonObject, Obj } from '../../src/contracts.ts';
import { must, type Cluster } from '../cluster/cluster.ts';
import { follow, type Looking } from '../cluster/follow.ts';
import { addresses, bind, bury, podStatus, setStatus } from '../cluster/pods.ts';
import { processOf, type Places, type Process } from './processes.ts';

const nodeName = 'real';

export interface KubeletOptions extends Places {
  readonly cluster: Cluster;
  /** The node's own address; port-forwards are asked for there. */
  readonly address: string;
  readonly streamPort: number;
  /** A file of Prometheus' file discovery. */
  readonly targets: string;
  /** {"namespace/pod": "address"} */
  readonly addressBook: string;
}

interface Running {
  readonly pod: Obj;
  readonly address: string;
  readonly process: Process;
  readonly child: ChildProcess;
  ending: boolean;
}

interface Node extends Looking {
  readonly options: KubeletOptions;
  readonly running: Map<string, Running>;
  address(): string;
}

export async function startKubelet(options: KubeletOptions): Promise<void> {
  const cluster = { ...options.cluster, token: options.cluster.kubelet };
  await register(cluster, options);
  const node: Node = { cluster, options, stopped: new AbortController().signal, running: new Map(), address: addresses() };
  publish(node);
  void follow(node, '/api/v1/pods', (pod, gone) => void (gone ? kill(node, pod) : look(node, pod)));
}

async function register(cluster: Cluster, { address, streamPort }: KubeletOptions): Promise<void> {
  await must(cluster, { method: 'POST', path: '/api/v1/nodes', body: { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } } });
  const conditions = [{ type: 'Ready', status: 'True', reason: 'Real', lastHeartbeatTime: new Date().toISOString() }];
  const daemonEndpoints = { kubeletEndpoint: { Port: streamPort } };
  const status = { conditions, addresses: [{ type: 'InternalIP', address }], daemonEndpoints };
  const type = 'application/merge-patch+json';
  await must(cluster, { method: 'PATCH', path: `/api/v1/nodes/${nodeName}/status`, type, body: { status } });
}

async function look(node: Node, pod: Obj): Promise<void> {
  const spec = isObject(pod['spec']) ? pod['spec'] : {};
  const { uid = '', deletionTimestamp } = pod.metadata;
  const mine = node.running.get(uid);
  if (deletionTimestamp !== undefined) return mine ? end(node, mine) : bury(node, pod);
  if (!spec['nodeName']) return bind(node, pod, nodeName);
  if (!mine) await start(node, pod);
}

async function start(node: Node, pod: Obj): Promise<void> {
  const address = node.address();
  const process_ = processOf(pod, address, node.options);
  const host = node.options.address;
  const waiting: JsonObject = { reason: 'ImagePullBackOff', message: 'this node runs podinfo and prometheus' };
  if (!process_) return setStatus(node, pod, podStatus(pod, { ready: false, address, host, waiting }));
  const env = { PATH: process.env['PATH'] ?? '', ...process_.env };
  const child = spawn(process_.program, process_.argv, { stdio: 'ignore', env });
  const running: Running = { pod, address, process: process_, child, ending: false };
  node.running.set(pod.metadata.uid ?? '', running);
  publish(node);
  // As after a crash of a real container: a process that ended is no longer ready, and is not started again here.
  child.on('error', () => undefined);
  await setStatus(node, pod, podStatus(pod, { ready: false, address, host }));
  await probe(node, running);
}

/** Until the pod is told to end. It has started when its page for that answers, as with a startup probe; from then on a port that takes connections is
 *  enough, as with a TCP probe: an application that answers a third of everything with errors is bad, and ready. */
async function probe(node: Node, running: Running): Promise<void> {
  const { pod, address, process: process_ } = running;
  const tellReady = (ready: boolean): Promise<void> => setStatus(node, pod, podStatus(pod, { ready, address, host: node.options.address }));
  while (!running.ending && !(await answers(running))) await pause(200);
  for (let told: boolean | undefined; !running.ending; await pause(1_000)) {
    const ready = await listens(address, process_.port);
    if (running.ending) return;
    if (ready !== told) await tellReady(ready);
    told = ready;
  }
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (is: boolean) => (): void => {
      socket.destroy();
      resolve(is);
    };
    socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false));
  });
}

function answers({ address, process: { port, probe: path } }: Running): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get({ host: address, port, path, timeout: 5_000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', () => resolve(false));
  });
}

/** SIGTERM, and SIGKILL when the grace of the pod is over; then the API server is told that it is gone. */
async function end(node: Node, running: Running): Promise<void> {
  if (running.ending) return;
  running.ending = true;
  publish(node);
  const { child, pod } = running;
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const seconds = Number(pod.metadata['deletionGracePeriodSeconds'] ?? 30);
    const patience = setTimeout(() => child.kill('SIGKILL'), seconds * 1_000);
    await gone;
    clearTimeout(patience);
  }
  await bury(node, pod);
}

/** Deleted by force: nobody waits for it. */
function kill(node: Node, pod: Obj): void {
  const { uid = '' } = pod.metadata;
  const mine = node.running.get(uid);
  node.running.delete(uid);
  if (!mine) return;
  mine.ending = true;
  if (mine.child.exitCode === null) mine.child.kill('SIGKILL');
  publish(node);
}

/** What discovery would find: pods that run and are not told to end, under the labels that Flagger's queries ask for. */
function publish({ running, options }: Node): void {
  const here = [...running.values()].filter(({ ending }) => !ending);
  const targets = here.map(({ pod: { metadata }, address, process: { port } }) => ({
    targets: [`${address}:${port}`],
    labels: { kubernetes_namespace: metadata.namespace ?? '', kubernetes_pod_name: metadata.name },
  }));
  const book = here.map(({ pod: { metadata }, address }) => [`${metadata.namespace ?? ''}/${metadata.name}`, address] as const);
  replace(options.targets, targets);
  replace(options.addressBook, Object.fromEntries(book));
}

/** Whole or not at all: somebody may be reading. */
function replace(file: string, content: object): void {
  writeFileSync(`${file}.new`, JSON.stringify(content));
  renameSync(`${file}.new`, file);
}
