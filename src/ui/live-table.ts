// `status --watch`: repaints a block on a terminal, prints one table per change elsewhere. Never clears the screen, never paints at width 0.
import type { Clock } from '../ports.ts';
import { widthOf } from './table.ts';

/** At most five repaints a second: more only flickers. */
export const shortestMs = 200;
const leastColumns = 20;

export interface Screen {
  write(text: string): void;
  readonly isTTY: boolean;
  columns(): number;
  rows(): number;
}

export interface LiveTable {
  /** `lines(width)`: the block, no line wider than that. `plain`: what is printed where nothing can be repainted. */
  show(picture: { lines(width: number): string[]; plain: string }): Promise<void>;
}

export function canRepaint(screen: Screen, term: string | undefined): boolean {
  return screen.isTTY && term !== 'dumb' && screen.columns() >= leastColumns;
}

export function liveTable(on: { screen: Screen; term: string | undefined; clock: Clock; signal: AbortSignal }): LiveTable {
  const { screen, clock, signal } = on;
  let painted = 0;
  let paintedAt = -Infinity;
  let said = '';
  return {
    async show(picture) {
      if (!canRepaint(screen, on.term)) {
        if (picture.plain !== said) screen.write(picture.plain);
        said = picture.plain;
        return;
      }
      const wait = paintedAt + shortestMs - clock.now();
      if (wait > 0) await clock.sleep(wait, signal);
      if (signal.aborted) return;
      // The last column stays free: wiping the rest of a full line would wipe its last sign.
      const lines = visible(picture.lines(screen.columns() - 1), screen.rows());
      screen.write(repaint(lines, painted));
      painted = lines.length;
      paintedAt = clock.now();
    },
  };
}

/** A block higher than the window cannot be repainted: its head would have scrolled away. */
export function visible(lines: readonly string[], rows: number): string[] {
  const room = Math.max(2, (rows || 24) - 1);
  if (lines.length <= room) return [...lines];
  return [...lines.slice(0, room - 1), `… and ${lines.length - room + 1} more`];
}

/** Up to the first line of the last block, then each line anew, and what is below it away. */
export function repaint(lines: readonly string[], before: number): string {
  const up = before > 0 ? `\u001b[${before}A` : '';
  return `${up}\r${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`;
}

/** How many rows the lines take in a window of that width. */
export function heightOf(lines: readonly string[], columns: number): number {
  return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / Math.max(1, columns))), 0);
}
