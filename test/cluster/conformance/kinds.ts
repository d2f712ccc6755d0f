// The kinds that sequences are about: what a good object looks like, how it may change, and what is wrong with a bad one. Data; it plays nothing.
import type { Json, JsonObject } from '../../../src/contracts.ts';

export interface PlayedKind {
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
  /** Without metadata. */
  readonly bodies: readonly JsonObject[];
  /** Merge patches that make another good object of any of them. */
  readonly changes: readonly JsonObject[];
  /** Merge patches that make a bad object of any of them. */
  readonly faults: readonly JsonObject[];
  readonly strategic?: readonly JsonObject[];
  readonly jsonPatches?: readonly Json[];
  readonly subresources: readonly string[];
  /** Controllers write to it. */
  readonly isStirred?: true;
  /** Served by a CustomResourceDefinition. */
  readonly isCustom?: true;
}

const TEMPLATE = {
  metadata: { labels: { app: 'x' } },
  spec: { containers: [{ name: 'main', image: 'podinfo:3.1.0', ports: [{ name: 'http', containerPort: 9898 }] }] },
};
const RICH_TEMPLATE = {
  metadata: { labels: { app: 'x', tier: 'web' }, annotations: { note: 'rich' } },
  spec: {
    serviceAccountName: 'default',
    initContainers: [{ name: 'first', image: 'busybox', command: ['true'] }],
    containers: [
      {
        name: 'main',
        image: 'registry.local:5000/podinfo@sha256:0123456789012345678901234567890123456789012345678901234567890123',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', valueFrom: { configMapKeyRef: { name: 'a', key: 'k' } } },
          { name: 'C', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
        envFrom: [{ secretRef: { name: 's' } }],
        resources: { limits: { cpu: '100m' } },
        livenessProbe: { httpGet: { port: 9898 } },
        readinessProbe: { exec: { command: ['true'] }, periodSeconds: 3 },
        volumeMounts: [{ name: 'conf', mountPath: '/conf' }],
      },
      { name: 'side', image: 'envoy:latest', args: [], ports: [{ containerPort: 80, protocol: 'UDP' }] },
    ],
    volumes: [
      { name: 'conf', configMap: { name: 'a' } },
      { name: 'tmp' },
      { name: 'keys', secret: { secretName: 's', optional: true } },
      { name: 'host', hostPath: { path: '/tmp' } },
    ],
  },
};
const SELECTOR = { matchLabels: { app: 'x' } };

function container(change: JsonObject): JsonObject {
  return { spec: { template: { spec: { containers: [{ name: 'main', ...change }] } } } };
}

const DEPLOYMENT: PlayedKind = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  plural: 'deployments',
  isStirred: true,
  subresources: ['scale', 'status'],
  bodies: [
    { spec: { paused: true, replicas: 0, selector: SELECTOR, template: TEMPLATE } },
    {
      spec: { paused: true, replicas: 0, selector: SELECTOR, template: RICH_TEMPLATE, strategy: { type: 'Recreate' }, minReadySeconds: 0 },
    },
    {
      spec: {
        paused: true,
        replicas: 0,
        selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['x'] }] },
        template: TEMPLATE,
        strategy: { rollingUpdate: { maxSurge: 1 } },
        revisionHistoryLimit: 3,
        progressDeadlineSeconds: 60,
      },
    },
  ],
  changes: [
    { spec: { minReadySeconds: 3 } },
    { spec: { minReadySeconds: null } },
    { spec: { revisionHistoryLimit: null } },
    { spec: { progressDeadlineSeconds: 601 } },
    { spec: { template: { metadata: { annotations: { at: 'noon' } } } } },
    { spec: { template: { spec: { terminationGracePeriodSeconds: 5 } } } },
    { spec: { template: { spec: { dnsPolicy: 'Default', nodeSelector: { disk: 'ssd' } } } } },
    { spec: { template: { spec: { serviceAccountName: 'robot' } } } },
    { spec: { template: { spec: { containers: [{ name: 'only', image: 'nginx' }] } } } },
    { status: { replicas: 5 } },
  ],
  faults: [
    { spec: { selector: { matchLabels: { app: 'y' } } } },
    { spec: { selector: null } },
    { spec: { selector: {} } },
    { spec: { replicas: -1 } },
    { spec: { replicas: 'two' } },
    { spec: { replicas: 1.5 } },
    { spec: { template: { metadata: { labels: { app: 'z' } } } } },
    { spec: { template: { metadata: { labels: { bad: 'no spaces!' } } } } },
    { spec: { template: { spec: { containers: [] } } } },
    { spec: { template: { spec: { containers: [{ name: 'main' }] } } } },
    { spec: { template: { spec: { containers: [{ image: 'x' }] } } } },
    { spec: { template: { spec: { containers: [{ name: 'Bad Name', image: 'x' }] } } } },
    {
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'a', image: 'x' },
              { name: 'a', image: 'y' },
            ],
          },
        },
      },
    },
    { spec: { template: { spec: { containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 0 }] }] } } } },
    { spec: { template: { spec: { containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 70000 }] }] } } } },
    { spec: { template: { spec: { containers: [{ name: 'a', image: 'x', volumeMounts: [{ name: 'none', mountPath: '/x' }] }] } } } },
    { spec: { template: { spec: { restartPolicy: 'Never' } } } },
    { spec: { template: null } },
    { spec: { strategy: { type: 'Odd' } } },
    { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } },
    { spec: { progressDeadlineSeconds: 1, minReadySeconds: 5 } },
    { spec: { minReadySeconds: -1 } },
    { spec: null },
  ],
  strategic: [
    container({ image: 'podinfo:3.1.1' }),
    container({ env: [{ name: 'A', value: '2' }] }),
    container({ env: [{ name: 'D', value: '4' }] }),
    container({ env: [{ name: 'A', $patch: 'delete' }] }),
    container({ ports: [{ containerPort: 9999, name: 'more' }] }),
    container({ ports: [{ containerPort: 9898, $patch: 'delete' }] }),
    container({ volumeMounts: [{ mountPath: '/conf', name: 'tmp' }] }),
    { spec: { template: { spec: { volumes: [{ name: 'tmp', emptyDir: { medium: 'Memory' } }] } } } },
    { spec: { template: { spec: { volumes: [{ name: 'more', configMap: { name: 'b' } }] } } } },
    { spec: { template: { spec: { containers: [{ name: 'second', image: 'side:1' }] } } } },
    { spec: { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } } },
    { spec: { template: { spec: { $setElementOrder: null, containers: [{ name: 'main', image: '' }] } } } },
    { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
    { metadata: { annotations: { one: 'two' } } },
  ],
  jsonPatches: [
    [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'podinfo:3.2.0' }],
    [{ op: 'add', path: '/spec/template/spec/containers/0/args', value: ['--level=info'] }],
    [
      { op: 'test', path: '/spec/replicas', value: 0 },
      { op: 'replace', path: '/spec/minReadySeconds', value: 1 },
    ],
    [{ op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'last', image: 'x:1' } }],
  ],
};

export const STIRRED: readonly PlayedKind[] = [
  DEPLOYMENT,
  {
    kind: 'ReplicaSet',
    apiVersion: 'apps/v1',
    plural: 'replicasets',
    isStirred: true,
    subresources: ['scale', 'status'],
    bodies: [{ spec: { replicas: 0, selector: SELECTOR, template: TEMPLATE } }],
    changes: [{ spec: { minReadySeconds: 2 } }, { spec: { template: { metadata: { annotations: { a: 'b' } } } } }],
    faults: [
      { spec: { selector: { matchLabels: { app: 'y' } } } },
      { spec: { selector: {} } },
      { spec: { replicas: -1 } },
      { spec: { template: { spec: { containers: [] } } } },
    ],
    strategic: [container({ image: 'podinfo:3.1.2' })],
  },
];
