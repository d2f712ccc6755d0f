// The primary's own copies of tracked config: named by content and immutable, so that what the primary runs never changes under it. Also tells,
// from a primary's template, what it is a copy of. Must never copy content that was not asked for.
import { objectAt, textAt } from '../../common/dig.ts';
import { present } from '../../common/look.ts';
import { isOurs } from '../../common/metadata.ts';
import type { Change, Ctx, JsonObject, Ref, Strings } from '../../contracts.ts';
import { keyOf, referencesIn, refTo, withNames, type Named } from './references.ts';
import { contentHash, hasCopiedType, isTracked, type Tracked } from './tracked.ts';

export interface Origin extends Named {
  /** Of the content that the primary runs with; undefined where that is not tracked. */
  readonly hash?: string;
  /** The name of the copy; undefined where the primary uses the original. */
  readonly copy?: string;
}

const copyName = /^(.+)-primary-([0-9a-f]{8})$/;
const flaggersName = /^(.+)-primary$/;

export function copyOf({ kind, name, hash }: Named & { hash: string }): Ref {
  return refTo({ kind, name: `${name}-primary-${hash}` });
}

/** Without labels, as Flagger's are: there are tools that load whatever carries theirs, and would load this, too. */
export function copyChange(c: Ctx, tracked: Tracked): Change[] {
  const ref = copyOf(tracked);
  if (present(c, ref)) return [];
  const { data, binaryData, type } = tracked.object as { data?: JsonObject; binaryData?: JsonObject; type?: string };
  const content = { ...(type ? { type } : {}), ...(data ? { data } : {}), ...(binaryData ? { binaryData } : {}) };
  const metadata = { name: ref.name, namespace: c.canary.namespace };
  const object = { apiVersion: ref.apiVersion, kind: ref.kind, metadata, immutable: true, ...content };
  return [{ op: 'create', object, why: `${ref.name} keeps the content of ${tracked.name} for the primary` }];
}

export function withCopies(template: JsonObject, tracked: readonly Tracked[]): JsonObject {
  const copies = new Map(tracked.map((each) => [keyOf(each), copyOf(each).name]));
  return withNames(template, (named) => copies.get(keyOf(named)) ?? named.name);
}

/** The names that a copy may be of; none for what does not look like a copy. */
export function possibleOrigins({ kind, name }: Named): Named[] {
  return [copyName, flaggersName].flatMap((form) => form.exec(name)?.[1] ?? []).map((origin) => ({ kind, name: origin }));
}

/** What each reference of a primary's template stands for. `own`: what the target itself names, which is no copy of ours. */
export function originsIn(c: Ctx, template: JsonObject, own: ReadonlySet<string>): ReadonlyMap<string, Origin> {
  const byFlagger = textAt(template, 'metadata', 'annotations', 'flagger-id') !== undefined;
  const origin = (named: Named): Origin =>
    ourOrigin(c, named, own) ?? (byFlagger ? flaggersOrigin(c, named, own) : undefined) ?? live(c, named);
  return new Map(referencesIn(template).map((reference) => [keyOf(reference), origin(reference)]));
}

export function withOrigins(template: JsonObject, origins: ReadonlyMap<string, Origin>): JsonObject {
  return withNames(template, (named) => origins.get(keyOf(named))?.name ?? named.name);
}

/** The hashes by the original's name; content that is there in two states is equal to neither. */
export function contentsIn(origins: ReadonlyMap<string, Origin>): Strings {
  const contents: Strings = {};
  for (const origin of origins.values()) {
    const before = contents[keyOf(origin)];
    if (origin.hash === undefined || origin.hash === before) continue;
    contents[keyOf(origin)] = before === undefined ? origin.hash : `${before}+${origin.hash}`;
  }
  return contents;
}

function ourOrigin(c: Ctx, named: Named, own: ReadonlySet<string>): Origin | undefined {
  const [, name, hash] = copyName.exec(named.name) ?? [];
  if (name === undefined || hash === undefined) return undefined;
  const object = present(c, refTo(named));
  const isCopy = isMade(c, named) || (object ? isOurs(object) : !own.has(keyOf(named)));
  return isCopy ? { kind: named.kind, name, hash, copy: named.name } : undefined;
}

export function isMade(c: Ctx, named: Named): boolean {
  return c.made.some(({ kind, name }) => kind === named.kind && name === named.name);
}

/** Flagger's copies change with every promotion, so their names tell nothing of the content. */
function flaggersOrigin(c: Ctx, named: Named, own: ReadonlySet<string>): Origin | undefined {
  const name = flaggersName.exec(named.name)?.[1];
  const object = present(c, refTo(named));
  if (name === undefined || !object || own.has(keyOf(named))) return undefined;
  const original = present(c, refTo({ kind: named.kind, name }));
  const counts = hasCopiedType(object) && (!original || isTracked(original));
  return { kind: named.kind, name, copy: named.name, ...(counts ? { hash: contentHash(c, object) } : {}) };
}

/** Never rewritten (from before tracking, or by hand): it has what is there now. */
function live(c: Ctx, named: Named): Origin {
  const object = present(c, refTo(named));
  return { ...pickName(named), ...(object && isTracked(object) ? { hash: contentHash(c, object) } : {}) };
}

function pickName({ kind, name }: Named): Named {
  return { kind, name };
}

/** Copies that a template names and that are gone, made again where the original still has that very content. */
export function lostCopies(c: Ctx, origins: ReadonlyMap<string, Origin>): Change[] {
  return [...origins.values()].flatMap(({ kind, name, hash, copy }) => {
    const object = present(c, refTo({ kind, name }));
    if (copy === undefined || hash === undefined || !object || contentHash(c, object) !== hash) return [];
    return copyOf({ kind, name, hash }).name === copy ? copyChange(c, { kind, name, hash, object }) : [];
  });
}

/** The content that a copy has is what its name says. */
export function isCopyOf(c: Ctx, tracked: Tracked): boolean {
  const object = present(c, copyOf(tracked));
  return !object || (contentHash(c, object) === tracked.hash && objectAt(object)['immutable'] === true);
}
