// From the checked document to the Canary that everything else meets. Pure; called only when nothing was found wrong, so it refuses nothing.
import { parseDuration } from '../common/duration.ts';
import type { HookSpec, MetricSpec } from './analysis.ts';
import type { CanaryDocument } from './canary.ts';
import { rangeOf } from './convert.ts';
import { parsePath } from './path.ts';
import type { Path } from './path.ts';
import type { ServiceSpec } from './service.ts';
import { strategyOf } from './strategy.ts';
import type { Canary, Hook, JsonObject, Metric, Service } from './types.ts';

/** Flagger's default metrics server. */
const defaultMetricsServer = 'http://prometheus:9090';

export interface Around {
  readonly provider: string;
  readonly namespace: string;
  readonly metricsUrl: string | undefined;
  readonly source: JsonObject;
  where(path: Path): string;
}

export function normalise({ metadata, spec }: CanaryDocument, around: Around): Canary {
  const { analysis } = spec;
  const { where } = around;
  const scaler = spec.autoscalerRef;
  return {
    name: metadata.name,
    namespace: around.namespace,
    annotations: metadata.annotations,
    provider: around.provider,
    metricsServer: around.metricsUrl ?? spec.metricsServer ?? defaultMetricsServer,
    targetRef: { ...spec.targetRef },
    ...(scaler === undefined ? {} : { scalerRef: scalerOf(scaler) }),
    service: serviceOf(spec.service, spec.targetRef.name),
    deadline: spec.progressDeadlineSeconds * 1000,
    interval: millisOf(analysis.interval),
    threshold: Math.max(1, analysis.threshold),
    suspend: spec.suspend,
    readyThreshold: { primary: analysis.primaryReadyThreshold, canary: analysis.canaryReadyThreshold },
    strategy: strategyOf(analysis),
    metrics: analysis.metrics.map((metric, index) => metricOf(metric, where(['spec', 'analysis', 'metrics', index]))),
    hooks: analysis.webhooks.map((hook, index) => hookOf(hook, where(['spec', 'analysis', 'webhooks', index]))),
    where: (path) => where(parsePath(path)),
    source: around.source,
  };
}

type ScalerSpec = NonNullable<CanaryDocument['spec']['autoscalerRef']>;

/** Every version of the API that Flagger takes is the same object; v2 is the one that is read and written. */
function scalerOf({ kind, name, primaryScalerReplicas: bounds }: ScalerSpec): NonNullable<Canary['scalerRef']> {
  return {
    apiVersion: 'autoscaling/v2',
    kind,
    name,
    ...(bounds?.minReplicas === undefined ? {} : { min: bounds.minReplicas }),
    ...(bounds?.maxReplicas === undefined ? {} : { max: bounds.maxReplicas }),
  };
}

function serviceOf(service: ServiceSpec, target: string): Service {
  const { targetPort, appProtocol } = service;
  return {
    name: apexOf(service.name, target),
    port: service.port,
    portName: service.portName,
    targetPort: targetPort === undefined || targetPort === 0 ? service.port : targetPort,
    ...(appProtocol === undefined || appProtocol === '' ? {} : { appProtocol }),
    gateways: [...service.gateways],
    hosts: [...service.hosts],
  };
}

export function apexOf(service: string | undefined, target: string): string {
  return service === undefined || service === '' ? target : service;
}

function metricOf({ name, interval, thresholdRange, threshold }: MetricSpec, where: string): Metric {
  const given: { min?: number | undefined; max?: number | undefined } = thresholdRange ?? {};
  // rules.ts refuses a range without bounds. Should one get by, a threshold beside it must not be lost: then every value would pass.
  const isEmpty = given.min === undefined && given.max === undefined;
  const range = isEmpty && threshold !== undefined ? { min: undefined, max: undefined, ...rangeOf(name, threshold) } : given;
  return {
    name,
    ...(range.min === undefined ? {} : { min: range.min }),
    ...(range.max === undefined ? {} : { max: range.max }),
    interval,
    where,
  };
}

function hookOf(hook: HookSpec, where: string): Hook {
  return {
    name: hook.name,
    type: hook.type === '' ? 'rollout' : hook.type,
    url: hook.url,
    timeout: millisOf(hook.timeout),
    retries: hook.retries,
    insecure: hook.disableTLS,
    metadata: hook.metadata,
    where,
  };
}

function millisOf(duration: string): number {
  return parseDuration(duration) ?? 0;
}
