// The arithmetic of a Deployment's rolling update, as the real controller does it. Numbers in, numbers out.
import type { DeploymentSpec, Quantity } from '../shapes.ts';

export interface SetSize {
  /** spec.replicas */
  readonly wanted: number;
  readonly available: number;
}

function resolve(quantity: Quantity | undefined, of: number, round: (value: number) => number): number {
  if (quantity === undefined) return 0;
  return typeof quantity === 'number' ? quantity : round((Number.parseInt(quantity, 10) * of) / 100);
}

/** Surge is rounded up, unavailable down; both zero would never move, so one pod may then be missing. */
export function fenceposts(spec: DeploymentSpec): { readonly surge: number; readonly unavailable: number } {
  if (spec.strategy.type !== 'RollingUpdate' || spec.replicas === 0) return { surge: 0, unavailable: 0 };
  const surge = resolve(spec.strategy.rollingUpdate?.maxSurge, spec.replicas, Math.ceil);
  const unavailable = resolve(spec.strategy.rollingUpdate?.maxUnavailable, spec.replicas, Math.floor);
  return { surge, unavailable: Math.min(spec.replicas, surge === 0 && unavailable === 0 ? 1 : unavailable) };
}

export function maxPods(spec: DeploymentSpec): number {
  return spec.replicas + fenceposts(spec).surge;
}

/** What the new ReplicaSet may be scaled to now. */
export function newSetSize(spec: DeploymentSpec, current: number, total: number): number {
  if (current >= spec.replicas || spec.strategy.type !== 'RollingUpdate') return spec.replicas;
  const room = maxPods(spec) - total;
  return room <= 0 ? current : current + Math.min(room, spec.replicas - current);
}

/** What the old ReplicaSets, oldest first, are scaled to now: unhealthy pods go first, healthy ones as far as availability allows. */
export function oldSetSizes(spec: DeploymentSpec, fresh: SetSize, old: readonly SetSize[]): number[] {
  const sizes = old.map(({ wanted }) => wanted);
  const total = fresh.wanted + sizes.reduce((sum, size) => sum + size, 0);
  const least = spec.replicas - fenceposts(spec).unavailable;
  let spare = total - least - (fresh.wanted - fresh.available);
  if (spare <= 0) return sizes;
  old.forEach(({ wanted, available }, at) => {
    const unhealthy = Math.max(0, Math.min(spare, wanted - available));
    sizes[at] = wanted - unhealthy;
    spare -= unhealthy;
  });
  let healthy = fresh.available + old.reduce((sum, { available }) => sum + available, 0) - least;
  old.forEach((_, at) => {
    const size = sizes[at] ?? 0;
    const down = Math.max(0, Math.min(healthy, size));
    sizes[at] = size - down;
    healthy -= down;
  });
  return sizes;
}

export interface Share {
  readonly wanted: number;
  /** deployment.kubernetes.io/max-replicas when it was last scaled. */
  readonly maxBefore: number;
}

/** A Deployment that is scaled in the middle of a rollout: every active ReplicaSet gets its share, the first takes what is left over.
 *  `sets` are in the order in which shares are given: newest first when growing, oldest first when shrinking, larger before that. */
export function proportionalSizes(spec: DeploymentSpec, sets: readonly Share[]): number[] {
  const allowed = spec.replicas > 0 ? maxPods(spec) : 0;
  const toAdd = allowed - sets.reduce((sum, { wanted }) => sum + wanted, 0);
  let added = 0;
  const sizes = sets.map(({ wanted, maxBefore }) => {
    if (wanted === 0 || toAdd === added) return wanted;
    const fraction = spec.replicas === 0 ? -wanted : Math.round((wanted * maxPods(spec)) / (maxBefore || 1)) - wanted;
    const part = toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
    added += part;
    return wanted + part;
  });
  if (sizes.length > 0) sizes[0] = Math.max(0, (sizes[0] ?? 0) + toAdd - added);
  return sizes;
}
