// I6: after a newer epoch has written an object, no older one does; and once it has stamped them all, no older one writes anything.
import { isDriverWrite, objectOf, stampOf, stateOf } from '../facts.ts';
import type { Entry } from '../log.ts';
import type { Invariant, Setup, Violation } from '../setup.ts';

interface Epochs {
  /** By driver: what it claimed the record with. */
  readonly claimed: Map<string, number>;
  /** By object that carries stamps: the newest epoch that ever wrote it. */
  readonly newest: Map<string, number>;
  /** The newest epoch whose driver has saved more than its claim: it decides by now, so it must have fenced all older ones. */
  decided: number;
}

export const oneWriter: Invariant = ({ log, setup }) => {
  const epochs: Epochs = { claimed: new Map(), newest: new Map(), decided: 0 };
  const violations: Violation[] = [];
  for (const entry of log.entries.filter(isDriverWrite)) {
    if (/\/(events|leases)(\/|$)/.test(entry.path)) continue; // nobody decides on these
    const why = wrong(setup, entry, epochs);
    if (why) violations.push({ invariant: 'I6', seq: entry.seq, why });
  }
  return violations;
};

function wrong(setup: Setup, entry: Entry, epochs: Epochs): string {
  const { claimed, newest } = epochs;
  const object = objectOf(entry);
  if (object === `configmaps canary-deployment-${setup.target}`) return claim(entry, epochs);
  const epoch = stampOf(entry.body) || (claimed.get(entry.actor) ?? 0);
  const seen = newest.get(object) ?? 0;
  const fenced = Math.max(epochs.decided, newest.size > 0 ? Math.min(...newest.values()) : 0);
  // Creating what is not there cannot be fenced: it is adopted or swept later.
  const tooLate = entry.verb !== 'POST' && epoch < Math.max(seen, fenced);
  if (stampOf(entry.after) > 0 && epoch > seen) newest.set(object, epoch);
  if (entry.verb === 'DELETE') newest.delete(object);
  return tooLate ? `${entry.actor} wrote ${object} with epoch ${epoch} after epoch ${Math.max(seen, fenced)}` : '';
}

/** The record fences itself: its epoch never falls, and another driver needs a higher one. */
function claim(entry: Entry, epochs: Epochs): string {
  const [before, after] = [stateOf(entry.before), stateOf(entry.after)];
  if (!after) return '';
  epochs.claimed.set(entry.actor, after.epoch);
  if (!before) return '';
  if (after.epoch < before.epoch) return `${entry.actor} lowered the record's epoch from ${before.epoch} to ${after.epoch}`;
  if (after.epoch === before.epoch) epochs.decided = Math.max(epochs.decided, after.epoch);
  const stolen = after.epoch === before.epoch && before.driver !== after.driver && before.driver !== '' && after.driver !== '';
  return stolen ? `${after.driver} took the record from ${before.driver} without a new epoch` : '';
}
