// JSON values as data: merge patches (RFC 7386), their reverse, equality, canonical text. Pure; keys that could reach a prototype are never written.
import type { Json, JsonObject } from '../spec/types.ts';

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const unsafe = new Set(['__proto__', 'constructor', 'prototype']);

/** What `target` becomes under `patch`: a new value, sharing what did not change. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const out: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (unsafe.has(key)) continue;
    if (value === null) delete out[key];
    else out[key] = mergePatch(out[key], value);
  }
  return out;
}

/** The patch that takes `after` back to `before`, looking only at what `patch` touches. */
export function reversePatch(before: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return before === undefined ? null : before;
  if (!isObject(before)) return before === undefined ? null : before;
  const out: JsonObject = {};
  for (const [key, value] of Object.entries(patch)) if (!unsafe.has(key)) out[key] = reversePatch(before[key], value);
  return out;
}

/** The smallest part of `patch` that changes `target`; undefined if it changes nothing. */
export function neededPatch(target: Json | undefined, patch: Json): Json | undefined {
  if (!isObject(patch)) return equal(target ?? null, patch) && target !== undefined ? undefined : patch;
  if (!isObject(target)) return patch;
  const out: JsonObject = {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      if (target[key] !== undefined) out[key] = null;
      continue;
    }
    const needed = neededPatch(target[key], value);
    if (needed !== undefined) out[key] = needed;
  }
  return Object.keys(out).length ? out : undefined;
}

export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, no) => equal(item, b[no]));
  if (!isObject(a) || !isObject(b)) return canonical(a) === canonical(b);
  const isThere = (object: JsonObject) => (key: string) => object[key] !== undefined;
  const keys = Object.keys(a).filter(isThere(a));
  return keys.length === Object.keys(b).filter(isThere(b)).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}

/** One text for equal values, whatever the order of keys. Fields that are undefined are not there. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const fields = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  return `{${fields.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}
