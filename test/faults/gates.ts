// The gates of a release in a log: what has let an analysis begin, and whether a hook has called the release off since. Judges nothing.
import type { Advance } from './analyses.ts';
import { isAbout, isGood } from './answers.ts';
import { at, isAnalysed, objectOf, recordOf, stateOf } from './facts.ts';
import type { Entry } from './log.ts';
import type { Setup } from './setup.ts';

export interface Gates {
  hear(entry: Entry): void;
  /** The hook that has said yes to a rollback, until one says no or the way back has begun. */
  calledOff(): string | undefined;
  /** The gates before a release that have said yes to this revision since the last one began. */
  openFor(revision: string): ReadonlySet<string>;
  begun(): void;
}

export function openGates(setup: Setup): Gates {
  let calledOff: string | undefined;
  const open = new Map<string, string>();
  return {
    hear(entry) {
      const hook = setup.callsOff?.find(({ name, url }) => isAbout({ name, is: 'hook', url }, entry));
      if (hook) calledOff = isGood({ ...hook, is: 'hook' }, entry) ? hook.name : undefined;
      if (stateOf(entry.view.record)?.home !== undefined) calledOff = undefined;
      for (const gate of setup.answers.filter(({ before }) => before === 'start')) {
        if (!isAbout(gate, entry)) continue;
        if (isGood(gate, entry)) open.set(gate.name, String(at(entry.body, 'checksum') ?? ''));
        else open.delete(gate.name);
      }
    },
    calledOff: () => calledOff,
    openFor: (revision) => new Set([...open].filter(([, about]) => about === revision).map(([name]) => name)),
    begun: () => open.clear(),
  };
}

/** An analysis that begins from rest needs the yes of every gate before it, about the very revision. */
export function startedWithout(setup: Setup, entry: Entry, gates: Gates): Advance | undefined {
  if (objectOf(entry) !== recordOf(setup.target)) return undefined;
  const [before, after] = [stateOf(entry.before), stateOf(entry.after)];
  if (!before || !after || !isAnalysed(after) || isAnalysed(before) || before.phase === 'Promoting') return undefined;
  const open = gates.openFor(after.revision);
  gates.begun();
  const wanted = setup.answers.filter((one) => one.before === 'start').map(({ name }) => name);
  return { seq: entry.seq, what: 'the analysis', missing: wanted.filter((name) => !open.has(name)), calledOff: gates.calledOff() };
}
