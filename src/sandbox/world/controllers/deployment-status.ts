// A Deployment's status: counts, Available, Progressing and its deadline. It must not scale anything.
import { timestamp } from '../time.ts';
import { type Condition, conditionOf, type Deployment, type ReplicaSet, type WorkloadStatus } from '../shapes.ts';
import type { SandboxWorld } from '../types.ts';
import { withCondition, withFreshCondition } from './conditions.ts';
import type { Sets } from './revisions.ts';
import { fenceposts } from './rolling.ts';

// What the real API server fills in where no deadline is wanted.
const NO_DEADLINE = 2 ** 31 - 1;

function sum(sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number | undefined): number {
  return sets.reduce((total, set) => total + (of(set) ?? 0), 0);
}

function availability(deployment: Deployment, available: number): Parameters<typeof withCondition>[1] {
  const isEnough = available >= deployment.spec.replicas - fenceposts(deployment.spec).unavailable;
  return isEnough
    ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

function counted(deployment: Deployment, { fresh, old }: Sets, now: string): WorkloadStatus {
  const all = fresh === undefined ? old : [...old, fresh];
  const available = sum(all, (set) => set.status.availableReplicas);
  const counts = {
    replicas: sum(all, (set) => set.status.replicas),
    updatedReplicas: fresh?.status.replicas ?? 0,
    readyReplicas: sum(all, (set) => set.status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sum(all, (set) => set.spec.replicas) - available),
  };
  const shown = Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
  const conditions = withCondition(deployment.status.conditions ?? [], availability(deployment, available), now);
  return { observedGeneration: deployment.metadata.generation ?? 1, ...shown, conditions };
}

function isComplete(deployment: Deployment, status: WorkloadStatus): boolean {
  const wanted = deployment.spec.replicas;
  return (status.updatedReplicas ?? 0) === wanted && (status.replicas ?? 0) === wanted && (status.availableReplicas ?? 0) === wanted;
}

function hasProgressed(before: WorkloadStatus, after: WorkloadStatus): boolean {
  const count = (status: WorkloadStatus, field: 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'): number =>
    status[field] ?? 0;
  return (
    count(after, 'updatedReplicas') > count(before, 'updatedReplicas') ||
    count(after, 'replicas') - count(after, 'updatedReplicas') < count(before, 'replicas') - count(before, 'updatedReplicas') ||
    count(after, 'readyReplicas') > count(before, 'readyReplicas') ||
    count(after, 'availableReplicas') > count(before, 'availableReplicas')
  );
}

/** When the deadline passes; undefined: nothing is being waited for. */
function deadlineOf(deployment: Deployment, progressing: Condition | undefined): number | undefined {
  if (deployment.spec.progressDeadlineSeconds >= NO_DEADLINE || progressing === undefined) return undefined;
  if (progressing.reason === 'NewReplicaSetAvailable' || progressing.reason === 'ProgressDeadlineExceeded') return undefined;
  return Date.parse(progressing.lastUpdateTime ?? '') + deployment.spec.progressDeadlineSeconds * 1000;
}

function progress(deployment: Deployment, status: WorkloadStatus, { name, now }: { name: string; now: number }): readonly Condition[] {
  const conditions = status.conditions ?? [];
  const standing = conditionOf(status, 'Progressing');
  const isDone = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && standing?.reason === 'NewReplicaSetAvailable';
  if (deployment.spec.progressDeadlineSeconds >= NO_DEADLINE) return conditions.filter(({ type }) => type !== 'Progressing');
  if (isDone) return conditions;
  const at = timestamp(now);
  const type = 'Progressing';
  if (isComplete(deployment, status)) {
    const message = `ReplicaSet "${name}" has successfully progressed.`;
    return withCondition(conditions, { type, status: 'True', reason: 'NewReplicaSetAvailable', message }, at);
  }
  if (hasProgressed(deployment.status, status)) {
    const message = `ReplicaSet "${name}" is progressing.`;
    return withFreshCondition(conditions, { type, status: 'True', reason: 'ReplicaSetUpdated', message }, at);
  }
  const deadline = deadlineOf(deployment, standing);
  if (deadline === undefined || now <= deadline) return conditions;
  const message = `ReplicaSet "${name}" has timed out progressing.`;
  return withCondition(conditions, { type, status: 'False', reason: 'ProgressDeadlineExceeded', message }, at);
}

function write(deployment: Deployment, status: WorkloadStatus, world: SandboxWorld): void {
  world.store.update(world.row('Deployment'), { ...deployment, status });
}

/** For paused and just scaled Deployments: counts only. */
export function writeCounts(deployment: Deployment, sets: Sets, world: SandboxWorld): void {
  write(deployment, counted(deployment, sets, timestamp(world.clock.now())), world);
}

export function writeStatus(deployment: Deployment, sets: Sets, world: SandboxWorld): void {
  const now = world.clock.now();
  const status = counted(deployment, sets, timestamp(now));
  const conditions = progress(deployment, status, { name: sets.fresh?.metadata.name ?? deployment.metadata.name, now });
  write(deployment, { ...status, conditions }, world);
  const deadline = deadlineOf(deployment, conditionOf({ conditions }, 'Progressing'));
  if (deadline === undefined) return;
  world.later('deployment', `${deployment.metadata.namespace}/${deployment.metadata.name}`, Math.max(1, deadline + 1 - now));
}

/** Said when a ReplicaSet was made, or found again, for a template. */
export function withNewSet(deployment: Deployment, { name, isCreated }: { name: string; isCreated: boolean }, now: number): Deployment {
  if (deployment.spec.progressDeadlineSeconds >= NO_DEADLINE) return deployment;
  const conditions = deployment.status.conditions ?? [];
  if (!isCreated && conditionOf(deployment.status, 'Progressing') !== undefined) return deployment;
  const [reason, message] = isCreated
    ? ['NewReplicaSetCreated', `Created new replica set "${name}"`]
    : ['FoundNewReplicaSet', `Found new replica set "${name}"`];
  const next = withCondition(conditions, { type: 'Progressing', status: 'True', reason, message }, timestamp(now));
  return { ...deployment, status: { ...deployment.status, conditions: next } };
}
