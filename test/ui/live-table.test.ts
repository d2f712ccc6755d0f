// `status --watch` on every kind of screen: repaint, at most five times a second, never a hang, never a clear-screen.
import { describe, expect, test } from '@jest/globals';
import { liveTable, repaint, type Screen } from '../../src/ui/live-table.ts';
import { maySpin, spinnerOptions } from '../../src/ui/wait.ts';
import { jumpingClock } from '../cli/worlds.ts';

interface Recorded extends Screen {
  writes: string[];
}

function screen(more: Partial<Screen>): Recorded {
  const writes: string[] = [];
  return { isTTY: true, columns: () => 80, rows: () => 24, write: (text) => void writes.push(text), writes, ...more };
}

const never = new AbortController().signal;

describe('on a terminal', () => {
  test('goes up over the last block and paints each line anew', async () => {
    const on = screen({});
    const table = liveTable({ screen: on, term: 'xterm', clock: jumpingClock(), signal: never });
    await table.show({ lines: () => ['a', 'b'], plain: '' });
    await table.show({ lines: () => ['c'], plain: '' });
    expect(on.writes).toEqual(['\ra\u001b[K\nb\u001b[K\n\u001b[J', '\u001b[2A\rc\u001b[K\n\u001b[J']);
    expect(on.writes.join('')).not.toContain('\u001b[2J');
  });

  test('waits a fifth of a second between two repaints', async () => {
    const clock = jumpingClock(0);
    const table = liveTable({ screen: screen({}), term: 'xterm', clock, signal: never });
    for (let i = 0; i < 6; i++) await table.show({ lines: () => [String(i)], plain: '' });
    expect(clock.now()).toBe(1000);
  });

  test('a block higher than the window is cut, or it could not be repainted', async () => {
    const on = screen({ rows: () => 5 });
    const table = liveTable({ screen: on, term: 'xterm', clock: jumpingClock(), signal: never });
    await table.show({ lines: () => ['1', '2', '3', '4', '5', '6'], plain: '' });
    expect(on.writes[0]).toBe(repaint(['1', '2', '3', '… and 3 more'], 0));
  });

  test('paints nothing after the end', async () => {
    const on = screen({});
    const stop = new AbortController();
    const table = liveTable({ screen: on, term: 'xterm', clock: jumpingClock(), signal: stop.signal });
    stop.abort();
    await table.show({ lines: () => ['a'], plain: '' });
    expect(on.writes).toEqual([]);
  });
});

describe.each([
  ['a pipe', screen({ isTTY: false }), 'xterm'],
  ['a terminal of 0 columns', screen({ columns: () => 0 }), 'xterm'],
  ['a dumb terminal', screen({}), 'dumb'],
])('on %s', (_, on, term) => {
  test('prints one table per change and no escape sequence', async () => {
    const table = liveTable({ screen: on, term, clock: jumpingClock(), signal: never });
    for (const plain of ['A\n', 'A\n', 'B\n']) await table.show({ lines: () => ['never'], plain });
    expect(on.writes).toEqual(['A\n', 'B\n']);
  });
});

describe('the spinner', () => {
  test('leaves the keyboard alone', () => {
    expect(spinnerOptions('connecting').discardStdin).toBe(false);
  });

  test.each([
    [true, 80, {}, true],
    [true, 39, {}, false],
    [true, 0, {}, false],
    [false, 80, {}, false],
    [true, 80, { TERM: 'dumb' }, false],
    [true, 80, { CI: 'true' }, false],
  ])('terminal %p of %p columns, %j: %p', (isTTY, columns, env, expected) => {
    expect(maySpin({ isTTY, columns: () => columns }, env)).toBe(expected);
  });
});
