// What a Canary file says, after defaults, conversion and normalising: what core and the providers meet. Read every field as readonly.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
export type Strings = { [key: string]: string };
export type Millis = number;

/** A reference to one object. `namespace` is left out for objects of the canary's own namespace. */
export interface Ref {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** Decided once, so that core never meets stepWeight against stepWeights against iterations. */
export type Strategy =
  /** skipAnalysis: ready pods are all that is asked for */
  | { kind: 'skip' }
  /** `steps`: every weight of the canary in order (20/50 gives 20, 40, 60: it may overshoot as Flagger does). `back`: the canary's weights on
   *  the way home after promotion, ending in 0 ([0] = all at once; step-weights 80 with stepWeightPromotion 30 gives 50, 20, 0).
   *  `mirror`: one step before the first weight in which so many per cent of the requests are copied to the canary. */
  | { kind: 'weights'; steps: number[]; back: number[]; mirror?: number }
  /** Blue/green (`all`) or A/B testing (`match`). `mirror`: the whole blue/green test is made on copies of requests. */
  | { kind: 'iterations'; count: number; by: 'all' | 'match'; mirror?: number };

/** What a MetricTemplate says, once it was found among the files or in the cluster. */
export interface Template {
  type: string;
  address?: string;
  query: string;
  /** Name of the Secret, in the template's namespace. */
  secret?: string;
  headers: { [name: string]: string[] };
  insecure: boolean;
}

export type MetricSource =
  /** 'request-success-rate' | 'request-duration': the built-in queries of the provider. */
  | { kind: 'builtin' }
  /** A query for the metrics server; may use the template functions. */
  | { kind: 'query'; query: string }
  /** `found` is filled in before the run (src/runner/references.ts). */
  | { kind: 'template'; ref: { name: string; namespace: string }; variables: Strings; found?: Template };

export interface Metric {
  name: string;
  source: MetricSource;
  min?: number;
  max?: number;
  /** As written ('30s', '1m'): goes into the query's range. */
  interval: string;
  where: string;
}

export type HookType =
  'confirm-rollout' | 'pre-rollout' | 'rollout' | 'confirm-traffic-increase' | 'confirm-promotion' | 'rollback' | 'post-rollout' | 'event';

export interface Hook {
  name: string;
  type: HookType;
  url: string;
  timeout: Millis;
  retries: number;
  insecure: boolean;
  /** This gate sends no alert while it waits. */
  muteAlert: boolean;
  metadata: Strings;
  where: string;
}

export type Severity = 'info' | 'warn' | 'error';

/** What an AlertProvider says, once it was found among the files or in the cluster. */
export interface AlertService {
  type: string;
  channel: string;
  username: string;
  address?: string;
  /** Name of the Secret with `address` and `token`, in the provider's namespace. */
  secret?: string;
  proxy?: string;
}

export interface AlertTarget {
  name: string;
  /** The least severity that is sent. */
  severity: Severity;
  ref: { name: string; namespace: string };
  /** Filled in before the run (src/runner/references.ts). */
  found?: AlertService;
  where: string;
}

/** Keeps a user on one side by cookie. */
export interface Affinity {
  cookieName: string;
  primaryCookieName?: string;
  /** Seconds. */
  maxAge: number;
  domain?: string;
  path?: string;
  httpOnly: boolean;
  secure: boolean;
  sameSite?: string;
  partitioned: boolean;
}

export interface Marks {
  labels: Strings;
  annotations: Strings;
}

export interface Service {
  /** The apex name; primary and canary Services are `<name>-primary` and `<name>-canary`. */
  name: string;
  port: number;
  portName: string;
  targetPort: number | string;
  appProtocol?: string;
  /** Adds every other container port of the target to the Services. */
  portDiscovery: boolean;
  headless: boolean;
  trafficDistribution?: string;
  /** Metadata of the generated Services; the apex's also goes on the routing object. */
  marks: { apex: Marks; primary: Marks; canary: Marks };
  /** Keys on generated Services that others write: left alone, while every other unknown key goes. Absent: nothing was said, nothing is removed. */
  unmanaged?: { labels: string[]; annotations: string[] };
  /** Istio and Gateway API. `hosts` as written, without the apex. */
  gateways: string[];
  hosts: string[];
  delegation: boolean;
  match: JsonObject[];
  rewrite?: { uri?: string; authority?: string; type?: string };
  retries?: JsonObject;
  timeout?: string;
  headers?: JsonObject;
  corsPolicy?: JsonObject;
  trafficPolicy?: JsonObject;
  /** Gateway API: the Gateways of the route, as written. */
  gatewayRefs?: JsonObject[];
  /** Gateway API: copies of all requests, whatever the canary does: a backendRef each. */
  mirrors?: JsonObject[];
  /** Gateway API: time for one request to a pod, beside `timeout` for the whole. */
  backendTimeout?: string;
}

export interface Canary {
  name: string;
  namespace: string;
  annotations: Strings;
  /** A canonical router id: 'istio' | 'kubernetes' | 'smi:v1alpha1' | … */
  provider: string;
  /** The mesh behind SMI ('smi:v1alpha1:istio'). */
  mesh?: string;
  /** spec.metricsServer, or Flagger's default. */
  metricsServer: string;
  targetRef: Ref;
  scalerRef?: Ref & { min?: number; max?: number };
  service: Service;
  /** progressDeadlineSeconds, in milliseconds. */
  deadline: Millis;
  interval: Millis;
  threshold: number;
  suspend: boolean;
  /** Per cent of the updated pods that must be available. */
  readyThreshold: { primary: number; canary: number };
  strategy: Strategy;
  /** analysis.match: which requests an A/B test sends to the canary. */
  match: JsonObject[];
  affinity?: Affinity;
  metrics: Metric[];
  hooks: Hook[];
  alerts: AlertTarget[];
  /** Where a field stands: where('spec.analysis.threshold') = 'canary.yaml:38:11'. */
  where(path: string): string;
  /** The document as read (after conversion to v1beta1), for `kept` and for telling what changed between runs. */
  source: JsonObject;
}
