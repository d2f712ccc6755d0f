// Objects in and out of the API server: looks, lists and conditional writes. It must never write without a precondition, nor choose one.
import type { JsonObject, Look, Obj, Ref } from '../contracts.ts';
import { isObject } from '../common/json.ts';
import { CanaryError } from '../errors.ts';
import type { Clock, Send } from '../ports.ts';
import { ApiError, NoAnswerError, isMissingKind, refusalOf, ruleText, wireText } from './api-error.ts';
import type { About } from './api-error.ts';
import { readBody } from './body.ts';
import { collectionOf, groupOf, kindOf, pathOf } from './kinds.ts';
import { listPages } from './list.ts';
import type { Listed, ListOptions } from './list.ts';
import { isUnsure, pauseBefore } from './pause.ts';
import type { Random } from './pause.ts';
import { untilAnswered } from './write.ts';

/** What became of a write. 'conflict': the object is not what the write was decided on; look again, then decide again. */
export type Written = { is: 'done'; object?: Obj } | { is: 'conflict'; why: string } | { is: 'refused'; error: ApiError };

export interface MergeOptions {
  readonly patch: JsonObject;
  /** Of the read that the patch was decided on. */
  readonly resourceVersion: string;
  readonly subresource?: 'status';
}

export interface Precondition {
  readonly uid: string;
  readonly resourceVersion: string;
}

type Type = { apiVersion: string; kind: string; namespace?: string };

export interface Objects {
  /** The object as it is now. Throws what is neither an answer about the object nor about the right to see it. */
  get(ref: Ref, signal: AbortSignal): Promise<Look>;
  /** Throws ApiError, also when the kind is not served (`missingKind`) or not allowed (code 403). */
  list(type: Type, options: ListOptions, signal: AbortSignal): Promise<Listed>;
  create(object: Obj, signal: AbortSignal): Promise<Written>;
  replace(object: Obj, signal: AbortSignal): Promise<Written>;
  merge(ref: Ref, options: MergeOptions, signal: AbortSignal): Promise<Written>;
  remove(ref: Ref, precondition: Precondition, signal: AbortSignal): Promise<Written>;
}

export interface ObjectsOptions {
  /** Expected to have a deadline of its own (reliable() in send.ts). */
  readonly send: Send;
  readonly clock: Clock;
  /** For references that name none. */
  readonly namespace: string;
  readonly random?: Random;
}

interface Room {
  readonly send: Send;
  readonly clock: Clock;
  readonly random: Random;
  readonly namespace: string;
}

const json = { accept: 'application/json' };
const readTries = 5;

export function createObjects(options: ObjectsOptions): Objects {
  const room: Room = { ...options, random: options.random ?? Math.random };
  return {
    get: (ref, signal) => getObject(room, within(room, ref), signal),
    list: (type, wanted, signal) => listObjects(room, { type, wanted }, signal),
    create: (object, signal) => createObject(room, object, signal),
    replace: (object, signal) => replaceObject(room, object, signal),
    merge: (ref, merge, signal) => mergeObject(room, { ref: within(room, ref), ...merge }, signal),
    remove: (ref, precondition, signal) => removeObject(room, { ref: within(room, ref), precondition }, signal),
  };
}

/** The reference with its namespace; of a kind that lives in none, without. */
function within(room: Room, ref: Ref): Ref {
  const { namespace = room.namespace, ...rest } = ref;
  return kindOf(ref).namespaced ? { ...rest, namespace } : rest;
}

