// The scale subresource: replicas seen through autoscaling/v1 Scale. It must not write.
import { isObject } from '../../common/json.ts';
import type { Obj } from '../../contracts.ts';
import type { Selector } from '../world/shapes.ts';
import { badRequest } from './status.ts';

interface Scalable {
  readonly replicas?: number;
  readonly selector?: Selector;
}

/** As a query would say it, in the order of keys. */
function selectorText({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    const set = `(${[...values].sort().join(',')})`;
    const texts = { In: `${key} in ${set}`, NotIn: `${key} notin ${set}`, Exists: key, DoesNotExist: `!${key}` };
    return { key, text: texts[operator] };
  });
  return [...labels, ...expressions]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ text }) => text)
    .join(',');
}

export function scaleOf(object: Obj): Obj {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const spec = object['spec'] as Scalable;
  const status = object['status'] as Scalable | undefined;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as Obj['metadata'],
    spec: spec.replicas === 0 ? {} : { replicas: spec.replicas },
    status: { replicas: status?.replicas ?? 0, selector: selectorText(spec.selector ?? {}) },
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
