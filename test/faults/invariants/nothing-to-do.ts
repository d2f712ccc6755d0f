// I10: a run that finds everything done changes nothing: no lock, no stamp, no Lease, not even a try.
import { isMutating, objectOf } from '../facts.ts';
import type { Invariant } from '../setup.ts';

export const nothingToDo: Invariant = ({ log, setup }) =>
  log.entries
    .filter((entry) => setup.idle?.includes(entry.actor) && isMutating(entry))
    .map((entry) => ({
      invariant: 'I10',
      seq: entry.seq,
      why: `${entry.actor} had nothing to do and sent ${entry.verb} ${objectOf(entry)}`,
    }));
