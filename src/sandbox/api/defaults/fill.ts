// Filling in what a file leaves out. It must not know any kind.
import { isObject } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../contracts.ts';

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
