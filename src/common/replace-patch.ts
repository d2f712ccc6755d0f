// The merge patch (RFC 7386) that turns one JSON object into another exactly. Pure; it must not decide what ought to be changed.
import type { Json, JsonObject } from '../spec/types.ts';
import { equal, isObject } from './json.ts';

/** Undefined: `before` is `after` already. A field that is null counts as not there; lists are replaced whole. */
export function replacePatch(before: JsonObject, after: JsonObject): JsonObject | undefined {
  const fields: [string, Json][] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const change = fieldChange(own(before, key), own(after, key));
    if (change !== undefined) fields.push([key, change]);
  }
  return fields.length ? Object.fromEntries(fields) : undefined;
}

function fieldChange(before: Json | undefined, after: Json | undefined): Json | undefined {
  if (after === undefined || after === null) return before === undefined || before === null ? undefined : null;
  if (isObject(before) && isObject(after)) return replacePatch(before, after);
  return equal(before, after) ? undefined : after;
}

/** Labels may be called `constructor`; only fields of the object itself count. */
function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
