// Figures as tables of text, one after another in the order in which they were first left.
import type { Figure } from './figures.ts';

export function tables(figures: readonly Figure[]): string {
  const names = [...new Set(figures.map(({ table }) => table))];
  return names.map((name) => `\n${name}\n${tableOf(figures.filter(({ table }) => table === name).map(({ row }) => row))}`).join('') + '\n';
}

function tableOf(rows: readonly Figure['row'][]): string {
  const head = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [head.map((name) => name.replaceAll('_', ' ')), ...rows.map((row) => head.map((name) => String(row[name] ?? '')))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const isNumber = head.map((name) => rows.every((row) => row[name] === undefined || typeof row[name] === 'number'));
  const padded = (text: string, column: number): string =>
    isNumber[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  return cells.map((row) => `  ${row.map(padded).join('   ')}`.trimEnd() + '\n').join('');
}
