// `--apply`: objects of any kind, as files give them, into the cluster: created where they are not, else patched where they differ. It must never
// write a field that a release drives, nor say what a Secret holds.
import { isObject, neededPatch } from '../common/json.ts';
import type { JsonObject, Obj } from '../contracts.ts';
import { ForbiddenError, PreflightError } from '../errors.ts';
import type { Clock, Send, Wire } from '../ports.ts';
import { ApiError, NoAnswerError, asCanaryError, refusalOf, wireText, type About } from './api-error.ts';
import { asLive, withoutDriven, type Driven } from './apply-fields.ts';
import { readBody } from './body.ts';
import { createDiscovery, type Resource } from './discovery.ts';
import { groupOf } from './kinds.ts';
import { isUnsure } from './pause.ts';
import { untilAnswered } from './write.ts';
import type { Written } from './objects.ts';

export type { Driven } from './apply-fields.ts';

export interface Applying {
  /** With a deadline and patience of its own (reliable() in send.ts). */
  readonly send: Send;
  readonly clock: Clock;
  /** Of objects that name none. */
  readonly namespace: string;
  /** Told as soon as it is so: what stands stays, also where a later object is refused. */
  tell?(applied: Applied): void;
}

export interface ToApply {
  /** In the order of the files. */
  readonly documents: readonly { readonly object: JsonObject; readonly where: string }[];
  readonly driven: readonly Driven[];
}

export interface Applied {
  readonly kind: string;
  readonly name: string;
  readonly did: 'created' | 'changed' | 'unchanged';
}

interface Item {
  readonly object: Obj;
  readonly where: string;
  readonly driven: readonly Driven[];
  readonly path: string;
  readonly collection: string;
  about(verb: string): About;
}

const mostTries = 5;
const json = { accept: 'application/json' };

/** All kinds are known to be served before the first write. */
export async function applyObjects(room: Applying, what: ToApply, signal: AbortSignal): Promise<Applied[]> {
  const discovery = createDiscovery((url) => read(room, url, signal));
  const items: Item[] = [];
  for (const { object, where } of inOrder(what.documents)) {
    const resource = await discovery.resource(object, where);
    items.push(itemOf(room, { object, where, resource, driven: what.driven }));
  }
  const done: Applied[] = [];
  for (const item of items) {
    const applied = { kind: item.object.kind, name: item.object.metadata.name, did: await applyOne(room, item, signal) };
    done.push(applied);
    room.tell?.(applied);
  }
  return done;
}

type Read = ToApply['documents'][number];

/** What others live in or refer to comes first; else the order of the files. */
function inOrder(documents: readonly Read[]): { object: Obj; where: string }[] {
  const first = ['Namespace', 'ConfigMap Secret ServiceAccount', 'Service'];
  const rank = ({ object: { apiVersion, kind } }: Read): number => {
    const at = apiVersion === 'v1' ? first.findIndex((kinds) => kinds.split(' ').includes(String(kind))) : -1;
    return at < 0 ? first.length : at;
  };
  const sorted = [...documents].sort((a, b) => rank(a) - rank(b));
  return sorted.map(({ object, where }) => ({ object: withoutServerSet(object), where }));
}

/** Files are often what `kubectl get -o yaml` printed. */
function withoutServerSet({ status: _status, ...object }: JsonObject): Obj {
  const serverSet = ['resourceVersion', 'uid', 'creationTimestamp', 'generation', 'managedFields', 'selfLink'];
  const metadata = Object.entries(isObject(object['metadata']) ? object['metadata'] : {}).filter(([field]) => !serverSet.includes(field));
  return { ...object, metadata: Object.fromEntries(metadata) } as unknown as Obj;
}

function itemOf(room: Applying, from: { object: Obj; where: string; resource: Resource; driven: readonly Driven[] }): Item {
  const { object, where, resource } = from;
  const { name, namespace: own, ...metadata } = object.metadata;
  if (typeof name !== 'string' || name === '' || /^\.{1,2}$/.test(name))
    throw new PreflightError(`${where}: ${object.kind} without a metadata.name cannot be applied again and again`);
  const namespace = resource.namespaced ? (own ?? room.namespace) : undefined;
  const collection = `${resource.root}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${resource.plural}`;
  const group = groupOf(object.apiVersion);
  const isIt = (each: Driven): boolean =>
    each.group === group && each.kind === object.kind && each.namespace === namespace && each.name === name;
  return {
    object: { ...object, metadata: { ...metadata, name, ...(namespace === undefined ? {} : { namespace }) } },
    where,
    driven: from.driven.filter(isIt),
    collection,
    path: `${collection}/${encodeURIComponent(name)}`,
    about: (verb) => ({ verb, group, resource: resource.plural, name, namespace }),
  };
}

