// Figures that the tests of this ring leave for the tables that are printed when all is done. Figures are never judged here.
import { appendFileSync, readFileSync } from 'node:fs';

/** One row of the table `table`; its columns in order. */
export interface Figure {
  readonly table: string;
  readonly row: Readonly<Record<string, string | number>>;
}

/** `file`: the cluster's `figures`. */
export function leave(file: string, table: string, row: Figure['row']): void {
  appendFileSync(file, `${JSON.stringify({ table, row } satisfies Figure)}\n`);
}

export function left(file: string): Figure[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Figure);
}
