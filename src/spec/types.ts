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
  /** `steps`: every weight of the canary in order (20/50 gives 20, 40, 60: it may overshoot as Flagger does). `back`: the canary's weights on
   *  the way home after promotion, ending in 0 ([0] = all at once; step-weights 80 with stepWeightPromotion 30 gives 50, 20, 0). */
  { kind: 'weights'; steps: number[]; back: number[] } | { kind: 'iterations'; count: number };

export interface Metric {
  /** 'request-success-rate' | 'request-duration': the built-in queries of the provider. */
  name: string;
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
  metadata: Strings;
  where: string;
}

export interface Service {
  /** The apex name; primary and canary Services are `<name>-primary` and `<name>-canary`. */
  name: string;
  port: number;
  portName: string;
  targetPort: number | string;
  appProtocol?: string;
  /** Istio. `hosts` as written, without the apex. */
  gateways: string[];
  hosts: string[];
}

export interface Canary {
  name: string;
  namespace: string;
  annotations: Strings;
  /** A canonical router id: 'istio' | 'kubernetes' | … */
  provider: string;
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
  metrics: Metric[];
  hooks: Hook[];
  /** Where a field stands: where('spec.analysis.threshold') = 'canary.yaml:38:11'. */
  where(path: string): string;
  /** The document as read (after conversion to v1beta1), for `kept` and for telling what changed between runs. */
  source: JsonObject;
}
