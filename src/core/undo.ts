// How to give back what we touch: before the first change of an object that we did not create, the reverse of that change is kept.
// The earliest original wins; pod templates are never kept (they may hold values that are nobody's business), nor are our own labels.
import { equal, isObject, mergePatch, neededPatch, reversePatch } from '../common/json.ts';
import { epochLabel, isOurs } from '../common/metadata.ts';
import type { Change, Found, Obj, Ref } from '../contracts.ts';
import type { Json, JsonObject } from '../spec/types.ts';
import type { Kept } from './types.ts';

/** Undefined: everything that these changes touch is kept already, or is ours. */
export function keepUndo(kept: Kept, found: Found, changes: readonly Change[]): Kept | undefined {
  let undo = kept.undo;
  let made = kept.made;
  for (const change of changes) {
    if (change.op === 'create') made = withMade(made, change.object);
    if (change.op !== 'merge') continue;
    const look = found.one(change.ref);
    if (look.is !== 'present' || isOurs(look.object)) continue;
    const reverse = withoutStamp(reversePatch(look.object as unknown as JsonObject, withoutTemplate(change.patch)));
    const key = keyOf(change.ref);
    const merged = earliest(undo[key] ?? {}, isObject(reverse) ? reverse : {});
    if (merged !== undo[key] && Object.keys(merged).length) undo = { ...undo, [key]: merged };
  }
  return undo === kept.undo && made === kept.made ? undefined : { ...kept, undo, made };
}

/** Config copies are remembered by name before they are made: Secrets may not be listed. */
function withMade(made: Ref[], { apiVersion, kind, metadata: { name } }: Obj): Ref[] {
  if (kind !== 'ConfigMap' && kind !== 'Secret') return made;
  return made.some((ref) => ref.kind === kind && ref.name === name) ? made : [...made, { apiVersion, kind, name }];
}

/** The part of `undo` that is still to be done: only where the live value is what `ours` would write. Undefined: nothing is. */
export function undone(live: Obj, undo: JsonObject, ours: readonly Change[]): JsonObject | undefined {
  const start = live as unknown as JsonObject;
  const wanted = ours.reduce<JsonObject>((object, change) => (change.op === 'merge' ? applied(object, change.patch) : object), start);
  const patch = neededPatch(start, whereOurs(undo, { live: start, wanted, back: wholeBack }));
  return isObject(patch) ? patch : undefined;
}

/** The same where `wanted` is what we make of the object as it was; of a list to which somebody has added, our part alone goes back. */
export function undoneIn(live: Obj, undo: JsonObject, wanted: Obj): JsonObject | undefined {
  const start = live as unknown as JsonObject;
  const patch = neededPatch(start, whereOurs(undo, { live: start, wanted: wanted as unknown as JsonObject, back: listBack }));
  return isObject(patch) ? patch : undefined;
}

function applied(object: JsonObject, patch: JsonObject): JsonObject {
  const out = mergePatch(object, patch);
  return isObject(out) ? out : object;
}

/** A value as it was; undefined: it is somebody else's now. */
type Back = (before: Json, now: Json, want: Json) => Json | undefined;

interface Ours {
  live: JsonObject;
  wanted: JsonObject;
  back: Back;
}

function whereOurs(undo: JsonObject, { live, wanted, back }: Ours): JsonObject {
  const out: JsonObject = {};
  for (const [key, before] of Object.entries(undo)) {
    const [now, want] = [live[key], wanted[key]];
    // Half of a selector selects nobody: it is ours as a whole, or theirs.
    const isWhole = key === 'selector';
    if (!isWhole && isObject(before) && isObject(now) && isObject(want)) out[key] = whereOurs(before, { live: now, wanted: want, back });
    else {
      const value = back(before, now ?? null, want ?? null);
      if (value !== undefined) out[key] = value;
    }
  }
  return out;
}

function wholeBack(before: Json, now: Json, want: Json): Json | undefined {
  return equal(now, want) ? before : undefined;
}

function listBack(before: Json, now: Json, want: Json): Json | undefined {
  if (equal(now, want) || !Array.isArray(before) || !Array.isArray(now) || !Array.isArray(want)) return wholeBack(before, now, want);
  if (before.every((each) => includes(want, each))) return withoutAdded(before, now, want);
  // A shorter one could stand in what it was made from, and be taken for ours again and again.
  if (want.length < before.length) return undefined;
  const start = now.findIndex((_, at) => equal(now.slice(at, at + want.length), want));
  return start < 0 ? undefined : [...now.slice(0, start), ...before, ...now.slice(start + want.length)];
}

/** We only added to it. One that would be left empty was wholly made from what was. */
function withoutAdded(before: Json[], now: Json[], want: Json[]): Json[] {
  const left = now.filter((each) => includes(before, each) || !includes(want, each));
  return left.length ? left : before;
}

function includes(list: readonly Json[], value: Json): boolean {
  return list.some((each) => equal(each, value));
}

export function keyOf(ref: Ref): string {
  return `${ref.kind}/${ref.name}`;
}

function withoutTemplate(patch: JsonObject): JsonObject {
  if (!isObject(patch['spec'])) return patch;
  const spec = { ...patch['spec'] };
  delete spec['template'];
  return { ...patch, spec };
}

/** Our own label is taken off by `delete`, and never put back. */
function withoutStamp(reverse: Json): Json {
  const metadata = isObject(reverse) ? reverse['metadata'] : undefined;
  if (!isObject(reverse) || !isObject(metadata) || !isObject(metadata['labels'])) return reverse;
  const { [epochLabel]: _stamp, ...labels } = metadata['labels'];
  const { labels: _labels, ...rest } = metadata;
  const left = Object.keys(labels).length ? { ...rest, labels } : rest;
  const { metadata: _metadata, ...others } = reverse;
  return Object.keys(left).length ? { ...others, metadata: left } : others;
}

/** `known` with what only `more` has; the same value when there is nothing to add. */
function earliest(known: JsonObject, more: JsonObject): JsonObject {
  let out = known;
  for (const [key, value] of Object.entries(more)) {
    const before = known[key];
    const next = before === undefined ? value : isObject(before) && isObject(value) ? earliest(before, value) : before;
    const empty = isObject(next) && !Object.keys(next).length;
    if (next !== before && !empty) out = { ...out, [key]: next };
  }
  return out;
}
