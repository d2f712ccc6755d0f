// Tables as kubectl prints them: no borders, three spaces between columns, nothing at the end of a line. Knows nothing of what it shows.
import CliTable from 'cli-table3';
import stringWidth from 'string-width';

const none = '';
const noBorders = {
  top: none,
  'top-mid': none,
  'top-left': none,
  'top-right': none,
  bottom: none,
  'bottom-mid': none,
  'bottom-left': none,
  'bottom-right': none,
  left: none,
  'left-mid': none,
  mid: none,
  'mid-mid': none,
  right: none,
  'right-mid': none,
  middle: none,
};

/** The lines of a table; cells must be clean text (src/common/clean.ts) and may carry colour. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const table = new CliTable({
    chars: noBorders,
    style: { 'padding-left': 0, 'padding-right': 3, head: [], border: [], compact: true },
  });
  table.push([...head], ...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

/** A line that fits: what is over is dropped, and an ellipsis says so. Only for text without colour. */
export function cut(line: string, width: number, mark = '…'): string {
  if (stringWidth(line) <= width) return line;
  if (width < 1) return '';
  let out = '';
  let used = 0;
  for (const sign of line) {
    const wide = stringWidth(sign);
    if (used + wide > width - 1) break;
    out += sign;
    used += wide;
  }
  return `${out}${mark}`;
}

/** In columns of a terminal: some signs take two, some none. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** Columns as wide as their widest cell, two spaces apart; nothing at the end of a line. Only for text without colour. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const cells of rows) cells.forEach((cell, no) => (widths[no] = Math.max(widths[no] ?? 0, stringWidth(cell))));
  return rows.map((cells) =>
    cells
      .map((cell, no) => padded(cell, widths[no] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
