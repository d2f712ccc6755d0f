// The stamps of a driver that takes over (rules 2 and 3 of the protocol in test/model): which epoch is free, and putting it on everything we drive.
import { drivenBy } from '../kit.ts';
import { NoAnswerError } from '../kube/api-error.ts';
import { stampOf } from '../kube/record.ts';
import { act } from './act.ts';
import { mostConflicts, type Held, type Holding, type Taking } from './lock.ts';

/** Rule 2: the record may have been deleted, so the stamps count too. */
export function highestEpoch({ kit, found, stored }: Taking): number {
  const stamps = drivenBy(kit, { canary: kit.canary, found, digest: kit.digest, made: [] }).map((ref) => {
    const seen = found.one(ref);
    return seen.is === 'present' ? stampOf(seen.object) : 0;
  });
  return Math.max(stored?.state.epoch ?? 0, ...stamps);
}

/** Rule 3: a real change of every object, so that every older resourceVersion is dead. Rule 4: only what is seen after is decided on. */
export async function stampAll({ kit, objects, lookout, found: first, signal }: Taking, held: Held): Promise<Holding> {
  const refs = drivenBy(kit, { canary: kit.canary, found: first, digest: kit.digest, made: [] });
  let found = first;
  for (let tries = 0; tries < mostConflicts; tries++) {
    // Rule 7: the objects were read, now the record is proven, then the stamps are sent.
    const proven = await held.prove(signal);
    if (proven !== 'held') return proven;
    const seen = found;
    const changes = refs
      .filter((ref) => seen.one(ref).is === 'present')
      .map((ref) => ({ op: 'merge' as const, ref, patch: {}, why: 'stamp' }));
    const acted = await act({ objects, lookout, found, epoch: held.state.epoch, recordUid: held.uid, signal }, changes);
    if (acted.is === 'done') return 'held';
    if (acted.is === 'lost') return { lost: `epoch ${acted.epoch} has stamped what this run drives`, to: 'rival' };
    if (acted.is === 'refused') throw acted.error;
    // Rule 9: what changed was read again; stamps that stand are no-ops the second time.
    found = await lookout.see(refs, signal);
  }
  throw new NoAnswerError('what this canary drives changes faster than it can be stamped');
}
