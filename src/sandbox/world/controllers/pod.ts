// The kubelet and scheduler in one: pods start, become ready, fail as their faults say, and end. It must not create pods.
import { timestamp } from '../time.ts';
import { controllerOf, isTerminating, type Pod } from '../shapes.ts';
import type { SandboxWorld } from '../types.ts';
import { type Controller, keyOfEvent, splitKey } from './controller.ts';
import { recordEvent } from './events.ts';
import { podStatus, type PodView } from './pod-status.ts';

// CrashLoopBackOff: doubles from 10 s, at most 5 minutes.
const FIRST_BACKOFF = 10_000;
const LAST_BACKOFF = 300_000;

/** The Deployment's name where there is one: what faults and traffic call a workload. */
export function workloadOf(pod: Pod, world: SandboxWorld): string {
  const set = controllerOf(pod);
  if (set === undefined) return pod.metadata.name;
  const owner = world.get(set.kind, pod.metadata.namespace, set.name);
  return (owner && controllerOf(owner)?.name) ?? set.name;
}

function crashes(uid: string, isCrashing: boolean, world: SandboxWorld): number {
  const { moments } = world;
  const [count, next] = [`crashes/${uid}`, `crash/${uid}`];
  if (!isCrashing) {
    moments.delete(next);
    return moments.get(count) ?? 0;
  }
  const due = moments.get(next);
  if (due !== undefined && due > world.clock.now()) return moments.get(count) ?? 0;
  const restarts = (moments.get(count) ?? 0) + (due === undefined ? 0 : 1);
  moments.set(count, restarts);
  moments.set(next, world.clock.now() + Math.min(LAST_BACKOFF, FIRST_BACKOFF * 2 ** restarts));
  return restarts;
}

function viewOf(pod: Pod, world: SandboxWorld): PodView {
  const now = world.clock.now();
  const uid = pod.metadata.uid ?? '';
  const target = workloadOf(pod, world);
  const faults = pod.spec.containers.map(({ image }) => world.faults.of(image, target));
  const wait = Math.max(...faults.map(({ readyAfter }) => readyAfter ?? world.knobs.podReadyMs));
  const startsAt = (world.moments.get(`born/${uid}`) ?? now) + wait;
  const isStarted = now >= startsAt;
  const restarts = crashes(uid, isStarted && faults.some(({ crashLoop }) => crashLoop === true), world);
  const ipNo = world.moments.get(`ip/${uid}`) ?? world.count('pod-ip');
  world.moments.set(`ip/${uid}`, ipNo);
  return { now: timestamp(now), faults, startsAt, isStarted, restarts, podIP: `10.244.${Math.floor(ipNo / 250)}.${1 + (ipNo % 250)}` };
}

function tell(pod: Pod, view: PodView, world: SandboxWorld): void {
  if (!view.isStarted) return;
  const component = 'kubelet';
  pod.spec.containers.forEach(({ image, name }, at) => {
    const { noImage, crashLoop, notReady } = view.faults[at] ?? {};
    if (noImage) {
      const failed = `Failed to pull image "${image}": not found`;
      recordEvent(world, pod, { type: 'Warning', reason: 'Failed', message: failed, component });
      recordEvent(world, pod, { type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${image}"`, component });
    } else if (crashLoop) {
      const place = `${name} in pod ${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
      recordEvent(world, pod, { type: 'Warning', reason: 'BackOff', message: `Back-off restarting failed container ${place}`, component });
    } else if (notReady) {
      const message = 'Readiness probe failed: HTTP probe failed with statuscode: 500';
      recordEvent(world, pod, { type: 'Warning', reason: 'Unhealthy', message, component });
    }
  });
}

function forget(uid: string | undefined, world: SandboxWorld): void {
  for (const what of ['born', 'ends', 'ip', 'crash', 'crashes']) world.moments.delete(`${what}/${uid}`);
}

function end(pod: Pod, key: string, world: SandboxWorld): void {
  const left = (world.moments.get(`ends/${pod.metadata.uid}`) ?? 0) - world.clock.now();
  if (left > 0) return world.later('pod', key, left);
  world.store.remove(world.row('Pod'), pod);
}

function reconcile(key: string, world: SandboxWorld): void {
  const pod = world.get('Pod', ...splitKey(key)) as Pod | undefined;
  if (pod === undefined) return;
  if (isTerminating(pod)) return end(pod, key, world);
  const { uid } = pod.metadata;
  if (!world.moments.has(`born/${uid}`)) world.moments.set(`born/${uid}`, world.clock.now());
  const view = viewOf(pod, world);
  const status = podStatus(pod, view);
  if (world.store.update(world.row('Pod'), { ...pod, status }) !== pod) tell(pod, view, world);
  if (!view.isStarted) world.later('pod', key, view.startsAt - world.clock.now());
  const crash = world.moments.get(`crash/${uid}`);
  if (crash !== undefined) world.later('pod', key, Math.max(1, crash - world.clock.now()));
}

export const pod: Controller = {
  id: 'pod',
  on: {
    Pod: (event, world) => {
      if (event.type === 'DELETED') forget(event.after.metadata.uid, world);
      return keyOfEvent(event);
    },
  },
  reconcile,
};
