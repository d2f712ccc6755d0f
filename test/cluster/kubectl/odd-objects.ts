// Objects as no ordinary release makes them, so that every branch of a printed column is met. Data only; `status` is written afterwards.
import type { JsonObject } from '../../../src/contracts.ts';

export interface OddObject {
  readonly path: string;
  readonly body: JsonObject;
  readonly status?: JsonObject;
}

const running = { running: { startedAt: '2020-01-01T00:00:00Z' } };
const ended = (fields: JsonObject): JsonObject => ({
  terminated: { exitCode: 1, startedAt: '2020-01-01T00:00:00Z', finishedAt: '2020-01-01T00:00:00Z', ...fields },
});
const is = (type: string, status: 'True' | 'False', more: JsonObject = {}): JsonObject => ({ type, status, ...more });

function container(name: string, fields: JsonObject): JsonObject {
  return { name, image: 'a', imageID: '', ready: false, restartCount: 0, ...fields };
}

function pod(name: string, status: JsonObject, spec: JsonObject = {}): OddObject {
  const body = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'a', image: 'a' }], terminationGracePeriodSeconds: 0, ...spec },
  };
  return { path: 'api/v1/NS/pods', body, status };
}

const two = { containers: ['a', 'b'].map((name) => ({ name, image: name })) };
const prepared = { ...two, initContainers: ['i', 'j'].map((name) => ({ name, image: name })) };
const beside = { initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Always' }] };
const over = { ...ended({ exitCode: 0 }) };
const notYet = [is('Initialized', 'False')];

const ending = pod('ending', {
  phase: 'Running',
  podIP: '10.9.9.9',
  podIPs: [{ ip: '10.9.9.9' }],
  containerStatuses: [container('a', { ready: true, state: running })],
});

export const ODD_PODS: readonly OddObject[] = [
  pod('waiting', { phase: 'Pending', containerStatuses: [container('a', { state: { waiting: { reason: 'ImagePullBackOff' } } })] }),
  pod('waiting-for-nothing', { phase: 'Pending', containerStatuses: [container('a', { state: { waiting: {} } })] }),
  pod('crashing', {
    phase: 'Running',
    containerStatuses: [
      container('a', { restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended({ reason: 'Error' }) }),
    ],
  }),
  pod('restarted', {
    phase: 'Running',
    containerStatuses: [container('a', { restartCount: 2, ready: true, state: running, lastState: over })],
  }),
  pod('ended-without-reason', { phase: 'Failed', containerStatuses: [container('a', { state: ended({ exitCode: 7 }) })] }),
  pod('ended-by-signal', { phase: 'Failed', containerStatuses: [container('a', { state: ended({ signal: 9 }) })] }),
  pod('completed', { phase: 'Succeeded', containerStatuses: [container('a', { state: ended({ exitCode: 0, reason: 'Completed' }) })] }),
  pod('evicted', { phase: 'Failed', reason: 'Evicted' }),
  pod(
    'half-completed',
    {
      phase: 'Running',
      conditions: [is('Ready', 'False')],
      containerStatuses: [
        container('a', { state: ended({ exitCode: 0, reason: 'Completed' }) }),
        container('b', { ready: true, state: running }),
      ],
    },
    two,
  ),
  pod(
    'half-completed-ready',
    {
      phase: 'Running',
      conditions: [is('Ready', 'True')],
      containerStatuses: [
        container('a', { state: ended({ exitCode: 0, reason: 'Completed' }) }),
        container('b', { ready: true, state: running }),
      ],
    },
    two,
  ),
  pod(
    'init-first',
    { phase: 'Pending', conditions: notYet, initContainerStatuses: [container('i', { state: running }), container('j', {})] },
    prepared,
  ),
  pod(
    'init-second',
    {
      phase: 'Pending',
      conditions: notYet,
      initContainerStatuses: [container('i', { state: over }), container('j', { state: { waiting: { reason: 'PodInitializing' } } })],
    },
    prepared,
  ),
  pod(
    'init-failing',
    {
      phase: 'Pending',
      conditions: notYet,
      initContainerStatuses: [container('i', { restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff' } } })],
    },
    prepared,
  ),
  pod(
    'init-failed',
    { phase: 'Pending', conditions: notYet, initContainerStatuses: [container('i', { state: ended({ reason: 'Error' }) })] },
    prepared,
  ),
  pod(
    'init-failed-so',
    { phase: 'Pending', conditions: notYet, initContainerStatuses: [container('i', { state: ended({ exitCode: 3 }) })] },
    prepared,
  ),
  pod(
    'init-killed',
    { phase: 'Pending', conditions: notYet, initContainerStatuses: [container('i', { state: ended({ signal: 15 }) })] },
    prepared,
  ),
  pod(
    'sidecar',
    {
      phase: 'Running',
      conditions: [is('Initialized', 'True')],
      initContainerStatuses: [container('i', { started: true, ready: true, restartCount: 1, state: running })],
      containerStatuses: [container('a', { ready: true, restartCount: 1, state: running })],
    },
    beside,
  ),
  pod(
    'gated',
    { phase: 'Running', conditions: [is('a.example.com/b', 'True')] },
    { readinessGates: [{ conditionType: 'a.example.com/b' }, { conditionType: 'c.example.com/d' }] },
  ),
  pod('nominated', { phase: 'Pending', nominatedNodeName: 'node-1' }),
  pod('ready-not-running', { phase: 'Running', containerStatuses: [container('a', { ready: true, state: {} })] }),
  { ...ending, body: { ...ending.body, metadata: { name: 'ending', finalizers: ['example.com/stay'] } } },
];

function service(name: string, spec: JsonObject, status?: JsonObject): OddObject {
  const body = { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } };
  return { path: 'api/v1/NS/services', body, ...(status ? { status } : {}) };
}

function scaler(name: string, metrics: JsonObject[], currentMetrics: JsonObject[] | null, more: JsonObject = {}): OddObject {
  const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'none' }, maxReplicas: 5, metrics, ...more };
  const status = { currentReplicas: 2, desiredReplicas: 3, currentMetrics };
  return {
    path: 'apis/autoscaling/v2/NS/horizontalpodautoscalers',
    body: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name }, spec },
    status,
  };
}

