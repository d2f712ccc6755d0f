// The ReplicaSet controller: as many pods as wanted, and what is counted about them. It must not look at Deployments.
import type { Obj } from '../../../contracts.ts';
import { shortHash } from '../hash.ts';
import { conditionOf, controllerOf, isReady, isTerminating, type Pod, type ReplicaSet } from '../shapes.ts';
import type { SandboxWorld } from '../types.ts';
import { type Controller, keyOfEvent, splitKey } from './controller.ts';
import { recordEvent } from './events.ts';
import { endPod } from './pod-end.ts';

function podsOf(set: ReplicaSet, world: SandboxWorld): Pod[] {
  const all = world.list('Pod', set.metadata.namespace) as Pod[];
  return all.filter((pod) => !isTerminating(pod) && controllerOf(pod)?.uid === set.metadata.uid);
}

function createPod(set: ReplicaSet, world: SandboxWorld): void {
  const { name, namespace, uid } = set.metadata;
  const { template } = set.spec;
  const podName = `${name}-${shortHash(`${name}/${world.count('pod')}`, 5)}`;
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid, controller: true, blockOwnerDeletion: true };
  const metadata = { ...template.metadata, name: podName, generateName: `${name}-`, namespace, ownerReferences: [owner] };
  const account = {
    serviceAccountName: 'default',
    serviceAccount: 'default',
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    priority: 0,
  };
  const spec = { ...account, ...template.spec, nodeName: 'sandbox' };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec, status: { phase: 'Pending', qosClass: 'BestEffort' } };
  const created = world.store.create(world.row('Pod'), pod as unknown as Obj);
  world.moments.set(`born/${created.metadata.uid}`, world.clock.now());
  tell(set, { reason: 'SuccessfulCreate', message: `Created pod: ${podName}` }, world);
}

function tell(set: ReplicaSet, { reason, message }: { readonly reason: string; readonly message: string }, world: SandboxWorld): void {
  recordEvent(world, set, { type: 'Normal', reason, message, component: 'replicaset-controller' });
}

/** Those that serve nobody go first, then the youngest. */
function byUsefulness(a: Pod, b: Pod): number {
  return Number(isReady(a)) - Number(isReady(b)) || ((a.metadata.uid ?? '') < (b.metadata.uid ?? '') ? 1 : -1);
}

/** When a ready pod counts as available; undefined: not ready. */
function availableAt(pod: Pod, set: ReplicaSet): number | undefined {
  if (!isReady(pod)) return undefined;
  const seconds = set.spec.minReadySeconds ?? 0;
  return seconds === 0 ? 0 : Date.parse(conditionOf(pod.status, 'Ready')?.lastTransitionTime ?? '') + seconds * 1000;
}

function writeStatus(set: ReplicaSet, pods: readonly Pod[], world: SandboxWorld): void {
  const now = world.clock.now();
  const times = pods.map((pod) => availableAt(pod, set)).filter((at) => at !== undefined);
  const counts = {
    fullyLabeledReplicas: pods.length,
    readyReplicas: times.length,
    availableReplicas: times.filter((at) => at <= now).length,
  };
  const shown = Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
  const status = { replicas: pods.length, ...shown, observedGeneration: set.metadata.generation };
  world.store.update(world.row('ReplicaSet'), { ...set, status });
  const next = Math.min(...times.filter((at) => at > now));
  if (next < Infinity) world.later('replica-set', `${set.metadata.namespace}/${set.metadata.name}`, next - now);
}

function reconcile(key: string, world: SandboxWorld): void {
  const set = world.get('ReplicaSet', ...splitKey(key)) as ReplicaSet | undefined;
  if (set === undefined || isTerminating(set)) return;
  const pods = podsOf(set, world);
  for (let missing = set.spec.replicas - pods.length; missing > 0; missing--) createPod(set, world);
  const tooMany = Math.max(0, pods.length - set.spec.replicas);
  for (const pod of [...pods].sort(byUsefulness).slice(0, tooMany)) {
    endPod(pod, world);
    tell(set, { reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` }, world);
  }
  writeStatus(set, podsOf(set, world), world);
}

export const replicaSet: Controller = {
  id: 'replica-set',
  on: {
    ReplicaSet: keyOfEvent,
    Pod: ({ after }) => {
      const owner = controllerOf(after);
      return owner?.kind === 'ReplicaSet' ? [`${after.metadata.namespace}/${owner.name}`] : [];
    },
  },
  reconcile,
};
