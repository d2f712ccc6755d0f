// A stand-in for scheduler and kubelet: pods are bound to a node that is not there, and become ready, or never do, by the name of their image.
// It keeps no state of its own: all of it follows from what the API server says, so it may be started again.
import { isObject } from '../../src/common/json.ts';
import type { Obj } from '../../src/contracts.ts';
import { ask, must, type Cluster } from './cluster.ts';
import { follow, type Looking } from './follow.ts';
import { addresses, bind, bury, containersOf, podStatus, setStatus } from './pods.ts';

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
  const node: Node = { cluster: as, stopped: stopped.signal, started: new Set(), address: addresses() };
  void follow(node, '/api/v1/pods', (pod, gone) => void (gone || look(node, pod)));
  return {
    stop() {
      clearInterval(beat);
      stopped.abort();
    },
  };
}

interface Node extends Looking {
  /** Pods that are on their way to being ready, by uid. */
  readonly started: Set<string>;
  address(): string;
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

async function look(node: Node, pod: Obj): Promise<void> {
  const spec = isObject(pod['spec']) ? pod['spec'] : {};
  if (node.cluster.foreign && spec['schedulerName'] !== schedulerName) return;
  const { name, uid = '' } = pod.metadata;
  if (pod.metadata['deletionTimestamp'] !== undefined) return bury(node, pod);
  if (!spec['nodeName']) return bind(node, pod, nodeName);
  if (spec['nodeName'] !== nodeName || node.started.has(uid)) return;
  node.started.add(uid);
  const [bad] = containersOf(pod).filter(
    ({ image }) => neverReady.test(String(image)) || (onlyCanary.test(String(image)) && name.includes('-primary-')),
  );
  await new Promise((resolve) => setTimeout(resolve, startsWithin));
  const waiting = bad && { reason: 'ImagePullBackOff', message: `Back-off pulling image "${String(bad['image'])}"` };
  const is = { ready: !bad, address: node.address(), host: '192.0.2.10' };
  await setStatus(node, pod, podStatus(pod, waiting ? { ...is, waiting } : is));
}
