// The load client's lines, counted: who was lost, who answered when, which share the canary had while one weight held. Pure; it passes no verdict.
import type { Entry } from './entry.ts';

export type { Entry } from './entry.ts';

/** Milliseconds since the epoch; `to` is not part of it. Requests count by when they were sent. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type Side = 'primary' | 'canary';

/** Undefined where an answer does not tell: podinfo's own errors name nobody. */
export type SideOf = (entry: Entry) => Side | undefined;

/** While the sides run different versions. `errors`: whose the application's own errors are, where only one side makes any. */
export function sidesByVersion(canary: string, { errors }: { readonly errors?: Side } = {}): SideOf {
  return ({ by, own }) => (own ? errors : by === undefined ? undefined : by === canary ? 'canary' : 'primary');
}

/** Where both run the same version. `primary`: the name of the primary's Deployment. */
export function sidesByPod(primary: string): SideOf {
  return ({ pod }) => (pod === undefined ? undefined : pod.startsWith(`${primary}-`) ? 'primary' : 'canary');
}

export function isAnswered({ status, error }: Entry): boolean {
  return error === undefined && status !== undefined && status >= 200 && status <= 299;
}

/** Neither answered well nor refused by the application itself. */
export function lost(entries: readonly Entry[]): Entry[] {
  return entries.filter((entry) => !isAnswered(entry) && !entry.own);
}

export function within(entries: readonly Entry[], { from, to }: Span): Entry[] {
  return entries.filter(({ at }) => at >= from && at < to);
}

export function ownErrors(entries: readonly Entry[], span: Span): Entry[] {
  return within(entries, span).filter(({ own }) => own);
}

/** Good answers of one version. */
export function count(entries: readonly Entry[], span: Span, by: string): number {
  return within(entries, span).filter((entry) => isAnswered(entry) && entry.by === by).length;
}

/** Per cent of the requests answered by either side that the canary answered; undefined where there were none. */
export function share(entries: readonly Entry[], span: Span, sideOf: SideOf): number | undefined {
  const sides = sidesIn(within(entries, span), sideOf);
  return sides.length ? percent(sides.filter((side) => side === 'canary').length, sides.length) : undefined;
}

function sidesIn(entries: readonly Entry[], sideOf: SideOf): Side[] {
  return entries.filter((entry) => isAnswered(entry) || entry.own).flatMap((entry) => sideOf(entry) ?? []);
}

function percent(part: number, whole: number): number {
  return (part / whole) * 100;
}

export function firstOf(entries: readonly Entry[], isIt: (entry: Entry) => boolean): Entry | undefined {
  return entries.reduce<Entry | undefined>((first, entry) => (isIt(entry) && !(first && first.at <= entry.at) ? entry : first), undefined);
}

export function lastOf(entries: readonly Entry[], isIt: (entry: Entry) => boolean): Entry | undefined {
  return entries.reduce<Entry | undefined>((last, entry) => (isIt(entry) && !(last && last.at > entry.at) ? entry : last), undefined);
}

/** A write of the route as a watch saw it: the canary's weight from then on, in per cent. */
export interface Mark {
  readonly at: number;
  readonly weight: number;
}

export interface Window extends Span {
  readonly weight: number;
}

/** When one weight held: from `settle` after its write, which a proxy needs to load it, until the next weight. One that held no longer is left out. */
export function windows({
  marks,
  until,
  settle,
}: {
  readonly marks: readonly Mark[];
  readonly until: number;
  readonly settle: number;
}): Window[] {
  const changes = changesOf(marks);
  return changes
    .map(({ at, weight }, index) => ({ weight, from: at + settle, to: changes[index + 1]?.at ?? until }))
    .filter(({ from, to }) => to > from);
}

/** A route is written for many reasons; only another weight counts. */
export function changesOf(marks: readonly Mark[]): Mark[] {
  const inOrder = marks.toSorted((a, b) => a.at - b.at);
  return inOrder.filter(({ weight }, index) => index === 0 || weight !== inOrder[index - 1]?.weight);
}

export interface Measured {
  readonly weight: number;
  /** Those whose side is known. */
  readonly requests: number;
  readonly canary: number;
  readonly share: number;
  /** Percentage points between the share and the weight. */
  readonly off: number;
  readonly tooFew: boolean;
}

/** One request more or less would be 1 % or more: nothing can be said to 1 %. */
export function isTooFew(requests: number): boolean {
  return requests <= 100;
}

export function measured(entries: readonly Entry[], spans: readonly Window[], sideOf: SideOf): Measured[] {
  return spans.map((span) => {
    const sides = sidesIn(within(entries, span), sideOf);
    return measuredOf(span.weight, sides.length, sides.filter((side) => side === 'canary').length);
  });
}

/** Windows of one weight as one: a weight that held twice, or over several runs. */
export function perWeight(all: readonly Measured[]): Measured[] {
  const weights = [...new Set(all.map(({ weight }) => weight))];
  return weights.map((weight) => {
    const same = all.filter((one) => one.weight === weight);
    return measuredOf(weight, sumOf(same.map(({ requests }) => requests)), sumOf(same.map(({ canary }) => canary)));
  });
}

function measuredOf(weight: number, requests: number, canary: number): Measured {
  const measuredShare = requests ? percent(canary, requests) : 0;
  return { weight, requests, canary, share: measuredShare, off: Math.abs(measuredShare - weight), tooFew: isTooFew(requests) };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

/**
 * When a change showed in the answers, in milliseconds after its write: the losing side's last answer where the weight became 0 or 100 (0 where there was
 * none), the winning side's first where it had been 0 or 100 before. Between other weights no single answer tells, and the result is undefined.
 */
export function effective(
  entries: readonly Entry[],
  change: { readonly was: Mark; readonly now: Mark; readonly until: number },
  sideOf: SideOf,
): number | undefined {
  const { was, now, until } = change;
  const after = within(entries, { from: now.at, to: until });
  const of = (side: Side) => (entry: Entry) => sideOf(entry) === side;
  if (now.weight === 0 || now.weight === 100) {
    const last = lastOf(after, of(now.weight === 0 ? 'canary' : 'primary'));
    return last ? last.at - now.at : 0;
  }
  if (was.weight !== 0 && was.weight !== 100) return undefined;
  const first = firstOf(after, of(was.weight === 0 ? 'canary' : 'primary'));
  return first && first.at - now.at;
}
