// How a pod is doing, in one word and two numbers, as `kubectl get` tells it. It must not know of other kinds.
import type { Obj } from '../../contracts.ts';
import { age, at, list, type Node } from './cells.ts';

interface Told {
  readonly reason: string | undefined;
  readonly ready: number;
  readonly isRunning: boolean;
}

function endOf(ended: unknown): string {
  const reason = at(ended, 'reason');
  if (reason) return String(reason);
  const signal = at(ended, 'signal');
  return signal ? `Signal:${String(signal)}` : `ExitCode:${String(at(ended, 'exitCode'))}`;
}

/** An init container that stays beside the others. */
function isSidecar(pod: Obj, status: Node): boolean {
  return list(pod, 'spec.initContainers').some(({ name, restartPolicy }) => name === status['name'] && restartPolicy === 'Always');
}

function isInitialized(pod: Obj, status: Node): boolean {
  const ended = at(status, 'state.terminated');
  return (ended !== undefined && at(ended, 'exitCode') === 0) || (isSidecar(pod, status) && status['started'] === true);
}

/** Of the init containers: what holds the pod up; undefined when nothing does. */
function heldUpBy(pod: Obj): string | undefined {
  const statuses = list(pod, 'status.initContainerStatuses');
  const index = statuses.findIndex((status) => !isInitialized(pod, status));
  const status = statuses[index];
  if (status === undefined) return undefined;
  const ended = at(status, 'state.terminated');
  if (ended !== undefined) return `Init:${endOf(ended)}`;
  const waiting = at(status, 'state.waiting.reason');
  if (waiting && waiting !== 'PodInitializing') return `Init:${String(waiting)}`;
  return `Init:${index}/${list(pod, 'spec.initContainers').length}`;
}

/** The first container's word counts most. */
function ofContainers(pod: Obj): Told {
  let told: Told = { reason: undefined, ready: 0, isRunning: false };
  for (const status of list(pod, 'status.containerStatuses').toReversed()) {
    const waiting = at(status, 'state.waiting.reason');
    const ended = at(status, 'state.terminated');
    const isReady = status['ready'] === true && at(status, 'state.running') !== undefined;
    if (waiting) told = { ...told, reason: String(waiting) };
    else if (ended !== undefined) told = { ...told, reason: endOf(ended) };
    else if (isReady) told = { ...told, ready: told.ready + 1, isRunning: true };
  }
  return told;
}

function isTrue(pod: Obj, condition: string): boolean {
  return list(pod, 'status.conditions').some(({ type, status }) => type === condition && status === 'True');
}

export function podReason(pod: Obj): string {
  const phase = String(at(pod, 'status.phase') ?? 'Unknown');
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  if (pod.metadata['deletionTimestamp'] !== undefined && !isOver) return 'Terminating';
  const held = heldUpBy(pod);
  if (held !== undefined && !isTrue(pod, 'Initialized')) return held;
  const { reason, isRunning } = ofContainers(pod);
  if (reason === 'Completed' && isRunning) return isTrue(pod, 'Ready') ? 'Running' : 'NotReady';
  return reason ?? String(at(pod, 'status.reason') ?? phase);
}

function sidecars(pod: Obj): readonly Node[] {
  return list(pod, 'status.initContainerStatuses').filter((status) => isSidecar(pod, status));
}

export function podCount(pod: Obj): string {
  const staying = list(pod, 'spec.initContainers').filter(({ restartPolicy }) => restartPolicy === 'Always').length;
  const ready = ofContainers(pod).ready + sidecars(pod).filter((status) => status['ready'] === true && status['started'] === true).length;
  return `${ready}/${list(pod, 'spec.containers').length + staying}`;
}

export function podRestarts(pod: Obj, now: number): string {
  const isHeldUp = heldUpBy(pod) !== undefined && !isTrue(pod, 'Initialized');
  const meant = isHeldUp ? list(pod, 'status.initContainerStatuses') : [...sidecars(pod), ...list(pod, 'status.containerStatuses')];
  const count = meant.reduce((sum, status) => sum + Number(status['restartCount'] ?? 0), 0);
  const ends = meant.map((status) => at(status, 'lastState.terminated.finishedAt')).filter((time) => typeof time === 'string');
  const last = ends.toSorted().at(-1);
  return count > 0 && last !== undefined ? `${count} (${age(last, now)} ago)` : String(count);
}

export function podGates(pod: Obj): string {
  const gates = list(pod, 'spec.readinessGates').map(({ conditionType }) => String(conditionType));
  return gates.length === 0 ? '<none>' : `${gates.filter((gate) => isTrue(pod, gate)).length}/${gates.length}`;
}
