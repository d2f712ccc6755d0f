// How a pod ends: it is marked, leaves its Services, and is gone a little later. It must not choose pods.
import type { Obj } from '../../../contracts.ts';
import { timestamp } from '../time.ts';
import { isTerminating } from '../shapes.ts';
import type { SandboxWorld } from '../types.ts';

/** Marks the pod. `atOnce`: grace period 0. */
export function endPod(pod: Obj, world: SandboxWorld, atOnce = false): Obj {
  const row = world.row('Pod');
  if (atOnce || world.knobs.podEndMs === 0) return world.store.remove(row, pod);
  if (isTerminating(pod)) return pod;
  const deletionTimestamp = timestamp(world.clock.now() + world.knobs.podEndMs);
  const metadata = { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: Math.ceil(world.knobs.podEndMs / 1000) };
  world.moments.set(`ends/${pod.metadata.uid}`, world.clock.now() + world.knobs.podEndMs);
  return world.store.update(row, { ...pod, metadata });
}
