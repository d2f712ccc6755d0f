// POST, PUT and PATCH: what becomes of an object, under what conditions. It must not delete.
import { isObject } from '../../common/json.ts';
import type { Json, JsonObject, Obj } from '../../contracts.ts';
import { storedAs } from '../world/kinds.ts';
import { isSame } from '../world/same.ts';
import { isTerminating } from '../world/shapes.ts';
import { generationAfter } from '../world/store.ts';
import type { SandboxWorld } from '../world/types.ts';
import { BY_SERVER, createObject, refused, stored } from './birth.ts';
import { readBody, toObject } from './body.ts';
import { withDefaults, withSchema } from './defaults/index.ts';
import { patched, patchTypeOf } from './patch/index.ts';
import { existing } from './read.ts';
import { writeOne } from './representation.ts';
import { type Call, isDryRun, servedVersion } from './route.ts';
import { scaleOf, withScale } from './scale.ts';
import { badRequest, internal, invalid, modified, notFound, otherUid } from './status.ts';
import { below, invalidValue } from './validate/causes.ts';
import { causesOfChange } from './validate/index.ts';
import { addressCauses, doubledNodePort } from './validate/service.ts';

export interface Written {
  readonly status: number;
  readonly text: string;
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

/** What a PUT says of the object that it means; a patch that says so is judged by its result. */
function checkUid(call: Call, { metadata: { uid } }: Obj, before: Obj | undefined): void {
  const is = before?.metadata.uid ?? '';
  if (uid && uid !== is) throw otherUid(call.row, call.name, { key: storageKey(call), sent: uid, is });
}

function checkVersion(call: Call, { metadata: { resourceVersion: version } }: Obj, before: Obj): void {
  if (version && !/^\d+$/.test(version)) throw internal(`strconv.ParseUint: parsing "${version}": invalid syntax`);
  if (version && version !== '0') {
    if (version !== before.metadata.resourceVersion) throw modified(call.row, call.name);
  } else if (!call.row.unconditional) {
    const cause = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update');
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

/** A Deployment's annotations are copied to its ReplicaSets, so that they count; but not where a status is written. */
function raises(call: Call, after: Obj, before: Obj): boolean {
  const isCounted = call.row.kind === 'Deployment' && call.subresource !== 'status';
  return isCounted && !isSame(after.metadata['annotations'] ?? {}, before.metadata['annotations'] ?? {});
}

/** What a dry run of a change answers. */
function unwritten(call: Call, after: Obj, before: Obj): Obj {
  const { resourceVersion = '' } = before.metadata;
  const generation = call.row.generation
    ? { generation: generationAfter(call.row, { before, after, isRaised: raises(call, after, before) }) }
    : {};
  return { ...after, metadata: { ...after.metadata, resourceVersion, ...generation } };
}

function checkChange(call: Call, sent: Obj, { after, before }: { after: Obj; before: Obj }): void {
  const addresses = call.row.kind === 'Service' && call.subresource === '' ? addressCauses(after) : [];
  const kind = { row: call.row, served: servedVersion(call) };
  const doubled = call.row.kind === 'Service' && addresses.length === 0 ? doubledNodePort(after) : undefined;
  if (doubled !== undefined) throw internal(`duplicate nodePort: ${doubled}`);
  const causes = addresses.length > 0 ? addresses : causesOfChange(kind, { sent, next: after, before });
  if (causes.length > 0) throw refused(call, sent, causes);
}

/** The one way in which a stored object changes through the API. */
function change(world: SandboxWorld, call: Call, next: Obj): Obj {
  const before = existing(world, call);
  checkVersion(call, next, before);
  const whole = keepServerFields(part(call, next, before), before);
  const fill = call.row.custom ? () => withSchema(call.row, whole) : () => withDefaults(world, whole, { before });
  const filled = call.subresource === 'status' ? whole : fill();
  checkChange(call, next, { after: filled, before });
  const after = stored(filled);
  if (isDryRun(call)) return unwritten(call, after, before);
  const written = world.store.update(call.row, after, raises(call, after, before));
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

export function update(world: SandboxWorld, call: Call): Written {
  const body = readBody(call.request, call.row);
  if (call.subresource === 'scale') return rescale(world, call, body);
  const next = toObject(call, body);
  checkName(call, next);
  const before = world.store.get(storedAs(call.row), call.namespace, call.name);
  if (before === undefined && !call.row.createOnUpdate) throw notFound(call.row, call.name);
  checkUid(call, next, before);
  const object = before === undefined ? createObject(world, call, next) : change(world, call, next);
  return { status: before === undefined ? 201 : 200, text: writeOne(call, object, world.clock.now()) };
}

function rescale(world: SandboxWorld, call: Call, scale: Json): Written {
  if (!isObject(scale)) throw badRequest('the object provided is unrecognized: it is not an object');
  const before = existing(world, call);
  const wanted = { metadata: {}, ...scale } as unknown as Obj;
  if (call.request.method === 'PUT') checkUid(call, wanted, before);
  const next = withScale(before, wanted);
  const causes = below('spec.replicas', (next['spec'] as JsonObject)['replicas'], 0);
  if (causes.length > 0) throw invalid({ group: 'autoscaling', kind: 'Scale' }, call.name, causes);
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
