// I9: drivers write only what belongs to their canary and delete only what they made; after a delete the same objects stand as before everything.
import { at, isDriver, isMutating, objectOf } from '../facts.ts';
import type { Entry } from '../log.ts';
import type { Invariant, Setup, Violation } from '../setup.ts';

export const nothingForeign: Invariant = ({ log, setup }) => {
  const written = log.entries.filter((entry) => isDriver(entry.actor) && isMutating(entry));
  const violations = written.flatMap((entry) =>
    wrongs(setup, entry).map((why): Violation => ({ invariant: 'I9', seq: entry.seq, why: `${entry.actor} ${why}` })),
  );
  return [...violations, ...orphans(setup, log.entries.at(-1))];
};

function wrongs(setup: Setup, entry: Entry): string[] {
  const object = objectOf(entry);
  const isForeign = setup.writable !== undefined && !setup.writable.some((pattern) => pattern.test(object));
  return [...(isForeign ? [`wrote ${object}, which is not of this canary`] : []), ...(entry.verb === 'DELETE' ? wrongDelete(entry) : [])];
}

function wrongDelete(entry: Entry): string[] {
  const object = objectOf(entry);
  if (typeof at(entry.body, 'preconditions', 'uid') !== 'string') return [`deleted ${object} whoever it is`];
  // Refused, or gone already.
  if (entry.before === undefined || entry.after !== undefined) return [];
  const isOurs = at(entry.before, 'metadata', 'labels', 'app.kubernetes.io/managed-by') === 'canary';
  return isOurs ? [] : [`deleted ${object}, which is not ours`];
}

function orphans({ originals, left }: Setup, last: Entry | undefined): Violation[] {
  if (!originals || !left || !last) return [];
  const before = new Set(originals.map(({ object }) => object));
  return left
    .filter(({ object }) => !before.has(object))
    .map(({ object }) => ({ invariant: 'I9', seq: last.seq, why: `${object} was left behind` }));
}
