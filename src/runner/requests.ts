// What another run asks of the driver, as an annotation on the record: it is seen like any other change, and obeyed like a signal.
import { isObject } from '../common/json.ts';
import type { Canary, Found } from '../contracts.ts';
import type { Intent } from '../core/types.ts';
import { summaryNames } from '../kube/summary.ts';
import type { Objects } from '../kube/objects.ts';
import { recordRef, type Stored } from '../kube/record.ts';

export const intentAnnotation = 'canary.run/intent';

/** Foreign input: what is not exactly an intent that we know is none; nor is what was asked of another driver, which may be long gone. */
export function intentOn(found: Found, canary: Pick<Canary, 'targetRef' | 'namespace'>): Intent[] {
  const look = found.one(recordRef(canary));
  const annotations = (look.is === 'present' && look.object.metadata.annotations) || {};
  const text = annotations[intentAnnotation];
  if (text === undefined || text.length > 500) return [];
  const value = parsed(text);
  const { id, verb, by, to } = isObject(value) ? value : {};
  if (typeof to !== 'string' || to === '' || to !== annotations[summaryNames.driver]) return [];
  if (typeof id !== 'string' || id === '' || id.length > 100 || verb !== 'handover' || typeof by !== 'string') return [];
  return [{ id, verb, by }];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Asks its driver, once; a record that changed meanwhile is left alone until the next look. */
export async function leaveIntent(objects: Objects, { on, intent }: { on: Stored; intent: Intent }, signal: AbortSignal): Promise<void> {
  const { object, resourceVersion, state } = on;
  const { name, namespace = '', annotations = {} } = object.metadata;
  const text = JSON.stringify({ ...intent, to: state.driver });
  if (annotations[intentAnnotation] === text) return;
  const patch = { metadata: { annotations: { [intentAnnotation]: text } } };
  const written = await objects.merge({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }, { patch, resourceVersion }, signal);
  if (written.is === 'refused') throw written.error;
}
