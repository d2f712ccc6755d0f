// The body of a request as an object of the kind that its path names. It must not look at the world.
import { canonical, isObject } from '../../common/json.ts';
import type { Json, JsonObject, Obj } from '../../contracts.ts';
import { apiVersionOf, type KindRow, storedVersion } from '../world/kinds.ts';
import { toCoreEvent } from './event-form.ts';
import { goText } from './go-text.ts';
import { isStrategic } from './patch/index.ts';
import { readProtobuf } from './protobuf.ts';
import { type ApiRequest, type Call, servedVersion } from './route.ts';
import { decoded, Unreadable } from './schema/decode.ts';
import { restoreError } from './schema/restore.ts';
import { badRequest, invalid, type Refusal, unforeseen, unsupportedMediaType } from './status.ts';
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

function bodyType({ headers }: ApiRequest): string {
  return (headers['content-type'] ?? JSON_TYPE).split(';')[0]?.trim() ?? '';
}

export function checkBodyType(request: ApiRequest): void {
  if (![JSON_TYPE, PROTOBUF_TYPE].includes(bodyType(request))) throw unsupportedMediaType([JSON_TYPE, YAML_TYPE, PROTOBUF_TYPE]);
}

/** JSON, or the Protobuf of the few kinds that kubectl creates by itself. */
export function readBody(request: ApiRequest, row?: KindRow): Json {
  checkBodyType(request);
  return bodyType(request) === PROTOBUF_TYPE ? readProtobuf(request.body ?? '') : parseJson(request.body, row?.kind);
}

function unpatchable(body: JsonObject, why: string): Refusal {
  return invalid({ group: '', kind: '' }, '', [invalidValue('patch', JSON.stringify(body), why)]);
}

const SHOWN = 30;

/** A custom kind has no fields to tell it by, so that it must say what it is. */
function missingKind({ request, row, version }: Call, body: JsonObject): Refusal {
  const text = request.method === 'PATCH' ? canonical(body) : (request.body ?? '');
  const why = `Object 'Kind' is missing in '${text}'`;
  if (request.method === 'PATCH') return unpatchable(body, why);
  if (request.query.get('fieldValidation') === 'Ignore') {
    const sent = typeof body['apiVersion'] === 'string' && body['apiVersion'] !== '' ? body['apiVersion'] : version;
    return badRequest(`${row.kind} in version "${sent.slice(sent.indexOf('/') + 1)}" cannot be handled as a ${row.kind}: ${why}`);
  }
  const start = text.length > SHOWN ? `${text.slice(0, SHOWN)} ...` : text;
  return badRequest(`the object provided is unrecognized (must be of type ${row.kind}): ${why} (${start})`);
}

/** Another kind is found out later, when the object is looked at; another version at once, but for what a patch made of it. */
function checkCustomKind(call: Call, body: JsonObject): void {
  const { kind, apiVersion } = body;
  if (!kind) throw missingKind(call, body);
  const served = servedVersion(call);
  if (call.request.method === 'PATCH') {
    if (!apiVersion) throw unforeseen("Object 'apiVersion' is missing in 'object has no apiVersion field'");
    return;
  }
  if (apiVersion === null) {
    const why = '.apiVersion accessor error: <nil> is of the type <nil>, expected string';
    throw badRequest(`${String(kind)} in version "" cannot be handled as a ${call.row.kind}: ${why}`);
  }
  if (apiVersion === served) return;
  throw badRequest(`the API version in the data (${String(apiVersion ?? '')}) does not match the expected API version (${served})`);
}

function checkKind(call: Call, body: JsonObject): void {
  const { row, request } = call;
  if (row.custom) return checkCustomKind(call, body);
  // The result of a strategic patch never is text, and so is of the kind that it was.
  if (isStrategic(request)) return;
  const served = servedVersion(call);
  const [kind, apiVersion] = [body['kind'] ?? row.kind, body['apiVersion'] ?? served];
  if (kind === row.kind && apiVersion === served) return;
  const sent = String(apiVersion);
  const unread = `${String(kind)} in version "${sent.slice(sent.indexOf('/') + 1)}" cannot be handled as a ${row.kind}`;
  const why = `no kind "${String(kind)}" is registered for version "${sent}"`;
  if (request.method === 'PATCH') throw unpatchable(body, why);
  throw badRequest(`${unread}: ${why} in scheme "pkg/runtime/scheme.go:110"`);
}

const SERVER_FIELDS = ['managedFields', 'selfLink'];

function cleanMetadata(body: JsonObject): JsonObject {
  const metadata = isObject(body['metadata']) ? body['metadata'] : {};
  return Object.fromEntries(Object.entries(metadata).filter(([field]) => !SERVER_FIELDS.includes(field)));
}

function unreadable(call: Call, object: JsonObject, why: string): Refusal {
  const { row, version, request } = call;
  if (isStrategic(request)) return invalid({ group: '', kind: '' }, '', [invalidValue('patch', goText(parseJson(request.body)), why)]);
  if (request.method === 'PATCH') return unpatchable(object, why);
  return badRequest(`${row.kind} in version "${version}" cannot be handled as a ${row.kind}: ${why}`);
}

/** Only what the kind has; of a custom kind only the metadata is known. */
function readAs(call: Call, object: JsonObject): JsonObject {
  const { row, request } = call;
  try {
    const metadata = decoded('ObjectMeta', object['metadata'] as JsonObject);
    const whole = row.custom ? undefined : decoded(row.kind, object);
    const unknown = whole?.unknown ?? (metadata?.unknown ?? []).map((path) => `metadata.${path}`);
    if (unknown.length > 0 && request.query.get('fieldValidation') === 'Strict') throw new Unreadable(strictly(unknown));
    return whole?.object ?? { ...object, metadata: metadata?.object ?? {} };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw unreadable(call, object, error.message);
  }
}

function strictly(unknown: readonly string[]): string {
  return `strict decoding error: ${unknown.map((path) => `unknown field "${path}"`).join(', ')}`;
}

/** What it says it is, in its stored version; of a custom kind even where that is something else. */
function identity({ row, version }: Call, body: JsonObject): JsonObject {
  if (!row.custom) return { kind: row.kind, apiVersion: storedVersion(row) };
  const isServed = body['apiVersion'] === apiVersionOf(row.group, version);
  return { kind: body['kind'] ?? row.kind, apiVersion: isServed ? storedVersion(row) : (body['apiVersion'] ?? '') };
}

export function toObject(call: Call, body: Json): Obj {
  if (body === null && !call.row.custom) return toObject(call, {});
  if (!isObject(body)) throw badRequest(`the object provided is unrecognized (must be of type ${call.row.kind}): it is not an object`);
  checkKind(call, body);
  const { row, namespace } = call;
  const misfit = isStrategic(call.request) ? restoreError(row.kind, body) : undefined;
  if (misfit !== undefined) throw unreadable(call, body, misfit);
  const sent = { ...body, ...identity(call, body), metadata: cleanMetadata(body) } as unknown as Obj;
  const core = row.group === 'events.k8s.io' ? toCoreEvent(sent) : sent;
  const object = readAs(call, core as unknown as JsonObject) as unknown as Obj;
  const place = object.metadata.namespace;
  if (row.namespaced && place !== undefined && place !== namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
  if (row.namespaced) object.metadata.namespace = namespace ?? '';
  return object;
}
