// POST, PUT and PATCH: what becomes of an object, under what conditions. It must not delete.
import { isObject } from '../../common/json.ts';
import type { Json, JsonObject, Obj } from '../../contracts.ts';
import { shortHash } from '../world/hash.ts';
import { storedAs } from '../world/kinds.ts';
import { isSame } from '../world/same.ts';
import { isTerminating } from '../world/shapes.ts';
import { generationAfter } from '../world/store.ts';
import { timestamp } from '../world/time.ts';
import type { SandboxWorld } from '../world/types.ts';
import { readBody, toObject } from './body.ts';
import { withDefaults } from './defaults/index.ts';
import { patched, patchTypeOf } from './patch/index.ts';
import { existing } from './read.ts';
import { writeOne } from './representation.ts';
import type { Call } from './route.ts';
import { scaleOf, withScale } from './scale.ts';
import { alreadyExists, badRequest, forbidden, internal, invalid, modified, notFound, otherUid } from './status.ts';
import { immutable } from './validate/causes.ts';
import { causesAgainst } from './validate/index.ts';

export interface Written {
  readonly status: number;
  readonly text: string;
}

function isDryRun(call: Call): boolean {
  return call.request.query.get('dryRun') === 'All';
}

function checkNamespace(world: SandboxWorld, call: Call, name: string): void {
  if (!call.row.namespaced) return;
  const place = call.namespace ?? '';
  const namespace = world.get('Namespace', undefined, place);
  if (namespace === undefined) throw notFound(world.row('Namespace'), place);
  if (isTerminating(namespace))
    throw forbidden(call.row, name, `unable to create new content in namespace ${place} because it is being terminated`);
}

function check(call: Call, next: Obj, before: Obj | undefined): void {
  const causes = causesAgainst(call.row, next, before);
  if (causes.length > 0) throw invalid(call.row, next.metadata.name ?? '', causes);
}

// What a new object's status says where it is not for the sender to say.
const FIRST_STATUS: Record<string, JsonObject> = {
  Service: { loadBalancer: {} },
  Namespace: { phase: 'Active' },
  Pod: { phase: 'Pending', qosClass: 'BestEffort' },
  ReplicaSet: { replicas: 0 },
  DaemonSet: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
  HorizontalPodAutoscaler: { currentMetrics: null, desiredReplicas: 0 } as JsonObject,
};

function withFirstStatus(call: Call, object: Obj): Obj {
  if (!call.row.subresources.includes('status')) return object;
  const { status: _, ...rest } = object;
  if (call.row.custom) return rest as Obj;
  return { ...rest, status: FIRST_STATUS[call.row.kind] ?? {} } as Obj;
}

const BY_SERVER = ['uid', 'creationTimestamp', 'generation', 'deletionTimestamp', 'deletionGracePeriodSeconds'];

function newborn(world: SandboxWorld, row: Call['row'], object: Obj): Obj {
  if (object.metadata.resourceVersion !== undefined) throw internal('resourceVersion should not be set on objects to be created');
  // Kinds that keep no generation keep what was sent as one.
  const isKept = (field: string): boolean => !BY_SERVER.includes(field) || (field === 'generation' && !row.generation);
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([field]) => isKept(field))) as Obj['metadata'];
  const prefix = metadata['generateName'];
  if (!metadata.name && typeof prefix === 'string') metadata.name = `${prefix}${shortHash(`${prefix}${world.count('name')}`, 5)}`;
  return { ...object, metadata };
}

/** What a dry run answers: born, but never stored. */
function imagined(world: SandboxWorld, call: Call, next: Obj): Obj {
  const uid = `5a4d0b0c-0000-4000-8000-f${world.count('dry-run').toString(16).padStart(11, '0')}`;
  const generation = call.row.generation ? { generation: 1 } : {};
  return { ...next, metadata: { ...next.metadata, uid, creationTimestamp: timestamp(world.clock.now()), ...generation } };
}

function createObject(world: SandboxWorld, call: Call, body: Obj): Obj {
  const name = body.metadata.name ?? '';
  checkNamespace(world, call, name);
  const next = withFirstStatus(call, withDefaults(world, newborn(world, call.row, body), undefined));
  check(call, next, undefined);
  if (world.store.get(storedAs(call.row), call.namespace, next.metadata.name) !== undefined)
    throw alreadyExists(call.row, next.metadata.name);
  return isDryRun(call) ? imagined(world, call, next) : world.store.create(call.row, next);
}

export function create(world: SandboxWorld, call: Call): Written {
  const object = createObject(world, call, toObject(call, readBody(call.request, call.row)));
  return { status: 201, text: writeOne(call, object, world.clock.now()) };
}

function storageKey(call: Call): string {
  const group = call.row.custom ? `${call.row.group}/` : '';
  const place = call.row.kind === 'Service' ? 'services/specs' : call.row.kind === 'Endpoints' ? 'services/endpoints' : call.row.plural;
  return `${isDryRun(call) ? '' : '/registry'}/${group}${place}/${call.namespace === undefined ? '' : `${call.namespace}/`}${call.name}`;
}

/** The conditions that an update carries in its metadata. */
function checkConditions(call: Call, next: Obj, before: Obj): void {
  const { uid, resourceVersion } = next.metadata;
  if (uid && uid !== before.metadata.uid)
    throw otherUid(call.row, call.name, { key: storageKey(call), sent: uid, is: before.metadata.uid ?? '' });
  if (resourceVersion && !/^\d+$/.test(resourceVersion)) throw internal(`strconv.ParseUint: parsing "${resourceVersion}": invalid syntax`);
  if (resourceVersion && resourceVersion !== '0') {
    if (resourceVersion !== before.metadata.resourceVersion) throw modified(call.row, call.name);
  } else if (!call.row.unconditional) {
    const cause = {
      reason: 'FieldValueInvalid',
      message: 'Invalid value: 0: must be specified for an update',
      field: 'metadata.resourceVersion',
    };
    throw invalid({ group: call.row.group, kind: call.row.plural }, call.name, [cause]);
  }
}

