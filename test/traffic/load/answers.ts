// I1 and I3, held against what the proxy really answered. Pure, and it knows nothing of what the driver wrote but the times that are handed in.
import type { Entry } from './entry.ts';
import { isAnswered, lost, within, type Side, type SideOf } from './ledger.ts';

/** What went against an invariant: one sentence with times, and the first three requests that show it. */
export interface Violation {
  readonly rule: 'I1' | 'I3';
  readonly text: string;
}

/** When a pod could be asked: from ready until its process was gone (Infinity: to the end). */
export interface PodTime {
  readonly pod: string;
  readonly side: Side;
  readonly ready: number;
  readonly until: number;
}

/** I1: no request was sent to nothing. One sentence for each way in which they got no answer. */
export function sentToNothing(entries: readonly Entry[]): Violation[] {
  const failed = lost(entries);
  const ways = [...new Set(failed.map(wayOf))];
  return ways.map((way) =>
    violation(
      'I1',
      `lost: ${way}`,
      failed.filter((entry) => wayOf(entry) === way),
    ),
  );
}

function wayOf({ status, error, said }: Entry): string {
  if (error !== undefined) return status === undefined ? error : `${status}, then ${error}`;
  return `${status} by the proxy${said ? ` ("${said}")` : ''}`;
}

/** I1: whoever answered was ready and still there. A pod that nobody knows has no time at all. */
export function answeredOutOfTime(entries: readonly Entry[], pods: readonly PodTime[]): Violation[] {
  const answered = entries.filter((entry) => isAnswered(entry) && entry.pod !== undefined);
  const names = [...new Set(answered.flatMap(({ pod }) => pod ?? []))];
  return names.flatMap((name) => {
    const times = pods.filter(({ pod }) => pod === name);
    const out = answered.filter((entry) => entry.pod === name && !times.some((time) => isInTime(entry, time)));
    return violations('I1', `answered by ${name}, ${times.length ? times.map(timeText).join(' and ') : 'of which nobody knows'}`, out);
  });
}

/** It may have become ready while the request was under way. */
function isInTime({ at, took }: Entry, { ready, until }: PodTime): boolean {
  return at + took >= ready && at <= until;
}

function timeText({ side, ready, until }: PodTime): string {
  return `a ${side} that was ready from ${clock(ready)}${until === Infinity ? '' : ` to ${clock(until)}`}`;
}

/** A failed verdict and what followed, as the bench saw it. */
export interface Failure {
  readonly verdict: number;
  /** The write that took traffic off the failed version; undefined: there was none. */
  readonly routed: number | undefined;
  /** The write that scaled the failed side down. */
  readonly scaledDown: number | undefined;
  /** What a proxy needs to load a route. */
  readonly settle: number;
  /** The last good version. */
  readonly good: string;
  /** Where the next release begins. */
  readonly until: number;
}

/**
 * I3: after a failed verdict only the last good version answers, as soon as the route is loaded, and nobody else once the failed side is scaled down.
 * An error that names nobody is not the good version's.
 */
export function answeredAfterFailure(entries: readonly Entry[], failure: Failure): Violation[] {
  const { routed, scaledDown, settle, good, until } = failure;
  const others = (from: number): Entry[] => within(entries, { from, to: until }).filter((entry) => entry.by !== good && !isLost(entry));
  const late =
    routed === undefined
      ? []
      : violations('I3', `not answered by ${good} though its route was written at ${clock(routed)}`, others(routed + settle));
  const dead =
    scaledDown === undefined
      ? []
      : violations('I3', `not answered by ${good} though the failed side was scaled down at ${clock(scaledDown)}`, others(scaledDown));
  return [...outOfOrder(failure), ...late, ...dead];
}

function outOfOrder({ verdict, routed, scaledDown }: Failure): Violation[] {
  if (routed === undefined) return [{ rule: 'I3', text: `I3: no route was written after the failed verdict of ${clock(verdict)}` }];
  if (scaledDown === undefined || scaledDown >= routed) return [];
  return [{ rule: 'I3', text: `I3: the failed side was scaled down at ${clock(scaledDown)}, before the route of ${clock(routed)}` }];
}

/** From when a version may answer as primary: the first one always, the others once they have passed. */
export interface Passed {
  readonly version: string;
  readonly from: number;
}

/** I3: no version that was never analysed answers as primary. */
export function answeredUnanalysed(entries: readonly Entry[], passed: readonly Passed[], sideOf: SideOf): Violation[] {
  const asPrimary = entries.filter((entry) => isAnswered(entry) && entry.by !== undefined && sideOf(entry) === 'primary');
  const wrong = asPrimary.filter(({ by, at }) => !passed.some(({ version, from }) => version === by && at >= from));
  const versions = [...new Set(wrong.map(({ by }) => by))];
  return versions.map((version) =>
    violation(
      'I3',
      `${version} answered as primary, which had not passed`,
      wrong.filter(({ by }) => by === version),
    ),
  );
}

function isLost(entry: Entry): boolean {
  return !isAnswered(entry) && !entry.own;
}

function violations(rule: Violation['rule'], what: string, entries: readonly Entry[]): Violation[] {
  return entries.length ? [violation(rule, what, entries)] : [];
}

function violation(rule: Violation['rule'], what: string, entries: readonly Entry[]): Violation {
  const times = `from ${clock(entries[0]?.at ?? 0)} to ${clock(entries.at(-1)?.at ?? 0)}`;
  const first = entries.slice(0, 3).map((entry) => JSON.stringify(entry));
  return { rule, text: `${rule}: ${entries.length} requests ${what}, ${times}: ${first.join(' ')}` };
}

/** As the logs of the bench write it: the time of day alone. */
function clock(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString().slice(11, 23) : 'ever';
}
