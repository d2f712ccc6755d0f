// One scenario of a stage's life: from its beginning to its end what users got, and what the API server's log says. The log and the records are read
// when the whole life is over.
import { setTimeout as pause } from 'node:timers/promises';
import { auditOf, type AuditEvent } from '../../cluster/audit.ts';
import type { Ended } from '../../cluster/arena.ts';
import { counted, sharesWithin, type Figure, type Goal } from '../figures.ts';
import { podTimes, routeMarks } from '../history.ts';
import { answeredOutOfTime, sentToNothing } from '../load/answers.ts';
import type { Entry } from '../load/entry.ts';
import { measured, windows, within, type Mark, type Measured, type SideOf, type Span } from '../load/ledger.ts';
import type { Stage, Users } from '../stage.ts';

/** What a proxy may take to load a new route: Traefik takes changes together for two seconds. */
export const settle = 2_500;

/** What happened, as it happened. */
export interface Chapter {
  readonly scenario: string;
  readonly span: Span;
  readonly ended: Ended;
}

/** A scenario by its command, and a moment after it in which late consequences would show. */
export async function chapter(scenario: string, run: () => Promise<Ended>): Promise<Chapter> {
  const from = Date.now();
  const ended = await run();
  await pause(settle);
  return { scenario, span: { from, to: Date.now() }, ended };
}

/** All that is known when a stage's life is over. */
export interface Life {
  readonly entries: readonly Entry[];
  readonly events: readonly AuditEvent[];
}

export async function lifeOf(stage: Stage, users: Users): Promise<Life> {
  const { entries } = await users.stop();
  return { entries, events: await auditOf(stage.bench.cluster, stage.namespace) };
}

/** A scenario with its figure, and what is wrong with it: nothing, if all is well. */
export interface Shown {
  readonly figure: Figure;
  readonly problems: readonly string[];
}

export interface Facts extends Life {
  readonly chapter: Chapter;
  readonly marks: readonly Mark[];
  readonly steps: readonly Measured[];
}

/** `away`: when the proxy itself was not there; what was under way then is left out. */
export function factsOf(chapter: Chapter, life: Life, how: { sideOf: SideOf; away?: Span }): Facts {
  const { span } = chapter;
  const { away, sideOf } = how;
  const entries = within(life.entries, span).filter(({ at, took }) => !away || at + took < away.from || at >= away.to);
  const all = routeMarks(life.events);
  const before = all.findLast(({ at }) => at < span.from);
  const marks = [...(before ? [{ at: span.from, weight: before.weight }] : []), ...all.filter(({ at }) => at >= span.from && at < span.to)];
  const steps = measured(entries, windows({ marks, until: span.to, settle }), sideOf);
  return { chapter, entries, events: life.events, marks, steps };
}

export interface Expected {
  readonly code: number;
  /** Words that the run must have said. */
  readonly says?: readonly RegExp[];
  /** Shares are judged. */
  readonly splits?: boolean;
  readonly seconds?: Figure['seconds'];
  readonly goals?: readonly Goal[];
  readonly problems?: readonly string[];
}

/** What holds for every scenario, and what this one adds. */
export function shown(facts: Facts, expected: Expected): Shown {
  const { chapter, entries, events, steps } = facts;
  const { code, out } = chapter.ended;
  const shares = expected.splits ? [sharesWithin(1, steps)] : [];
  const figure: Figure = {
    scenario: chapter.scenario,
    ...counted(entries, expected.splits ? steps : []),
    seconds: expected.seconds ?? {},
    goals: [...shares, ...(expected.goals ?? [])],
  };
  const unsaid = (expected.says ?? []).filter((words) => !words.test(out));
  return {
    figure,
    problems: [
      ...(code === expected.code ? [] : [`exit ${code}, expected ${expected.code}: ${out.slice(-800)}`]),
      ...unsaid.map((words) => `never said ${String(words)}: ${out.slice(-800)}`),
      ...[...sentToNothing(entries), ...answeredOutOfTime(entries, podTimes(events))].map(({ text }) => text),
      ...shares.filter(({ met }) => !met).map((goal) => `${goal.what}: ${goal.measured}, wanted ${goal.wanted}`),
      ...(expected.problems ?? []),
    ],
  };
}
