// Which patch a request carries, applied to the object as its client sees it. It must not check conditions.
import { isObject, mergePatch } from '../../../common/json.ts';
import type { Json, JsonObject, Obj } from '../../../contracts.ts';
import { apiVersionOf, storedVersion } from '../../world/kinds.ts';
import { toNewEvent } from '../event-form.ts';
import type { ApiRequest, Call } from '../route.ts';
import { badRequest, internal, unknownPatchType, unprocessable, unsupportedMediaType } from '../status.ts';
import { applyJsonPatch, PatchMismatch } from './json-patch.ts';
import { CannotMerge, mergeStrategic } from './strategic.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';

function typeOf({ headers }: ApiRequest): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
}

export function isStrategic(request: ApiRequest): boolean {
  return request.method === 'PATCH' && typeOf(request) === STRATEGIC;
}

function inRequestedVersion(call: Call, object: JsonObject): JsonObject {
  if (call.subresource === 'scale') return object;
  if (call.row.group === 'events.k8s.io') return toNewEvent(object as unknown as Obj) as unknown as JsonObject;
  const apiVersion = apiVersionOf(call.row.group, call.version);
  return apiVersion === storedVersion(call.row) ? object : { ...object, apiVersion };
}

/** Server-side apply is named with the others, but not served: it needs managedFields. */
export function patchTypeOf({ row, request }: Call): string {
  const type = typeOf(request);
  const accepted = row.custom ? [JSON_PATCH, MERGE_PATCH] : [JSON_PATCH, MERGE_PATCH, STRATEGIC];
  if (!accepted.includes(type) && !row.custom) throw unknownPatchType();
  if (!accepted.includes(type)) throw unsupportedMediaType([...accepted, 'application/apply-patch+yaml']);
  return type;
}

function decoding(type: string): string {
  return type === STRATEGIC ? '' : 'error decoding patch: ';
}

function parsePatch(text: string | undefined, type: string): Json {
  try {
    return JSON.parse(text ?? '') as Json;
  } catch (error) {
    throw badRequest(`${decoding(type)}${String(error)}`);
  }
}

function applied(apply: () => Json): Json {
  try {
    return apply();
  } catch (error) {
    if (error instanceof PatchMismatch) throw unprocessable();
    if (error instanceof CannotMerge) throw internal(error.message);
    throw error;
  }
}

/** What there is to patch: of a Scale its own few fields. */
function typeName({ row, subresource }: Call): string {
  return subresource === 'scale' ? 'Scale' : row.kind;
}

export function patched(call: Call, object: JsonObject): Json {
  const type = patchTypeOf(call);
  const seen = inRequestedVersion(call, object);
  const patch = parsePatch(call.request.body, type);
  if (type === JSON_PATCH) {
    if (patch !== null && !Array.isArray(patch)) throw badRequest('error decoding patch: json: cannot unmarshal: it is no list');
    return applied(() => applyJsonPatch(seen, patch ?? []));
  }
  if (patch === null && type === MERGE_PATCH) throw badRequest('Invalid JSON Patch');
  if (patch !== null && !isObject(patch)) {
    const kind = Array.isArray(patch) ? 'array' : typeof patch === 'boolean' ? 'bool' : typeof patch;
    throw badRequest(`${decoding(type)}json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`);
  }
  if (type === MERGE_PATCH) return mergePatch(seen, patch);
  return applied(() => mergeStrategic(seen, patch ?? {}, typeName(call)));
}
