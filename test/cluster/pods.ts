// What both of our kubelets say to the API server: which node a pod is on, how it is, that it is gone.
import type { JsonObject, Obj } from '../../src/contracts.ts';
import { ask, type Answer, type Question } from './cluster.ts';
import type { Looking } from './follow.ts';

export function podPath({ metadata }: Obj): string {
  return `/api/v1/namespaces/${metadata.namespace ?? ''}/pods/${metadata.name}`;
}

export async function bind(looking: Looking, pod: Obj, node: string): Promise<void> {
  const target = { apiVersion: 'v1', kind: 'Node', name: node };
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: pod.metadata.name }, target };
  await tell(looking, { method: 'POST', path: `${podPath(pod)}/binding`, body });
}

export async function setStatus(looking: Looking, pod: Obj, status: JsonObject): Promise<void> {
  await tell(looking, { method: 'PATCH', path: `${podPath(pod)}/status`, type: 'application/merge-patch+json', body: { status } });
}

export async function bury(looking: Looking, pod: Obj): Promise<void> {
  const { uid = '' } = pod.metadata;
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid } };
  await tell(looking, { method: 'DELETE', path: podPath(pod), body });
}

/** Told until it is done or the pod is gone; a node has nobody to complain to. */
async function tell({ cluster, stopped }: Looking, question: Question): Promise<void> {
  for (let tries = 0; tries < 300 && !stopped.aborted; tries++) {
    const answer: Answer | undefined = await ask(cluster, question).catch(() => undefined);
    if (answer && (answer.status < 300 || answer.status === 404 || answer.status === 409)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** `waiting`: why a container does not run. */
export function podStatus(pod: Obj, is: { ready: boolean; address: string; host: string; waiting?: JsonObject }): JsonObject {
  const now = new Date().toISOString();
  const condition = (type: string, holds: boolean): JsonObject => ({ type, status: holds ? 'True' : 'False', lastTransitionTime: now });
  return {
    phase: is.waiting ? 'Pending' : 'Running',
    podIP: is.address,
    podIPs: [{ ip: is.address }],
    hostIP: is.host,
    startTime: pod.metadata.creationTimestamp ?? now,
    conditions: [
      condition('PodScheduled', true),
      condition('Initialized', true),
      condition('ContainersReady', is.ready),
      condition('Ready', is.ready),
    ],
    containerStatuses: containersOf(pod).map(({ name, image }) => ({
      ...{ name: String(name), image: String(image), imageID: '', ready: is.ready, started: !is.waiting, restartCount: 0 },
      state: is.waiting ? { waiting: is.waiting } : { running: { startedAt: now } },
    })),
  };
}

export function containersOf(pod: Obj): JsonObject[] {
  const { containers } = pod['spec'] as JsonObject;
  return Array.isArray(containers) ? (containers as JsonObject[]) : [];
}

/** The next address of the pods' network. */
export function addresses(): () => string {
  let count = 0;
  return () => {
    const address = `10.244.${Math.floor(count / 250) % 250}.${1 + (count % 250)}`;
    count++;
    return address;
  };
}
