// What may stand in the cluster of a podinfo, as facts: images, pods, weight, selector. Written out here, not made by the engine that is tested
// on it.
import type { Obj } from '../../src/contracts.ts';
import { objectOf, objectsOf } from '../support/found.ts';

export interface Pods {
  wanted: number;
  ready: number;
}

/** What stands in the cluster. The images say which revision a side runs. */
export interface Facts {
  target: string;
  primary: string;
  canaryPods: Pods;
  primaryPods: Pods;
  /** Of the canary, in the route. */
  weight: number;
  /** Of the target, as YAML. */
  strategy: string;
  /** Images that the primary ran, by its ReplicaSets. */
  history: readonly string[];
  /** The side that the apex Service selects. */
  apex: 'podinfo' | 'podinfo-primary';
}

const rest: Facts = {
  target: 'podinfo:1',
  primary: 'podinfo:1',
  canaryPods: { wanted: 0, ready: 0 },
  primaryPods: { wanted: 2, ready: 2 },
  weight: 0,
  strategy: '{type: RollingUpdate, rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}',
  history: ['podinfo:1'],
  apex: 'podinfo-primary',
};

/** A podinfo that was bootstrapped and is at rest, but for the facts given. */
export function cluster(changed: Partial<Facts> = {}): Obj[] {
  const facts = { ...rest, ...changed };
  return [target(facts), primary(facts), ...facts.history.map(replicaSet), ...services(facts), ...routing(facts.weight)];
}

/** A podinfo that no canary has ever touched. */
export function untouched(changed: Partial<Facts> = {}): Obj[] {
  return [target({ ...rest, canaryPods: { wanted: 2, ready: 2 }, ...changed })];
}

function target(facts: Facts): Obj {
  return deployment('podinfo', facts.target, { pods: facts.canaryPods, strategy: facts.strategy });
}

function primary(facts: Facts): Obj {
  return deployment('podinfo-primary', facts.primary, { pods: facts.primaryPods, strategy: facts.strategy });
}

function template(app: string, image: string): string {
  return `{metadata: {labels: {app: ${app}}}, spec: {containers: [{name: podinfod, image: '${image}'}]}}`;
}

function deployment(name: string, image: string, { pods, strategy }: { pods: Pods; strategy: string }): Obj {
  const { wanted, ready } = pods;
  return objectOf(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: test, uid: uid-${name}, generation: 1, labels: {app: ${name}}}
spec: {replicas: ${wanted}, strategy: ${strategy}, selector: {matchLabels: {app: ${name}}}, template: ${template(name, image)}}
status: {observedGeneration: 1, replicas: ${wanted}, updatedReplicas: ${wanted}, availableReplicas: ${ready}}
`);
}

/** One revision that the primary had. */
export function replicaSet(image: string, no = 0): Obj {
  return objectOf(`
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: podinfo-primary-${no}
  namespace: test
  labels: {app: podinfo-primary, pod-template-hash: h${no}}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: podinfo-primary, uid: uid-podinfo-primary}]
spec: {template: ${template('podinfo-primary', image)}}
`);
}

const handsOff = '{kustomize.toolkit.fluxcd.io/reconcile: disabled, helm.toolkit.fluxcd.io/driftDetection: disabled}';

function services({ apex }: Facts): Obj[] {
  return objectsOf(
    [service('podinfo', apex), service('podinfo-primary', 'podinfo-primary'), service('podinfo-canary', 'podinfo')].join('---'),
  );
}

function service(name: string, app: string): string {
  return `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: test, labels: {app: ${name}, app.kubernetes.io/managed-by: canary}, annotations: ${handsOff}}
spec: {type: ClusterIP, selector: {app: ${app}}, ports: [{name: http, protocol: TCP, port: 9898, targetPort: 9898}]}
`;
}

function routing(weight: number): Obj[] {
  const made = '{app.kubernetes.io/managed-by: canary}';
  return objectsOf(`
apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata: {name: podinfo, namespace: test, labels: ${made}, annotations: ${handsOff}}
spec:
  gateways: [mesh]
  hosts: [podinfo]
  http:
  - route:
    - {destination: {host: podinfo-primary}, weight: ${100 - weight}}
    - {destination: {host: podinfo-canary}, weight: ${weight}}
---
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: {name: podinfo-primary, namespace: test, labels: ${made}}
spec: {host: podinfo-primary}
---
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: {name: podinfo-canary, namespace: test, labels: ${made}}
spec: {host: podinfo-canary}
`);
}
