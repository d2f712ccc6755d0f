// Which patch a request carries, applied to the object as its client sees it. It must not check conditions.
import { isObject, mergePatch } from '../../../common/json.ts';
import type { Json, JsonObject, Obj } from '../../../contracts.ts';
import { apiVersionOf, storedVersion } from '../../world/kinds.ts';
import { toNewEvent } from '../event-form.ts';
import type { Call } from '../route.ts';
import { badRequest, unknownPatchType, unprocessable, unsupportedMediaType } from '../status.ts';
import { applyJsonPatch, PatchMismatch } from './json-patch.ts';
import { mergeStrategic } from './strategic.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';

function inRequestedVersion(call: Call, object: JsonObject): JsonObject {
  if (call.subresource === 'scale') return object;
  if (call.row.group === 'events.k8s.io') return toNewEvent(object as unknown as Obj) as unknown as JsonObject;
  const apiVersion = apiVersionOf(call.row.group, call.version);
  return apiVersion === storedVersion(call.row) ? object : { ...object, apiVersion };
}

/** Server-side apply is named with the others, but not served: it needs managedFields. */
export function patchTypeOf({ row, request }: Call): string {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const accepted = row.custom ? [JSON_PATCH, MERGE_PATCH] : [JSON_PATCH, MERGE_PATCH, STRATEGIC];
  if (!accepted.includes(type) && !row.custom) throw unknownPatchType();
  if (!accepted.includes(type)) throw unsupportedMediaType([...accepted, 'application/apply-patch+yaml']);
  return type;
}

function parsePatch(text: string | undefined, type: string): Json {
  try {
    return JSON.parse(text ?? '') as Json;
  } catch (error) {
    throw badRequest(`${type === STRATEGIC ? '' : 'error decoding patch: '}${String(error)}`);
  }
}

export function patched(call: Call, object: JsonObject): Json {
  const type = patchTypeOf(call);
  const seen = inRequestedVersion(call, object);
  const patch = parsePatch(call.request.body, type);
  if (type === JSON_PATCH && !Array.isArray(patch)) throw badRequest('error decoding patch: it is no list');
  if (type === JSON_PATCH) {
    try {
      return applyJsonPatch(seen, patch);
    } catch (error) {
      if (error instanceof PatchMismatch) throw unprocessable();
      throw error;
    }
  }
  if (!isObject(patch)) throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}');
  return type === STRATEGIC ? mergeStrategic(seen, patch) : mergePatch(seen, patch);
}
