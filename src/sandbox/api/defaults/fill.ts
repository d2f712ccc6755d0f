// Filling in what a file leaves out, and leaving out what Kubernetes never writes. It must not know any kind.
import { isObject } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../contracts.ts';

// Lists and maps of Kubernetes that are not written when they are empty. Empty structs ({}) are.
const GONE_WHEN_EMPTY = new Set([
  'annotations',
  'args',
  'binaryData',
  'command',
  'data',
  'env',
  'envFrom',
  'finalizers',
  'imagePullSecrets',
  'initContainers',
  'labels',
  'matchExpressions',
  'matchLabels',
  'metrics',
  'nodeSelector',
  'ownerReferences',
  'ports',
  'selector',
  'tolerations',
  'topologySpreadConstraints',
  'volumeMounts',
  'volumes',
]);

// Numbers and flags that are not written when they are zero.
const GONE_WHEN_ZERO = new Set([
  'minReadySeconds',
  'paused',
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'readOnly',
  'nodePort',
  'stdin',
  'tty',
  'stdinOnce',
]);

function isEmpty(value: Json): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function isLeftOut(key: string, value: Json): boolean {
  return value === null || (GONE_WHEN_EMPTY.has(key) && isEmpty(value)) || (GONE_WHEN_ZERO.has(key) && (value === 0 || value === false));
}

/** Keys of maps are the user's own words. */
const MAPS = new Set(['labels', 'annotations', 'matchLabels', 'data', 'binaryData', 'stringData', 'nodeSelector']);

function cleaned(value: Json): Json {
  if (Array.isArray(value)) return value.map(cleaned);
  if (!isObject(value)) return value;
  const out: JsonObject = {};
  for (const [key, field] of Object.entries(value)) {
    if (isLeftOut(key, field)) continue;
    out[key] = MAPS.has(key) ? field : cleaned(field);
  }
  return out;
}

/** An object as Kubernetes would write it back. */
export function tidy(value: JsonObject): JsonObject {
  return cleaned(value) as JsonObject;
}

/** What is absent is taken from `defaults`; nothing inside. */
export function fill(value: Json | undefined, defaults: JsonObject): JsonObject {
  return { ...defaults, ...(isObject(value) ? value : {}) };
}

export function each(value: Json | undefined, change: (item: JsonObject) => JsonObject): { readonly list: Json[] } | undefined {
  if (!Array.isArray(value)) return undefined;
  return { list: value.map((item) => (isObject(item) ? change(item) : item)) };
}

/** `object` with the items of one list changed; a list that is absent stays so. */
export function withEach(object: JsonObject, field: string, change: (item: JsonObject) => JsonObject): JsonObject {
  const changed = each(object[field], change);
  return changed === undefined ? object : { ...object, [field]: changed.list };
}

/** `object` with one field changed; a field that is absent stays so. */
export function withField(object: JsonObject, field: string, change: (value: JsonObject) => JsonObject): JsonObject {
  const value = object[field];
  return isObject(value) ? { ...object, [field]: change(value) } : object;
}
