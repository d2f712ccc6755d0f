// The live block under a run's lines: repainted in place, at most five times a second, lifted away while a line is written, gone at the end.
// Never clears the screen, never paints where there is no room, and tells nothing that is not in the event lines or the record.
import type { Clock, Millis } from '../ports.ts';
import type { RunView } from '../runner/view.ts';
import type { Paint } from './colour.ts';
import type { Glyphs } from './glyphs.ts';
import { heightOf, shortestMs, visible, type Screen } from './live-table.ts';
import { blockLines, type Showing } from './live-view.ts';
import { nameOf } from './plan.ts';
import { createTrail, type Trail } from './trail.ts';
import { leastColumns } from './wait.ts';

export interface LiveRun {
  view(view: RunView): void;
  /** Writes a line above the block. */
  above(write: () => void): void;
  /** What the keyboard can do from now on. */
  hint(text: string): void;
  /** The block goes, until the next view. */
  close(): void;
}

export interface LiveRunOptions {
  readonly screen: Screen;
  /** For repaints: the clock of whoever looks on. */
  readonly clock: Clock;
  /** The clock of the run, which may go faster. */
  time(): Millis;
  readonly glyphs: Glyphs;
  readonly paint: Paint;
  readonly hint: string;
}

interface Seen {
  readonly view: RunView;
  readonly trail: Trail;
  /** On the clock of the run. */
  readonly at: Millis;
}

interface Block extends LiveRunOptions {
  hint: string;
  readonly seen: Map<string, Seen>;
  painted: readonly string[];
  paintedAt: Millis;
  /** Ends the repaints. */
  ticking?: AbortController | undefined;
  isDue: boolean;
}

/** The times on the screen go on although nothing happens. */
const tickMs = 1000;

export function liveRun(options: LiveRunOptions): LiveRun {
  const block: Block = { ...options, seen: new Map(), painted: [], paintedAt: -Infinity, isDue: false };
  return {
    view(view) {
      const key = nameOf(view.canary);
      const trail = block.seen.get(key)?.trail ?? createTrail();
      trail.add(view);
      block.seen.set(key, { view, trail, at: block.time() });
      block.ticking ??= tick(block);
      paintSoon(block);
    },
    above(write) {
      lift(block);
      write();
      if (block.ticking) paintSoon(block);
    },
    hint(text) {
      block.hint = text;
      if (block.ticking) paintSoon(block);
    },
    close() {
      lift(block);
      block.ticking?.abort();
      block.ticking = undefined;
      block.seen.clear();
    },
  };
}

function tick(block: Block): AbortController {
  const stop = new AbortController();
  const go = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await block.clock.sleep(tickMs, stop.signal);
      if (!stop.signal.aborted) paintSoon(block);
    }
  };
  void go();
  return stop;
}

/** At once, or as soon as the last repaint is long enough ago. */
function paintSoon(block: Block): void {
  if (block.isDue) return;
  const wait = block.paintedAt + shortestMs - block.clock.now();
  if (wait <= 0) return paint(block);
  const { ticking } = block;
  if (!ticking) return;
  block.isDue = true;
  void block.clock.sleep(wait, ticking.signal).then(() => {
    block.isDue = false;
    if (!ticking.signal.aborted) paint(block);
  });
}

function paint(block: Block): void {
  const { screen, glyphs } = block;
  const columns = screen.columns();
  if (columns < leastColumns) return lift(block);
  const now = block.time();
  const showing = [...block.seen.values()].map(({ view, trail, at }): Showing => ({ view, trail, now: view.now + now - at }));
  // The last column stays free: a sign there would make some terminals begin a new line.
  const lines = blockLines(showing, { width: columns - 1, glyphs, paint: block.paint, hint: block.hint });
  const shown = visible(lines, screen.rows());
  screen.write(`${upOver(block)}${shown.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
  block.painted = shown;
  block.paintedAt = block.clock.now();
}

/** Takes the block away, so that what is written next stands where it stood. */
function lift(block: Block): void {
  if (block.painted.length) block.screen.write(`${upOver(block)}\u001b[J`);
  block.painted = [];
}

/** To where the block begins: a window made narrower has broken its lines. */
function upOver({ painted, screen }: Block): string {
  return painted.length ? `\u001b[${heightOf(painted, screen.columns())}A\r` : '\r';
}
