// The objects of a namespace as the API server had them stored after each write of its audit log. Judges nothing.
import type { Millis } from '../../../src/ports.ts';
import { at, list } from '../../faults/facts.ts';
import type { Observed } from '../../faults/log.ts';
import { placeOf } from '../../faults/paths.ts';
import type { AuditEvent } from '../audit.ts';

export interface Replayed extends Observed {
  /** `path`: of the object itself. */
  take(event: AuditEvent, path: string, now: Millis): void;
}

/** What these answer is no whole object; what a binding changes, the pod's next status shows, too. */
const partial: readonly string[] = ['binding', 'token', 'eviction'];

export function replayed(): Replayed {
  const stored = new Map<string, unknown>();
  let now: Millis = 0;
  return {
    now: () => now,
    object: (path) => stored.get(keyOf(path)),
    readyPods: (namespace, labels) =>
      [...stored].filter(([key, pod]) => key.startsWith(`pods ${namespace}/`) && hasAll(pod, labels) && isReady(pod)).length,
    take(event, path, moment) {
      now = moment;
      const { verb, requestURI, responseObject, responseStatus, objectRef } = event;
      const changes = verb === 'create' || verb === 'update' || verb === 'patch' || verb === 'delete';
      if (!changes || (responseStatus?.code ?? 0) >= 300 || requestURI.includes('dryRun=')) return;
      const subresource = objectRef?.subresource;
      if (subresource !== undefined && partial.includes(subresource)) return;
      if (subresource === 'scale') throw new Error(`what ${requestURI} made of the workload does not stand in its answer`);
      const isObject = at(responseObject, 'metadata', 'uid') !== undefined;
      if (isObject && !isGone(responseObject)) stored.set(keyOf(path), responseObject);
      else if (verb === 'delete' || isObject) stored.delete(keyOf(path));
    },
  };
}

function keyOf(path: string): string {
  const place = placeOf(path);
  return place ? `${place.resource} ${place.namespace}/${place.name}` : path;
}

/** Told to go, with nothing left to wait for. */
function isGone(object: unknown): boolean {
  const metadata = at(object, 'metadata');
  const told = at(metadata, 'deletionTimestamp') !== undefined;
  return told && list(at(metadata, 'finalizers')).length === 0 && Number(at(metadata, 'deletionGracePeriodSeconds') ?? 0) === 0;
}

function hasAll(pod: unknown, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, value]) => at(pod, 'metadata', 'labels', key) === value);
}

/** A pod that is on its way out takes no traffic. */
function isReady(pod: unknown): boolean {
  if (at(pod, 'metadata', 'deletionTimestamp') !== undefined) return false;
  return list(at(pod, 'status', 'conditions')).some((one) => at(one, 'type') === 'Ready' && at(one, 'status') === 'True');
}
