// What a pod's status says in each of its states. A pure table: it must not write.
import type { Fault } from '../faults.ts';
import type { Condition, Container, ContainerStatus, Pod, PodStatus } from '../shapes.ts';
import { transitioned } from './conditions.ts';

export interface PodView {
  readonly now: string;
  /** By container. */
  readonly faults: readonly Fault[];
  readonly startsAt: number;
  readonly isStarted: boolean;
  readonly restarts: number;
  readonly podIP: string;
}

type State = Pick<ContainerStatus, 'ready' | 'state'> & { readonly started: boolean; readonly lastState: object };

function stateOf(container: Container, fault: Fault, view: PodView): State {
  const waiting = (reason: string, message?: string): State => {
    return { ready: false, started: false, state: { waiting: { reason, ...(message ? { message } : {}) } }, lastState: {} };
  };
  if (!view.isStarted) return waiting('ContainerCreating');
  if (fault.noImage) return waiting('ImagePullBackOff', `Back-off pulling image "${container.image}"`);
  if (fault.crashLoop) {
    const exit = { exitCode: 1, reason: 'Error', startedAt: view.now, finishedAt: view.now };
    const pause = Math.min(300, 10 * 2 ** view.restarts);
    const loop = waiting('CrashLoopBackOff', `back-off ${pause}s restarting failed container=${container.name}`);
    return { ...loop, lastState: { terminated: exit } };
  }
  return { ready: fault.notReady !== true, started: true, state: { running: { startedAt: view.now } }, lastState: {} };
}

/** A container that goes on in the same state keeps what stood there: its start is not moved by looking. */
function containerStatus(
  container: Container,
  fault: Fault,
  { view, before }: { view: PodView; before: ContainerStatus | undefined },
): ContainerStatus {
  const state = stateOf(container, fault, view);
  const restartCount = fault.crashLoop ? view.restarts : (before?.restartCount ?? 0);
  const isSame = before?.restartCount === restartCount && key(before) === key(state);
  const kept = isSame ? { state: before.state, lastState: before['lastState'] } : { state: state.state, lastState: state.lastState };
  const { ready, started } = state;
  return { name: container.name, image: container.image, imageID: '', ...kept, ready, started, restartCount };
}

function key(status: Pick<ContainerStatus, 'state'>): string {
  return status.state.waiting?.reason ?? 'Running';
}

function condition(type: string, isTrue: boolean, why: Pick<Condition, 'reason' | 'message'>): Condition {
  return { type, status: isTrue ? 'True' : 'False', ...(isTrue ? {} : why) };
}

export function podStatus(pod: Pod, view: PodView): PodStatus {
  const containerStatuses = pod.spec.containers.map((container, at) => {
    const before = pod.status.containerStatuses?.find(({ name }) => name === container.name);
    return containerStatus(container, view.faults[at] ?? {}, { view, before });
  });
  const unready = containerStatuses.filter(({ ready }) => !ready).map(({ name }) => name);
  const why = { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const isUp = containerStatuses.every(({ state, restartCount }) => state.running !== undefined || restartCount > 0);
  const conditions = [
    condition('PodReadyToStartContainers', view.isStarted, {}),
    condition('Initialized', true, {}),
    condition('Ready', unready.length === 0, why),
    condition('ContainersReady', unready.length === 0, why),
    condition('PodScheduled', true, {}),
  ];
  return {
    ...pod.status,
    phase: isUp ? 'Running' : 'Pending',
    ...(view.isStarted ? { podIP: view.podIP, podIPs: [{ ip: view.podIP }] } : {}),
    hostIP: '10.0.0.1',
    startTime: pod.metadata.creationTimestamp,
    conditions: transitioned(pod.status.conditions, conditions, view.now),
    containerStatuses,
  } as PodStatus;
}
