// I11: the record walks the allowed phases one step at a time, counts each failed check once, and what it knows answered is not asked again.
import { isAbout } from '../answers.ts';
import { at, isDriverWrite, objectOf, stateOf, type RecordState } from '../facts.ts';
import type { Entry } from '../log.ts';
import type { Invariant, Recorded, Setup, Violation } from '../setup.ts';

/** From a phase to the next ones. A primary that is gone is made again from rest. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  Initializing: ['Initialized'],
  Initialized: ['Progressing', 'Initializing'],
  Progressing: ['Promoting', 'Failed'],
  Promoting: ['Finalising', 'Failed'],
  Finalising: ['Succeeded'],
  Succeeded: ['Progressing', 'Initializing'],
  Failed: ['Progressing', 'Initializing'],
};
const first: readonly string[] = ['Initializing', 'Initialized'];

export const recordMovesOn: Invariant = (recorded) => {
  const { log, setup } = recorded;
  const counted = new Set<string>();
  const violations: Violation[] = [];
  let known = false;
  for (const entry of log.entries) {
    const why = wrongs(setup, entry, { counted, known });
    violations.push(...why.map((text) => ({ invariant: 'I11' as const, seq: entry.seq, why: text })));
    known ||= stateOf(entry.view.record) !== undefined;
  }
  return [...violations, ...askedAgain(recorded), ...miscounted(recorded)];
};

function wrongs(setup: Setup, entry: Entry, { counted, known }: { counted: Set<string>; known: boolean }): string[] {
  if (!isDriverWrite(entry) || objectOf(entry) !== `configmaps canary-deployment-${setup.target}`) return [];
  const [before, after] = [stateOf(entry.before), stateOf(entry.after)];
  if (!after) return entry.verb === 'DELETE' ? [] : ['the record cannot be read'];
  // A record that somebody deleted begins wherever the objects are.
  if (!before) return known || first.includes(after.phase) ? [] : [`the first record says ${after.phase}`];
  return [...wrongPhase(before, after), ...wrongCounts(before, after, counted)];
}

function wrongPhase(before: RecordState, after: RecordState): string[] {
  if (before.phase === after.phase || allowed[before.phase]?.includes(after.phase)) return [];
  // The target was put back to what the primary runs: nothing is left to analyse.
  if (before.phase === 'Progressing' && after.phase === 'Succeeded' && at(before.home, 'by') === 'returned') return [];
  return [`the record went from ${before.phase} to ${after.phase}`];
}

function wrongCounts(before: RecordState, after: RecordState, counted: Set<string>): string[] {
  if (before.run !== after.run) return [];
  const found: string[] = [];
  const failed = after.failedChecks - before.failedChecks;
  const key = `${before.run}/${before.checkNo}`;
  if (failed > 1 || (failed < 0 && after.failedChecks !== 0))
    found.push(`failedChecks went from ${before.failedChecks} to ${after.failedChecks}`);
  if (failed > 0 && counted.has(key)) found.push(`check ${before.checkNo} was counted twice`);
  if (failed > 0) counted.add(key);
  if (before.phase === 'Progressing' && after.phase === 'Progressing') {
    if (after.step > before.step + 1) found.push(`a step skipped: from ${before.step} to ${after.step}`);
    if (after.iterations > before.iterations + 1) found.push(`an iteration skipped: from ${before.iterations} to ${after.iterations}`);
  }
  return found;
}

function askedAgain({ log, setup }: Recorded): Violation[] {
  return log.entries.flatMap((entry) => {
    const wanted = setup.answers.find((one) => isAbout(one, entry));
    const state = stateOf(log.entries[entry.sentAt - 1]?.view.record);
    const answered =
      wanted && state?.passed.some((id) => id.startsWith(`${state.run}/`) && id.endsWith(`/${state.checkNo}/${wanted.name}`));
    return answered ? [{ invariant: 'I11', seq: entry.seq, why: `a question asked twice: ${wanted.name}` }] : [];
  });
}

function miscounted({ log, setup }: Recorded): Violation[] {
  const last = log.entries.at(-1);
  const failed = stateOf(last?.view.record)?.failedChecks;
  if (!last || setup.failedChecks === undefined || failed === setup.failedChecks) return [];
  return [{ invariant: 'I11', seq: last.seq, why: `${setup.failedChecks} checks failed and the record counts ${failed ?? 'none'}` }];
}
