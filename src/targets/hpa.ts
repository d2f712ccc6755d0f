// The scaler HorizontalPodAutoscaler: a second one, `<name>-primary`, scales the primary. The target's own needs no pausing: with
// 0 replicas it rests. Must not change the user's.
import { numberAt, objectAt, stringsAt } from '../common/dig.ts';
import { present, problemOf, unreachable } from '../common/look.ts';
import { copiedMetadata } from '../common/metadata.ts';
import { replacePatch } from '../common/replace-patch.ts';
import type { Change, Ctx, JsonObject, Obj, Problem, Ref, Scaler } from '../contracts.ts';

export const hpa: Scaler = {
  ids: ['HorizontalPodAutoscaler'],
  touches: () => [],
  needs: bothScalers,
  drives: bothScalers,
  check,
  primary,
  floor,
};

/** Whatever version the file names (v2beta1, v2beta2, …): the object is the same one, and v2 is what is served. */
function scalerOf(c: Ctx, suffix = ''): Ref | undefined {
  const { scalerRef } = c.canary;
  return scalerRef && { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: `${scalerRef.name}${suffix}` };
}

function bothScalers(c: Ctx): Ref[] {
  return [scalerOf(c), scalerOf(c, '-primary')].filter((ref) => ref !== undefined);
}

function check(c: Ctx): Problem[] {
  const ref = scalerOf(c);
  if (!ref) return [];
  const closed = bothScalers(c).flatMap((each) => unreachable(c, each) ?? []);
  if (closed.length) return closed;
  return present(c, ref) ? [] : [problemOf(ref, `HorizontalPodAutoscaler ${ref.name}.${c.canary.namespace} is not there`)];
}

function floor(c: Ctx): number {
  const ref = scalerOf(c);
  return Math.max(1, (ref && numberAt(present(c, ref), 'spec', 'minReplicas')) ?? 1);
}

function primary(c: Ctx): Change[] {
  const from = scalerOf(c);
  const ref = scalerOf(c, '-primary');
  const source = from && present(c, from);
  if (!ref || !source) return [];
  const existing = present(c, ref);
  const spec = primarySpec(c, source);
  if (!existing) return [created(c, source, { ref, spec })];
  const patch = replacePatch(objectAt(existing, 'spec'), spec);
  return patch ? [{ op: 'merge', ref, patch: { spec: patch }, why: `${ref.name} is brought in line with ${source.metadata.name}` }] : [];
}

function primarySpec(c: Ctx, source: Obj): JsonObject {
  const { targetRef, scalerRef } = c.canary;
  return {
    ...objectAt(source, 'spec'),
    scaleTargetRef: { apiVersion: targetRef.apiVersion, kind: targetRef.kind, name: `${targetRef.name}-primary` },
    ...(scalerRef?.min === undefined ? {} : { minReplicas: scalerRef.min }),
    ...(scalerRef?.max === undefined ? {} : { maxReplicas: scalerRef.max }),
  };
}

function created(c: Ctx, source: Obj, to: { ref: Ref; spec: JsonObject }): Change {
  const { apiVersion, kind, name } = to.ref;
  const labels = copiedMetadata(stringsAt(source, 'metadata', 'labels'));
  const annotations = copiedMetadata(stringsAt(source, 'metadata', 'annotations'));
  const metadata = {
    name,
    namespace: c.canary.namespace,
    ...(Object.keys(labels).length ? { labels } : {}),
    ...(Object.keys(annotations).length ? { annotations } : {}),
  };
  return { op: 'create', object: { apiVersion, kind, metadata, spec: to.spec }, why: `${name} scales ${c.canary.targetRef.name}-primary` };
}
