// The scale subresource: replicas seen through autoscaling/v1 Scale. It must not write.
import { isObject } from '../../common/json.ts';
import type { Obj, Strings } from '../../contracts.ts';
import { badRequest } from './status.ts';

interface Scalable {
  readonly replicas?: number;
  readonly selector?: { readonly matchLabels?: Strings };
}

export function scaleOf(object: Obj): Obj {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const spec = object['spec'] as Scalable;
  const status = object['status'] as Scalable | undefined;
  const selector = Object.entries(spec.selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as Obj['metadata'],
    spec: spec.replicas === 0 ? {} : { replicas: spec.replicas },
    status: { replicas: status?.replicas ?? 0, selector: selector.join(',') },
  };
}

/** The object as a changed Scale would have it. */
export function withScale(object: Obj, scale: Obj): Obj {
  const spec = scale['spec'];
  const replicas = isObject(spec) ? (spec['replicas'] ?? 0) : 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) throw badRequest('spec.replicas must be a whole number');
  const { resourceVersion } = scale.metadata;
  const metadata = { ...object.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  return { ...object, metadata, spec: { ...(object['spec'] as object), replicas } };
}
