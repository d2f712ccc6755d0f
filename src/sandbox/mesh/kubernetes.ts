// What Kubernetes itself does with a request: Service, EndpointSlices, pods. It must look at nothing but these objects.
import { isObject } from '../../common/json.ts';
import type { Obj } from '../../contracts.ts';
import type { Endpoint, Host, Objects } from './types.ts';

/** The Service that a host name means, or undefined: only short names and full ones are known, as in a mesh. */
export function serviceOf(objects: Objects, host: Host): Obj | undefined {
  const [name = '', namespace = host.namespace, ...rest] = host.name.split('.');
  const full = rest.join('.') === 'svc.cluster.local';
  if (host.name.includes('.') && !full) return undefined;
  return objects.list('Service', namespace).find((service) => service.metadata.name === name);
}

/** By number or by name. A Service that says nothing of ports has them all. */
export function hasPort(service: Obj, port: unknown): boolean {
  const spec = isObject(service['spec']) ? service['spec'] : {};
  const ports = Array.isArray(spec['ports']) ? spec['ports'].filter(isObject) : [];
  return !ports.length || ports.some((each) => each['port'] === port || String(each['port']) === port || each['name'] === port);
}

/** Pods behind a Service that are ready and stay. */
export function endpointsOf(objects: Objects, service: Obj): Endpoint[] {
  const { name, namespace = 'default' } = service.metadata;
  const pods = new Map(objects.list('Pod', namespace).map((pod) => [pod.metadata.name, pod]));
  const ready = new Set<string>();
  for (const slice of objects.list('EndpointSlice', namespace)) {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== name) continue;
    for (const entry of Array.isArray(slice['endpoints']) ? (slice['endpoints'] as unknown[]) : []) {
      const pod = readyPod(entry);
      if (pod !== undefined) ready.add(pod);
    }
  }
  return [...ready].sort().flatMap((podName) => {
    const pod = pods.get(podName);
    return pod ? [{ pod, workload: workloadOf(pod) }] : [];
  });
}

function readyPod(entry: unknown): string | undefined {
  if (!isObject(entry)) return undefined;
  const { conditions, targetRef } = entry;
  // A missing condition means ready.
  if (isObject(conditions) && (conditions['ready'] === false || conditions['terminating'] === true)) return undefined;
  const name = isObject(targetRef) && targetRef['kind'] === 'Pod' ? targetRef['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** As Istio names it: a ReplicaSet that a Deployment made counts as the Deployment, known by the hash that both carry. */
export function workloadOf(pod: Obj): string {
  const owner = pod.metadata.ownerReferences?.find((reference) => reference['controller'] === true);
  const name = String(owner?.['name'] ?? pod.metadata.name);
  const hash = pod.metadata.labels?.['pod-template-hash'];
  return owner?.['kind'] === 'ReplicaSet' && hash && name.endsWith(`-${hash}`) ? name.slice(0, -hash.length - 1) : name;
}
