// A stand-in for scheduler and kubelet: pods are bound to a node that is not there, and become ready, or never do, by the name of their image.
// It keeps no state of its own: all of it follows from what the API server says, so it may be started again.
import https from 'node:https';
import { isObject } from '../../src/common/json.ts';
import type { JsonObject, Obj } from '../../src/contracts.ts';
import { ask, must, type Answer, type Cluster, type Question } from './cluster.ts';

export const nodeName = 'canary-stand-in';
/** Pods that name this scheduler are the stand-in's on any cluster; on one of our own all are. */
export const schedulerName = 'canary-stand-in';

/** Milliseconds until a pod that can be ready is. */
const startsWithin = 300;
const neverReady = /:(bad|broken|never)/;
/** Comes up as a canary, never as a primary. */
const onlyCanary = /:onlycanary/;

export interface Kubelet {
  stop(): void;
}

export async function startKubelet(cluster: Cluster): Promise<Kubelet> {
  const as = { ...cluster, token: cluster.kubelet };
  await ask(as, { method: 'POST', path: '/api/v1/nodes', body: { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } } });
  const stopped = new AbortController();
  const beat = setInterval(() => void beatHeart(as).catch(() => undefined), 10_000);
  await beatHeart(as);
  const node: Node = { cluster: as, stopped: stopped.signal, started: new Set(), addresses: 0 };
  void follow(node);
  return {
    stop() {
      clearInterval(beat);
      stopped.abort();
    },
  };
}

interface Node {
  readonly cluster: Cluster;
  readonly stopped: AbortSignal;
  /** Pods that are on their way to being ready, by uid. */
  readonly started: Set<string>;
  addresses: number;
}

/** A cluster that looks after its nodes must not think that this one is gone. */
async function beatHeart(cluster: Cluster): Promise<void> {
  const now = new Date().toISOString();
  const room = { cpu: '512', memory: '2048Gi', pods: '5000' };
  const ready = { type: 'Ready', status: 'True', reason: 'StandIn', lastHeartbeatTime: now, lastTransitionTime: now };
  const type = 'application/merge-patch+json';
  const body = { status: { capacity: room, allocatable: room, conditions: [ready] } };
  await must(cluster, { method: 'PATCH', path: `/api/v1/nodes/${nodeName}/status`, type, body });
}

async function follow(node: Node): Promise<void> {
  while (!node.stopped.aborted) {
    try {
      const list = await must(node.cluster, { path: '/api/v1/pods' });
      for (const pod of (list['items'] ?? []) as Obj[]) void look(node, pod);
      const version = String((list['metadata'] as JsonObject)['resourceVersion']);
      await watch(node, `/api/v1/pods?watch=1&resourceVersion=${version}`);
    } catch {
      // The API server is starting, or closes: another look comes.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Until the stream ends. */
function watch(node: Node, path: string): Promise<void> {
  const { server, ca, token } = node.cluster;
  return new Promise((resolve) => {
    const options = { ca, headers: { authorization: `Bearer ${token}` }, signal: node.stopped };
    const request = https.get(`${server}${path}`, options, (response) => {
      let rest = '';
      response.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines.filter(Boolean)) {
          const event = JSON.parse(line) as { type: string; object: Obj };
          if (event.type !== 'DELETED' && event.type !== 'ERROR') void look(node, event.object);
        }
      });
      response.on('close', () => resolve());
      response.on('error', () => resolve());
    });
    request.on('error', () => resolve());
  });
}

async function look(node: Node, pod: Obj): Promise<void> {
  const spec = isObject(pod['spec']) ? pod['spec'] : {};
  if (node.cluster.foreign && spec['schedulerName'] !== schedulerName) return;
  const { name, namespace = '', uid = '' } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  if (pod.metadata['deletionTimestamp'] !== undefined) {
    await tell(node, { method: 'DELETE', path, body: { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 } });
    return;
  }
  if (!spec['nodeName']) {
    const target = { apiVersion: 'v1', kind: 'Node', name: nodeName };
    await tell(node, { method: 'POST', path: `${path}/binding`, body: { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target } });
    return;
  }
  if (spec['nodeName'] !== nodeName || node.started.has(uid)) return;
  node.started.add(uid);
  const containers = (Array.isArray(spec['containers']) ? spec['containers'] : []) as JsonObject[];
  const bad = containers.some(
    ({ image }) => neverReady.test(String(image)) || (onlyCanary.test(String(image)) && name.includes('-primary-')),
  );
  await new Promise((resolve) => setTimeout(resolve, startsWithin));
  const body = { status: statusOf(containers, bad, addressOf(node)) };
  await tell(node, { method: 'PATCH', path: `${path}/status`, type: 'application/merge-patch+json', body });
}

function addressOf(node: Node): string {
  const count = node.addresses++;
  return `10.244.${Math.floor(count / 250) % 250}.${1 + (count % 250)}`;
}

function statusOf(containers: readonly JsonObject[], bad: boolean, podIP: string): JsonObject {
  const now = new Date().toISOString();
  const condition = (type: string, holds: boolean) => ({ type, status: holds ? 'True' : 'False', lastTransitionTime: now });
  return {
    phase: bad ? 'Pending' : 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    hostIP: '192.0.2.10',
    startTime: now,
    conditions: [
      condition('PodScheduled', true),
      condition('Initialized', true),
      condition('ContainersReady', !bad),
      condition('Ready', !bad),
    ],
    containerStatuses: containers.map(({ name, image }) => ({
      ...{ name: String(name), image: String(image), imageID: '', ready: !bad, started: !bad, restartCount: 0 },
      state: bad
        ? { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${String(image)}"` } }
        : { running: { startedAt: now } },
    })),
  };
}

/** Told until it is done or the pod is gone; a node has nobody to complain to. */
async function tell(node: Node, question: Question): Promise<void> {
  for (let tries = 0; tries < 10 && !node.stopped.aborted; tries++) {
    const answer: Answer | undefined = await ask(node.cluster, question).catch(() => undefined);
    if (answer && (answer.status < 300 || answer.status === 404 || answer.status === 409)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
