// The Canary document, every field of Flagger's v1beta1 declared once. Pure data; rules between fields stand in rules.ts.
import { analysisFields } from './analysis.ts';
import { flag, strings, text, whole } from './fields.ts';
import { object } from './kernel.ts';
import type { Infer } from './kernel.ts';
import { frame, namedRef, reference } from './metadata.ts';
import { isHttpUrl } from './names.ts';
import { serviceFields } from './service.ts';

const scalerReplicas = {
  minReplicas: whole({ min: 0 }, { doc: "minReplicas of the primary's scaler." }),
  maxReplicas: whole({ min: 1 }, { doc: "maxReplicas of the primary's scaler." }),
};

const autoscalerFields = {
  ...reference('autoscaling/v2; v2beta1 and v2beta2 are read as v2.', 'HorizontalPodAutoscaler.'),
  primaryScalerReplicas: object(scalerReplicas, { doc: "Replaces the bounds of the primary's scaler." }),
  primaryScalerQueries: strings({ later: 'KEDA', doc: 'KEDA: queries for the primary, by trigger name.' }),
};

const otherRefs = {
  ingressRef: object(reference('networking.k8s.io/v1.', 'Ingress.'), {
    later: 'a router for Ingress',
    doc: 'nginx, skipper: the Ingress.',
  }),
  routeRef: object(reference('apisix.apache.org/v2.', 'ApisixRoute.'), { later: 'the router apisix', doc: 'apisix: the route.' }),
  upstreamRef: object(
    {
      apiVersion: text({ doc: 'gloo.solo.io/v1.' }),
      kind: text({ doc: 'Upstream.' }),
      ...namedRef('Upstream'),
    },
    { later: 'the router gloo', doc: 'gloo: the Upstream whose settings are copied.' },
  ),
};

export const specFields = {
  provider: text({ doc: 'The traffic router; --provider wins, istio when left out.' }),
  metricsServer: text({
    check: isHttpUrl,
    doc: 'The Prometheus of built-in queries; --metrics-url wins, http://prometheus:9090 when left out.',
  }),
  targetRef: object(reference('apps/v1.', 'Deployment.'), { required: true, doc: 'The workload to release.' }),
  autoscalerRef: object(autoscalerFields, { doc: 'The autoscaler of the target.' }),
  service: object(serviceFields, { required: true, doc: 'How the application is reached.' }),
  analysis: object(analysisFields, { doc: 'How a release is judged and stepped; needed unless skipAnalysis is true.' }),
  progressDeadlineSeconds: whole({ min: 1 }, { default: 600, doc: 'Time for pods to become ready, in seconds.' }),
  suspend: flag({ default: false, doc: 'Nothing is run while it is set.' }),
  skipAnalysis: flag({ default: false, doc: 'Promotes as soon as the pods are ready, without analysis.' }),
  revertOnDeletion: flag({
    default: false,
    doc: 'Accepted and not used: nothing happens when this file is deleted, and canary delete puts everything back in any case.',
  }),
  ...otherRefs,
};

export const canaryFields = {
  ...frame,
  spec: object(specFields, { required: true, doc: 'The release.' }),
};

export const canaryDocument = object(canaryFields, { doc: 'A release of one workload.' });
export type CanaryDocument = Infer<typeof canaryFields>;
