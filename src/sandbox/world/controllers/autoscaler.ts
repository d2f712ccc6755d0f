// The HorizontalPodAutoscaler as far as a release meets it: bounds are kept while there are replicas, and at 0 it is idle.
// Metrics do not scale anything here.
import type { Obj } from '../../../contracts.ts';
import { timestamp } from '../time.ts';
import type { Condition, Deployment } from '../shapes.ts';
import type { SandboxWorld } from '../types.ts';
import { transitioned } from './conditions.ts';
import { type Controller, keyOfEvent, splitKey } from './controller.ts';

type Autoscaler = Obj & {
  readonly spec: {
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
    readonly minReplicas?: number;
    readonly maxReplicas: number;
  };
  readonly status?: { readonly conditions?: readonly Condition[]; readonly lastScaleTime?: string };
};

function targetOf(scaler: Autoscaler, world: SandboxWorld): Deployment | undefined {
  const { kind, name } = scaler.spec.scaleTargetRef;
  if (kind !== 'Deployment' && kind !== 'ReplicaSet') return undefined;
  return world.get(kind, scaler.metadata.namespace, name) as Deployment | undefined;
}

function conditionsOf(target: Deployment | undefined, wanted: number): Condition[] {
  if (target === undefined) {
    const message = `the HPA controller was unable to get the target's current scale: the server could not find the requested resource`;
    return [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message }];
  }
  const able: Condition = {
    type: 'AbleToScale',
    status: 'True',
    reason: 'SucceededGetScale',
    message: `the HPA controller was able to get the target's current scale`,
  };
  if (target.spec.replicas === 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    return [able, { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message }];
  }
  const limited = wanted !== target.spec.replicas;
  const reason = !limited ? 'DesiredWithinRange' : wanted < target.spec.replicas ? 'TooManyReplicas' : 'TooFewReplicas';
  const message = limited
    ? `the desired replica count is ${wanted < target.spec.replicas ? 'more than the maximum' : 'less than the minimum'} replica count`
    : 'the desired count is within the acceptable range';
  return [able, { type: 'ScalingLimited', status: limited ? 'True' : 'False', reason, message }];
}

function reconcile(key: string, world: SandboxWorld): void {
  const scaler = world.get('HorizontalPodAutoscaler', ...splitKey(key)) as Autoscaler | undefined;
  if (scaler === undefined) return;
  const target = targetOf(scaler, world);
  const current = target?.spec.replicas ?? 0;
  const { minReplicas = 1, maxReplicas } = scaler.spec;
  const wanted = current === 0 ? 0 : Math.min(maxReplicas, Math.max(minReplicas, current));
  const now = timestamp(world.clock.now());
  const isMoved = target !== undefined && wanted !== current;
  if (isMoved) world.store.update(world.row(target.kind), { ...target, spec: { ...target.spec, replicas: wanted } });
  const lastScaleTime = isMoved ? now : scaler.status?.lastScaleTime;
  const status = {
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    currentReplicas: target?.status.replicas ?? 0,
    desiredReplicas: wanted,
    currentMetrics: null,
    conditions: transitioned(scaler.status?.conditions, conditionsOf(target, wanted), now),
  };
  world.store.update(world.row('HorizontalPodAutoscaler'), { ...scaler, status });
}

function scalersOf(target: Obj, world: SandboxWorld): readonly string[] {
  return (world.list('HorizontalPodAutoscaler', target.metadata.namespace) as Autoscaler[])
    .filter(({ spec }) => spec.scaleTargetRef.kind === target.kind && spec.scaleTargetRef.name === target.metadata.name)
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

export const autoscaler: Controller = {
  id: 'autoscaler',
  on: {
    HorizontalPodAutoscaler: keyOfEvent,
    Deployment: ({ after }, world) => scalersOf(after, world),
    ReplicaSet: ({ after }, world) => scalersOf(after, world),
  },
  reconcile,
};
