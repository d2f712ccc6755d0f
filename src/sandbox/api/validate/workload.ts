// What Deployments, ReplicaSets, DaemonSets and pods may say. It must not fill anything in.
import { equal, isObject } from '../../../common/json.ts';
import type { JsonObject, Obj, Strings } from '../../../contracts.ts';
import { matchesSelector, type Selector } from '../../world/shapes.ts';
import type { Cause } from '../status.ts';
import { below, duplicate, forbiddenField, immutable, invalidValue, object, objects, port, required, unsupported } from './causes.ts';
import { labelName, labelValues } from './names.ts';

function containerPorts(field: string, container: JsonObject): Cause[] {
  return objects(container['ports']).flatMap((one, at) => {
    const path = `${field}.ports[${at}].containerPort`;
    return one['containerPort'] === undefined || one['containerPort'] === 0 ? [required(path)] : port(path, one['containerPort']);
  });
}

function containers(field: string, list: readonly JsonObject[]): Cause[] {
  const seen = new Set<unknown>();
  return list.flatMap((container, at) => {
    const path = `${field}[${at}]`;
    const { name, image } = container;
    const twice = seen.has(name) && name !== undefined ? [duplicate(`${path}.name`, name)] : [];
    seen.add(name);
    const noImage = typeof image === 'string' && image !== '' ? [] : [required(`${path}.image`)];
    return [...labelName(`${path}.name`, name), ...twice, ...noImage, ...containerPorts(path, container)];
  });
}

function mounts(field: string, spec: JsonObject): Cause[] {
  const volumes = new Set(objects(spec['volumes']).map(({ name }) => name));
  return objects(spec['containers']).flatMap((container, at) =>
    objects(container['volumeMounts']).flatMap((mount, no) => {
      const path = `${field}.containers[${at}].volumeMounts[${no}].name`;
      return volumes.has(mount['name'] ?? '')
        ? []
        : [{ reason: 'FieldValueNotFound', message: `Not found: ${JSON.stringify(mount['name'])}`, field: path }];
    }),
  );
}

export function podSpec(field: string, value: unknown): Cause[] {
  const spec = object(value);
  const list = objects(spec['containers']);
  const none = list.length === 0 ? [required(`${field}.containers`)] : [];
  return [
    ...none,
    ...containers(`${field}.containers`, list),
    ...containers(`${field}.initContainers`, objects(spec['initContainers'])),
    ...mounts(field, spec),
  ];
}

function template(spec: JsonObject, selector: Selector | undefined): Cause[] {
  const pods = object(spec['template']);
  const { labels } = object(pods['metadata']);
  const isMatched = selector !== undefined && matchesSelector(selector, object(labels) as Strings);
  const unlike = isMatched ? [] : [invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')];
  const policy = object(pods['spec'])['restartPolicy'];
  const restart = policy === 'Always' ? [] : [unsupported('spec.template.spec.restartPolicy', policy, ['Always'])];
  return [...unlike, ...labelValues('spec.template.labels', labels), ...podSpec('spec.template.spec', pods['spec']), ...restart];
}

function selector(spec: JsonObject, kind: string): Cause[] {
  const value = spec['selector'];
  if (!isObject(value)) return [required('spec.selector')];
  const isEmpty = Object.keys(value).length === 0;
  return isEmpty ? [invalidValue('spec.selector', value, `empty selector is invalid for ${kind.toLowerCase()}`)] : [];
}

const PERCENT = /^[0-9]+%$/;

function quantity(field: string, value: unknown): Cause[] {
  if (typeof value === 'number') return below(field, value, 0);
  if (typeof value === 'string' && PERCENT.test(value)) return [];
  const words = `a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`;
  return [invalidValue(field, value, words)];
}

function isZero(value: unknown): boolean {
  return value === 0 || value === '0%';
}

function strategy(spec: JsonObject): Cause[] {
  const { type, rollingUpdate } = object(spec['strategy']);
  const field = 'spec.strategy.rollingUpdate';
  if (type === 'Recreate') {
    return rollingUpdate === undefined ? [] : [forbiddenField(field, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (type !== 'RollingUpdate') return [unsupported('spec.strategy.type', type, ['Recreate', 'RollingUpdate'])];
  const { maxUnavailable, maxSurge } = object(rollingUpdate);
  const stuck = isZero(maxUnavailable) && isZero(maxSurge);
  return [
    ...quantity(`${field}.maxUnavailable`, maxUnavailable),
    ...quantity(`${field}.maxSurge`, maxSurge),
    ...(stuck ? [invalidValue(`${field}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')] : []),
  ];
}

function deadline(spec: JsonObject): Cause[] {
  const { progressDeadlineSeconds: seconds, minReadySeconds = 0 } = spec;
  const isShort = typeof seconds === 'number' && typeof minReadySeconds === 'number' && seconds <= minReadySeconds;
  return isShort ? [invalidValue('spec.progressDeadlineSeconds', seconds, 'must be greater than minReadySeconds')] : [];
}

/** Deployment, ReplicaSet, DaemonSet. */
export function workload(next: Obj, before: Obj | undefined): Cause[] {
  const spec = object(next['spec']);
  const earlier = object(before?.['spec']);
  const changed = before !== undefined && !equal(spec['selector'], earlier['selector']);
  const wanted = isObject(spec['selector']) ? (spec['selector'] as Selector) : undefined;
  return [
    ...selector(spec, next.kind),
    ...template(spec, wanted),
    ...below('spec.replicas', spec['replicas'], 0),
    ...below('spec.minReadySeconds', spec['minReadySeconds'], 0),
    ...below('spec.revisionHistoryLimit', spec['revisionHistoryLimit'], 0),
    ...(next.kind === 'Deployment' ? [...strategy(spec), ...deadline(spec)] : []),
    ...(changed ? [immutable('spec.selector', spec['selector'])] : []),
  ];
}
