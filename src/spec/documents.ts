// The kinds that are declared here, and their rows for the docs. Pure data.
import { alertProviderDocument } from './alert-provider.ts';
import { canaryDocument } from './canary.ts';
import { rowsOf } from './kernel.ts';
import type { Field, FieldRow } from './kernel.ts';
import { metricTemplateDocument } from './metric-template.ts';

export const flaggerKinds: Readonly<Record<string, Field>> = {
  Canary: canaryDocument,
  MetricTemplate: metricTemplateDocument,
  AlertProvider: alertProviderDocument,
};

/** A row for every field of every kind: what the reference page is made of. */
export function fieldRows(): (FieldRow & { readonly kind: string })[] {
  return Object.entries(flaggerKinds).flatMap(([kind, document]) => rowsOf(document.fields ?? {}).map((row) => ({ kind, ...row })));
}
