// The live view of status: what it shows first, and what it drops when the window is narrow.
import { describe, expect, test } from '@jest/globals';
import { liveLines } from '../../src/ui/status-table.ts';
import { summaryLine, worstFirst } from '../../src/ui/views.ts';
import { failed, items, look, now, progressing, record, succeeded } from './records.ts';

describe('the live view', () => {
  const all = worstFirst(items([succeeded, progressing, failed, record('lost', { phase: 'Promoting' })]));

  test('shows the worst first', () => {
    expect(all.map((item) => item.name)).toEqual(['lost', 'backend', 'podinfo', 'frontend']);
  });

  test('drops columns from the right and never WHY; no line is wider than the window', () => {
    for (const width of [200, 120, 100, 80, 60, 40, 20]) {
      const lines = liveLines(all, width, look);
      expect(lines).toHaveLength(5);
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
      if (width >= 60) expect(lines[0]).toMatch(/ WHY$/);
    }
    expect(liveLines(all, 200, look)[0]).toContain('DRIVER');
    expect(liveLines(all, 80, look)[0]).not.toContain('DRIVER');
  });

  test('has a head that counts', () => {
    expect(summaryLine(all, { context: 'prod-eu', now })).toBe(
      'prod-eu · 4 canaries · 1 running · 1 orphaned · 1 failed · 2026-01-02T03:04:05Z',
    );
  });
});
