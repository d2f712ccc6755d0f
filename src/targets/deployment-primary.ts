// The primary Deployment: made as a copy of the target, and brought to a given revision with that revision's own config. Must never lower its
// replicas, nor give it config that is not the revision's.
import { objectAt, pick, stringsAt } from '../common/dig.ts';
import { copiedMetadata } from '../common/metadata.ts';
import { replacePatch } from '../common/replace-patch.ts';
import type { Change, Ctx, JsonObject, Obj, Revision } from '../contracts.ts';
import { copyChange, lostCopies, originsIn, withCopies } from './config/copies.ts';
import { trackedBy } from './config/tracked.ts';
import { deploymentOf, selectorOf, sideRef, wantedReplicas } from './deployment-objects.ts';
import { namedByTarget, namingOf, revisionOf, writtenTemplate } from './deployment-revision.ts';
import { primaryTemplate } from './deployment-template.ts';

/** What the primary has from the target besides the template and the replicas. */
const copiedFields = ['strategy', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'] as const;

interface Wanted {
  /** In the primary's words. */
  readonly template: JsonObject;
  /** The copies of config that it names and that are not there yet. */
  readonly copies: readonly Change[];
}

export function bringPrimary(c: Ctx, from: Revision): Change[] {
  const target = deploymentOf(c, 'canary');
  const primary = deploymentOf(c, 'primary');
  const wanted = wantedFor(c, from);
  if (!wanted) return [];
  if (primary) return patched(c, primary, { ...wanted, isSame: revisionOf(c, 'primary')?.hash === from.hash });
  return target ? [...wanted.copies, created(c, target, wanted.template)] : [];
}

/** Undefined: the revision's config is nowhere to be had; newer content must not take its place. */
function wantedFor(c: Ctx, from: Revision): Wanted | undefined {
  const naming = namingOf(c);
  if (!naming) return undefined;
  const template = primaryTemplate(from.template, naming);
  if (from.config === '') return { template, copies: [] };
  if (revisionOf(c, 'canary')?.hash === from.hash) {
    const tracked = trackedBy(c, from.template);
    return { template: withCopies(template, tracked), copies: tracked.flatMap((each) => copyChange(c, each)) };
  }
  const written = writtenTemplate(c, from.hash);
  return written && { template: written, copies: lostCopies(c, originsIn(c, written, namedByTarget(c))) };
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

/** `isSame`: a primary that Flagger made and marked, or that uses the originals, is left as it is, without a rollout for nothing. */
function patched(c: Ctx, primary: Obj, wanted: Wanted & { readonly isSame: boolean }): Change[] {
  const ref = sideRef(c.canary, 'primary');
  const target = deploymentOf(c, 'canary');
  const live = objectAt(primary, 'spec');
  const template = wanted.isSame ? undefined : replacePatch(objectAt(live, 'template'), wanted.template);
  const spec: JsonObject = {
    ...(target ? replacePatch(pick(live, copiedFields), pick(objectAt(target, 'spec'), copiedFields)) : {}),
    ...replicasPatch(c, primary, target),
    ...(template ? { template } : {}),
  };
  if (Object.keys(spec).length === 0) return [];
  const why = `${ref.name} takes over from ${c.canary.targetRef.name}`;
  return [...(template ? wanted.copies : []), { op: 'merge', ref, patch: { spec }, why }];
}

function replicasPatch(c: Ctx, primary: Obj, target: Obj | undefined): JsonObject {
  const now = wantedReplicas(primary);
  const wanted = Math.max(now, wantedReplicas(target), 1);
  return c.canary.scalerRef || wanted === now ? {} : { replicas: wanted };
}
