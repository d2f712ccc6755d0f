// The service that is released on the bench, as its owner has it before there is a canary: a Deployment, a Service, a route. And Canary files for it.
import yaml from 'js-yaml';
import type { JsonObject, Obj } from '../../src/contracts.ts';
import { target } from './history.ts';
import { gateway } from './proxy.ts';
import { hostOf } from './stage.ts';

const port = 9898;

export function deployment(image: string, more: { env?: JsonObject[]; envFrom?: JsonObject[] } = {}): Obj {
  const container = { name: 'podinfod', image, ports: [{ name: 'http', containerPort: port }], ...more };
  const template = { metadata: { labels: { app: target } }, spec: { containers: [container] } };
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } };
  const spec = { replicas: 2, minReadySeconds: 1, selector: { matchLabels: { app: target } }, strategy, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: target }, spec };
}

export function service(): Obj {
  const spec = { selector: { app: target }, ports: [{ name: 'http', port, targetPort: port }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: target }, spec };
}

/** Written by a person: what the API server would put in is left to it. */
export function httpRoute(namespace: string): Obj {
  const rules = [{ backendRefs: [{ name: target, port }] }];
  const spec = { parentRefs: [gateway], hostnames: [hostOf(namespace)], rules };
  return { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: target }, spec };
}

/** Traefik's own way in: to the Service while there is no canary, then to the TraefikService that the release drives. */
export function ingressRoute(namespace: string, to: 'Service' | 'TraefikService'): Obj {
  const services = [to === 'Service' ? { name: target, port } : { name: target, kind: to }];
  const routes = [{ match: `Host(\`${hostOf(namespace)}\`)`, kind: 'Rule', services }];
  return { apiVersion: 'traefik.io/v1alpha1', kind: 'IngressRoute', metadata: { name: target }, spec: { entryPoints: ['web'], routes } };
}

export function liveService(namespace: string, image = 'podinfo:1.0'): Obj[] {
  return [deployment(image), service(), httpRoute(namespace)];
}

const metrics = [
  { name: 'request-success-rate', thresholdRange: { min: 99 }, interval: '20s' },
  { name: 'request-duration', thresholdRange: { max: 500 }, interval: '20s' },
];

/** A metrics server and a webhook in another namespace, by their names in the cluster: what an unchanged Flagger file has. */
const inCluster = {
  metricsServer: 'http://prometheus.monitoring:9090',
  webhooks: [{ name: 'acceptance', type: 'pre-rollout', url: 'http://loadtester.monitoring.svc.cluster.local/echo', timeout: '5s' }],
};

export interface CanaryOptions {
  readonly analysis: JsonObject;
  readonly provider?: string;
  readonly service?: JsonObject;
  readonly spec?: JsonObject;
}

export function canaryFile(
  namespace: string,
  { analysis, provider = 'gatewayapi:v1', service: more = {}, spec = {} }: CanaryOptions,
): string {
  const routed = provider === 'traefik' ? {} : { hosts: [hostOf(namespace)], gatewayRefs: [gateway] };
  const { metricsServer, webhooks } = inCluster;
  return yaml.dump({
    apiVersion: 'flagger.app/v1beta1',
    kind: 'Canary',
    metadata: { name: target, namespace },
    spec: {
      provider,
      metricsServer,
      targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
      progressDeadlineSeconds: 60,
      service: { port, ...routed, ...more },
      analysis: { metrics, webhooks, ...analysis },
      ...spec,
    },
  });
}
