// The kinds that no controller writes to within a sequence's life: good objects, changes and faults, as data.
import type { PlayedKind } from './kinds.ts';

const CONFIGURATION: readonly PlayedKind[] = [
  {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    plural: 'configmaps',
    subresources: [],
    bodies: [{ data: { a: '1' } }, { data: { a: '1', b: 'two' }, binaryData: { c: 'AAEC' } }, {}, { data: { k: 'v' }, immutable: true }],
    changes: [
      { data: { a: '2' } },
      { data: { b: 'x' } },
      { data: { a: null } },
      { data: null },
      { data: {} },
      { immutable: true },
      { immutable: false },
    ],
    faults: [
      { data: { 'bad key!': 'x' } },
      { data: { n: 5 } },
      { immutable: 'yes' },
      { data: ['a'] },
      { data: { c: '1' }, binaryData: { c: 'AAEC' } },
      { binaryData: { d: '***' } },
    ],
    strategic: [
      { data: { a: '3' } },
      { data: { a: null } },
      { data: { $patch: 'replace', n: 'ew' } },
      { $patch: 'replace', metadata: { name: 'a' }, data: { n: 'ew' } },
    ],
    jsonPatches: [
      [{ op: 'add', path: '/data/j', value: 'son' }],
      [
        { op: 'test', path: '/data/a', value: '1' },
        { op: 'remove', path: '/data/a' },
      ],
    ],
  },
  {
    kind: 'Secret',
    apiVersion: 'v1',
    plural: 'secrets',
    subresources: [],
    bodies: [
      { stringData: { a: 'one' } },
      { data: { a: 'b25l' }, type: 'example.com/token' },
      {},
      { data: { a: 'b25l' }, stringData: { a: 'two', b: 'ü' }, immutable: true },
    ],
    changes: [
      { stringData: { b: 'two' } },
      { data: { a: null } },
      { data: { c: 'Yw==' } },
      { data: null },
      { stringData: {} },
      { immutable: true },
    ],
    faults: [{ data: { a: '***' } }, { type: 'other/type' }, { stringData: { 'bad key!': 'x' } }, { stringData: { a: 1 } }],
    strategic: [{ stringData: { s: 'm' } }, { data: { a: 'Mg==' } }],
    jsonPatches: [[{ op: 'add', path: '/data/j', value: 'ag==' }]],
  },
];

