// DELETE, of one object or of a selection, under preconditions. What it leaves behind is the garbage collector's.
import { isObject } from '../../common/json.ts';
import type { JsonObject, Obj } from '../../contracts.ts';
import { endPod } from '../world/controllers/pod-end.ts';
import { timestamp } from '../world/time.ts';
import { isTerminating } from '../world/shapes.ts';
import type { SandboxWorld } from '../world/types.ts';
import { parseJson } from './body.ts';
import { existing, selected } from './read.ts';
import { writeList, writeOne } from './representation.ts';
import type { Call } from './route.ts';
import { deleted, invalid, preconditionFailed } from './status.ts';
import { unsupported } from './validate/causes.ts';
import type { Written } from './write.ts';

/** From the body, or from the query. */
function optionsOf(call: Call): JsonObject {
  const { body, query } = call.request;
  const parsed = body === undefined || body === '' ? {} : parseJson(body);
  const options = isObject(parsed) ? { ...parsed } : {};
  const grace = query.get('gracePeriodSeconds');
  if (grace !== null) options['gracePeriodSeconds'] ??= Number(grace);
  const policy = query.get('propagationPolicy');
  if (policy !== null) options['propagationPolicy'] ??= policy;
  if (query.get('dryRun') === 'All') options['dryRun'] ??= ['All'];
  return options;
}

const POLICIES = ['Foreground', 'Background', 'Orphan'];

function checkPolicy({ propagationPolicy: policy }: JsonObject): void {
  if (policy === undefined || policy === null || POLICIES.includes(String(policy))) return;
  throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [unsupported('propagationPolicy', policy, [...POLICIES, 'nil'])]);
}

function checkPreconditions(call: Call, object: Obj, options: JsonObject): void {
  const wanted = isObject(options['preconditions']) ? options['preconditions'] : {};
  const { uid = '', resourceVersion = '', name } = object.metadata;
  const pairs = [
    ['UID', wanted['uid'], uid],
    ['ResourceVersion', wanted['resourceVersion'], resourceVersion],
  ] as const;
  for (const [field, sent, is] of pairs) {
    if (typeof sent === 'string' && sent !== is) throw preconditionFailed(call.row, name, { field, sent, is });
  }
}

/** Dependents of an orphaning owner forget it before it goes. */
function orphan(world: SandboxWorld, owner: Obj): void {
  for (const row of world.kinds) {
    if (row.group === 'events.k8s.io') continue;
    for (const object of world.list(row.group === '' ? row.kind : `${row.kind}.${row.group}`)) {
      const all = object.metadata.ownerReferences ?? [];
      const ownerReferences = all.filter((reference) => reference['uid'] !== owner.metadata.uid);
      if (ownerReferences.length < all.length) world.store.update(row, { ...object, metadata: { ...object.metadata, ownerReferences } });
    }
  }
}

function mark(world: SandboxWorld, call: Call, object: Obj): Obj {
  if (isTerminating(object)) return object;
  const { generation } = object.metadata;
  const raised = generation === undefined ? {} : { generation: generation + 1 };
  const metadata = { ...object.metadata, ...raised, deletionTimestamp: timestamp(world.clock.now()), deletionGracePeriodSeconds: 0 };
  const status = call.row.kind === 'Namespace' ? { status: { phase: 'Terminating' } } : {};
  return world.store.update(call.row, { ...object, metadata, ...status }, true);
}

/** What is left of it, when it does not go at once. */
function end(world: SandboxWorld, call: Call, { object, options }: { object: Obj; options: JsonObject }): Obj | undefined {
  if (options['propagationPolicy'] === 'Orphan' || options['orphanDependents'] === true) orphan(world, object);
  const finalizers = object.metadata['finalizers'];
  if (call.row.kind === 'Namespace' || (Array.isArray(finalizers) && finalizers.length > 0)) return mark(world, call, object);
  if (call.row.kind === 'Pod') return endPod(object, world, options['gracePeriodSeconds'] === 0);
  const removed = world.store.remove(call.row, object);
  // A deleted Service is answered whole, anything else by word of its deletion.
  return call.row.kind === 'Service' ? removed : undefined;
}

function imagined(call: Call, object: Obj): Obj | undefined {
  return call.row.kind === 'Service' ? object : undefined;
}

export function remove(world: SandboxWorld, call: Call): Written {
  const options = optionsOf(call);
  checkPolicy(options);
  const object = existing(world, call);
  checkPreconditions(call, object, options);
  const isDry = Array.isArray(options['dryRun']) && options['dryRun'].includes('All');
  const left = isDry ? imagined(call, object) : end(world, call, { object, options });
  const text =
    left === undefined ? JSON.stringify(deleted(call.row, call.name, object.metadata.uid ?? '')) : writeOne(call, left, world.clock.now());
  return { status: 200, text };
}

export function removeSelection(world: SandboxWorld, call: Call): Written {
  const options = optionsOf(call);
  checkPolicy(options);
  const objects = selected(world, call);
  // The answer is the list that was made before anything went: a watch from there tells the deletions.
  const metadata = { resourceVersion: String(world.store.version()) };
  for (const object of objects) end(world, call, { object, options });
  return { status: 200, text: writeList(call, objects, { metadata, now: world.clock.now() }) };
}
