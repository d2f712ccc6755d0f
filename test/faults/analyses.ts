// Follows every analysis through a log: what it is about, each advance, and whether every wanted answer was good before it.
// Says what happened; I2, I3 and I5 judge it.
import { isAbout, isGood } from './answers.ts';
import { isAnalysed, isDriverWrite, objectOf, recordOf, stateOf } from './facts.ts';
import { isRoute } from './routes.ts';
import { openGates, startedWithout } from './gates.ts';
import type { Entry, View } from './log.ts';
import { canaryShare, isMatched, isMirrored, type Moment, type Recorded, type Setup, type Wanted } from './setup.ts';

export interface Advance {
  readonly seq: number;
  readonly what: string;
  /** Names of the answers that were not good since the advance before. */
  readonly missing: readonly string[];
  /** A hook had said that it is to be rolled back. */
  readonly calledOff: string | undefined;
}

export interface Promotion extends Advance {
  /** The target runs this, or did. */
  readonly onTarget: boolean;
  /** The primary had it before, or had nothing. */
  readonly known: boolean;
  /** Of this analysis, in order. */
  readonly advances: readonly Advance[];
  readonly weights: readonly number[];
  readonly iterations: number;
  readonly mirrored: boolean;
  readonly matched: boolean;
  /** The canary had ready pods while it was analysed. */
  readonly wasReady: boolean;
}

export interface Analyses {
  readonly advances: readonly Advance[];
  readonly promotions: readonly Promotion[];
}

interface Run {
  code: string;
  id: string;
  /** Answers sent for before this entry are about an earlier step. */
  from: number;
  weights: number[];
  iterations: number;
  mirrored: boolean;
  matched: boolean;
  wasReady: boolean;
  good: Map<string, boolean>;
  /** Answers that are asked for once in an analysis. */
  once: Map<string, boolean>;
  advances: Advance[];
}

/** Requests that are mirrored reach the canary, but are no share of it. */
const mirroring = 0.5;

export function analysesOf({ log, setup }: Recorded): Analyses {
  const found = { advances: [] as Advance[], promotions: [] as Promotion[] };
  const before = new Set<string>();
  // By code: a target that already moved on does not take back what was analysed.
  const runs = new Map<string, Run>();
  const gates = openGates(setup);
  let run = begin('', '', 0);
  let last: View | undefined;
  for (const entry of log.entries) {
    const [code, id] = [entry.view.code.canary, stateOf(entry.view.record)?.run ?? ''];
    if (code !== run.code || id !== run.id) run = begin(code, id, entry.seq);
    runs.set(code, run);
    hear(setup, run, entry);
    gates.hear(entry);
    if (isDriverWrite(entry)) {
      const promotion = promotionOf(setup, runs, { entry, before, last, calledOff: gates.calledOff() });
      if (promotion) found.promotions.push(promotion);
      const step = startedWithout(setup, entry, gates) ?? advanceOf(setup, run, { entry, last, calledOff: gates.calledOff() });
      if (step) found.advances.push(step);
    }
    before.add(entry.view.code.primary);
    last = entry.view;
  }
  return found;
}

function begin(code: string, id: string, from: number): Run {
  const nothing = { weights: [], iterations: 0, mirrored: false, matched: false, wasReady: false, advances: [] };
  return { code, id, from, ...nothing, good: new Map(), once: new Map() };
}

function hear(setup: Setup, run: Run, entry: Entry): void {
  run.wasReady ||= isAnalysed(stateOf(entry.view.record)) && entry.view.ready.canary > 0;
  run.mirrored ||= isMirrored(setup, entry.view);
  run.matched ||= isMatched(setup, entry.view);
  if (entry.sentAt < run.from) return;
  for (const wanted of setup.answers) {
    if (!isAbout(wanted, entry)) continue;
    const heard = momentOf(wanted) === 'promotion' ? run.once : run.good;
    heard.set(wanted.name, isGood(wanted, entry));
  }
}

function momentOf({ before }: Wanted): Moment {
  return before ?? 'check';
}

function missing(setup: Setup, run: Run, moments: readonly Moment[]): string[] {
  return setup.answers
    .filter((wanted) => moments.includes(momentOf(wanted)))
    .map(({ name }) => name)
    .filter((name) => run.good.get(name) !== true && run.once.get(name) !== true);
}

interface Moved {
  readonly entry: Entry;
  readonly last: View | undefined;
  readonly calledOff: string | undefined;
}

/** A weight above all before it, mirroring before any, or one more iteration. Bringing back what was reached before is none. */
function advanceOf(setup: Setup, run: Run, { entry, calledOff }: Moved): Advance | undefined {
  const state = stateOf(entry.view.record);
  if (!state || !isAnalysed(state) || state.home !== undefined) return undefined;
  const iterated = setup.iterations !== undefined && objectOf(entry) === recordOf(setup.target) && state.iterations > run.iterations;
  const level = iterated ? 0 : levelGiven(setup, entry);
  if (!iterated && level <= Math.max(0, ...run.weights)) return undefined;
  const what = iterated ? `iteration ${state.iterations}` : level === mirroring ? 'mirroring' : `weight ${level}`;
  const advance = { seq: entry.seq, what, missing: missing(setup, run, momentsOf(setup, run, iterated)), calledOff };
  if (iterated) run.iterations = state.iterations;
  else run.weights.push(level);
  run.advances.push(advance);
  run.good.clear();
  run.from = entry.seq + 1;
  return advance;
}

/** Only a write that changes the route gives it: what a new template, or a stamp, still finds there is on its way home. */
function levelGiven(setup: Setup, entry: Entry): number {
  if (!isRoute(objectOf(entry), setup)) return 0;
  const levelOf = (view: View): number => canaryShare(setup, view) || (isMirrored(setup, view) ? mirroring : 0);
  const level = levelOf(entry.view);
  if (level === levelOf({ ...entry.view, route: entry.before })) return 0;
  // Where iterations count, mirroring is what the first one is made of.
  return setup.iterations !== undefined && level === mirroring ? 0 : level;
}

function momentsOf(setup: Setup, run: Run, iterated: boolean): Moment[] {
  const isFirst = run.weights.length === 0 && run.iterations === 0;
  const answers: Moment = isFirst ? 'first' : 'check';
  if (iterated) return [answers];
  // All users on the canary: the end of blue/green.
  if (setup.iterations !== undefined) return [answers, 'promotion'];
  return run.weights.at(-1) === mirroring ? [answers] : [answers, 'weight'];
}

function promotionOf(
  setup: Setup,
  runs: ReadonlyMap<string, Run>,
  { entry, before, last, calledOff }: Moved & { readonly before: ReadonlySet<string> },
): Promotion | undefined {
  if (objectOf(entry) !== `apps/deployments ${setup.target}-primary` || entry.after === undefined) return undefined;
  const code = entry.view.code.primary;
  if (entry.before !== undefined && last?.code.primary === code) return undefined;
  const analysed = runs.get(code);
  const { advances, weights, iterations, mirrored, matched, wasReady } = analysed ?? begin(code, '', entry.seq);
  return {
    ...{ seq: entry.seq, what: 'the promotion', missing: analysed ? missing(setup, analysed, ['check', 'promotion']) : [], calledOff },
    ...{ onTarget: analysed !== undefined, known: entry.before === undefined || before.has(code) },
    ...{ advances: [...advances], weights: [...weights], iterations, mirrored, matched, wasReady },
  };
}
