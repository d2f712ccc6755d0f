// The columns that `kubectl get` shows, by kind, as data. It must not choose objects.
import type { Obj } from '../../contracts.ts';
import { about, firstSeen, lastSeen, message, part, source, times } from './cells-event.ts';
import { targets } from './cells-metrics.ts';
import { addresses, externalIp, labels, selector, servicePorts, sliceAddresses, slicePorts } from './cells-network.ts';
import { podCount, podGates, podReason, podRestarts } from './cells-pod.ts';
import { type Column, AGE, NAME, at, count, json, list, text, wide } from './cells.ts';

function containers(name: string, field: string): Column {
  const cell = (object: Obj): string =>
    list(object, 'spec.template.spec.containers')
      .map((container) => container[field])
      .join(',');
  return wide({ name, cell });
}

const TEMPLATE = [containers('Containers', 'name'), containers('Images', 'image')];
const SELECTOR = wide({ name: 'Selector', cell: (object) => selector(at(object, 'spec.selector')) });

function entries(...fields: readonly string[]): Column {
  return { name: 'Data', cell: (object) => fields.reduce((sum, field) => sum + Object.keys(object[field] ?? {}).length, 0) };
}

export const COLUMNS: Record<string, readonly Column[]> = {
  Deployment: [
    NAME,
    { name: 'Ready', cell: (object) => `${at(object, 'status.readyReplicas') ?? 0}/${at(object, 'spec.replicas') ?? 0}` },
    count('Up-to-date', 'status.updatedReplicas', 'string'),
    count('Available', 'status.availableReplicas', 'string'),
    AGE,
    ...TEMPLATE,
    SELECTOR,
  ],
  ReplicaSet: [
    NAME,
    count('Desired', 'spec.replicas'),
    count('Current', 'status.replicas'),
    count('Ready', 'status.readyReplicas'),
    AGE,
    ...TEMPLATE,
    SELECTOR,
  ],
  Pod: [
    NAME,
    { name: 'Ready', cell: podCount },
    { name: 'Status', cell: podReason },
    { name: 'Restarts', cell: podRestarts },
    AGE,
    wide(text('IP', 'status.podIP', '<none>')),
    wide(text('Node', 'spec.nodeName', '<none>')),
    wide(text('Nominated Node', 'status.nominatedNodeName', '<none>')),
    wide({ name: 'Readiness Gates', cell: podGates }),
  ],
  Service: [
    NAME,
    text('Type', 'spec.type'),
    text('Cluster-IP', 'spec.clusterIP', '<none>'),
    { name: 'External-IP', cell: externalIp },
    { name: 'Port(s)', cell: servicePorts },
    AGE,
    wide({ name: 'Selector', cell: (object) => labels(at(object, 'spec.selector')) }),
  ],
  Endpoints: [NAME, { name: 'Endpoints', cell: addresses }, AGE],
  EndpointSlice: [
    NAME,
    text('AddressType', 'addressType'),
    { name: 'Ports', cell: slicePorts },
    { name: 'Endpoints', cell: sliceAddresses },
    AGE,
  ],
  ConfigMap: [NAME, entries('data', 'binaryData'), AGE],
  Secret: [NAME, text('Type', 'type'), entries('data'), AGE],
  ServiceAccount: [NAME, { name: 'Secrets', cell: (object) => list(object, 'secrets').length }, AGE],
  Namespace: [NAME, text('Status', 'status.phase'), AGE],
  Node: [
    NAME,
    { name: 'Status', cell: () => 'Ready' },
    { name: 'Roles', cell: () => '<none>' },
    AGE,
    { name: 'Version', cell: () => 'v1.34.1+sandbox' },
  ],
  Lease: [NAME, text('Holder', 'spec.holderIdentity'), AGE],
  HorizontalPodAutoscaler: [
    NAME,
    { name: 'Reference', cell: (object) => `${at(object, 'spec.scaleTargetRef.kind')}/${at(object, 'spec.scaleTargetRef.name')}` },
    { name: 'Targets', cell: targets },
    { name: 'MinPods', cell: (object) => String(at(object, 'spec.minReplicas') ?? '<unset>') },
    count('MaxPods', 'spec.maxReplicas', 'string'),
    count('Replicas', 'status.currentReplicas', 'string'),
    AGE,
  ],
  DaemonSet: [
    NAME,
    count('Desired', 'status.desiredNumberScheduled'),
    count('Current', 'status.currentNumberScheduled'),
    count('Ready', 'status.numberReady'),
    count('Up-to-date', 'status.updatedNumberScheduled'),
    count('Available', 'status.numberAvailable'),
    { name: 'Node Selector', cell: (object) => labels(at(object, 'spec.template.spec.nodeSelector')) },
    AGE,
    ...TEMPLATE,
    SELECTOR,
  ],
  Event: [
    { name: 'Last Seen', cell: lastSeen },
    text('Type', 'type'),
    text('Reason', 'reason'),
    { name: 'Object', cell: about },
    wide({ name: 'Subobject', cell: part }),
    wide({ name: 'Source', cell: source }),
    { name: 'Message', cell: message },
    wide({ name: 'First Seen', cell: firstSeen }),
    wide({ name: 'Count', cell: times }),
    wide(NAME),
  ],
  VirtualService: [
    NAME,
    { name: 'Gateways', cell: (object) => json(at(object, 'spec.gateways')) },
    { name: 'Hosts', cell: (object) => json(at(object, 'spec.hosts')) },
    AGE,
  ],
  DestinationRule: [NAME, text('Host', 'spec.host'), AGE],
  Gateway: [NAME, AGE],
  HTTPRoute: [NAME, { name: 'Hostnames', cell: (object) => json(at(object, 'spec.hostnames')) }, { ...AGE, type: 'date' }],
};
