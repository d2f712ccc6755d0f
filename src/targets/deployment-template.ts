// The pod template on its way to the primary and back: what is renamed so that the two sides repel and spread among themselves, as Flagger
// does it. No random ids: a template that did not change must stay equal.
import { textAt } from '../common/dig.ts';
import { isObject } from '../common/json.ts';
import type { Json, JsonObject } from '../contracts.ts';
import { mapAt } from './config/paths.ts';
import { selectorLabels, type SelectorLabel } from './deployment-objects.ts';

export interface Naming {
  readonly label: SelectorLabel;
  /** The target's name: what affinity terms are compared with, not the label's value. */
  readonly target: string;
}

const selectorPaths: readonly (readonly string[])[] = [
  ['spec', 'affinity', 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', '*', 'labelSelector'],
  ['spec', 'affinity', 'podAntiAffinity', 'preferredDuringSchedulingIgnoredDuringExecution', '*', 'podAffinityTerm', 'labelSelector'],
  ['spec', 'topologySpreadConstraints', '*', 'labelSelector'],
];

/** Added to pods by others than the user: Flagger at each promotion, and the Deployment controller in ReplicaSets. */
const addedAnnotation = 'flagger-id';
const addedLabel = 'pod-template-hash';

/** Ours, on the target alone: with the tracked config's hash in it, other config is another template, and the pods start anew. */
export const configMark = 'canary.run/config';

export function primaryTemplate(template: JsonObject, naming: Naming): JsonObject {
  const { label, target } = naming;
  return renamed(labelled(template, label.key, `${label.value}-primary`), target, `${target}-primary`);
}

/** The template as the target has it. Two templates that make the same primary come back as one. */
export function originalTemplate(template: JsonObject, naming: Naming): JsonObject {
  const { label, target } = naming;
  const clean = without(withoutHash(template), 'annotations', addedAnnotation);
  return renamed(labelled(clean, label.key, label.value), `${target}-primary`, target);
}

/** The template of a ReplicaSet as it was in its Deployment. */
export function withoutHash(template: JsonObject): JsonObject {
  return without(template, 'labels', addedLabel);
}

export function withoutMark(template: JsonObject): JsonObject {
  return textAt(template, 'metadata', 'annotations', configMark) === undefined ? template : without(template, 'annotations', configMark);
}

/** What two templates are compared by. */
export function normalTemplate(template: JsonObject, naming: Naming): JsonObject {
  return originalTemplate(primaryTemplate(template, naming), naming);
}

/** API servers send fields that are null (creationTimestamp); they mean nothing and no merge patch can write them. */
export function withoutNulls<T extends Json>(value: T): T;
export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([key, field]) => [key, withoutNulls(field)]));
}

function labelled(template: JsonObject, key: string, value: string): JsonObject {
  return mapAt(template, ['metadata', 'labels'], (labels) => ({ ...labels, [key]: value }));
}

function without(template: JsonObject, field: 'annotations' | 'labels', key: string): JsonObject {
  return mapAt(template, ['metadata'], (metadata) => {
    const { [field]: entries, ...others } = metadata;
    if (!isObject(entries)) return metadata;
    const left = Object.entries(entries).filter(([name]) => name !== key);
    return left.length ? { ...others, [field]: Object.fromEntries(left) } : others;
  });
}

function renamed(template: JsonObject, from: string, to: string): JsonObject {
  const rename = (selector: JsonObject): JsonObject => renamedSelector(selector, from, to);
  return selectorPaths.reduce((changed, path) => mapAt(changed, path, rename), template);
}

function renamedSelector(selector: JsonObject, from: string, to: string): JsonObject {
  const labels = mapAt(selector, ['matchLabels'], (entries) =>
    Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, selectorLabels.includes(key) && value === from ? to : value])),
  );
  return mapAt(labels, ['matchExpressions', '*'], (expression) => renamedExpression(expression, from, to));
}

/** Only the first value that fits, as Flagger does: [podinfo, podinfo-primary] comes back as it was. */
function renamedExpression(expression: JsonObject, from: string, to: string): JsonObject {
  const { key, values } = expression;
  if (typeof key !== 'string' || !selectorLabels.includes(key) || !Array.isArray(values)) return expression;
  const at = values.indexOf(from);
  return at < 0 ? expression : { ...expression, values: values.map((value, index) => (index === at ? to : value)) };
}
