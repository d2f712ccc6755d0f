// Strategic merge patch: a merge patch in which lists of named things are merged by their keys. It must not know conditional writes.
import { equal, isObject } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../contracts.ts';
import { goText } from '../go-text.ts';
import { mergeKeyOf, typeWithin } from './merge-keys.ts';
import { inOrder } from './merge-order.ts';

/** What the server's library cannot do; its words. */
export class CannotMerge extends Error {}

const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);
const PATCH = '$patch';
const ORDER = '$setElementOrder/';
const DELETED = '$deleteFromPrimitiveList/';

/** Of something new: nulls mean nothing, and what says how to merge is not kept; undefined: none of it is. */
function fresh(value: Json): Json | undefined {
  if (Array.isArray(value)) return value.map(fresh).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (value[PATCH] !== undefined) return undefined;
  const entries = Object.entries(value).filter(([key, field]) => field !== null && !UNSAFE.has(key));
  return Object.fromEntries(entries.map(([key, field]) => [key, fresh(field)]).filter(([, field]) => field !== undefined)) as JsonObject;
}

function unknownDirective(patch: JsonObject): CannotMerge {
  return new CannotMerge(`unknown patch type: ${goText(patch[PATCH] ?? null)} in map: ${goText(patch)}`);
}

function keyIn(item: JsonObject, key: string): Json {
  const value = item[key];
  if (value === undefined) throw new CannotMerge(`map: ${goText(item)} does not contain declared merge key: ${key}`);
  return value;
}

/** The list that a patch starts from, and its items that are merged into it. */
function withoutDirectives(target: readonly Json[], patch: readonly JsonObject[], key: string): [Json[], JsonObject[]] {
  let left = [...target];
  const plain: JsonObject[] = [];
  let isReplaced = false;
  for (const item of patch) {
    const directive = item[PATCH];
    if (directive === undefined) plain.push(item);
    else if (directive === 'replace') isReplaced = true;
    else if (directive !== 'delete') throw unknownDirective(item);
    else left = left.filter((one) => !isObject(one) || !equal(one[key], keyIn(item, key)));
  }
  return isReplaced ? [plain, []] : [left, plain];
}

function kindOf(item: Json | undefined): string {
  return item === undefined || item === null ? '' : isObject(item) ? 'map' : typeof item;
}

interface Place {
  /** Of the list's items. */
  readonly type: string;
  readonly key: string;
}

function mergeItems(target: readonly Json[], patch: readonly Json[], { type, key }: Place): Json[] {
  const kinds = new Set([...target, ...patch].map(kindOf));
  if (kinds.size > 1) throw new CannotMerge(`list element types are not identical: [${goText([...target])} ${goText([...patch])}]`);
  if (key === '' || !kinds.has('map')) {
    const all = [...target, ...patch];
    return all.filter((item, at) => all.findIndex((one) => equal(one, item)) === at);
  }
  const [start, items] = withoutDirectives(target, patch as JsonObject[], key);
  const out = [...start];
  for (const item of items) {
    const value = keyIn(item, key);
    const at = out.findIndex((one) => isObject(one) && equal(one[key], value));
    if (at < 0) out.push(item);
    else out[at] = mergeStrategic(out[at] as JsonObject, item, type);
  }
  return out;
}

function plainOnly(patch: readonly Json[]): Json[] {
  return patch.filter((item) => !isObject(item) || item[PATCH] === undefined);
}

function mergeList(target: readonly Json[], patch: readonly Json[], place: Place): Json[] {
  if (target.length + patch.length === 0) return [];
  const isReplaced = patch.some((item) => isObject(item) && item[PATCH] === 'replace');
  const merged = mergeItems(target, patch, place);
  if (isReplaced) return merged;
  return inOrder(merged, { sent: plainOnly(patch), server: target, key: place.key });
}

function goType(value: Json): string {
  if (value === null) return '%!s(<nil>)';
  return isObject(value) ? 'map[string]interface {}' : typeof value === 'number' ? 'int64' : typeof value === 'boolean' ? 'bool' : 'string';
}

/** Names of lists whose order the patch says. */
function orderedFields(patch: JsonObject): string[] {
  const named = Object.entries(patch).filter(([name]) => name.startsWith('$setElementOrder'));
  const odd = named.find(([, value]) => !Array.isArray(value));
  if (odd !== undefined) throw new CannotMerge(`expected a []interface {}, but received a ${goType(odd[1])}`);
  return named.map(([name]) => name.slice(ORDER.length));
}

/** A list whose order the patch says besides. */
function orderedList(out: JsonObject, patch: JsonObject, { field, type }: { field: string; type: string }): void {
  const [before, sent, order] = [out[field], patch[field], patch[`${ORDER}${field}`]];
  const key = mergeKeyOf(type, field) ?? '';
  const place = { type: typeWithin(type, field), key };
  if (!Array.isArray(order) || (before === undefined && sent === undefined)) return;
  const [was, now] = [Array.isArray(before) ? before : [], Array.isArray(sent) ? sent : []];
  const merged = sent === undefined ? was : before === undefined ? (fresh(now) as Json[]) : mergeList(was, now, place);
  out[field] = inOrder(merged, { sent: order, server: was, key });
}

function mergeField(out: JsonObject, { field, type }: { field: string; type: string }, value: Json): void {
  const before = out[field];
  if (value === null) {
    delete out[field];
    return;
  }
  const isList = Array.isArray(value) && Array.isArray(before);
  const key = mergeKeyOf(type, field);
  const merged =
    isList && key !== undefined
      ? mergeList(before, value, { type: typeWithin(type, field), key })
      : isList
        ? value
        : isObject(value) && isObject(before)
          ? mergeStrategic(before, value, typeWithin(type, field))
          : fresh(value);
  if (merged === undefined) delete out[field];
  else out[field] = merged;
}

function dropDeleted(out: JsonObject, patch: JsonObject): void {
  for (const [name, value] of Object.entries(patch)) {
    const field = name.slice(DELETED.length);
    const list = out[field];
    if (name.startsWith(DELETED) && Array.isArray(list) && Array.isArray(value))
      out[field] = list.filter((item) => !value.some((one) => equal(one, item)));
  }
}

/** `type`: what `target` is, as the table of fields calls it. */
export function mergeStrategic(target: JsonObject, patch: JsonObject, type: string): JsonObject {
  if (patch[PATCH] === 'delete') return {};
  if (patch[PATCH] === 'replace') return Object.fromEntries(Object.entries(patch).filter(([key]) => key !== PATCH && !UNSAFE.has(key)));
  if (patch[PATCH] !== undefined) throw unknownDirective(patch);
  const kept = patch['$retainKeys'];
  const out = Object.fromEntries(Object.entries(target).filter(([key]) => !Array.isArray(kept) || kept.includes(key))) as JsonObject;
  const ordered = orderedFields(patch);
  for (const field of ordered) orderedList(out, patch, { field, type });
  for (const [field, value] of Object.entries(patch)) {
    if (UNSAFE.has(field) || /^\$(retainKeys|setElementOrder|deleteFromPrimitiveList\/)/.test(field) || ordered.includes(field)) continue;
    mergeField(out, { field, type }, value);
  }
  dropDeleted(out, patch);
  return out;
}