async function applyOne(room: Applying, item: Item, signal: AbortSignal): Promise<Applied['did']> {
  for (let tries = 0; tries < mostTries; tries++) {
    const live = await liveOf(room, item, signal);
    if (!live) {
      const written = await write(
        { room, item },
        { method: 'POST', url: item.collection, body: item.object, type: 'json', verb: 'create' },
        signal,
      );
      if (written.is === 'done') return 'created';
      continue;
    }
    const patch = patchOf(item, live);
    if (!patch) return 'unchanged';
    const written = await write(
      { room, item },
      { method: 'PATCH', url: item.path, body: patch, type: 'merge-patch+json', verb: 'patch' },
      signal,
    );
    // The API server alone knows what its defaults make of a patch.
    if (written.is === 'done') return written.object?.metadata.resourceVersion === live.metadata.resourceVersion ? 'unchanged' : 'changed';
  }
  throw new PreflightError(`${nameOf(item)} changes faster than it can be applied`, 'see who else writes it, then run again');
}

function patchOf(item: Item, live: Obj): JsonObject | undefined {
  if (live.metadata['deletionTimestamp'] !== undefined)
    throw new PreflightError(`${nameOf(item)} is being deleted`, 'wait until it is gone, then run again');
  const was = live as unknown as JsonObject;
  const wanted = asLive(withoutDriven(item.object as unknown as JsonObject, was, item.driven), was);
  const needed = neededPatch(was, wanted);
  if (!isObject(needed)) return undefined;
  const metadata = isObject(needed['metadata']) ? needed['metadata'] : {};
  return { ...needed, metadata: { ...metadata, resourceVersion: live.metadata.resourceVersion ?? '' } };
}

async function liveOf(room: Applying, item: Item, signal: AbortSignal): Promise<Obj | undefined> {
  const { status, text, body } = await read(room, item.path, signal);
  if (status === 200 && isObject(body) && isObject(body['metadata'])) return body as unknown as Obj;
  if (status === 404) return undefined;
  throw refusal(item, new ApiError(item.about('get'), refusalOf(status, text)));
}

interface Write {
  readonly method: 'POST' | 'PATCH';
  readonly url: string;
  readonly body: unknown;
  readonly type: string;
  readonly verb: string;
}

async function write({ room, item }: { room: Applying; item: Item }, what: Write, signal: AbortSignal): Promise<Written> {
  const headers = { ...json, 'content-type': `application/${what.type}` };
  const wire: Wire = { method: what.method, url: what.url, headers, body: JSON.stringify(what.body) };
  const ways = { send: room.send, clock: room.clock, random: Math.random };
  const written = await untilAnswered(ways, { wire, about: item.about(what.verb) }, signal);
  if (written.is === 'refused') throw refusal(item, written.error);
  return written;
}

/** A right that is missing is told with its rule; everything else in the server's words, but for Secrets, whose values it may repeat. */
function refusal(item: Item, error: ApiError): Error {
  const known = asCanaryError(error);
  if (known instanceof ForbiddenError) return known;
  const said = item.object.kind === 'Secret' ? `HTTP ${error.code} ${error.reason}` : error.said;
  return new PreflightError(
    `${nameOf(item)} is refused by the API server: ${said}`,
    'what was applied before it stays; mend it, then run again',
  );
}

function nameOf({ where, object }: Item): string {
  return `${where}: ${object.kind}/${object.metadata.name}`;
}

async function read({ send }: Applying, url: string, signal: AbortSignal): Promise<{ status: number; text: string; body: unknown }> {
  const wire: Wire = { method: 'GET', url, headers: json };
  const reply = await send(wire, signal);
  const text = await readBody(reply);
  if (isUnsure(reply.status)) throw new NoAnswerError(`${wireText(wire)}: HTTP ${reply.status}`);
  try {
    return { status: reply.status, text, body: reply.status === 200 ? JSON.parse(text) : undefined };
  } catch {
    throw new NoAnswerError(`the answer to ${wireText(wire)} is not JSON; is this really the API server?`);
  }
}