const NETWORK: readonly PlayedKind[] = [
  {
    kind: 'Service',
    apiVersion: 'v1',
    plural: 'services',
    subresources: ['status'],
    bodies: [
      { spec: { selector: { app: 'x' }, ports: [{ port: 80 }] } },
      {
        spec: {
          selector: { app: 'x' },
          ports: [
            { name: 'http', port: 80, targetPort: 'http' },
            { name: 'grpc', port: 81, appProtocol: 'grpc' },
          ],
          internalTrafficPolicy: 'Local',
        },
      },
      { spec: { type: 'NodePort', ports: [{ port: 80 }] } },
      { spec: { type: 'ExternalName', externalName: 'example.com' } },
      { spec: { clusterIP: 'None', selector: { app: 'x' } } },
      { spec: { type: 'LoadBalancer', ports: [{ port: 443, protocol: 'TCP' }], sessionAffinity: 'ClientIP' } },
    ],
    changes: [
      { spec: { selector: { app: 'y' } } },
      { spec: { ports: [{ port: 8080, targetPort: 9898 }] } },
      {
        spec: {
          ports: [
            { name: 'a', port: 1 },
            { name: 'b', port: 1, protocol: 'UDP' },
          ],
        },
      },
      { spec: { sessionAffinity: 'ClientIP' } },
      { spec: { publishNotReadyAddresses: true } },
      { spec: { selector: null } },
      { spec: { internalTrafficPolicy: null } },
    ],
    faults: [
      { spec: { ports: [] } },
      { spec: { ports: [{ port: 0 }] } },
      { spec: { ports: [{ port: 70_000 }] } },
      { spec: { ports: [{ port: 80, protocol: 'XYZ' }] } },
      { spec: { ports: [{ port: 80 }, { port: 81 }] } },
      {
        spec: {
          ports: [
            { name: 'a', port: 80 },
            { name: 'a', port: 81 },
          ],
        },
      },
      {
        spec: {
          ports: [
            { name: 'a', port: 80 },
            { name: 'b', port: 80 },
          ],
        },
      },
      { spec: { ports: [{ port: 80, targetPort: 'Bad_Port' }] } },
      { spec: { ports: [{ port: 80, targetPort: 70_000 }] } },
      { spec: { ports: [{ name: 'Bad Name', port: 80 }] } },
      { spec: { selector: { app: 'no spaces!' } } },
      { spec: { type: 'Odd' } },
      { spec: { clusterIP: 'nonsense' } },
      { spec: { sessionAffinity: 'Odd' } },
      { spec: { ports: [{ port: 'eighty' }] } },
    ],
    strategic: [
      { spec: { ports: [{ port: 80, name: 'renamed' }] } },
      { spec: { ports: [{ port: 90, name: 'more' }] } },
      { spec: { ports: [{ port: 80, $patch: 'delete' }] } },
      { spec: { selector: { version: '2' } } },
    ],
    jsonPatches: [
      [{ op: 'replace', path: '/spec/selector', value: { app: 'z' } }],
      [{ op: 'test', path: '/spec/type', value: 'ClusterIP' }],
    ],
  },
  {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    plural: 'endpointslices',
    subresources: [],
    bodies: [
      { addressType: 'IPv4', endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ port: 80 }] },
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.1.2.4'], conditions: { ready: false } }],
        ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      },
      { addressType: 'IPv4', endpoints: [] },
    ],
    changes: [{ endpoints: [{ addresses: ['10.9.9.9'], nodeName: 'n' }] }, { endpoints: null }, { ports: [{ name: 'x', port: 81 }] }],
    faults: [
      { addressType: 'Odd' },
      { endpoints: [{ addresses: [] }] },
      { endpoints: [{ addresses: ['nonsense'] }] },
      { addressType: null },
    ],
  },
];

const SCALING: readonly PlayedKind[] = [
  {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    plural: 'horizontalpodautoscalers',
    subresources: ['status'],
    bodies: [
      { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } } },
      {
        spec: {
          minReplicas: 2,
          maxReplicas: 4,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' },
          metrics: [{ type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } } }],
          behavior: { scaleDown: { stabilizationWindowSeconds: 10 } },
        },
      },
    ],
    changes: [{ spec: { maxReplicas: 9 } }, { spec: { minReplicas: 3 } }, { spec: { minReplicas: null } }, { spec: { metrics: null } }],
    faults: [
      { spec: { maxReplicas: 0 } },
      { spec: { maxReplicas: 1, minReplicas: 2 } },
      { spec: { minReplicas: 0 } },
      { spec: { scaleTargetRef: { kind: null } } },
      { spec: { scaleTargetRef: { name: null } } },
      { spec: { maxReplicas: 'three' } },
      { spec: { maxReplicas: null } },
    ],
    strategic: [{ spec: { maxReplicas: 7 } }],
    jsonPatches: [[{ op: 'replace', path: '/spec/maxReplicas', value: 8 }]],
  },
];