const cpu = (target: JsonObject): JsonObject => ({ type: 'Resource', resource: { name: 'cpu', target } });
const cpuNow = (current: JsonObject): JsonObject => ({ type: 'Resource', resource: { name: 'cpu', current } });
const pods = (target: JsonObject): JsonObject => ({ type: 'Pods', pods: { metric: { name: 'requests' }, target } });
const object = (target: JsonObject): JsonObject => ({
  type: 'Object',
  object: { metric: { name: 'queue' }, describedObject: { kind: 'Service', name: 'a', apiVersion: 'v1' }, target },
});
const external = (target: JsonObject): JsonObject => ({ type: 'External', external: { metric: { name: 'jobs' }, target } });
const inContainer = (target: JsonObject): JsonObject => ({
  type: 'ContainerResource',
  containerResource: { name: 'memory', container: 'a', target },
});
const utilization = { type: 'Utilization', averageUtilization: 80 };
const average = { type: 'AverageValue', averageValue: '100m' };
const value = { type: 'Value', value: '10' };

const addresses = (count: number): JsonObject[] => Array.from({ length: count }, (_, at) => ({ addresses: [`10.1.1.${at + 1}`] }));

function slice(name: string, endpoints: JsonObject[], ports: JsonObject[]): OddObject {
  const body = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name }, addressType: 'IPv4', endpoints, ports };
  return { path: 'apis/discovery.k8s.io/v1/NS/endpointslices', body };
}

function endpoints(name: string, subsets: JsonObject[]): OddObject {
  return { path: 'api/v1/NS/endpoints', body: { apiVersion: 'v1', kind: 'Endpoints', metadata: { name }, subsets } };
}

const ips = (...numbers: number[]): JsonObject[] => numbers.map((number) => ({ ip: `10.1.1.${number}` }));

function event(name: string, fields: JsonObject): OddObject {
  const involvedObject = { kind: 'Deployment', namespace: 'NS', name: 'a', apiVersion: 'apps/v1' };
  const times = { firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-02T00:00:00Z' };
  const body = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name },
    involvedObject,
    type: 'Normal',
    reason: 'Odd',
    message: 'm',
    ...times,
    ...fields,
  };
  return { path: 'api/v1/NS/events', body };
}

const odd = { app: 'odd' };
const template = { metadata: { labels: odd }, spec: { containers: ['a', 'b'].map((name) => ({ name, image: `${name}:1` })) } };
const picky = {
  matchLabels: { app: 'odd' },
  matchExpressions: [
    { key: 'app', operator: 'In', values: ['odd', 'even'] },
    { key: 'z', operator: 'DoesNotExist' },
    { key: 'app', operator: 'NotIn', values: ['c'] },
    { key: 'app', operator: 'Exists' },
  ],
};

function workload(kind: string, plural: string, spec: JsonObject, status?: JsonObject): OddObject {
  const body = { apiVersion: 'apps/v1', kind, metadata: { name: 'odd' }, spec: { selector: picky, template, ...spec } };
  return { path: `apis/apps/v1/NS/${plural}`, body, ...(status ? { status } : {}) };
}

