// The Deployment controller: one step of a rollout each time it looks. Sizes come from rolling.ts, ReplicaSets from revisions.ts.
import { type Deployment, isTerminating, type Pod, type ReplicaSet, controllerOf } from '../shapes.ts';
import type { SandboxWorld } from '../types.ts';
import { type Controller, keyOfEvent, splitKey } from './controller.ts';
import { withNewSet, writeCounts, writeStatus } from './deployment-status.ts';
import { createSet, DESIRED, MAX, pruneSets, resizeSet, type Sets, setsOf, stampRevision } from './revisions.ts';
import { newSetSize, oldSetSizes, proportionalSizes, type SetSize } from './rolling.ts';

function sizeOf(set: ReplicaSet): SetSize {
  return { wanted: set.spec.replicas, available: set.status.availableReplicas ?? 0 };
}

function isActive(set: ReplicaSet): boolean {
  return set.spec.replicas > 0;
}

function allOf({ fresh, old }: Sets): readonly ReplicaSet[] {
  return fresh === undefined ? old : [...old, fresh];
}

/** The wanted number itself was changed since the ReplicaSets were sized. */
function isScaled(deployment: Deployment, sets: Sets): boolean {
  return allOf(sets).some((set) => isActive(set) && Number(set.metadata.annotations?.[DESIRED]) !== deployment.spec.replicas);
}

interface Sizing {
  readonly sets: readonly ReplicaSet[];
  readonly sizes: readonly number[];
}

function resizeAll(world: SandboxWorld, deployment: Deployment, { sets, sizes }: Sizing): void {
  sets.forEach((set, at) => resizeSet(world, deployment, { set, size: sizes[at] ?? set.spec.replicas }));
}

/** Scaling comes before rolling: one ReplicaSet takes it all, several share it. */
function scale(deployment: Deployment, sets: Sets, world: SandboxWorld): void {
  const active = allOf(sets).filter(isActive);
  const { replicas } = deployment.spec;
  const only = active.length > 1 ? undefined : (active[0] ?? sets.fresh ?? sets.old.at(-1));
  if (only !== undefined) {
    if (only.spec.replicas !== replicas || active.length > 0) resizeSet(world, deployment, { set: only, size: replicas });
    return;
  }
  const { fresh } = sets;
  if (fresh !== undefined && sizeOf(fresh).available === replicas && fresh.spec.replicas === replicas) {
    const old = sets.old.filter(isActive);
    resizeAll(world, deployment, { sets: old, sizes: old.map(() => 0) });
    return;
  }
  if (deployment.spec.strategy.type !== 'RollingUpdate') return;
  const isGrowing = active.reduce((sum, set) => sum + set.spec.replicas, 0) < replicas;
  // Newest first when growing, oldest first when shrinking; larger ones before that. `active` is oldest first.
  const ordered = (isGrowing ? [...active].reverse() : [...active]).sort((a, b) => b.spec.replicas - a.spec.replicas);
  const shares = ordered.map((set) => ({ wanted: set.spec.replicas, maxBefore: Number(set.metadata.annotations?.[MAX] ?? replicas) }));
  resizeAll(world, deployment, { sets: ordered, sizes: proportionalSizes(deployment.spec, shares) });
}

function freshSet(deployment: Deployment, sets: Sets, world: SandboxWorld): { readonly deployment: Deployment; readonly sets: Sets } {
  const now = world.clock.now();
  if (sets.fresh !== undefined) {
    const found = withNewSet(deployment, { name: sets.fresh.metadata.name, isCreated: false }, now);
    return { deployment: found, sets };
  }
  const total = sets.old.reduce((sum, set) => sum + set.spec.replicas, 0);
  const fresh = createSet(deployment, newSetSize(deployment.spec, 0, total), world);
  return { deployment: withNewSet(deployment, { name: fresh.metadata.name, isCreated: true }, now), sets: { ...sets, fresh } };
}

