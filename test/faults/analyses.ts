// Follows every analysis through a log: which template it is about, each advance, and whether every wanted answer was good before it.
// Says what happened; I2 and I5 judge it.
import { isAbout, isGood } from './answers.ts';
import { isDriverWrite, objectOf, stateOf, weightOf } from './facts.ts';
import type { Entry } from './log.ts';
import { canaryWeight, type Recorded, type Setup } from './setup.ts';
import { templateOf } from './templates.ts';

export interface Advance {
  readonly seq: number;
  readonly what: string;
  /** Names of the answers that were not good since the advance before. */
  readonly missing: readonly string[];
}

export interface Promotion extends Advance {
  /** The target has this template, or had it. */
  readonly onTarget: boolean;
  /** The primary had it before, or had nothing. */
  readonly known: boolean;
  /** Of this analysis, in order. */
  readonly advances: readonly Advance[];
  readonly weights: readonly number[];
  readonly iterations: number;
}

export interface Analyses {
  readonly advances: readonly Advance[];
  readonly promotions: readonly Promotion[];
}

interface Run {
  template: string;
  id: string;
  /** Answers sent for before this entry are about an earlier step. */
  from: number;
  weights: number[];
  iterations: number;
  good: Map<string, boolean>;
  advances: Advance[];
}

export function analysesOf({ log, setup }: Recorded): Analyses {
  const found = { advances: [] as Advance[], promotions: [] as Promotion[] };
  const before = new Set<string>();
  // By template: a target that already moved on does not take back what was analysed.
  const runs = new Map<string, Run>();
  let run = begin('', '', 0);
  for (const entry of log.entries) {
    const [template, id] = [templateOf(entry.view.target), stateOf(entry.view.record)?.run ?? ''];
    if (template !== run.template || id !== run.id) run = begin(template, id, entry.seq);
    runs.set(template, run);
    hear(setup, run, entry);
    if (isDriverWrite(entry)) {
      const promotion = promotionOf(setup, runs, { entry, before });
      if (promotion) found.promotions.push(promotion);
      const advance = advanceOf(setup, run, entry);
      if (advance) {
        found.advances.push(advance);
        run.advances.push(advance);
      }
    }
    before.add(templateOf(entry.view.primary));
  }
  return found;
}

function begin(template: string, id: string, from: number): Run {
  return { template, id, from, weights: [], iterations: 0, good: new Map(), advances: [] };
}

function hear(setup: Setup, run: Run, entry: Entry): void {
  if (entry.sentAt < run.from) return;
  for (const wanted of setup.answers) if (isAbout(wanted, entry)) run.good.set(wanted.name, isGood(wanted, entry));
}

function missing(setup: Setup, run: Run): string[] {
  return setup.answers.filter(({ name }) => run.good.get(name) !== true).map(({ name }) => name);
}

/** A weight above all before it, or one more iteration. Bringing back a weight that was reached before is none. */
function advanceOf(setup: Setup, run: Run, entry: Entry): Advance | undefined {
  const state = stateOf(entry.view.record);
  if (state?.phase !== 'Progressing' || state.home !== undefined) return undefined;
  const counts = setup.iterations !== undefined;
  // Only a write that changes the route's weight gives it: what a new template, or a stamp, still finds there is on its way home.
  const routed = objectOf(entry) === `networking.istio.io/virtualservices ${setup.apex}`;
  const changed = routed && weightOf(entry.before, `${setup.apex}-canary`) !== canaryWeight(setup, entry.view);
  const weight = changed ? canaryWeight(setup, entry.view) : 0;
  const peak = Math.max(0, ...run.weights);
  const iterated = counts && objectOf(entry) === `configmaps canary-deployment-${setup.target}` && state.iterations > run.iterations;
  if (!iterated && weight <= peak) return undefined;
  const first = run.weights.length === 0 && run.iterations === 0;
  const what = iterated ? `iteration ${state.iterations}` : `weight ${weight}`;
  const advance = { seq: entry.seq, what, missing: first ? [] : missing(setup, run) };
  if (iterated) run.iterations = state.iterations;
  else run.weights.push(weight);
  run.good.clear();
  run.from = entry.seq + 1;
  return advance;
}

function promotionOf(
  setup: Setup,
  runs: ReadonlyMap<string, Run>,
  { entry, before }: { entry: Entry; before: ReadonlySet<string> },
): Promotion | undefined {
  if (objectOf(entry) !== `apps/deployments ${setup.target}-primary` || entry.after === undefined) return undefined;
  const template = templateOf(entry.after);
  if (entry.before !== undefined && templateOf(entry.before) === template) return undefined;
  const analysed = runs.get(template);
  const run = analysed ?? begin(template, '', entry.seq);
  return {
    seq: entry.seq,
    what: 'the promotion',
    missing: missing(setup, run),
    onTarget: analysed !== undefined,
    known: entry.before === undefined || before.has(template),
    advances: [...run.advances],
    weights: [...run.weights],
    iterations: run.iterations,
  };
}
