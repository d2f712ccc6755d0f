// `status -w` on a terminal: what stands on the screen after several looks, at three widths, compared with screens that were looked at.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { liveTable } from '../../src/ui/live-table.ts';
import { liveLines } from '../../src/ui/status-table.ts';
import { cut } from '../../src/ui/table.ts';
import { summaryLine, worstFirst, type StatusItem } from '../../src/ui/views.ts';
import { jumpingClock } from '../cli/worlds.ts';
import { screenAfter } from '../support/vt.ts';
import { alive, failed, items, look, now, progressing, record, succeeded } from './records.ts';

const lives = { driver: 'abcd', host: 'ana@laptop', since: '2026-01-02T03:00:05Z' };
const gated = record('checkout', { ...lives, phase: 'WaitingPromotion', weight: '50', step: '5', steps: '5', gate: 'qa' });
const mirrored = record('cart', { ...lives, phase: 'Progressing', weight: '0', step: '0', steps: '3', mirror: '20' });
const lost = record('search', { phase: 'Promoting', weight: '60', driver: 'gone', host: 'ci-42', since: '2026-01-02T01:00:05Z' });

test.each([60, 80, 160])('at %p columns', async (columns) => {
  const writes: string[] = [];
  const screen = { write: (text: string) => void writes.push(text), isTTY: true, columns: () => columns, rows: () => 24 };
  const table = liveTable({ screen, term: 'xterm', clock: jumpingClock(), signal: new AbortController().signal });
  const show = (all: readonly StatusItem[]): Promise<void> =>
    table.show({
      lines: (width) => [cut(summaryLine(all, { context: 'prod-eu', now }), width), ...liveLines(all, width, look)],
      plain: '',
    });
  const all = worstFirst(items([succeeded, progressing, failed, gated, mirrored, lost], [alive]));
  await show(all.slice(1));
  await show(all);
  const shown = `${screenAfter(writes.join(''), { columns, rows: 24 }).join('\n')}\n`;
  const file = new URL(`../pty/screens/status-${columns}.txt`, import.meta.url);
  if (process.env['CANARY_SCREENS'] === 'write') writeFileSync(file, shown);
  expect(shown).toBe(readFileSync(file, 'utf8'));
});
