// The body of a request as an object of the kind that its path names. It must not look at the world.
import { isObject } from '../../common/json.ts';
import type { Json, JsonObject, Obj } from '../../contracts.ts';
import { apiVersionOf, type KindRow, storedVersion } from '../world/kinds.ts';
import { toCoreEvent } from './event-form.ts';
import { readProtobuf } from './protobuf.ts';
import { decoded, Unreadable } from './schema/decode.ts';
import type { ApiRequest, Call } from './route.ts';
import { badRequest, invalid, unsupportedMediaType } from './status.ts';
import { invalidValue } from './validate/causes.ts';

export function parseJson(text: string | undefined, kind = 'JSON'): Json {
  try {
    return JSON.parse(text ?? '') as Json;
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${String(error)}`,
    );
  }
}

const JSON_TYPE = 'application/json';
const YAML_TYPE = 'application/yaml';
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/** JSON, or the Protobuf of the few kinds that kubectl creates by itself. */
export function readBody(request: ApiRequest, row?: KindRow): Json {
  const type = (request.headers['content-type'] ?? JSON_TYPE).split(';')[0]?.trim();
  if (type === PROTOBUF_TYPE) return readProtobuf(request.body ?? '');
  if (type !== JSON_TYPE) throw unsupportedMediaType([JSON_TYPE, YAML_TYPE, PROTOBUF_TYPE]);
  return parseJson(request.body, row?.kind);
}

function nameIn({ metadata }: JsonObject): string {
  return isObject(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : '';
}

function checkKind(call: Call, body: JsonObject): void {
  const { row, version } = call;
  if (row.custom && !body['kind'])
    throw badRequest(`the object provided is unrecognized (must be of type ${row.kind}): Object 'Kind' is missing`);
  const served = apiVersionOf(row.group, version);
  if (row.custom && !body['apiVersion'])
    throw badRequest(
      `${row.kind} in version "" cannot be handled as a ${row.kind}: .apiVersion accessor error: <nil> is of the type <nil>, expected string`,
    );
  const [kind, apiVersion] = [body['kind'] ?? row.kind, body['apiVersion'] ?? served];
  if (kind === row.kind && apiVersion === served) return;
  const sent = String(apiVersion);
  if (row.custom && kind !== row.kind)
    throw invalid({ group: row.group, kind: String(kind) }, nameIn(body), [invalidValue('kind', kind, `must be ${row.kind}`)]);
  const unread = `${String(kind)} in version "${sent.slice(sent.indexOf('/') + 1)}" cannot be handled as a ${row.kind}`;
  const why = `no kind "${String(kind)}" is registered for version "${sent}"`;
  if (call.request.method === 'PATCH') throw invalid({ group: '', kind: '' }, '', [invalidValue('patch', JSON.stringify(body), why)]);
  throw badRequest(`${unread}: no kind "${String(kind)}" is registered for version "${sent}" in scheme "pkg/runtime/scheme.go:110"`);
}

const SERVER_FIELDS = ['managedFields', 'selfLink'];

function cleanMetadata(body: JsonObject): JsonObject {
  const metadata = isObject(body['metadata']) ? body['metadata'] : {};
  return Object.fromEntries(Object.entries(metadata).filter(([field]) => !SERVER_FIELDS.includes(field)));
}

/** Only what the kind has; of a custom kind only the metadata is known. */
function readAs(call: Call, object: JsonObject): JsonObject {
  const { row, version, request } = call;
  try {
    const metadata = decoded('ObjectMeta', object['metadata'] as JsonObject);
    const whole = row.custom ? undefined : decoded(row.kind, object);
    const unknown = whole?.unknown ?? (metadata?.unknown ?? []).map((path) => `metadata.${path}`);
    if (unknown.length > 0 && request.query.get('fieldValidation') === 'Strict') throw new Unreadable(strictly(unknown));
    return whole?.object ?? { ...object, metadata: metadata?.object ?? {} };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    if (request.method === 'PATCH')
      throw invalid({ group: '', kind: '' }, '', [invalidValue('patch', JSON.stringify(object), error.message)]);
    throw badRequest(`${row.kind} in version "${version}" cannot be handled as a ${row.kind}: ${error.message}`);
  }
}

function strictly(unknown: readonly string[]): string {
  return `strict decoding error: ${unknown.map((path) => `unknown field "${path}"`).join(', ')}`;
}

/** In its stored version. */
export function toObject(call: Call, body: Json): Obj {
  if (body === null && !call.row.custom) return toObject(call, {});
  if (!isObject(body)) throw badRequest(`the object provided is unrecognized (must be of type ${call.row.kind}): it is not an object`);
  checkKind(call, body);
  const { row, namespace } = call;
  const metadata = cleanMetadata(body);
  const sent = { ...body, kind: row.kind, apiVersion: storedVersion(row), metadata } as unknown as Obj;
  const core = row.group === 'events.k8s.io' ? toCoreEvent(sent) : sent;
  const object = readAs(call, core as unknown as JsonObject) as unknown as Obj;
  const place = object.metadata.namespace;
  if (row.namespaced && place !== undefined && place !== namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
  if (row.namespaced) object.metadata.namespace = namespace ?? '';
  return object;
}
