// What built-in kinds may not say: each case with Kubernetes' own message.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import { configMap, deployment, MERGE, service, virtualSandbox } from './client.ts';

const NAME = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
const SERVICE_NAME = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`;

const labels = { app: 'podinfo' };
const pods = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } };

function scaler(spec: object): Obj {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'podinfo', namespace: 'test' },
    spec: { scaleTargetRef, ...spec },
  };
}

const CASES: readonly (readonly [why: string, url: string, object: Obj, message: string])[] = [
  [
    'a name with capitals',
    '/api/v1/namespaces/test/configmaps',
    configMap('Bad_Name', {}),
    `ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": ${NAME}`,
  ],
  [
    'no name',
    '/api/v1/namespaces/test/configmaps',
    configMap('', {}),
    'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  ],
  [
    'a Service that begins with a digit',
    '/api/v1/namespaces/test/services',
    service('1a', 'a'),
    `Service "1a" is invalid: metadata.name: Invalid value: "1a": ${SERVICE_NAME}`,
  ],
  [
    'a Service without ports',
    '/api/v1/namespaces/test/services',
    service('a', 'a', []),
    'Service "a" is invalid: spec.ports: Required value',
  ],
  [
    'several ports without names',
    '/api/v1/namespaces/test/services',
    service('a', 'a', [{ port: 80 }, { port: 81 }]),
    'Service "a" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value]',
  ],
  [
    'two ports of one name',
    '/api/v1/namespaces/test/services',
    service('a', 'a', [
      { name: 'http', port: 80 },
      { name: 'http', port: 81 },
    ]),
    'Service "a" is invalid: spec.ports[1].name: Duplicate value: "http"',
  ],
  [
    'a port out of range',
    '/api/v1/namespaces/test/services',
    service('a', 'a', [{ port: 70_000, targetPort: 80 }]),
    'Service "a" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ],
  [
    'a Deployment without selector',
    '/apis/apps/v1/namespaces/test/deployments',
    deployment('podinfo', { selector: undefined }),
    'Deployment.apps "podinfo" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"app":"podinfo"}: `selector` does not match template `labels`]',
  ],
  [
    'a selector that does not match the template',
    '/apis/apps/v1/namespaces/test/deployments',
    deployment('podinfo', { selector: { matchLabels: { app: 'other' } } }),
    'Deployment.apps "podinfo" is invalid: spec.template.metadata.labels: Invalid value: {"app":"podinfo"}: `selector` does not match template `labels`',
  ],
  [
    'no containers',
    '/apis/apps/v1/namespaces/test/deployments',
    deployment('podinfo', { template: { metadata: { labels }, spec: {} } }),
    'Deployment.apps "podinfo" is invalid: spec.template.spec.containers: Required value',
  ],
  [
    'no image, and a name twice',
    '/apis/apps/v1/namespaces/test/deployments',
    deployment('podinfo', { template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }, { name: 'a' }] } } }),
    'Deployment.apps "podinfo" is invalid: [spec.template.spec.containers[1].name: Duplicate value: "a", spec.template.spec.containers[1].image: Required value]',
  ],
  [
    'negative replicas',
    '/apis/apps/v1/namespaces/test/deployments',
    deployment('podinfo', { replicas: -1, template: pods }),
    'Deployment.apps "podinfo" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    'a rollout that could never move',
    '/apis/apps/v1/namespaces/test/deployments',
    deployment('podinfo', { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
    'Deployment.apps "podinfo" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
  ],
  [
    'rollingUpdate beside Recreate',
    '/apis/apps/v1/namespaces/test/deployments',
    deployment('podinfo', { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
    'Deployment.apps "podinfo" is invalid: spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is \'Recreate\'',
  ],
  [
    'a deadline below minReadySeconds',
    '/apis/apps/v1/namespaces/test/deployments',
    deployment('podinfo', { progressDeadlineSeconds: 5, minReadySeconds: 5 }),
    'Deployment.apps "podinfo" is invalid: spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds',
  ],
  [
    'an autoscaler with its bounds crossed',
    '/apis/autoscaling/v2/namespaces/test/horizontalpodautoscalers',
    scaler({ minReplicas: 3, maxReplicas: 2 }),
    'HorizontalPodAutoscaler.autoscaling "podinfo" is invalid: spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`',
  ],
  [
    'an autoscaler without maximum',
    '/apis/autoscaling/v2/namespaces/test/horizontalpodautoscalers',
    scaler({}),
    'HorizontalPodAutoscaler.autoscaling "podinfo" is invalid: [spec.maxReplicas: Invalid value: 0: must be greater than 0, spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`]',
  ],
  [
    'a Lease of no duration',
    '/apis/coordination.k8s.io/v1/namespaces/test/leases',
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'a', namespace: 'test' }, spec: { leaseDurationSeconds: 0 } },
    'Lease.coordination.k8s.io "a" is invalid: spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
  ],
  [
    'an Event about another namespace',
    '/api/v1/namespaces/test/events',
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'a', namespace: 'test' },
      involvedObject: { kind: 'Pod', name: 'a', namespace: 'other' },
    },
    'Event "a" is invalid: involvedObject.namespace: Invalid value: "other": does not match event.namespace',
  ],
];

describe('the API server refuses', () => {
  test.each(CASES)('%s', async (_, url, object, message) => {
    const { ask, world } = virtualSandbox();
    const { status, body } = await ask('POST', url, object);
    expect([status, body.reason, body.message]).toEqual([422, 'Invalid', message]);
    expect(body.details.causes.length).toBeGreaterThan(0);
    expect(world.list(object.kind, 'test').filter(({ metadata }) => metadata.name === object.metadata.name)).toEqual([]);
  });

  test('a changed selector', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([deployment('podinfo')]);
    const other = { app: 'podinfo', tier: 'web' };
    const patch = { spec: { selector: { matchLabels: other }, template: { metadata: { labels: other } } } };
    const { status, body } = await ask('PATCH', '/apis/apps/v1/namespaces/test/deployments/podinfo', patch, MERGE);
    expect(status).toBe(422);
    expect(body.message).toBe(
      'Deployment.apps "podinfo" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"podinfo","tier":"web"}}: field is immutable',
    );
    expect(body.details.causes).toEqual([
      {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: {"matchLabels":{"app":"podinfo","tier":"web"}}: field is immutable',
        field: 'spec.selector',
      },
    ]);
  });

  test('a changed cluster address, and changes of what is marked immutable', async () => {
    const { ask, apply } = virtualSandbox();
    await apply([service('a', 'a'), { ...configMap('c', { a: '1' }), immutable: true }]);
    const moved = await ask(
      'PATCH',
      '/api/v1/namespaces/test/services/a',
      { spec: { clusterIP: '10.9.9.9', clusterIPs: ['10.9.9.9'] } },
      MERGE,
    );
    expect(moved.body.message).toBe('Service "a" is invalid: spec.clusterIPs[0]: Invalid value: ["10.9.9.9"]: may not change once set');
    const changed = await ask('PATCH', '/api/v1/namespaces/test/configmaps/c', { data: { a: '2' } }, MERGE);
    expect(changed.body.message).toBe('ConfigMap "c" is invalid: data: Forbidden: field is immutable when `immutable` is set');
    const labelled = await ask('PATCH', '/api/v1/namespaces/test/configmaps/c', { metadata: { labels: { a: 'b' } } }, MERGE);
    expect(labelled.status).toBe(200);
  });
});
