// What the checker must know of a scene, read from its Canary.
import type { Canary } from '../../src/contracts.ts';
import type { Hook, HookType } from '../../src/spec/types.ts';
import type { Scene } from './scene.ts';
import type { Message, Moment, Setup, Wanted } from './setup.ts';

export function setupOf(scene: Scene, extra: Partial<Setup> = {}): Setup {
  const canary = scene.canaries[0];
  if (!canary) throw new Error('a scene without a canary');
  return {
    namespace: scene.namespace,
    target: canary.targetRef.name,
    apex: canary.service.name,
    provider: canary.provider === 'kubernetes' ? 'kubernetes' : 'istio',
    drainMs: 10_000,
    intervalMs: canary.interval,
    answers: [...hooksOf(canary), ...metricsOf(canary)],
    callsOff: canary.hooks.filter(({ type }) => type === 'rollback').map(({ name, url }) => ({ name, url })),
    messages: [...reports(canary), ...alerts(scene, canary)],
    writable: writable(canary),
    ...strategyOf(canary),
    ...(scene.originals ? { originals: scene.originals } : {}),
    ...extra,
  };
}

function strategyOf({ strategy }: Canary): Partial<Setup> {
  if (strategy.kind === 'skip') return { skipAnalysis: true };
  const mirrors = strategy.mirror === undefined ? {} : ({ must: 'mirror' } as const);
  if (strategy.kind === 'weights') return { steps: strategy.steps, ...mirrors };
  return { iterations: strategy.count, ...(strategy.by === 'match' ? { must: 'match' } : mirrors) };
}

function metricsOf(canary: Canary): Wanted[] {
  return canary.metrics.map(({ name, min, max }) => {
    const scale = name === 'request-duration' && canary.provider === 'kubernetes' ? 1000 : 1;
    return {
      name,
      is: 'metric',
      has: [name === 'request-duration' ? 'histogram_quantile' : '/ sum( rate('],
      ...(min === undefined ? {} : { min: min / scale }),
      ...(max === undefined ? {} : { max: max / scale }),
    };
  });
}

const moments: Readonly<Partial<Record<HookType, Moment>>> = {
  rollout: 'check',
  'pre-rollout': 'first',
  'confirm-rollout': 'start',
  'confirm-traffic-increase': 'weight',
  'confirm-promotion': 'promotion',
};

function hooksOf({ hooks }: Canary): Wanted[] {
  return hooks.flatMap(({ name, type, url }: Hook): Wanted[] => {
    const before = moments[type];
    return before ? [{ name, is: 'hook', url, before }] : [];
  });
}

function reports({ hooks }: Canary): Message[] {
  const due = (['Succeeded', 'Failed'] as const).map((phase) => ({ phase, has: `"phase":"${phase}"` }));
  return hooks.filter(({ type }) => type === 'post-rollout').map(({ name, url }) => ({ name, url, due }));
}

function alerts({ addresses }: Scene, canary: Canary): Message[] {
  const failed = { phase: 'Failed', has: 'threshold reached' } as const;
  const promoted = { phase: 'Succeeded', has: 'promotion finished' } as const;
  return canary.alerts.map(({ name, severity, ref }) => ({
    name,
    url: addresses[ref.name] ?? ref.name,
    due: severity === 'info' ? [promoted, failed] : [failed],
  }));
}

function writable({ targetRef, service, scalerRef }: Canary): RegExp[] {
  const [target, apex] = [targetRef.name, service.name];
  return [
    `apps/deployments ${target}(-primary)?`,
    `services ${apex}(-primary|-canary)?`,
    `networking\\.istio\\.io/virtualservices ${apex}`,
    `gateway\\.networking\\.k8s\\.io/httproutes ${apex}`,
    `traefik\\.io/traefikservices ${apex}`,
    `networking\\.istio\\.io/destinationrules ${apex}-(primary|canary)`,
    ...(scalerRef ? [`autoscaling/horizontalpodautoscalers ${scalerRef.name}(-primary)?`] : []),
    `configmaps canary-deployment-${target}(-kept)?`,
    `(configmaps|secrets) [a-z0-9.-]+-primary-[0-9a-f]{8}`,
    `coordination\\.k8s\\.io/leases canary-.*`,
    `(events\\.k8s\\.io/)?events .*`,
  ].map((pattern) => new RegExp(`^${pattern}$`));
}
