// The body of a request as an object of the kind that its path names. It must not look at the world.
import { isObject } from '../../common/json.ts';
import type { Json, JsonObject, Obj } from '../../contracts.ts';
import { apiVersionOf, storedVersion } from '../world/kinds.ts';
import { toCoreEvent } from './event-form.ts';
import { readProtobuf } from './protobuf.ts';
import type { ApiRequest, Call } from './route.ts';
import { badRequest, unsupportedMediaType } from './status.ts';

export function parseJson(text: string | undefined): Json {
  try {
    return JSON.parse(text ?? '') as Json;
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized (must be of type JSON): couldn't get version/kind; json parse error: ${String(error)}`,
    );
  }
}

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/** JSON, or the Protobuf of the few kinds that kubectl creates by itself. */
export function readBody(request: ApiRequest): Json {
  const type = (request.headers['content-type'] ?? JSON_TYPE).split(';')[0]?.trim();
  if (type === PROTOBUF_TYPE) return readProtobuf(request.body ?? '');
  if (type !== JSON_TYPE) throw unsupportedMediaType([JSON_TYPE, PROTOBUF_TYPE]);
  return parseJson(request.body);
}

function checkKind(call: Call, body: JsonObject): void {
  const { row, version } = call;
  const apiVersion = apiVersionOf(row.group, version);
  const kind = body['kind'] ?? row.kind;
  if (kind !== row.kind)
    throw badRequest(
      `${String(kind)} in version "${version}" cannot be handled as a ${row.kind}: no kind "${String(kind)}" is registered for it`,
    );
  const sent = body['apiVersion'] ?? apiVersion;
  if (sent === apiVersion) return;
  throw badRequest(`the API version in the data (${String(sent)}) does not match the expected API version (${apiVersion})`);
}

const SERVER_FIELDS = ['managedFields', 'selfLink'];

function cleanMetadata(body: JsonObject): JsonObject {
  const metadata = isObject(body['metadata']) ? body['metadata'] : {};
  return Object.fromEntries(Object.entries(metadata).filter(([field]) => !SERVER_FIELDS.includes(field)));
}

/** In its stored version. */
export function toObject(call: Call, body: Json): Obj {
  if (!isObject(body)) throw badRequest('the object provided is unrecognized: it is not an object');
  checkKind(call, body);
  const { row, namespace } = call;
  const metadata = cleanMetadata(body);
  if (row.namespaced && metadata['namespace'] !== undefined && metadata['namespace'] !== '' && metadata['namespace'] !== namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
  if (row.namespaced) metadata['namespace'] = namespace ?? '';
  const object = { ...body, kind: row.kind, apiVersion: storedVersion(row), metadata } as unknown as Obj;
  return row.group === 'events.k8s.io' ? toCoreEvent(object) : object;
}
