// The ReplicaSets of a Deployment: which one is the new one, what they are called, how many old ones stay. It must not size rollouts.
import { canonical } from '../../../common/json.ts';
import type { Obj, Strings } from '../../../contracts.ts';
import { shortHash } from '../hash.ts';
import { isSame } from '../same.ts';
import { controllerOf, type Deployment, isTerminating, type ReplicaSet } from '../shapes.ts';
import type { SandboxWorld } from '../types.ts';
import { recordEvent } from './events.ts';
import { maxPods } from './rolling.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
export const MAX = 'deployment.kubernetes.io/max-replicas';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const HASH = 'pod-template-hash';
const NOT_COPIED = [REVISION, HISTORY, DESIRED, MAX, 'kubectl.kubernetes.io/last-applied-configuration'];

export interface Sets {
  readonly fresh: ReplicaSet | undefined;
  /** Oldest first. */
  readonly old: readonly ReplicaSet[];
}

function bornNo(object: Obj): string {
  return object.metadata.uid ?? '';
}

export function setsOf(deployment: Deployment, world: SandboxWorld): Sets {
  const owned = (world.list('ReplicaSet', deployment.metadata.namespace) as ReplicaSet[])
    .filter((set) => controllerOf(set)?.uid === deployment.metadata.uid)
    .sort((a, b) => (bornNo(a) < bornNo(b) ? -1 : 1));
  const fresh = owned.find((set) => isOf(set, deployment));
  return { fresh, old: owned.filter((set) => set !== fresh) };
}

function isOf(set: ReplicaSet, deployment: Deployment): boolean {
  const { [HASH]: _, ...labels } = set.spec.template.metadata?.labels ?? {};
  const template = set.spec.template;
  return isSame({ ...template, metadata: { ...template.metadata, labels } }, deployment.spec.template);
}

function revisionOf(object: Obj | undefined): number {
  return Number(object?.metadata.annotations?.[REVISION] ?? 0);
}

function copied(annotations: Strings | undefined): Strings {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !NOT_COPIED.includes(key)));
}

export function sizeAnnotations(deployment: Deployment): Strings {
  return { [DESIRED]: String(deployment.spec.replicas), [MAX]: String(maxPods(deployment.spec)) };
}

function history(set: ReplicaSet, revision: number): Strings {
  const before = revisionOf(set);
  if (before === 0 || before === revision) return {};
  const earlier = set.metadata.annotations?.[HISTORY];
  return { [HISTORY]: earlier === undefined ? String(before) : `${earlier},${before}` };
}

/** The new ReplicaSet's revision is the highest; a returning one is raised above the others. */
export function stampRevision(
  deployment: Deployment,
  sets: Sets,
  world: SandboxWorld,
): { deployment: Deployment; fresh: ReplicaSet | undefined } {
  if (sets.fresh === undefined) return { deployment, fresh: undefined };
  const revision = Math.max(revisionOf(sets.fresh), 1 + Math.max(0, ...sets.old.map(revisionOf)));
  const annotations = {
    ...sets.fresh.metadata.annotations,
    ...copied(deployment.metadata.annotations),
    ...history(sets.fresh, revision),
    [REVISION]: String(revision),
  };
  const fresh = world.store.update(world.row('ReplicaSet'), { ...sets.fresh, metadata: { ...sets.fresh.metadata, annotations } });
  if (revisionOf(deployment) === revision) return { deployment, fresh: fresh as ReplicaSet };
  const metadata = { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, [REVISION]: String(revision) } };
  return { deployment: world.store.update(world.row('Deployment'), { ...deployment, metadata }) as Deployment, fresh: fresh as ReplicaSet };
}

export function createSet(deployment: Deployment, replicas: number, world: SandboxWorld): ReplicaSet {
  const { name, namespace, uid, annotations } = deployment.metadata;
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = shortHash(canonical(template), 10);
  const labels = { ...template.metadata?.labels, [HASH]: hash };
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name, uid: uid ?? '', controller: true, blockOwnerDeletion: true };
  const metadata = {
    name: `${name}-${hash}`,
    ...(namespace === undefined ? {} : { namespace }),
    labels,
    annotations: { ...copied(annotations), ...sizeAnnotations(deployment) },
    ownerReferences: [owner],
  };
  const spec = {
    replicas,
    ...(minReadySeconds ? { minReadySeconds } : {}),
    selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH]: hash } },
    template: { ...template, metadata: { ...template.metadata, labels } },
  };
  const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata, spec, status: { replicas: 0 } };
  const created = world.store.create(world.row('ReplicaSet'), set as unknown as Obj) as ReplicaSet;
  if (replicas > 0) recordScaling(world, deployment, { name: created.metadata.name, from: 0, to: replicas });
  return created;
}

interface Scaling {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function recordScaling(world: SandboxWorld, deployment: Deployment, { name, from, to }: Scaling): void {
  const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${name} from ${from} to ${to}`;
  recordEvent(world, deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message, component: 'deployment-controller' });
}

export function resizeSet(world: SandboxWorld, deployment: Deployment, { set, size }: { set: ReplicaSet; size: number }): ReplicaSet {
  const annotations = { ...set.metadata.annotations, ...sizeAnnotations(deployment) };
  const from = set.spec.replicas;
  const resized = world.store.update(world.row('ReplicaSet'), {
    ...set,
    metadata: { ...set.metadata, annotations },
    spec: { ...set.spec, replicas: size },
  });
  if (size !== from) recordScaling(world, deployment, { name: set.metadata.name, from, to: size });
  return resized as ReplicaSet;
}

/** Empty old ReplicaSets beyond the limit go, oldest revision first. */
export function pruneSets(deployment: Deployment, old: readonly ReplicaSet[], world: SandboxWorld): void {
  const empty = old.filter((set) => set.spec.replicas === 0 && (set.status.replicas ?? 0) === 0 && !isTerminating(set));
  const byRevision = [...empty].sort((a, b) => revisionOf(a) - revisionOf(b));
  const tooMany = old.length - deployment.spec.revisionHistoryLimit;
  for (const set of byRevision.slice(0, Math.max(0, tooMany))) world.store.remove(world.row('ReplicaSet'), set);
}
