// What the API server's own log says became of a release: which weights its route had, when pods could be asked, when sides were scaled. Pure.
import { listAt, numberAt, objectAt, textAt } from '../../src/common/dig.ts';
import { isObject } from '../../src/common/json.ts';
import type { JsonObject } from '../../src/contracts.ts';
import type { AuditEvent } from '../cluster/audit.ts';
import type { PodTime } from './load/answers.ts';
import { sidesByPod, type Mark } from './load/ledger.ts';

export const target = 'podinfo';
const primary = `${target}-primary`;

/** Every write of the route that was accepted, with the canary's share. A rule of an A/B test for all others says nothing of it. */
export function routeMarks(events: readonly AuditEvent[]): Mark[] {
  return written(events, ['httproutes', 'traefikservices']).flatMap(({ at, object }) => {
    const weight = weightIn(object);
    return weight === undefined ? [] : [{ at, weight }];
  });
}

/** When the Deployment was first wanted with no replicas after that moment. */
export function scaledDown(events: readonly AuditEvent[], deployment: string, after: number): number | undefined {
  const writes = written(events, ['deployments']).filter(({ object }) => textAt(object, 'metadata', 'name') === deployment);
  return writes.find(({ at, object }) => at >= after && numberAt(object, 'spec', 'replicas') === 0)?.at;
}

/** When the primary was first given that image, and when it was wanted with it. */
export function primaryGiven(events: readonly AuditEvent[], image: string): number | undefined {
  const writes = written(events, ['deployments']).filter(({ object }) => textAt(object, 'metadata', 'name') === primary);
  return writes.find(({ object }) => imageOf(object) === image)?.at;
}

function imageOf(deployment: JsonObject): string | undefined {
  return textAt(listAt(deployment, 'spec', 'template', 'spec', 'containers')[0], 'image');
}

/** From the first word of its readiness until the node said that its process is gone. */
export function podTimes(events: readonly AuditEvent[]): PodTime[] {
  const ready = new Map<string, number>();
  const gone = new Map<string, number>();
  for (const event of complete(events).filter(({ objectRef }) => objectRef?.resource === 'pods')) {
    const name = event.objectRef?.name ?? '';
    if (event.verb === 'patch' && isReady(event.responseObject) && !ready.has(name)) ready.set(name, timeOf(event));
    if (event.verb === 'delete' && numberAt(event.requestObject, 'gracePeriodSeconds') === 0) gone.set(name, timeOf(event));
  }
  return [...ready].map(([pod, from]) => ({
    ...{ pod, ready: from, until: gone.get(pod) ?? Infinity },
    side: pod.startsWith(`${primary}-`) ? 'primary' : 'canary',
  }));
}

function isReady(pod: unknown): boolean {
  return listAt(pod, 'status', 'conditions').some((each) => textAt(each, 'type') === 'Ready' && textAt(each, 'status') === 'True');
}

function written(events: readonly AuditEvent[], resources: readonly string[]): { at: number; object: JsonObject }[] {
  return complete(events)
    .filter(({ objectRef, verb }) => resources.includes(objectRef?.resource ?? '') && !objectRef?.subresource && verb !== 'delete')
    .flatMap((event) => (isObject(event.responseObject) ? [{ at: timeOf(event), object: event.responseObject as JsonObject }] : []));
}

function complete(events: readonly AuditEvent[]): AuditEvent[] {
  return events.filter(({ stage, responseStatus }) => stage === 'ResponseComplete' && (responseStatus?.code ?? 500) < 300);
}

function timeOf({ stageTimestamp }: AuditEvent): number {
  return Date.parse(stageTimestamp);
}

/** Of an HTTPRoute the first rule that knows both sides, of a TraefikService its one list. */
function weightIn(route: JsonObject): number | undefined {
  const services = listAt(route, 'spec', 'weighted', 'services');
  if (services.length) return shareOf(services);
  const rules = listAt(route, 'spec', 'rules').map((rule) => listAt(rule, 'backendRefs'));
  const both = rules.find((refs) =>
    [`${target}-primary`, `${target}-canary`].every((name) => refs.some((ref) => textAt(ref, 'name') === name)),
  );
  return both && shareOf(both);
}

function shareOf(backends: readonly unknown[]): number {
  const weight = (name: string): number =>
    numberAt(
      backends.find((each) => textAt(each, 'name') === name),
      'weight',
    ) ?? 0;
  const whole = weight(primary) + weight(`${target}-canary`);
  return whole ? (weight(`${target}-canary`) / whole) * 100 : 0;
}

/** When a Deployment's controller first said, after that moment, that all of its newest pods are available and no other is left. */
export function rolledOut(events: readonly AuditEvent[], deployment: string, after: number): number | undefined {
  const statuses = complete(events).filter(
    ({ objectRef }) => objectRef?.resource === 'deployments' && objectRef.subresource === 'status' && objectRef.name === deployment,
  );
  const done = statuses.find((event) => timeOf(event) > after && isRolledOut(event.responseObject));
  return done && timeOf(done);
}

function isRolledOut(deployment: unknown): boolean {
  const wanted = numberAt(deployment, 'spec', 'replicas') ?? 1;
  const { observedGeneration } = objectAt(deployment, 'status');
  const counts = ['replicas', 'updatedReplicas', 'availableReplicas'].map((name) => numberAt(deployment, 'status', name) ?? 0);
  return wanted > 0 && observedGeneration === numberAt(deployment, 'metadata', 'generation') && counts.every((count) => count === wanted);
}

/** When a Deployment that had no replicas was first wanted with some, after that moment. */
export function scaledUp(events: readonly AuditEvent[], deployment: string, after: number): number | undefined {
  const writes = written(events, ['deployments']).filter(({ object }) => textAt(object, 'metadata', 'name') === deployment);
  return writes.find(({ at, object }) => at >= after && (numberAt(object, 'spec', 'replicas') ?? 0) > 0)?.at;
}

/** Which side answered, where no answer is an error of the application's own: those name no pod. */
export const byPod = sidesByPod(primary);