export const ODD_OBJECTS: readonly OddObject[] = [
  workload('Deployment', 'deployments', { replicas: 0, paused: true }),
  workload('ReplicaSet', 'replicasets', { replicas: 0 }),
  workload('DaemonSet', 'daemonsets', { template: { ...template, spec: { ...template.spec, nodeSelector: { disk: 'ssd', arch: 'x' } } } }),
  service('headless', { clusterIP: 'None' }),
  service('without-selector', {
    ports: [
      { name: 'a', port: 80 },
      { name: 'b', port: 53, protocol: 'UDP' },
    ],
  }),
  service('node-port', { type: 'NodePort', selector: { b: '2', a: '1' } }),
  service('pending', { type: 'LoadBalancer' }),
  service(
    'balanced',
    { type: 'LoadBalancer', externalIPs: ['10.7.7.7'] },
    { loadBalancer: { ingress: [{ ip: '10.8.8.8' }, { hostname: 'a-long-name.balancers.example.com' }] } },
  ),
  service('external-ips', { externalIPs: ['10.7.7.7', '10.7.7.8'] }),
  service('elsewhere', { type: 'ExternalName', externalName: 'example.com', ports: [] }),
  scaler('no-metrics', [], null, { minReplicas: 2 }),
  scaler('one', [cpu(utilization)], [cpuNow({ averageUtilization: 40, averageValue: '10m' })]),
  scaler('one-average', [cpu(average)], [cpuNow({ averageValue: '50m' })]),
  scaler('unknown-average', [cpu(average)], null),
  scaler(
    'three',
    [cpu(utilization), pods(average), object(value)],
    [
      cpuNow({ averageUtilization: 40, averageValue: '10m' }),
      { type: 'Pods', pods: { metric: { name: 'requests' }, current: { averageValue: '7' } } },
    ],
  ),
  scaler(
    'of-object',
    [object(value)],
    [
      {
        type: 'Object',
        object: { metric: { name: 'queue' }, describedObject: { kind: 'Service', name: 'a', apiVersion: 'v1' }, current: { value: '5' } },
      },
    ],
  ),
  scaler('of-object-average', [object(average)], null),
  scaler('external', [external(value)], [{ type: 'External', external: { metric: { name: 'jobs' }, current: { value: '5' } } }]),
  scaler(
    'external-average',
    [external(average)],
    [{ type: 'External', external: { metric: { name: 'jobs' }, current: { value: '0', averageValue: '5' } } }],
  ),
  scaler('external-unknown', [external(average), inContainer(utilization)], null),
  scaler(
    'container-average',
    [inContainer(average)],
    [{ type: 'ContainerResource', containerResource: { name: 'memory', container: 'a', current: { averageValue: '5Mi' } } }],
  ),
  scaler(
    'container',
    [inContainer(utilization)],
    [
      {
        type: 'ContainerResource',
        containerResource: { name: 'memory', container: 'a', current: { averageUtilization: 5, averageValue: '5Mi' } },
      },
    ],
  ),
  slice('empty', [], []),
  slice(
    'many',
    addresses(5),
    [1, 2, 3, 4].map((at) => ({ name: `p${at}`, port: at })),
  ),
  slice('without-number', addresses(3), [{ name: 'http' }]),
  endpoints('without-ports', [{ addresses: ips(1, 2) }]),
  endpoints('two-ports', [
    {
      addresses: ips(1, 2),
      ports: [
        { name: 'a', port: 1 },
        { name: 'b', port: 2 },
      ],
    },
  ]),
  endpoints('many', [
    { addresses: ips(1, 2, 3, 4), notReadyAddresses: ips(9), ports: [{ port: 1 }] },
    { addresses: ips(5), ports: [{ port: 2 }] },
  ]),
  endpoints('not-ready', [{ notReadyAddresses: ips(9), ports: [{ port: 1 }] }]),
  {
    path: 'api/v1/NS/configmaps',
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'both' }, data: { a: '1' }, binaryData: { b: 'AA==', c: 'AA==' } },
  },
  { path: 'api/v1/NS/secrets', body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'empty' }, type: 'example.com/odd' } },
  {
    path: 'api/v1/NS/serviceaccounts',
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'two' }, secrets: [{ name: 'a' }, { name: 'b' }] },
  },
  {
    path: 'apis/coordination.k8s.io/v1/NS/leases',
    body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'nobody' }, spec: {} },
  },
  {
    path: 'apis/coordination.k8s.io/v1/NS/leases',
    body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'held' }, spec: { holderIdentity: 'me' } },
  },
  event('plain', { source: { component: 'canary', host: 'h' }, count: 3 }),
  event('of-a-part', {
    involvedObject: { kind: 'Pod', namespace: 'NS', name: 'p', fieldPath: 'spec.containers{a}' },
    message: ' spaced \n',
  }),
  event('new', {
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: '2026-01-03T00:00:00.000000Z',
    reportingComponent: 'example.com/c',
    reportingInstance: 'i-1',
    action: 'Did',
    source: {},
  }),
  event('series', {
    eventTime: '2026-01-03T00:00:00.000000Z',
    series: { count: 7, lastObservedTime: '2026-01-04T00:00:00.000000Z' },
    reportingComponent: 'example.com/c',
    reportingInstance: 'i-1',
    action: 'Did',
  }),
];
