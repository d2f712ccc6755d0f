// I11: the record walks the allowed phases one step at a time, counts each failed check once, knows of everything that is done,
// and what it knows answered is not asked again.
import { isAbout } from '../answers.ts';
import { at, isDriverWrite, objectOf, stateOf, type RecordState } from '../facts.ts';
import type { Entry } from '../log.ts';
import { canaryWeight, type Invariant, type Recorded, type Setup, type Violation } from '../setup.ts';
import { templateOf } from '../templates.ts';

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
  const memory: Memory = { counted: new Set(), known: false, uncopied: '' };
  const violations: Violation[] = unrecorded(recorded);
  for (const entry of log.entries) {
    const why = wrongs(setup, entry, memory);
    violations.push(...why.map((text) => ({ invariant: 'I11' as const, seq: entry.seq, why: text })));
    const state = stateOf(entry.view.record);
    memory.known ||= state !== undefined;
    if (state?.phase === 'Progressing') memory.uncopied = templateOf(entry.view.primary);
  }
  return [...violations, ...askedAgain(recorded), ...miscounted(recorded)];
};

interface Memory {
  /** Failed checks, by run and number. */
  readonly counted: Set<string>;
  /** There was a record once. */
  known: boolean;
  /** What the primary ran when an analysis last was under way. */
  uncopied: string;
}

function wrongs(setup: Setup, entry: Entry, memory: Memory): string[] {
  if (!isDriverWrite(entry) || objectOf(entry) !== `configmaps canary-deployment-${setup.target}`) return [];
  const [before, after] = [stateOf(entry.before), stateOf(entry.after)];
  if (!after) return entry.verb === 'DELETE' ? [] : ['the record cannot be read'];
  // A record that somebody deleted begins wherever the objects are.
  if (!before) return memory.known || first.includes(after.phase) ? [] : [`the first record says ${after.phase}`];
  // What was to be copied is no longer on the target, and nothing was copied: another analysis begins.
  const again = before.run !== after.run && templateOf(entry.view.primary) === memory.uncopied;
  return [...wrongPhase(before, after, again), ...wrongCounts(before, after, memory.counted), ...wrongStep(setup, before, after)];
}

function wrongPhase(before: RecordState, after: RecordState, again: boolean): string[] {
  const forgotten = before.home !== undefined && after.home === undefined && before.run === after.run && before.phase === after.phase;
  if (forgotten) return ['the way back was forgotten'];
  if (before.phase === after.phase || allowed[before.phase]?.includes(after.phase)) return [];
  // The target was put back to what the primary runs: nothing is left to analyse.
  if (before.phase === 'Progressing' && after.phase === 'Succeeded' && at(before.home, 'by') === 'returned') return [];
  if (before.phase === 'Promoting' && after.phase === 'Progressing' && again) return [];
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
    if (after.iterations > before.iterations + 1) found.push(`an iteration skipped: from ${before.iterations} to ${after.iterations}`);
  }
  return found;
}

function wrongStep(setup: Setup, before: RecordState, after: RecordState): string[] {
  if (before.run !== after.run || before.phase !== 'Progressing' || after.phase !== 'Progressing') return [];
  const next = setup.steps?.find((weight) => weight > before.weight);
  return next === undefined || after.weight <= next ? [] : [`a step skipped: from ${before.weight} to ${after.weight}`];
}

/** What is done stands in the record before: else whoever goes on from it does not know. */
function unrecorded({ log, setup }: Recorded): Violation[] {
  return log.entries.filter(isDriverWrite).flatMap((entry) => {
    const state = stateOf(entry.view.record);
    const why = state && (unrecordedWeight(setup, entry, state) ?? unrecordedCopy(setup, entry, state));
    return why ? [{ invariant: 'I11' as const, seq: entry.seq, why }] : [];
  });
}

function unrecordedWeight(setup: Setup, entry: Entry, state: RecordState): string | undefined {
  if (objectOf(entry) !== `networking.istio.io/virtualservices ${setup.apex}`) return undefined;
  const weight = canaryWeight(setup, entry.view);
  const raised = weight > canaryWeight(setup, { ...entry.view, route: entry.before });
  // Traffic may always flee from a primary without pods, or from one that is about to be put back.
  const flees = entry.view.ready.primary === 0 || (state.phase === 'Promoting' && state.home !== undefined);
  if (!raised || weight <= state.weight || flees) return undefined;
  return `the route gives the canary ${weight} %, the record says ${state.weight} %`;
}

function unrecordedCopy(setup: Setup, entry: Entry, state: RecordState): string | undefined {
  if (objectOf(entry) !== `apps/deployments ${setup.target}-primary` || entry.before === undefined) return undefined;
  if (templateOf(entry.before) === templateOf(entry.after) || state.phase === 'Promoting' || state.home !== undefined) return undefined;
  return `the primary got another template while the record says ${state.phase}`;
}

function askedAgain({ log, setup }: Recorded): Violation[] {
  return log.entries.flatMap((entry) => {
    const wanted = setup.answers.find((one) => isAbout(one, entry));
    const state = stateOf(log.entries[entry.sentAt - 1]?.view.record);
    const answered = wanted && state?.passed.some((id) => isOfCheck(id, state) && id.endsWith(`/${wanted.name}`));
    return answered ? [{ invariant: 'I11', seq: entry.seq, why: `a question asked twice: ${wanted.name}` }] : [];
  });
}

/** A question's id is run/revision/check/what. */
function isOfCheck(id: string, { run, checkNo }: RecordState): boolean {
  const [ofRun, , no] = id.split('/');
  return ofRun === run && Number(no) === checkNo;
}

function miscounted({ log, setup }: Recorded): Violation[] {
  const last = log.entries.at(-1);
  const failed = stateOf(last?.view.record)?.failedChecks;
  if (!last || setup.failedChecks === undefined || failed === setup.failedChecks) return [];
  return [{ invariant: 'I11', seq: last.seq, why: `${setup.failedChecks} checks failed and the record counts ${failed ?? 'none'}` }];
}
