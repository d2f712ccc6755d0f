// The target of the first recording as an API server holds it, what the recordings show as its primary, and how the tests of this room look at both.
import { mergePatch } from '../../src/common/json.ts';
import type { Canary, Change, Ctx, JsonObject, Obj, Revision, Side } from '../../src/contracts.ts';
import { deployment } from '../../src/targets/deployment.ts';
import { canaryOf, foundOf, objectOf, seenBy } from '../support/found.ts';

const podSpec = `
    spec:
      containers:
      - name: podinfod
        image: podinfo:3.1.0
        ports:
        - name: http
          containerPort: 9898
          protocol: TCP
        resources: {}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
        imagePullPolicy: IfNotPresent
      restartPolicy: Always
      terminationGracePeriodSeconds: 30
      dnsPolicy: ClusterFirst
      securityContext: {}
      schedulerName: default-scheduler`;

const common = `
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 25%
  revisionHistoryLimit: 5
  progressDeadlineSeconds: 60`;

/** As applied by a person: with marks of other tools. */
export function podinfo(): Obj {
  return objectOf(`
apiVersion: apps/v1
kind: Deployment
metadata:
  name: podinfo
  namespace: test
  uid: uid-podinfo
  generation: 1
  labels:
    app: podinfo
    team: blue
    canary.run/epoch: '3'
  annotations:
    example.com/owner: team-blue
    deployment.kubernetes.io/revision: '1'
    kubectl.kubernetes.io/last-applied-configuration: '{}'
    argocd.argoproj.io/tracking-id: x
    kustomize.toolkit.fluxcd.io/checksum: x
    meta.helm.sh/release-name: x
spec:
  replicas: 2
  selector:
    matchLabels:
      app: podinfo
  template:
    metadata:
      labels:
        app: podinfo
      annotations:
        prometheus.io/scrape: 'true'${podSpec}${common}
status:
  observedGeneration: 1
  replicas: 2
  updatedReplicas: 2
  availableReplicas: 2
`);
}

/** deployments/podinfo-primary of the recordings, without owner, status and Flagger's random id. */
export function podinfoPrimary(): Obj {
  return objectOf(`
apiVersion: apps/v1
kind: Deployment
metadata:
  name: podinfo-primary
  namespace: test
  labels:
    app: podinfo-primary
  annotations:
    example.com/owner: team-blue
spec:
  replicas: 2
  selector:
    matchLabels:
      app: podinfo-primary
  template:
    metadata:
      labels:
        app: podinfo-primary
      annotations:
        prometheus.io/scrape: 'true'${podSpec}${common}
`);
}

export function see(objects: readonly Obj[], canary: Canary = canaryOf(), notServed: readonly string[] = []): Ctx {
  return seenBy([deployment], canary, foundOf(objects, notServed));
}

export function changed(object: Obj, patch: JsonObject): Obj {
  return mergePatch(object as JsonObject, patch) as unknown as Obj;
}

export function revision(objects: readonly Obj[], side: Side): Revision {
  const found = deployment.revision(see(objects), side);
  if (!found) throw new Error(`no revision of the ${side}`);
  return found;
}

export function promoted(objects: readonly Obj[], canary?: Canary): Change[] {
  return deployment.primary(see(objects, canary), revision(objects, 'canary'));
}

/** What makes another revision: an annotation and a field less, a field more. */
export const newPod: JsonObject = {
  spec: { template: { metadata: { annotations: { 'prometheus.io/scrape': null } }, spec: { nodeName: 'n1', dnsPolicy: null } } },
};
