// The primary Deployment: made as a copy of the target, brought to a given template, and read back. Must never lower its replicas.
import { dig, listAt, objectAt, pick, stringsAt } from '../common/dig.ts';
import { canonical, equal, isObject } from '../common/json.ts';
import { copiedMetadata } from '../common/metadata.ts';
import { replacePatch } from '../common/replace-patch.ts';
import type { Change, Ctx, JsonObject, Obj, Revision, Side } from '../contracts.ts';
import { deploymentOf, historyNeed, selectorLabel, selectorOf, sideRef, wantedReplicas } from './deployment-objects.ts';
import { normalTemplate, originalTemplate, primaryTemplate, withoutNulls, type Naming } from './deployment-template.ts';

/** What the primary has from the target besides the template and the replicas. */
const copiedFields = ['strategy', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'] as const;

export function revisionOf(c: Ctx, side: Side): Revision | undefined {
  const template = templateOf(deploymentOf(c, side));
  const naming = namingOf(c);
  if (!template) return undefined;
  if (!naming) return { hash: c.digest(canonical(template)), template };
  if (side === 'canary') return { hash: c.digest(canonical(normalTemplate(template, naming))), template };
  const original = originalTemplate(template, naming);
  // Where renaming took two names for one, the target's own words are the exact ones.
  const target = templateOf(deploymentOf(c, 'canary'));
  const same = target !== undefined && equal(normalTemplate(target, naming), original);
  return { hash: c.digest(canonical(original)), template: same ? target : original };
}

export function pastRevision(c: Ctx, hash: string): Revision | undefined {
  const primary = deploymentOf(c, 'primary');
  const naming = namingOf(c);
  if (!primary || !naming) return undefined;
  for (const replicaSet of c.found.many(historyNeed(primary))) {
    const template = templateOf(replicaSet);
    if (!template || !isOwnedBy(replicaSet, primary)) continue;
    const original = originalTemplate(template, naming);
    if (c.digest(canonical(original)) === hash) return { hash, template: original };
  }
  return undefined;
}

export function bringPrimary(c: Ctx, from: Revision): Change[] {
  const target = deploymentOf(c, 'canary');
  const primary = deploymentOf(c, 'primary');
  const naming = namingOf(c);
  if (!naming) return [];
  if (primary) return patched(c, primary, primaryTemplate(from.template, naming));
  return target ? [created(c, target, primaryTemplate(from.template, naming))] : [];
}

function created(c: Ctx, target: Obj, template: JsonObject): Change {
  const { apiVersion, kind, name } = sideRef(c.canary, 'primary');
  const labels = selectorOf(c, 'primary');
  const annotations = copiedMetadata(stringsAt(target, 'metadata', 'annotations'));
  const spec: JsonObject = {
    replicas: Math.max(wantedReplicas(target), 1),
    ...pick(objectAt(target, 'spec'), copiedFields),
    selector: { matchLabels: labels },
    template,
  };
  const metadata = { name, namespace: c.canary.namespace, labels, ...(Object.keys(annotations).length ? { annotations } : {}) };
  return { op: 'create', object: { apiVersion, kind, metadata, spec }, why: `${name} is made as a copy of ${c.canary.targetRef.name}` };
}

function patched(c: Ctx, primary: Obj, template: JsonObject): Change[] {
  const ref = sideRef(c.canary, 'primary');
  const target = deploymentOf(c, 'canary');
  const live = objectAt(primary, 'spec');
  const spec: JsonObject = {
    ...(target ? replacePatch(pick(live, copiedFields), pick(objectAt(target, 'spec'), copiedFields)) : {}),
    ...replicasPatch(c, primary, target),
    ...templatePatch(c, objectAt(live, 'template'), template),
  };
  return Object.keys(spec).length
    ? [{ op: 'merge', ref, patch: { spec }, why: `${ref.name} takes over from ${c.canary.targetRef.name}` }]
    : [];
}

function replicasPatch(c: Ctx, primary: Obj, target: Obj | undefined): JsonObject {
  const now = wantedReplicas(primary);
  const wanted = Math.max(now, wantedReplicas(target), 1);
  return c.canary.scalerRef || wanted === now ? {} : { replicas: wanted };
}

/** Compared as the target's: a primary that Flagger made and marked is left as it is, without a rollout for nothing. */
function templatePatch(c: Ctx, live: JsonObject, wanted: JsonObject): JsonObject {
  const naming = namingOf(c);
  if (!naming || equal(originalTemplate(withoutNulls(live), naming), originalTemplate(wanted, naming))) return {};
  const template = replacePatch(live, wanted);
  return template ? { template } : {};
}

function namingOf(c: Ctx): Naming | undefined {
  const label = selectorLabel(c);
  return label && { label, target: c.canary.targetRef.name };
}

function templateOf(object: Obj | undefined): JsonObject | undefined {
  const template = dig(object, 'spec', 'template');
  return isObject(template) ? withoutNulls(template) : undefined;
}

function isOwnedBy(object: Obj, owner: Obj): boolean {
  const uid = owner.metadata.uid;
  return uid !== undefined && listAt(object, 'metadata', 'ownerReferences').some((reference) => dig(reference, 'uid') === uid);
}
