// The two Deployments of a canary: where they are, and the label that tells their pods apart. Reads only.
import { numberAt, stringsAt } from '../common/dig.ts';
import { present } from '../common/look.ts';
import type { Canary, Ctx, Need, Obj, Ref, Side, Strings } from '../contracts.ts';

/** Flagger's -selector-labels; the first that the selector has is the one. */
export const selectorLabels: readonly string[] = ['app', 'name', 'app.kubernetes.io/name'];

export interface SelectorLabel {
  readonly key: string;
  /** The canary's value; the primary's is `<value>-primary`. */
  readonly value: string;
}

export function sideRef(canary: Canary, side: Side): Ref {
  const { targetRef } = canary;
  return side === 'canary' ? targetRef : { ...targetRef, name: `${targetRef.name}-primary` };
}

export function deploymentOf(c: Ctx, side: Side): Obj | undefined {
  return present(c, sideRef(c.canary, side));
}

/** From the target; where that is gone, from the primary, so that the way home stays open. */
export function selectorLabel(c: Ctx): SelectorLabel | undefined {
  const target = deploymentOf(c, 'canary');
  if (target) return labelIn(matchLabels(target));
  const primary = deploymentOf(c, 'primary');
  const label = primary && labelIn(matchLabels(primary));
  return label?.value.endsWith('-primary') ? { key: label.key, value: label.value.slice(0, -'-primary'.length) } : undefined;
}

export function labelIn(labels: Strings): SelectorLabel | undefined {
  const key = selectorLabels.find((name) => labels[name]);
  return key === undefined ? undefined : { key, value: labels[key] ?? '' };
}

export function matchLabels(deployment: Obj): Strings {
  return stringsAt(deployment, 'spec', 'selector', 'matchLabels');
}

/** Empty where nothing tells which pods are meant; no Service may ever be given that. */
export function selectorOf(c: Ctx, side: Side): Strings {
  const label = selectorLabel(c);
  if (!label) return {};
  return { [label.key]: side === 'canary' ? label.value : `${label.value}-primary` };
}

/** The ReplicaSets of the primary: what it ran before. */
export function historyNeed(primary: Obj): Extract<Need, { list: unknown }> {
  return { list: { apiVersion: 'apps/v1', kind: 'ReplicaSet' }, labels: matchLabels(primary) };
}

/** Kubernetes takes a missing number for 1. */
export function wantedReplicas(deployment: Obj | undefined): number {
  return deployment ? (numberAt(deployment, 'spec', 'replicas') ?? 1) : 0;
}
