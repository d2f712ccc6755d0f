// The only place that changes the cluster on behalf of a decision. Every write is conditional, stamped, and proven to be ours to make.
// Decides nothing: what cannot be sent as decided ends the pass, and the next look decides again.
import { isObject, neededPatch } from '../common/json.ts';
import type { Change, Found, Obj, Ref } from '../contracts.ts';
import type { ApiError } from '../kube/api-error.ts';
import type { Lookout } from '../kube/lookout.ts';
import { refOf, type Objects, type Written } from '../kube/objects.ts';
import { labels, stampOf } from '../kube/record.ts';
import type { JsonObject } from '../spec/types.ts';

export interface Acting {
  objects: Objects;
  lookout: Lookout;
  /** The look that the changes were decided on: its resourceVersions are what the writes carry (rule 6). */
  found: Found;
  epoch: number;
  recordUid: string;
  signal: AbortSignal;
}

export type Acted =
  | { is: 'done' }
  /** The world moved: look and decide again (rule 9). */
  | { is: 'again'; why: string }
  /** A newer epoch's stamp: somebody took over (rule 8). */
  | { is: 'lost'; epoch: number }
  | { is: 'refused'; error: ApiError };

/** In order; every prefix is safe; the first that cannot be sent as decided ends the pass. The caller has proven that the record is ours (rule 7). */
export async function act(acting: Acting, changes: readonly Change[]): Promise<Acted> {
  for (const change of merged(changes)) {
    // Rule 11: what this change relies on is read fresh; if it moved, it is decided again on the fresh look.
    if (change.given?.length && (await acting.lookout.fresh(change.given, acting.signal)))
      return { is: 'again', why: `${change.why}: what it relies on has changed` };
    const acted = await send(acting, change);
    if (acted.is !== 'done') return acted;
  }
  return { is: 'done' };
}

async function send(acting: Acting, change: Change): Promise<Acted> {
  if (change.op === 'create') return create(acting, change.object);
  const look = acting.found.one(change.ref);
  if (look.is !== 'present') return { is: 'again', why: `${change.ref.kind} ${change.ref.name} is gone` };
  const stamp = stampOf(look.object);
  if (stamp > acting.epoch) return { is: 'lost', epoch: stamp };
  const { uid = '', resourceVersion = '' } = look.object.metadata;
  if (change.op === 'delete') {
    return settle(acting, change.ref, await acting.objects.remove(change.ref, { uid, resourceVersion }, acting.signal));
  }
  const patch = neededPatch(look.object as unknown as JsonObject, stamped(change.patch, look.object, acting.epoch));
  if (patch === undefined) return { is: 'done' };
  return settle(acting, change.ref, await acting.objects.merge(change.ref, { patch: patch as JsonObject, resourceVersion }, acting.signal));
}

async function create(acting: Acting, object: Obj): Promise<Acted> {
  const marks = {
    ...object.metadata.labels,
    [labels.managedBy]: 'canary',
    [labels.record]: acting.recordUid,
    [labels.epoch]: String(acting.epoch),
  };
  const created = { ...object, metadata: { ...object.metadata, labels: marks } };
  return settle(acting, refOf(object), await acting.objects.create(created, acting.signal));
}

/** Our own write's answer is a look at the object, as good as any. A conflict is read fresh before anything is decided (rule 9). */
async function settle(acting: Acting, ref: Ref, written: Written): Promise<Acted> {
  if (written.is === 'refused') return { is: 'refused', error: written.error };
  if (written.is === 'conflict') {
    await acting.lookout.fresh([ref], acting.signal);
    return { is: 'again', why: written.why };
  }
  if (written.object) acting.lookout.put(written.object);
  else acting.lookout.drop(ref);
  return { is: 'done' };
}

/** A missing or lower stamp (GitOps, `rollout undo`) is set again by the write itself. */
function stamped(patch: JsonObject, object: Obj, epoch: number): JsonObject {
  if (stampOf(object) === epoch) return patch;
  const metadata = (patch['metadata'] ?? {}) as JsonObject;
  const wanted = (metadata['labels'] ?? {}) as JsonObject;
  return { ...patch, metadata: { ...metadata, labels: { ...wanted, [labels.epoch]: String(epoch) } } };
}

/** Merges of one object become one request, sent in the place of the first. */
export function merged(changes: readonly Change[]): Change[] {
  const out: Change[] = [];
  for (const change of changes) {
    const at = out.findIndex((other) => change.op === 'merge' && other.op === 'merge' && sameRef(other.ref, change.ref));
    const other = out[at];
    if (other?.op !== 'merge' || change.op !== 'merge') out.push(change);
    else out[at] = { ...other, patch: joined(other.patch, change.patch), given: [...(other.given ?? []), ...(change.given ?? [])] };
  }
  return out;
}

function sameRef(a: Ref, b: Ref): boolean {
  return a.kind === b.kind && a.name === b.name && a.apiVersion === b.apiVersion && a.namespace === b.namespace;
}

/** Two merge patches as one; unlike applying, a null stays a null. */
function joined(first: JsonObject, second: JsonObject): JsonObject {
  const out: JsonObject = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const before = out[key];
    out[key] = isObject(before) && isObject(value) ? joined(before, value) : value;
  }
  return out;
}