/** Built-in kinds take metadata along with a status; a Deployment all but its labels, a custom kind none. */
function besideStatus(call: Call, next: Obj, before: Obj): Obj['metadata'] {
  if (call.row.custom) return before.metadata;
  if (call.row.kind !== 'Deployment') return next.metadata;
  const { labels: _, ...rest } = next.metadata;
  const { labels } = before.metadata;
  return { ...rest, ...(labels === undefined ? {} : { labels }) };
}

/** Only the subresource's part is taken; everything else stays as it was. */
function part(call: Call, next: Obj, before: Obj): Obj {
  const hasStatus = call.row.subresources.includes('status');
  if (call.subresource === 'status') return { ...before, metadata: besideStatus(call, next, before), status: next['status'] };
  if (!hasStatus) return next;
  const { status: _, ...rest } = next;
  return before['status'] === undefined ? (rest as Obj) : ({ ...rest, status: before['status'] } as Obj);
}

function keepServerFields(next: Obj, before: Obj): Obj {
  const kept = Object.entries(before.metadata).filter(([field]) => BY_SERVER.includes(field) || field === 'generateName');
  const own = Object.entries(next.metadata).filter(([field]) => !BY_SERVER.includes(field));
  return { ...next, metadata: Object.fromEntries([...own, ...kept]) as Obj['metadata'] };
}

/** What a dry run of a change answers. */
function unwritten({ row }: Call, after: Obj, before: Obj): Obj {
  const { resourceVersion = '' } = before.metadata;
  const generation = row.generation ? { generation: generationAfter(row, before, after) } : {};
  return { ...after, metadata: { ...after.metadata, resourceVersion, ...generation } };
}

/** The one way in which a stored object changes through the API. */
function change(world: SandboxWorld, call: Call, next: Obj): Obj {
  const before = existing(world, call);
  checkConditions(call, next, before);
  const { deletionTimestamp } = next.metadata;
  if (deletionTimestamp !== undefined && deletionTimestamp !== before.metadata['deletionTimestamp'])
    throw invalid(call.row, call.name, [immutable('metadata.deletionTimestamp', deletionTimestamp)]);
  const whole = keepServerFields(part(call, next, before), before);
  const after = call.subresource === 'status' ? whole : withDefaults(world, whole, before);
  check(call, after, before);
  if (isDryRun(call)) return unwritten(call, after, before);
  const written = world.store.update(call.row, after);
  const isLast = isTerminating(written) && ((written.metadata['finalizers'] as unknown[] | undefined) ?? []).length === 0;
  // A pod that ends has its own grace; anything else waited for its finalizers only.
  if (isLast && !['Pod', 'Namespace'].includes(call.row.kind)) return world.store.remove(call.row, written);
  return written;
}

function checkName(call: Call, { metadata: { name } }: Obj): void {
  if (name === call.name) return;
  if (!name) throw badRequest(`the name of the object (${call.name} based on URL) was undeterminable: name must be provided`);
  throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`);
}

/** By PUT, under a name that is free: a version is not looked at, a uid cannot fit. */
function unborn(call: Call, next: Obj): Obj {
  const { uid, resourceVersion: _, ...metadata } = next.metadata;
  if (uid) throw otherUid(call.row, call.name, { key: storageKey(call), sent: uid, is: '' });
  return { ...next, metadata } as Obj;
}

export function update(world: SandboxWorld, call: Call): Written {
  const body = readBody(call.request, call.row);
  const before = world.store.get(storedAs(call.row), call.namespace, call.name);
  if (call.subresource === 'scale') return rescale(world, call, body);
  const next = toObject(call, body);
  checkName(call, next);
  const isNew = before === undefined && call.row.createOnUpdate && call.subresource === '';
  const object = isNew ? createObject(world, call, unborn(call, next)) : change(world, call, next);
  return { status: isNew ? 201 : 200, text: writeOne(call, object, world.clock.now()) };
}

function rescale(world: SandboxWorld, call: Call, scale: Json): Written {
  if (!isObject(scale)) throw badRequest('the object provided is unrecognized: it is not an object');
  const before = existing(world, call);
  const next = withScale(before, { metadata: {}, ...scale } as unknown as Obj);
  const { resourceVersion: _, ...unconditional } = next.metadata;
  const isConditional = isObject(scale['metadata']) && scale['metadata']['resourceVersion'] !== undefined;
  const metadata = isConditional ? next.metadata : unconditional;
  const object = change(world, { ...call, subresource: '' }, { ...next, metadata } as Obj);
  return { status: 200, text: JSON.stringify(scaleOf(object)) };
}

export function patch(world: SandboxWorld, call: Call): Written {
  patchTypeOf(call);
  const before = existing(world, call);
  if (call.subresource === 'scale') {
    const scale = scaleOf(before) as unknown as JsonObject;
    return rescale(world, call, patched(call, scale));
  }
  const next = toObject(call, patched(call, before as unknown as JsonObject));
  checkName(call, next);
  const object = isSame(next, before) ? before : change(world, call, next);
  return { status: 200, text: writeOne(call, object, world.clock.now()) };
}