const RECORDS: readonly PlayedKind[] = [
  {
    kind: 'Lease',
    apiVersion: 'coordination.k8s.io/v1',
    plural: 'leases',
    subresources: [],
    bodies: [
      { spec: { holderIdentity: 'ana', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.123456Z' } },
      {},
      { spec: { acquireTime: '2026-01-01T00:00:00.000000Z', leaseTransitions: 0 } },
    ],
    changes: [
      { spec: { renewTime: '2026-01-01T00:00:05.000001Z' } },
      { spec: { renewTime: '2026-01-01T00:00:05Z' } },
      { spec: { renewTime: '2026-01-01T02:00:05.5+02:00' } },
      { spec: { holderIdentity: 'bob', leaseTransitions: 1 } },
      { spec: { holderIdentity: '' } },
      { spec: { holderIdentity: null } },
    ],
    faults: [
      { spec: { leaseDurationSeconds: 0 } },
      { spec: { renewTime: 'noon' } },
      { spec: { leaseTransitions: -1 } },
      { spec: { leaseDurationSeconds: 'x' } },
    ],
    strategic: [{ spec: { holderIdentity: 'eve' } }],
    jsonPatches: [[{ op: 'add', path: '/spec', value: { holderIdentity: 'json' } }]],
  },
  {
    kind: 'Event',
    apiVersion: 'v1',
    plural: 'events',
    subresources: [],
    bodies: [
      {
        involvedObject: { kind: 'Pod', name: 'p', namespace: '«ns»' },
        reason: 'Synced',
        message: 'done',
        type: 'Normal',
        source: { component: 'canary' },
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
        count: 1,
      },
      { involvedObject: { namespace: '«ns»' }, message: 'little' },
    ],
    changes: [{ count: 2, lastTimestamp: '2026-01-01T00:01:00Z' }, { message: 'changed' }, { type: 'Warning' }],
    faults: [{ involvedObject: { namespace: 'elsewhere' } }, { count: 'one' }, { lastTimestamp: 'noon' }],
    strategic: [{ count: 5 }],
  },
];

const ROUTES: readonly PlayedKind[] = [
  {
    kind: 'VirtualService',
    apiVersion: 'networking.istio.io/v1beta1',
    plural: 'virtualservices',
    isCustom: true,
    subresources: ['status'],
    bodies: [
      { spec: { hosts: ['x'], http: [{ route: [{ destination: { host: 'x-primary' }, weight: 100 }] }] } },
      { spec: { hosts: ['y'], odd: null, empty: {}, none: [] } },
      {},
    ],
    changes: [
      { spec: { http: [{ route: [{ destination: { host: 'x' }, weight: 50 }] }] } },
      { spec: { hosts: null } },
      { spec: { gateways: [] } },
      { spec: null },
      { status: { seen: true } },
      { more: 'fields' },
    ],
    faults: [],
    strategic: [{ spec: { hosts: ['z'] } }],
    jsonPatches: [[{ op: 'replace', path: '/spec/hosts/0', value: 'json' }], [{ op: 'test', path: '/spec/hosts/0', value: 'x' }]],
  },
  {
    kind: 'TrafficSplit',
    apiVersion: 'split.smi-spec.io/v1alpha2',
    plural: 'trafficsplits',
    isCustom: true,
    subresources: [],
    bodies: [{ spec: { service: 'x', backends: [{ service: 'x-primary', weight: 100 }] } }],
    changes: [{ spec: { backends: [{ service: 'x-canary', weight: 10 }] } }, { status: { seen: true } }],
    faults: [],
    jsonPatches: [[{ op: 'add', path: '/spec/backends/-', value: { service: 'more', weight: 1 } }]],
  },
];

export const CALM: readonly PlayedKind[] = [...CONFIGURATION, ...NETWORK, ...SCALING, ...RECORDS, ...ROUTES];

/** Controllers make the ones for the others: slices for Services, Events about what they scale or serve. */
const APART: readonly (readonly [string, string])[] = [
  ['EndpointSlice', 'Service'],
  ['Event', 'Service'],
  ['Event', 'HorizontalPodAutoscaler'],
];

/** What may be played beside it. */
export function undisturbedBy(one: PlayedKind): PlayedKind[] {
  return CALM.filter((other) => one === other || !APART.some((pair) => pair.includes(one.kind) && pair.includes(other.kind)));
}