export function refOf(object: Obj): Ref {
  const { name, namespace } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function aboutOf(verb: string, ref: Type & { name?: string }): About {
  return { verb, group: groupOf(ref.apiVersion), resource: kindOf(ref).plural, name: ref.name ?? '', namespace: ref.namespace };
}

async function getObject(room: Room, ref: Ref, signal: AbortSignal): Promise<Look> {
  const about = aboutOf('get', ref);
  const { status, text, body } = await read(room, { url: pathOf(ref), accept: json.accept }, signal);
  if (status === 200) return { is: 'present', object: asObject(body, ref) };
  const refusal = refusalOf(status, text);
  if (status === 404) return { is: isMissingKind(refusal) ? 'no-such-kind' : 'absent' };
  if (status === 403) return { is: 'forbidden', rule: ruleText(about) };
  throw new ApiError(about, refusal);
}

async function listObjects(room: Room, what: { type: Type; wanted: ListOptions }, signal: AbortSignal): Promise<Listed> {
  const { type, wanted } = what;
  const namespace = wanted.everywhere || !kindOf(type).namespaced ? undefined : (type.namespace ?? room.namespace);
  const about = aboutOf('list', { apiVersion: type.apiVersion, kind: type.kind, ...(namespace ? { namespace } : {}) });
  return listPages({ path: collectionOf(type, namespace), type, wanted }, async (url, accept) => {
    const { status, text, body } = await read(room, { url, accept }, signal);
    return status === 200 && isObject(body) ? body : new ApiError(about, refusalOf(status, text));
  });
}

/** One read. A 200 that is not JSON (a proxy's page, a cut-off body) is no answer of the API server: asked again. */
async function read(
  room: Room,
  ask: { url: string; accept: string },
  signal: AbortSignal,
): Promise<{ status: number; text: string; body: unknown }> {
  const wire = { method: 'GET', url: ask.url, headers: { accept: ask.accept } } as const;
  for (let attempt = 0; ; attempt++) {
    const { status, text } = await exchange(room, wire, signal);
    // `send` has been patient already: a server that still says "not now" is one that does not answer.
    if (isUnsure(status)) throw new NoAnswerError(`${wireText(wire)}: HTTP ${status} ${refusalOf(status, text).message}`);
    const body = status === 200 ? jsonOf(text) : undefined;
    if (status !== 200 || body !== undefined) return { status, text, body };
    if (attempt === readTries - 1) throw new NoAnswerError(`the answer to ${wireText(wire)} is not JSON; is this really the API server?`);
    await room.clock.sleep(pauseBefore(attempt, { first: 200, longest: 5_000 }, room.random), signal);
    signal.throwIfAborted();
  }
}

async function exchange(room: Room, wire: Parameters<Send>[0], signal: AbortSignal): Promise<{ status: number; text: string }> {
  signal.throwIfAborted();
  try {
    const reply = await room.send(wire, signal);
    return { status: reply.status, text: await readBody(reply) };
  } catch (error) {
    signal.throwIfAborted();
    // Not even signed in: there was no request.
    if (error instanceof NoAnswerError || error instanceof CanaryError) throw error;
    throw new NoAnswerError(`${wireText(wire)}: ${reasonOf(error)}`);
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function jsonOf(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An answer that is not the object asked for is never acted on. */
function asObject(body: unknown, ref: Ref): Obj {
  const object = body as Obj;
  if (!isObject(body) || object.kind !== ref.kind || !isObject(object.metadata) || object.metadata.name !== ref.name) {
    throw new NoAnswerError(`the answer for ${ref.kind} ${ref.name} is another object`);
  }
  return object;
}

async function createObject(room: Room, object: Obj, signal: AbortSignal): Promise<Written> {
  const ref = within(room, refOf(object));
  const wire = { method: 'POST', url: collectionOf(ref, ref.namespace), headers: writing, body: JSON.stringify(object) } as const;
  return untilAnswered(room, { wire, about: aboutOf('create', ref) }, signal);
}

async function replaceObject(room: Room, object: Obj, signal: AbortSignal): Promise<Written> {
  const ref = within(room, refOf(object));
  if (!object.metadata.resourceVersion) throw new Error(`${ref.kind} ${ref.name} is replaced without a resourceVersion`);
  const wire = { method: 'PUT', url: pathOf(ref), headers: writing, body: JSON.stringify(object) } as const;
  return untilAnswered(room, { wire, about: aboutOf('update', ref) }, signal);
}

async function mergeObject(room: Room, what: MergeOptions & { ref: Ref }, signal: AbortSignal): Promise<Written> {
  const { ref, patch, resourceVersion, subresource } = what;
  if (!resourceVersion) throw new Error(`${ref.kind} ${ref.name} is patched without a resourceVersion`);
  const metadata = isObject(patch['metadata']) ? patch['metadata'] : {};
  const body = JSON.stringify({ ...patch, metadata: { ...metadata, resourceVersion } });
  const headers = { ...json, 'content-type': 'application/merge-patch+json' };
  const about = aboutOf('patch', ref);
  const url = `${pathOf(ref)}${subresource ? `/${subresource}` : ''}`;
  const resource = subresource ? `${about.resource}/${subresource}` : about.resource;
  return untilAnswered(room, { wire: { method: 'PATCH', url, headers, body }, about: { ...about, resource } }, signal);
}

async function removeObject(room: Room, what: { ref: Ref; precondition: Precondition }, signal: AbortSignal): Promise<Written> {
  const { uid, resourceVersion } = what.precondition;
  if (!uid) throw new Error(`${what.ref.kind} ${what.ref.name} is deleted without a uid`);
  const options = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', preconditions: { uid, resourceVersion } };
  const wire = { method: 'DELETE', url: pathOf(what.ref), headers: writing, body: JSON.stringify(options) } as const;
  return untilAnswered(room, { wire, about: aboutOf('delete', what.ref) }, signal);
}

const writing = { ...json, 'content-type': 'application/json' };
