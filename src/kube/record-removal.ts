// The end of a record, after `delete`: nothing is left to remember. Only what was read is removed, so that nobody's new record goes with it.
import type { Canary } from '../contracts.ts';
import type { Objects } from './objects.ts';
import { keptRef, recordRef, type Version } from './record.ts';

export type Removed = { is: 'removed' } | { is: 'conflict'; why: string };

/** What is kept goes first: a record in phase Terminating without it says that all is done. */
export async function removeRecord(
  objects: Objects,
  { owner, version }: { owner: Pick<Canary, 'targetRef' | 'namespace'>; version: Version },
  signal: AbortSignal,
): Promise<Removed> {
  const ref = keptRef(owner);
  const kept = await objects.get(ref, signal);
  const { uid = '', resourceVersion = '' } = kept.is === 'present' ? kept.object.metadata : {};
  const goes = [...(kept.is === 'present' ? [{ ref, version: { uid, resourceVersion } }] : []), { ref: recordRef(owner), version }];
  for (const each of goes) {
    const written = await objects.remove(each.ref, { uid: each.version.uid, resourceVersion: each.version.resourceVersion }, signal);
    if (written.is === 'refused') throw written.error;
    if (written.is === 'conflict') return { is: 'conflict', why: written.why };
  }
  return { is: 'removed' };
}
