// Strategic merge patch: a merge patch in which lists of named things are merged by their keys. It must not know conditional writes.
import { equal, isObject } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../contracts.ts';

// By the list's field: the key that tells its items apart. Services and containers share the field name `ports`, so the first
// key that the item has counts.
const MERGE_KEYS: Record<string, readonly string[]> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  ports: ['containerPort', 'port'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  imagePullSecrets: ['name'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  ownerReferences: ['uid'],
  conditions: ['type'],
  secrets: ['name'],
};

const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);
const DIRECTIVE = /^\$(patch|retainKeys|setElementOrder\/|deleteFromPrimitiveList\/)/;

function keyOf(field: string, items: readonly Json[]): string | undefined {
  return MERGE_KEYS[field]?.find((key) => items.some((item) => isObject(item) && item[key] !== undefined));
}

function mergeList(field: string, target: readonly Json[], patch: readonly Json[]): Json[] {
  const key = keyOf(field, [...patch, ...target]);
  if (field === 'finalizers') return [...target, ...patch.filter((item) => !target.includes(item))];
  if (key === undefined || patch.some((item) => isObject(item) && item['$patch'] === 'replace')) {
    return patch.filter((item) => !isObject(item) || item['$patch'] === undefined);
  }
  const out = [...target];
  for (const item of patch) {
    if (!isObject(item)) continue;
    const at = out.findIndex((one) => isObject(one) && equal(one[key], item[key]));
    if (item['$patch'] === 'delete') out.splice(at, at < 0 ? 0 : 1);
    else if (at < 0) out.push(mergeStrategic({}, item));
    else out[at] = mergeStrategic(out[at] as JsonObject, item);
  }
  return out;
}

/** Items named in the order come first, in it; the others keep theirs. */
function ordered(field: string, list: readonly Json[], order: readonly Json[]): Json[] {
  const key = keyOf(field, order);
  const rank = (item: Json): number => {
    const at = order.findIndex((one) =>
      key === undefined ? equal(one, item) : isObject(one) && isObject(item) && equal(one[key], item[key]),
    );
    return at < 0 ? order.length : at;
  };
  return [...list].sort((a, b) => rank(a) - rank(b));
}

function applyDirectives(out: JsonObject, patch: JsonObject): void {
  const kept = patch['$retainKeys'];
  if (Array.isArray(kept)) for (const key of Object.keys(out)) if (!kept.includes(key)) delete out[key];
  for (const [name, value] of Object.entries(patch)) {
    const [directive, field = ''] = name.split('/');
    const list = out[field];
    if (!Array.isArray(list) || !Array.isArray(value)) continue;
    if (directive === '$deleteFromPrimitiveList') out[field] = list.filter((item) => !value.includes(item));
    if (directive === '$setElementOrder') out[field] = ordered(field, list, value);
  }
}

export function mergeStrategic(target: JsonObject, patch: JsonObject): JsonObject {
  if (patch['$patch'] === 'delete') return {};
  const out: JsonObject = patch['$patch'] === 'replace' ? {} : { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (UNSAFE.has(key) || DIRECTIVE.test(key)) continue;
    const before = out[key];
    if (value === null) delete out[key];
    else if (Array.isArray(value)) out[key] = mergeList(key, Array.isArray(before) ? before : [], value);
    else out[key] = isObject(value) ? mergeStrategic(isObject(before) ? before : {}, value) : value;
  }
  applyDirectives(out, patch);
  return out;
}
