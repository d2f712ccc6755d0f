// The pods behind a Service and the port of each that its port leads to, for port-forward. Only who is ready counts. It must never open anything.
import { isObject } from '../../common/json.ts';
import type { Json, JsonObject, Obj } from '../../contracts.ts';
import type { Objects } from '../objects.ts';
import type { ServiceAddress } from './address.ts';
import { portMeant, told, type ServiceFacts } from './service.ts';

export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** Who can be forwarded to now, in the order of their names. Throws, in words, where there is nobody. */
export async function podsBehind(
  objects: Objects,
  { service, facts }: { service: ServiceAddress; facts: ServiceFacts },
  signal: AbortSignal,
): Promise<PodPort[]> {
  const { namespace, name } = service;
  const wanted = portMeant(facts, service);
  if (!facts.selector) return endpointsOf(objects, { service, portName: wanted?.name }, signal);
  const { items } = await told(objects.list({ apiVersion: 'v1', kind: 'Pod', namespace }, { labels: facts.selector }, signal));
  const ready = items.filter(isReady);
  if (!ready.length) throw new Error(`no pod of Service ${name} in namespace ${namespace} is ready (${items.length} match its selector)`);
  // The name of a headless Service leads to the pods themselves, whose ports nobody maps.
  const target = facts.isHeadless ? service.port : (wanted?.target ?? service.port);
  const found = ready.flatMap((pod) => {
    const port = typeof target === 'number' ? target : containerPort(pod, target);
    return port === undefined ? [] : [{ namespace, pod: pod.metadata.name, port }];
  });
  if (!found.length) throw new Error(`no pod of Service ${name} in namespace ${namespace} has a port named ${target}`);
  return found.sort((a, b) => (a.pod < b.pod ? -1 : 1));
}

function isReady(pod: Obj): boolean {
  const status = isObject(pod['status']) ? pod['status'] : {};
  const isUp = status['phase'] === undefined || status['phase'] === 'Running';
  const conditions = list(status['conditions']).filter(isObject);
  return isUp && !pod.metadata['deletionTimestamp'] && conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}

function containerPort(pod: Obj, name: string): number | undefined {
  const spec = isObject(pod['spec']) ? pod['spec'] : {};
  // Sidecars of the newer kind stand among the init containers.
  const containers = [...list(spec['containers']), ...list(spec['initContainers'])].filter(isObject);
  const ports = containers.flatMap(({ ports: own }) => list(own).filter(isObject));
  return ports.flatMap(({ name: each, containerPort: port }) => (each === name && typeof port === 'number' ? [port] : []))[0];
}

async function endpointsOf(
  objects: Objects,
  { service, portName }: { service: ServiceAddress; portName: string | undefined },
  signal: AbortSignal,
): Promise<PodPort[]> {
  const { namespace, name } = service;
  const found = (await slicesOf(objects, service, signal)).flatMap((slice) => {
    const ports = list(slice['ports']).filter(isObject);
    const port = portName === undefined ? service.port : ports.find((each) => (each['name'] ?? '') === portName)?.['port'];
    if (typeof port !== 'number') return [];
    return list(slice['endpoints'])
      .filter(isObject)
      .filter(isServing)
      .flatMap(podOf)
      .map((pod) => ({ namespace, pod, port }));
  });
  if (!found.length)
    throw new Error(
      `Service ${name} in namespace ${namespace} has no selector, and none of its endpoints is a pod that is ready: nothing to forward to`,
    );
  return found.sort((a, b) => (a.pod < b.pod ? -1 : 1));
}

async function slicesOf(objects: Objects, { namespace, name }: ServiceAddress, signal: AbortSignal): Promise<Obj[]> {
  const labels = { 'kubernetes.io/service-name': name };
  const type = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace };
  return (await told(objects.list(type, { labels }, signal))).items;
}

/** Where the name of a headless Service may lead to. */
export async function addressesBehind(objects: Objects, service: ServiceAddress, signal: AbortSignal): Promise<string[]> {
  const slices = await slicesOf(objects, service, signal);
  const endpoints = slices.flatMap((slice) => list(slice['endpoints']).filter(isObject)).filter(isServing);
  return endpoints.flatMap(({ addresses }) => list(addresses).filter((each) => typeof each === 'string'));
}

/** Left out, readiness is unknown, which counts as ready. */
function isServing({ conditions }: JsonObject): boolean {
  return !isObject(conditions) || conditions['ready'] !== false;
}

function podOf({ targetRef }: JsonObject): string[] {
  return isObject(targetRef) && targetRef['kind'] === 'Pod' && typeof targetRef['name'] === 'string' ? [targetRef['name']] : [];
}

function list(value: Json | undefined | unknown): readonly Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}
