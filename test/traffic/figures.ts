// What each scenario leaves for the tables at the end, as lines of JSON, and how its figures are made of the ledger. It holds goals against figures; the
// tests decide what becomes of one that is not met.
import { appendFileSync, readFileSync } from 'node:fs';
import type { Entry } from './load/entry.ts';
import { lost, type Measured } from './load/ledger.ts';

export interface Goal {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface StepShare {
  /** Both in per cent. */
  readonly weight: number;
  readonly measured: number;
  readonly requests: number;
}

export interface Figure {
  readonly scenario: string;
  readonly sent: number;
  readonly lost: number;
  readonly ownErrors: number;
  readonly shares: readonly StepShare[];
  /** `rollback`: from the first bad answer; `promotion`: from the first traffic. Others have names of their own. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly goals: readonly Goal[];
}

export function leave(file: string, figure: Figure): void {
  appendFileSync(file, `${JSON.stringify(figure)}\n`);
}

export function left(file: string): Figure[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Figure);
}

/** What every figure says of its requests. */
export function counted(entries: readonly Entry[], steps: readonly Measured[]): Pick<Figure, 'sent' | 'lost' | 'ownErrors' | 'shares'> {
  return {
    sent: entries.length,
    lost: lost(entries).length,
    ownErrors: entries.filter(({ own }) => own).length,
    shares: steps.map(({ weight, share, requests }) => ({ weight, measured: share, requests })),
  };
}

/** `unit` is written behind both numbers. */
export function atMost(what: string, measured: number, { limit, unit = '' }: { readonly limit: number; readonly unit?: string }): Goal {
  return { what, wanted: `at most ${shown(limit)}${unit}`, measured: `${shown(measured)}${unit}`, met: measured <= limit };
}

/** Steps that held too shortly are told, and not judged; where all did, the goal is not met: nothing was shown. */
export function sharesWithin(points: number, steps: readonly Measured[]): Goal {
  const judged = steps.filter(({ tooFew }) => !tooFew);
  const worst = Math.max(...judged.map(({ off }) => off));
  const left = steps.length - judged.length;
  const tail = left ? `; ${left} of ${steps.length} steps too short to say` : '';
  return {
    what: 'share of each step',
    wanted: `within ${shown(points)} % of its weight`,
    measured: judged.length ? `${worst.toFixed(2)} % at most${tail}` : 'no step was long enough to say',
    met: judged.length > 0 && worst <= points,
  };
}

export function shown(value: number): string {
  return String(Math.round(value * 100) / 100);
}
