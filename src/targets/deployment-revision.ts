// What a Deployment runs, as a value: its template in the target's words, and the content of its tracked config. Reads only.
import { dig, listAt } from '../common/dig.ts';
import { canonical, equal, isObject } from '../common/json.ts';
import type { Ctx, JsonObject, Obj, Revision, Side, Strings } from '../contracts.ts';
import { contentsIn, originsIn, withOrigins } from './config/copies.ts';
import { keyOf, referencesIn } from './config/references.ts';
import { contentsOf, trackedBy } from './config/tracked.ts';
import { deploymentOf, historyNeed, selectorLabel } from './deployment-objects.ts';
import { normalTemplate, originalTemplate, withoutHash, withoutMark, withoutNulls, type Naming } from './deployment-template.ts';

export function revisionOf(c: Ctx, side: Side): Revision | undefined {
  const template = templateOf(deploymentOf(c, side));
  const naming = namingOf(c);
  if (!template) return undefined;
  if (side === 'primary' && naming) return writtenRevision(c, template, naming);
  const compared = naming ? normalTemplate(template, naming) : template;
  return { template, ...hashesOf(c, compared, contentsOf(trackedBy(c, template))) };
}

/** Of a template that was written for the primary: the primary's own, or one out of its past. */
function writtenRevision(c: Ctx, template: JsonObject, naming: Naming): Revision {
  const origins = originsIn(c, template, namedByTarget(c));
  const original = originalTemplate(withOrigins(template, origins), naming);
  // Where renaming took two names for one, the target's own words are the exact ones.
  const target = templateOf(deploymentOf(c, 'canary'));
  const same = target !== undefined && equal(normalTemplate(target, naming), original);
  return { template: same ? target : original, ...hashesOf(c, original, contentsIn(origins)) };
}

/** Without tracked config the hash is the template's alone. */
function hashesOf(c: Ctx, template: JsonObject, contents: Strings): { hash: string; config: string } {
  if (Object.keys(contents).length === 0) return { hash: c.digest(canonical(template)), config: '' };
  return { hash: c.digest(canonical({ template, config: contents })), config: c.digest(canonical(contents)) };
}

export function pastRevision(c: Ctx, hash: string): Revision | undefined {
  const naming = namingOf(c);
  if (!naming) return undefined;
  for (const template of historyOf(c)) {
    const past = writtenRevision(c, template, naming);
    if (past.hash === hash) return past;
  }
  return undefined;
}

/** The template that the primary had with that revision, word for word: with the names of the copies it used then, and Flagger's mark by which
 *  its copies are known. */
export function writtenTemplate(c: Ctx, hash: string): JsonObject | undefined {
  const naming = namingOf(c);
  const written = naming && historyOf(c).find((template) => writtenRevision(c, template, naming).hash === hash);
  return written && withoutHash(written);
}

/** The templates of the primary's ReplicaSets. */
export function historyOf(c: Ctx): JsonObject[] {
  const primary = deploymentOf(c, 'primary');
  if (!primary) return [];
  return c.found.many(historyNeed(primary)).flatMap((replicaSet) => {
    const template = isOwnedBy(replicaSet, primary) ? templateOf(replicaSet) : undefined;
    return template ? [template] : [];
  });
}

/** The ConfigMaps and Secrets that the target names itself. */
export function namedByTarget(c: Ctx): ReadonlySet<string> {
  const template = templateOf(deploymentOf(c, 'canary'));
  return new Set(template ? referencesIn(template).map(keyOf) : []);
}

export function namingOf(c: Ctx): Naming | undefined {
  const label = selectorLabel(c);
  return label && { label, target: c.canary.targetRef.name };
}

/** Without our mark: no part of any revision. */
export function templateOf(object: Obj | undefined): JsonObject | undefined {
  const template = dig(object, 'spec', 'template');
  return isObject(template) ? withoutMark(withoutNulls(template)) : undefined;
}

function isOwnedBy(object: Obj, owner: Obj): boolean {
  const uid = owner.metadata.uid;
  return uid !== undefined && listAt(object, 'metadata', 'ownerReferences').some((reference) => dig(reference, 'uid') === uid);
}
