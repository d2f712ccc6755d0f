// Reading routing objects: lists, specs, ages, host names. It must not know what any field means.
import { isObject } from '../../common/json.ts';
import type { JsonObject, Obj } from '../../contracts.ts';
import type { Host, Objects } from './types.ts';

/** None of a kind that is not served. */
export function listed(objects: Objects, kind: string, namespace?: string): Obj[] {
  if (objects.kinds && !objects.kinds.some((row) => row.kind === kind)) return [];
  return objects.list(kind, namespace);
}

export function spec(object: Obj): JsonObject {
  return isObject(object['spec']) ? object['spec'] : {};
}

export function list(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function object(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** Sorts the oldest first; equally old ones by name. */
export function age({ metadata: { creationTimestamp = '', namespace = '', name } }: Obj): string {
  return `${creationTimestamp} ${namespace}/${name}`;
}

/** A mesh completes only names without a dot. */
export function fullName({ name, namespace }: Host): string {
  return name.includes('.') || name === '*' ? name : `${name}.${namespace}.svc.cluster.local`;
}
