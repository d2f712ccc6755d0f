// The fields of built-in kinds that controllers read, as types, and the labels that tie them together. It must not decide anything.
import type { Obj, Strings } from '../../contracts.ts';

export interface Selector {
  readonly matchLabels?: Strings;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: string;
  readonly lastTransitionTime?: string;
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly ContainerPort[];
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly nodeName?: string;
}

export interface PodTemplate {
  readonly metadata?: { readonly labels?: Strings; readonly annotations?: Strings };
  readonly spec: PodSpec;
}

export type Quantity = number | string;

export interface DeploymentSpec {
  readonly replicas: number;
  readonly selector: Selector;
  readonly template: PodTemplate;
  readonly strategy: { readonly type: string; readonly rollingUpdate?: { readonly maxSurge: Quantity; readonly maxUnavailable: Quantity } };
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit: number;
  readonly progressDeadlineSeconds: number;
  readonly paused?: boolean;
}

export interface WorkloadStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly unavailableReplicas?: number;
  readonly fullyLabeledReplicas?: number;
  readonly conditions?: readonly Condition[];
}

export type Deployment = Obj & { readonly spec: DeploymentSpec; readonly status: WorkloadStatus };

export type ReplicaSet = Obj & {
  readonly spec: {
    readonly replicas: number;
    readonly selector: Selector;
    readonly template: PodTemplate;
    readonly minReadySeconds?: number;
  };
  readonly status: WorkloadStatus;
};

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state: {
    readonly waiting?: { readonly reason: string; readonly message?: string };
    readonly running?: { readonly startedAt: string };
  };
  readonly [field: string]: unknown;
}

export interface PodStatus {
  readonly phase?: string;
  readonly podIP?: string;
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

export type Pod = Obj & { readonly spec: PodSpec; readonly status: PodStatus };

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly targetPort?: number | string;
  readonly appProtocol?: string;
}

export type Service = Obj & {
  readonly spec: { readonly selector?: Strings; readonly ports?: readonly ServicePort[]; readonly type?: string };
};

export function matchesLabels(wanted: Strings | undefined, labels: Strings | undefined): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels?.[key] === value);
}

export function matchesSelector(selector: Selector, labels: Strings | undefined): boolean {
  if (!matchesLabels(selector.matchLabels, labels)) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels?.[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    const isIn = value !== undefined && values.includes(value);
    return operator === 'In' ? isIn : !isIn;
  });
}

/** The controller among the owners. */
export function controllerOf(object: Obj): { readonly kind: string; readonly name: string; readonly uid: string } | undefined {
  const owner = object.metadata.ownerReferences?.find((reference) => reference['controller'] === true);
  return owner && { kind: String(owner['kind']), name: String(owner['name']), uid: String(owner['uid']) };
}

export function isTerminating(object: Obj): boolean {
  return object.metadata['deletionTimestamp'] !== undefined;
}

export function conditionOf(status: { readonly conditions?: readonly Condition[] }, type: string): Condition | undefined {
  return status.conditions?.find((condition) => condition.type === type);
}

export function isReady(pod: Pod): boolean {
  return conditionOf(pod.status, 'Ready')?.status === 'True';
}
