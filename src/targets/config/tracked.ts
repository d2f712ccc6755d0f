// Which ConfigMaps and Secrets are tracked, and what is known of their content: a hash. Must never give away a Secret's value.
import { listAt, objectAt, stringsAt, textAt } from '../../common/dig.ts';
import { canonical } from '../../common/json.ts';
import { present } from '../../common/look.ts';
import type { Ctx, JsonObject, Obj, Strings } from '../../contracts.ts';
import { keyOf, referencesIn, refTo, type Named } from './references.ts';

export interface Tracked extends Named {
  readonly object: Obj;
  readonly hash: string;
}

const optOut = 'flagger.app/config-tracking';
const copiedTypes: ReadonlySet<string> = new Set(['', 'Opaque', 'kubernetes.io/basic-auth', 'kubernetes.io/ssh-auth']);

/** Marks of controllers that write Secrets: a copy would not get what they renew. */
const writers: readonly string[] = ['cert-manager.io', 'external-secrets.io', 'sealedsecrets.bitnami.com'];

export function isTracked(object: Obj): boolean {
  if (textAt(object, 'metadata', 'annotations', optOut)?.startsWith('disable')) return false;
  return object.kind !== 'Secret' || (hasCopiedType(object) && !isWritten(object));
}

export function hasCopiedType(object: Obj): boolean {
  return object.kind !== 'Secret' || copiedTypes.has(textAt(object, 'type') ?? '');
}

function isWritten(object: Obj): boolean {
  const { labels, annotations } = object.metadata;
  const domains = Object.keys({ ...labels, ...annotations }).map((key) => key.split('/')[0] ?? '');
  const owned = listAt(object, 'metadata', 'ownerReferences').some((owner) => objectAt(owner)['controller'] === true);
  return owned || domains.some((domain) => writers.some((writer) => domain === writer || domain.endsWith(`.${writer}`)));
}

/** Eight digits: part of the copy's name. */
export function contentHash(c: Ctx, object: Obj): string {
  const content = { data: stringsAt(object, 'data'), binaryData: stringsAt(object, 'binaryData') };
  return c.digest(canonical(content)).slice(0, 8);
}

/** What the template names and tracks, as it is in the cluster now. */
export function trackedBy(c: Ctx, template: JsonObject): Tracked[] {
  return referencesIn(template).flatMap(({ kind, name }) => {
    const object = present(c, refTo({ kind, name }));
    return object && isTracked(object) ? [{ kind, name, object, hash: contentHash(c, object) }] : [];
  });
}

export function contentsOf(tracked: readonly Tracked[]): Strings {
  return Object.fromEntries(tracked.map((each) => [keyOf(each), each.hash]));
}
