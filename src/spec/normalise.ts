// From the checked document to the Canary that everything else meets. Pure; called only when nothing was found wrong, so it refuses nothing.
import { parseDuration } from '../common/duration.ts';
import { noAnalysis } from './analysis.ts';
import type { AlertSpec, AnalysisSpec, HookSpec, MetricSpec } from './analysis.ts';
import type { CanaryDocument } from './canary.ts';
import { rangeOf } from './convert.ts';
import { handedOn, serviceOf } from './normalise-service.ts';
import { parsePath } from './path.ts';
import type { Path } from './path.ts';
import { routerAbilities } from './providers.ts';
import type { Provider } from './providers.ts';
import { strategyOf } from './strategy.ts';
import type { Affinity, AlertTarget, Canary, Hook, JsonObject, Metric, MetricSource } from './types.ts';

/** Flagger's default metrics server. */
const defaultMetricsServer = 'http://prometheus:9090';

export interface Around {
  readonly provider: Provider;
  readonly namespace: string;
  readonly metricsUrl: string | undefined;
  readonly source: JsonObject;
  where(path: Path): string;
}

export function normalise({ metadata, spec }: CanaryDocument, around: Around): Canary {
  const analysis = spec.analysis ?? noAnalysis;
  const { where, provider, namespace } = around;
  const at = (list: string, index: number): string => where(['spec', 'analysis', list, index]);
  const { match: canMatch = false } = routerAbilities[provider.id] ?? {};
  const strategy = strategyOf(analysis, { skip: spec.skipAnalysis, canMatch });
  const affinity = strategy.kind === 'weights' ? analysis.sessionAffinity : undefined;
  const scaler = spec.autoscalerRef;
  return {
    name: metadata.name,
    namespace,
    annotations: metadata.annotations,
    provider: provider.id,
    ...(provider.mesh === undefined ? {} : { mesh: provider.mesh }),
    metricsServer: around.metricsUrl ?? spec.metricsServer ?? defaultMetricsServer,
    targetRef: { ...spec.targetRef },
    ...(scaler === undefined ? {} : { scalerRef: scalerOf(scaler) }),
    service: serviceOf(spec.service, spec.targetRef.name),
    deadline: spec.progressDeadlineSeconds * 1000,
    interval: millisOf(analysis.interval),
    threshold: Math.max(1, analysis.threshold),
    suspend: spec.suspend,
    readyThreshold: { primary: analysis.primaryReadyThreshold, canary: analysis.canaryReadyThreshold },
    strategy,
    match: strategy.kind === 'iterations' && strategy.by === 'match' ? analysis.match.map(handedOn) : [],
    ...(affinity === undefined ? {} : { affinity: affinityOf(affinity) }),
    metrics: analysis.metrics.map((metric, index) => metricOf(metric, { namespace, where: at('metrics', index) })),
    hooks: analysis.webhooks.map((hook, index) => hookOf(hook, at('webhooks', index))),
    alerts: analysis.alerts.map((alert, index) => alertOf(alert, { namespace, where: at('alerts', index) })),
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

interface Standing {
  /** Of the Canary: what references without a namespace mean. */
  readonly namespace: string;
  readonly where: string;
}

function metricOf(metric: MetricSpec, standing: Standing): Metric {
  const { name, interval, thresholdRange, threshold } = metric;
  const given: { min?: number | undefined; max?: number | undefined } = thresholdRange ?? {};
  // The rules refuse a range without bounds. Should one get by, a threshold beside it must not be lost: then every value would pass.
  const isEmpty = given.min === undefined && given.max === undefined;
  const range = isEmpty && threshold !== undefined ? { min: undefined, max: undefined, ...rangeOf(metric, threshold) } : given;
  return {
    name,
    source: sourceOf(metric, standing.namespace),
    ...(range.min === undefined ? {} : { min: range.min }),
    ...(range.max === undefined ? {} : { max: range.max }),
    interval,
    where: standing.where,
  };
}

function sourceOf({ query, templateRef, templateVariables }: MetricSpec, namespace: string): MetricSource {
  if (templateRef !== undefined) return { kind: 'template', ref: refOf(templateRef, namespace), variables: { ...templateVariables } };
  return query === undefined || query === '' ? { kind: 'builtin' } : { kind: 'query', query };
}

function refOf(ref: AlertSpec['providerRef'], namespace: string): AlertTarget['ref'] {
  return { name: ref.name, namespace: ref.namespace ?? namespace };
}

/** An alert without a severity is sent, as Flagger's docs say and its code does not. */
function alertOf({ name, severity, providerRef }: AlertSpec, { namespace, where }: Standing): AlertTarget {
  return { name, severity: severity === '' ? 'info' : severity, ref: refOf(providerRef, namespace), where };
}

type AffinitySpec = NonNullable<AnalysisSpec['sessionAffinity']>;

function affinityOf({ primaryCookieName, domain, path, sameSite, ...sure }: AffinitySpec): Affinity {
  return {
    ...sure,
    ...(primaryCookieName === undefined ? {} : { primaryCookieName }),
    ...(domain === undefined || domain === '' ? {} : { domain }),
    ...(path === undefined || path === '' ? {} : { path }),
    ...(sameSite === undefined ? {} : { sameSite }),
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
    muteAlert: hook.muteAlert,
    metadata: hook.metadata,
    where,
  };
}

function millisOf(duration: string): number {
  return parseDuration(duration) ?? 0;
}