function rollSets(deployment: Deployment, { fresh, old }: Sets, world: SandboxWorld): void {
  if (fresh === undefined) return;
  const total = [...old, fresh].reduce((sum, set) => sum + set.spec.replicas, 0);
  const size = newSetSize(deployment.spec, fresh.spec.replicas, total);
  if (size !== fresh.spec.replicas) return void resizeSet(world, deployment, { set: fresh, size });
  const active = old.filter(isActive);
  resizeAll(world, deployment, { sets: active, sizes: oldSetSizes(deployment.spec, sizeOf(fresh), active.map(sizeOf)) });
}

function hasOldPods(sets: Sets, world: SandboxWorld, namespace: string): boolean {
  const uids = new Set(sets.old.map((set) => set.metadata.uid));
  return (world.list('Pod', namespace) as Pod[]).some((pod) => uids.has(controllerOf(pod)?.uid));
}

/** Old pods end, all of them, before the first new one is made. */
function recreate(deployment: Deployment, sets: Sets, world: SandboxWorld): { readonly deployment: Deployment; readonly sets: Sets } {
  const active = sets.old.filter(isActive);
  if (active.length > 0) resizeAll(world, deployment, { sets: active, sizes: active.map(() => 0) });
  if (active.length > 0 || hasOldPods(sets, world, deployment.metadata.namespace ?? '')) return { deployment, sets };
  const next = freshSet(deployment, sets, world);
  const { fresh } = next.sets;
  if (fresh === undefined) return next;
  // What is written next goes on from the ReplicaSet as it is now: an older copy would take the size back.
  const grown = resizeSet(world, next.deployment, { set: fresh, size: deployment.spec.replicas });
  return { ...next, sets: { ...next.sets, fresh: grown } };
}

function roll(deployment: Deployment, sets: Sets, world: SandboxWorld): void {
  const isRecreate = deployment.spec.strategy.type === 'Recreate';
  const next = isRecreate ? recreate(deployment, sets, world) : freshSet(deployment, sets, world);
  const { status } = next.deployment;
  const stamped = stampRevision(deployment, next.sets, world);
  if (!isRecreate) rollSets(stamped.deployment, { ...next.sets, fresh: stamped.fresh }, world);
  const current = world.get('Deployment', deployment.metadata.namespace, deployment.metadata.name) as Deployment;
  const after = setsOf(current, world);
  writeStatus({ ...current, status }, after, world);
  const written = world.get('Deployment', deployment.metadata.namespace, deployment.metadata.name) as Deployment;
  if (written.status.updatedReplicas === written.status.replicas) pruneSets(written, after.old, world);
}

function reconcile(key: string, world: SandboxWorld): void {
  const deployment = world.get('Deployment', ...splitKey(key)) as Deployment | undefined;
  if (deployment === undefined || isTerminating(deployment)) return;
  const sets = setsOf(deployment, world);
  if (!deployment.spec.paused && !isScaled(deployment, sets)) return roll(deployment, sets, world);
  scale(deployment, sets, world);
  writeCounts(deployment, setsOf(deployment, world), world);
}

export const deployment: Controller = {
  id: 'deployment',
  on: {
    Deployment: keyOfEvent,
    ReplicaSet: (event) => ownerKey(event.after, 'Deployment'),
    Pod: (event, world) => (event.type === 'DELETED' ? deploymentOfPod(event.after as Pod, world) : []),
  },
  reconcile,
};

function ownerKey(object: ReplicaSet | Pod | Parameters<typeof controllerOf>[0], kind: string): readonly string[] {
  const owner = controllerOf(object);
  return owner?.kind === kind ? [`${object.metadata.namespace}/${owner.name}`] : [];
}

function deploymentOfPod(pod: Pod, world: SandboxWorld): readonly string[] {
  const owner = controllerOf(pod);
  const set = owner && world.get('ReplicaSet', pod.metadata.namespace, owner.name);
  return set === undefined ? [] : ownerKey(set, 'Deployment');
}
