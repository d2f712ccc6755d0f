// Fields of a pod template, found by a path in which '*' is each item of a list. Pure; what is not there stays away.
import { isObject } from '../../common/json.ts';
import type { Json, JsonObject } from '../../contracts.ts';

/** The value with `change` applied to every object at `path`. */
export function mapAt(value: JsonObject, path: readonly string[], change: (object: JsonObject) => JsonObject): JsonObject;
export function mapAt(value: Json, path: readonly string[], change: (object: JsonObject) => JsonObject): Json;
export function mapAt(value: Json, path: readonly string[], change: (object: JsonObject) => JsonObject): Json {
  const [step, ...rest] = path;
  if (step === undefined) return isObject(value) ? change(value) : value;
  if (step === '*') return Array.isArray(value) ? value.map((item) => mapAt(item, rest, change)) : value;
  const inner = isObject(value) ? value[step] : undefined;
  return isObject(value) && inner !== undefined ? { ...value, [step]: mapAt(inner, rest, change) } : value;
}

/** Every object at `path`. */
export function objectsAt(value: Json | undefined, path: readonly string[]): JsonObject[] {
  const [step, ...rest] = path;
  if (step === undefined) return isObject(value) ? [value] : [];
  if (step === '*') return Array.isArray(value) ? value.flatMap((item) => objectsAt(item, rest)) : [];
  return isObject(value) ? objectsAt(value[step], rest) : [];
}
