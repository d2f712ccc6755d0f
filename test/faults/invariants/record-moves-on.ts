// I11: the record walks the allowed phases one step at a time, counts each failed check once, knows of everything that is done,
// and what it knows answered is not asked again.
import { isAbout } from '../answers.ts';
import { at, isAnalysed, isDriverWrite, objectOf, recordOf, stateOf, type RecordState } from '../facts.ts';
import { isRoute } from '../routes.ts';
import type { Entry } from '../log.ts';
import { canaryShare, isMatched, isMirrored, type Invariant, type Recorded, type Setup, type Violation } from '../setup.ts';

/** From a phase to the next ones; `canary delete` ends any of them. A primary that is gone is made again from rest. */
const fromRest: readonly string[] = ['Progressing', 'Waiting', 'Initializing'];
const allowed: Readonly<Record<string, readonly string[]>> = {
  Initializing: ['Initialized'],
  Initialized: fromRest,
  // The revision that was asked about was taken back, or called off.
  Waiting: ['Progressing', 'Succeeded', 'Failed', 'Initializing'],
  Progressing: ['WaitingPromotion', 'Promoting', 'Failed'],
  WaitingPromotion: ['Promoting', 'Failed'],
  Promoting: ['Finalising', 'Failed'],
  Finalising: ['Succeeded'],
  Succeeded: fromRest,
  Failed: fromRest,
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
    if (isAnalysed(state)) memory.uncopied = entry.view.code.primary;
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
  if (!isDriverWrite(entry) || objectOf(entry) !== recordOf(setup.target)) return [];
  const [before, after] = [stateOf(entry.before), stateOf(entry.after)];
  if (!after) return entry.verb === 'DELETE' ? wrongEnd(entry, before) : ['the record cannot be read'];
  // A record that somebody deleted begins wherever the objects are.
  if (!before) return memory.known || first.includes(after.phase) ? [] : [`the first record says ${after.phase}`];
  // What was to be copied is no longer on the target, and nothing was copied: another analysis begins.
  const again = before.run !== after.run && entry.view.code.primary === memory.uncopied;
  return [...wrongPhase(before, after, again), ...wrongCounts(before, after, memory.counted), ...wrongStep(setup, before, after)];
}

/** A record goes last: whoever goes on from nothing would begin anew. */
function wrongEnd({ view }: Entry, before: RecordState | undefined): string[] {
  const left = view.primary === undefined ? [] : ['the record was deleted before the primary'];
  return before && before.phase !== 'Terminating' ? [...left, `the record was deleted in phase ${before.phase}`] : left;
}

function wrongPhase(before: RecordState, after: RecordState, again: boolean): string[] {
  const forgotten = before.home !== undefined && after.home === undefined && before.run === after.run && before.phase === after.phase;
  if (forgotten) return ['the way back was forgotten'];
  if (before.phase === after.phase || after.phase === 'Terminating' || allowed[before.phase]?.includes(after.phase)) return [];
  // The target was put back to what the primary runs: nothing is left to analyse.
  if (isAnalysed(before) && after.phase === 'Succeeded' && at(before.home, 'by') === 'returned') return [];
  if (before.phase === 'Promoting' && after.phase === 'Progressing' && again) return [];
  // Another revision, or the last step of blue/green.
  const goesOn = before.run !== after.run || after.weight > before.weight;
  if (before.phase === 'WaitingPromotion' && after.phase === 'Progressing' && goesOn) return [];
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
  if (isAnalysed(before) && isAnalysed(after)) {
    if (after.iterations > before.iterations + 1) found.push(`an iteration skipped: from ${before.iterations} to ${after.iterations}`);
  }
  return found;
}

function wrongStep(setup: Setup, before: RecordState, after: RecordState): string[] {
  if (before.run !== after.run || !isAnalysed(before) || !isAnalysed(after)) return [];
  if (setup.must === 'mirror' && setup.steps && before.traffic === 'split' && before.weight === 0 && after.weight > 0)
    return [`mirroring skipped: from 0 to ${after.weight}`];
  const next = setup.steps?.find((weight) => weight > before.weight);
  return next === undefined || after.weight <= next ? [] : [`a step skipped: from ${before.weight} to ${after.weight}`];
}

/** What is done stands in the record before: else whoever goes on from it does not know. */
function unrecorded({ log, setup }: Recorded): Violation[] {
  return log.entries.filter(isDriverWrite).flatMap((entry) => {
    const state = stateOf(entry.view.record);
    const why = state && (unrecordedTraffic(setup, entry, state) ?? unrecordedCopy(log.entries, { setup, entry, state }));
    return why ? [{ invariant: 'I11' as const, seq: entry.seq, why }] : [];
  });
}

function unrecordedTraffic(setup: Setup, entry: Entry, state: RecordState): string | undefined {
  if (!isRoute(objectOf(entry), setup)) return undefined;
  // Traffic may always flee from a primary without pods, or from one that is about to be put back.
  if (entry.view.ready.primary === 0 || (state.phase === 'Promoting' && state.home !== undefined)) return undefined;
  const before = { ...entry.view, route: entry.before };
  const weight = canaryShare(setup, entry.view);
  if (weight > canaryShare(setup, before) && weight > state.weight)
    return `the route gives the canary ${weight} %, the record says ${state.weight} %`;
  if (isMirrored(setup, entry.view) && !isMirrored(setup, before) && state.traffic !== 'mirror')
    return 'the route mirrors requests, the record says nothing of it';
  const isLed = state.traffic === 'match' || state.keepsUsers;
  if (isMatched(setup, entry.view) && !isMatched(setup, before) && !isLed) return 'the route leads some to the canary, the record does not';
  return undefined;
}

interface Judged {
  readonly setup: Setup;
  readonly entry: Entry;
  readonly state: RecordState;
}

function unrecordedCopy(entries: readonly Entry[], { setup, entry, state }: Judged): string | undefined {
  if (objectOf(entry) !== `apps/deployments ${setup.target}-primary` || entry.before === undefined || entry.after === undefined)
    return undefined;
  const isSame = entries[entry.seq - 1]?.view.code.primary === entry.view.code.primary;
  if (isSame || state.phase === 'Promoting' || state.home !== undefined) return undefined;
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

/** A question's id is run/revision/check/what; what is asked once in an analysis is known as once/what. */
function isOfCheck(id: string, { run, checkNo }: RecordState): boolean {
  if (id.startsWith('once/')) return true;
  const [ofRun, , no] = id.split('/');
  return ofRun === run && Number(no) === checkNo;
}

function miscounted({ log, setup }: Recorded): Violation[] {
  const last = log.entries.at(-1);
  const failed = stateOf(last?.view.record)?.failedChecks;
  if (!last || setup.failedChecks === undefined || failed === setup.failedChecks) return [];
  return [{ invariant: 'I11', seq: last.seq, why: `${setup.failedChecks} checks failed and the record counts ${failed ?? 'none'}` }];
}
