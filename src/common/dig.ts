// Reading fields of foreign objects without trusting their shape. Pure; it must not judge what it finds.
import type { Json, JsonObject, Strings } from '../spec/types.ts';
import { isObject } from './json.ts';

export function dig(value: unknown, ...path: string[]): Json | undefined {
  let here: unknown = value;
  for (const key of path) here = isObject(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  return here as Json | undefined;
}

export function objectAt(value: unknown, ...path: string[]): JsonObject {
  const found = dig(value, ...path);
  return isObject(found) ? found : {};
}

export function listAt(value: unknown, ...path: string[]): Json[] {
  const found = dig(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function numberAt(value: unknown, ...path: string[]): number | undefined {
  const found = dig(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = dig(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function stringsAt(value: unknown, ...path: string[]): Strings {
  const entries = Object.entries(objectAt(value, ...path)).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(entries);
}

/** The object with only the named fields that it has. */
export function pick(object: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => fields.includes(key) && value !== null));
}
