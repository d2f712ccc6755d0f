// Pod templates compared as the workloads' own content: what a primary copy must differ in is taken off. Shares nothing with the driver's copying.
import { at, fields, textOf } from './facts.ts';

const texts = new WeakMap<object, string>();

/** One text per template, the same for the target's and for the primary's copy of it; '' where there is none. */
export function templateOf(workload: unknown): string {
  const template = at(workload, 'spec', 'template');
  if (typeof template !== 'object' || template === null) return '';
  const known = texts.get(template);
  if (known !== undefined) return known;
  const annotations = Object.entries(fields(at(template, 'metadata', 'annotations'))).filter(
    ([key]) => !/^(flagger-id$|([^/]*\.)?kubernetes\.io\/)/.test(key),
  );
  const text = textOf(unnamed({ annotations: Object.fromEntries(annotations), spec: at(template, 'spec') }));
  texts.set(template, text);
  return text;
}

/** A copy's own names ('podinfo-primary', 'settings-primary-0a1b2c3d') become those of what was copied. */
function unnamed(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^([a-z0-9][a-z0-9.-]*)-primary(-[0-9a-f]{8})?$/, '$1');
  if (Array.isArray(value)) return value.map(unnamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unnamed(inner)]));
}
