// Which lists a strategic merge patch merges, and by which key, as data. It must not merge.
import { fieldsOf } from '../schema/decode.ts';

/** 'Type.field': the key that tells the list's items apart; '' of plain values. A list that is not here is replaced whole. */
const MERGED: Readonly<Record<string, string>> = {
  'Container.env': 'name',
  'Container.ports': 'containerPort',
  'Container.volumeDevices': 'devicePath',
  'Container.volumeMounts': 'mountPath',
  'DaemonSetStatus.conditions': 'type',
  'DeploymentStatus.conditions': 'type',
  'EphemeralContainer.env': 'name',
  'EphemeralContainer.ports': 'containerPort',
  'EphemeralContainer.volumeDevices': 'devicePath',
  'EphemeralContainer.volumeMounts': 'mountPath',
  'HorizontalPodAutoscalerStatus.conditions': 'type',
  'NamespaceStatus.conditions': 'type',
  'NodeSpec.podCIDRs': '',
  'NodeStatus.addresses': 'type',
  'NodeStatus.conditions': 'type',
  'ObjectMeta.finalizers': '',
  'ObjectMeta.ownerReferences': 'uid',
  'PodSpec.containers': 'name',
  'PodSpec.ephemeralContainers': 'name',
  'PodSpec.hostAliases': 'ip',
  'PodSpec.imagePullSecrets': 'name',
  'PodSpec.initContainers': 'name',
  'PodSpec.resourceClaims': 'name',
  'PodSpec.schedulingGates': 'name',
  'PodSpec.topologySpreadConstraints': 'topologyKey',
  'PodSpec.volumes': 'name',
  'PodStatus.conditions': 'type',
  'PodStatus.hostIPs': 'ip',
  'PodStatus.podIPs': 'ip',
  'ReplicaSetStatus.conditions': 'type',
  'ServiceAccount.secrets': 'name',
  'ServiceSpec.ports': 'port',
  'ServiceStatus.conditions': 'type',
};

/** Undefined: the list is replaced. */
export function mergeKeyOf(type: string, field: string): string | undefined {
  return MERGED[`${type}.${field}`];
}

/** What stands in a field, or in the items of its list; '': nothing that is known. */
export function typeWithin(type: string, field: string): string {
  const found = fieldsOf(type)?.find(({ name }) => name === field)?.type ?? '';
  return found.startsWith('[') ? found.slice(1) : found;
}
