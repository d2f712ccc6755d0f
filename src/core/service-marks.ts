// Labels and annotations of the Services that we make: what the file says, kept so. Must never touch our own marks, nor those that tell Flux to
// keep its hands off.
import { stringsAt } from '../common/dig.ts';
import { handsOff } from '../common/metadata.ts';
import type { Canary, JsonObject, Obj, Strings } from '../contracts.ts';
import type { Marks } from '../spec/types.ts';

/** `label`: the one by which the Service itself is found; it wins over the file, as with Flagger. */
export function marksOf(written: Marks, label: Strings): Marks {
  return { labels: { ...users(written.labels), ...label }, annotations: users(written.annotations) };
}

/** What is not said any more goes only where the file tells what others write. */
export function marksPatch(existing: Obj, wanted: Marks, unmanaged: Canary['service']['unmanaged']): JsonObject {
  return {
    ...patchOf(existing, 'labels', { wanted: wanted.labels, unmanaged: unmanaged?.labels }),
    ...patchOf(existing, 'annotations', { wanted: wanted.annotations, unmanaged: unmanaged?.annotations }),
  };
}

function patchOf(
  existing: Obj,
  field: keyof Marks,
  to: { readonly wanted: Strings; readonly unmanaged: readonly string[] | undefined },
): JsonObject {
  const live = users(stringsAt(existing, 'metadata', field));
  const { wanted, unmanaged } = to;
  const unknown = unmanaged ? Object.keys(live).filter((key) => !Object.hasOwn(wanted, key) && !unmanaged.includes(key)) : [];
  const missing = Object.entries(wanted).filter(([key, value]) => live[key] !== value);
  const entries = [...missing, ...unknown.map((key) => [key, null] as const)];
  return entries.length ? { [field]: Object.fromEntries(entries) } : {};
}

/** Without what is ours and Flux's. */
function users(marks: Strings): Strings {
  return Object.fromEntries(Object.entries(marks).filter(([key]) => !isOwn(key)));
}

function isOwn(key: string): boolean {
  return key.startsWith('canary.run/') || key === 'app.kubernetes.io/managed-by' || Object.hasOwn(handsOff, key);
}
