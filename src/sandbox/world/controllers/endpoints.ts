// Which pods stand behind a Service: EndpointSlices and the older Endpoints, written a settable while after the change.
import type { Obj } from '../../../contracts.ts';
import { shortHash } from '../hash.ts';
import { timestamp } from '../time.ts';
import { isReady, isTerminating, matchesLabels, type Pod, type Service, type ServicePort } from '../shapes.ts';
import type { SandboxWorld } from '../types.ts';
import { type Controller, keyOfEvent, splitKey } from './controller.ts';

interface ResolvedPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol?: string;
}

function portNumber(port: ServicePort, pods: readonly Pod[]): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  for (const pod of pods) {
    for (const container of pod.spec.containers) {
      const found = container.ports?.find(({ name }) => name === target);
      if (found !== undefined) return found.containerPort;
    }
  }
  return undefined;
}

function resolvePorts(service: Service, pods: readonly Pod[]): ResolvedPort[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const number = portNumber(port, pods);
    if (number === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = port;
    return [{ name, port: number, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function reference(pod: Pod): object {
  return { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid };
}

function endpoint(pod: Pod): object {
  const terminating = isTerminating(pod);
  const serving = isReady(pod);
  const conditions = { ready: serving && !terminating, serving, terminating };
  return { addresses: [pod.status.podIP], conditions, nodeName: pod.spec.nodeName, targetRef: reference(pod) };
}

function address(pod: Pod): object {
  return { ip: pod.status.podIP, nodeName: pod.spec.nodeName, targetRef: reference(pod) };
}

function put(world: SandboxWorld, object: Obj): void {
  const { namespace, name } = object.metadata;
  const row = world.row(object.kind);
  const before = world.get(object.kind, namespace, name);
  if (before === undefined) world.store.create(row, object);
  else world.store.update(row, { ...before, ...object, metadata: { ...before.metadata, labels: object.metadata.labels ?? {} } });
}

function sliceOf(service: Service, pods: readonly Pod[], ports: readonly ResolvedPort[]): Obj {
  const { name, namespace = '', uid, labels, creationTimestamp } = service.metadata;
  const owner = { apiVersion: 'v1', kind: 'Service', name, uid: uid ?? '', controller: true, blockOwnerDeletion: true };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${shortHash(`slice/${uid}`, 5)}`,
      generateName: `${name}-`,
      namespace,
      labels: {
        ...labels,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': creationTimestamp ?? '' },
      ownerReferences: [owner],
    },
    addressType: 'IPv4',
    // The real server writes null, not [], where there is nothing.
    endpoints: pods.length > 0 ? pods.map(endpoint) : null,
    ports: pods.length > 0 ? ports : null,
  };
}

function endpointsOf(service: Service, pods: readonly Pod[], ports: readonly ResolvedPort[]): Obj {
  const { name, namespace = '', labels, creationTimestamp } = service.metadata;
  const live = pods.filter((pod) => !isTerminating(pod));
  const addresses = live.filter(isReady).map(address);
  const notReadyAddresses = live.filter((pod) => !isReady(pod)).map(address);
  const subset = {
    ...(addresses.length > 0 ? { addresses } : {}),
    ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
    ports: ports.map(({ name: portName, ...port }) => (portName === '' ? port : { name: portName, ...port })),
  };
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name,
      namespace,
      labels: { ...labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': creationTimestamp ?? timestamp(0) },
    },
    ...(live.length > 0 ? { subsets: [subset] } : {}),
  };
}

function reconcile(key: string, world: SandboxWorld): void {
  const [namespace, name] = splitKey(key);
  const service = world.get('Service', namespace, name) as Service | undefined;
  if (service === undefined) {
    const left = world.get('Endpoints', namespace, name);
    if (left !== undefined) world.store.remove(world.row('Endpoints'), left);
    return;
  }
  const { selector } = service.spec;
  if (selector === undefined || Object.keys(selector).length === 0) return;
  const all = world.list('Pod', namespace) as Pod[];
  const pods = all.filter((pod) => matchesLabels(selector, pod.metadata.labels) && pod.status.podIP !== undefined);
  const ports = resolvePorts(service, pods);
  put(world, sliceOf(service, pods, ports));
  const { subsets, ...rest } = endpointsOf(service, pods, ports);
  const before = world.get('Endpoints', namespace, name);
  if (subsets === undefined && before?.['subsets'] !== undefined) {
    const { subsets: _, ...without } = before;
    world.store.update(world.row('Endpoints'), without as Obj);
  } else put(world, (subsets === undefined ? rest : { ...rest, subsets }) as Obj);
}

export const endpoints: Controller = {
  id: 'endpoints',
  delay: ({ endpointLagMs }) => endpointLagMs,
  on: {
    Service: keyOfEvent,
    Pod: ({ before, after }, world) =>
      (world.list('Service', after.metadata.namespace) as Service[])
        .filter(({ spec }) => spec.selector !== undefined)
        .filter(
          ({ spec }) =>
            matchesLabels(spec.selector, after.metadata.labels) || (before && matchesLabels(spec.selector, before.metadata.labels)),
        )
        .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  },
  reconcile,
};
