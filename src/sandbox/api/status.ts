// The API server's answers to what it refuses, word for word. It must not decide when to refuse.
import { kindName, type KindRow, resourceName } from '../world/kinds.ts';

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: object;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: object;
  readonly code?: number;
}

/** A refusal; its body is the Status. */
export class Refusal extends Error {
  constructor(readonly body: Status) {
    super(body.message);
  }
}

type Words = readonly [code: number, reason: string, message: string];

function refusal([code, reason, message]: Words, details?: object): Refusal {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message } as const;
  return new Refusal({ ...body, ...(reason === '' ? {} : { reason }), ...(details === undefined ? {} : { details }), code });
}

function about(row: Pick<KindRow, 'group' | 'plural'>, name: string): object {
  return { ...(name === '' ? {} : { name }), ...(row.group === '' ? {} : { group: row.group }), kind: row.plural };
}

export function notFound(row: KindRow, name: string): Refusal {
  return refusal([404, 'NotFound', `${resourceName(row)} "${name}" not found`], about(row, name));
}

/** `isMade`: a prefix to make a name from was sent, too. `isEnding`: what stands there is on its way out. */
export function alreadyExists(row: KindRow, name: string, { isMade, isEnding }: { isMade: boolean; isEnding: boolean }): Refusal {
  const start = isEnding ? 'object is being deleted: ' : '';
  const end = isMade ? ', the server was not able to generate a unique name for the object' : '';
  const details = { ...about(row, name), ...(isMade ? { retryAfterSeconds: 1 } : {}) };
  return refusal([409, 'AlreadyExists', `${start}${resourceName(row)} "${name}" already exists${end}`], details);
}

function cannotFulfil(resource: string, name: string, why: string): string {
  return `Operation cannot be fulfilled on ${resource} "${name}": ${why}`;
}

export function modified(row: KindRow, name: string): Refusal {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  return refusal([409, 'Conflict', cannotFulfil(resourceName(row), name, why)], about(row, name));
}

/** `key`: where the object lies in etcd, which this message tells. */
export function otherUid(row: KindRow, name: string, { key, sent, is }: { key: string; sent: string; is: string }): Refusal {
  const detail = `Precondition failed: UID in precondition: ${sent}, UID in object meta: ${is}`;
  const why = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${detail}`;
  return refusal([409, 'Conflict', cannotFulfil(resourceName(row), name, why)], about(row, name));
}

/** A DELETE's precondition; this message names the kind, not the resource. */
export function preconditionFailed(
  row: KindRow,
  name: string,
  what: { field: 'UID' | 'ResourceVersion'; sent: string; is: string },
): Refusal {
  const hint = what.field === 'UID' ? 'deleted and then recreated' : 'modified';
  const why = `the ${what.field} in the precondition (${what.sent}) does not match the ${what.field} in record (${what.is}). The object might have been ${hint}`;
  return refusal([409, 'Conflict', cannotFulfil(kindName(row), name, why)], about({ group: row.group, plural: row.kind }, name));
}

export function invalid(row: Pick<KindRow, 'group' | 'kind'>, name: string, causes: readonly Cause[]): Refusal {
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const details = {
    ...(name === '' ? {} : { name }),
    ...(row.group === '' ? {} : { group: row.group }),
    ...(row.kind === '' ? {} : { kind: row.kind }),
    causes,
  };
  return refusal([422, 'Invalid', `${kindName(row)} "${name}" is invalid: ${list}`], details);
}

export function forbidden(row: Pick<KindRow, 'group' | 'plural'>, name: string, why: string): Refusal {
  const subject = name === '' ? resourceName(row) : `${resourceName(row)} "${name}"`;
  return refusal([403, 'Forbidden', `${subject} is forbidden: ${why}`], about(row, name));
}

export function badRequest(message: string): Refusal {
  return refusal([400, 'BadRequest', message]);
}

export function unprocessable(): Refusal {
  return refusal([422, 'Invalid', 'the server rejected our request due to an error in our request'], {});
}

/** Of a path that names nothing, in a group that is there. */
export function noSuchResource(): Refusal {
  return refusal([404, 'NotFound', 'the server could not find the requested resource'], {});
}

export function methodNotAllowed(): Refusal {
  return refusal([405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource'], {});
}

export function unsupportedMediaType(accepted: readonly string[]): Refusal {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return refusal([415, 'UnsupportedMediaType', message]);
}

/** Of a patch in a form that built-in kinds do not take. */
export function unknownPatchType(): Refusal {
  return refusal([415, 'UnsupportedMediaType', '415: Unsupported Media Type'], {});
}

/** Of a body in a format that is read in part. */
export function unreadable(message: string): Refusal {
  return refusal([415, 'UnsupportedMediaType', message]);
}

export function notAcceptable(row: Pick<KindRow, 'custom'>): Refusal {
  const types = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
  if (!row.custom) return refusal([406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${types}`], {});
  const message = `only the following media types are accepted: ${types}`;
  return refusal([406, 'NotAcceptable', message]);
}

/** Nobody stands behind what was asked for. */
export function unavailable(message: string): Refusal {
  return refusal([503, 'ServiceUnavailable', message]);
}

export function expired(message: string): Refusal {
  return refusal([410, 'Expired', message]);
}

export function tooOld(version: number, oldest: number): Refusal {
  return expired(`too old resource version: ${version} (${oldest})`);
}

export function tooLarge(version: number, current: number): Refusal {
  const cause = { reason: 'ResourceVersionTooLarge', message: 'Too large resource version' };
  const message = `Timeout: Too large resource version: ${version}, current: ${current}`;
  return refusal([504, 'Timeout', message], { causes: [cause], retryAfterSeconds: 1 });
}

/** An error that the server did not foresee: its reason says so, and its cause repeats it. */
export function unforeseen(message: string): Refusal {
  return refusal([500, 'InternalError', `Internal error occurred: ${message}`], { causes: [{ message }] });
}

/** An error of the storage that has no reason of its own. */
export function internal(message: string): Refusal {
  return refusal([500, '', message]);
}

export function deleted(row: KindRow, name: string, uid: string): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { ...about(row, name), uid } };
}
