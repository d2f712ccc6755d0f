// The live block of a run: what stands on the screen after it, at three widths and in every state, compared with screens that were looked at.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../src/ports.ts';
import type { RunView } from '../../src/runner/view.ts';
import { paintOf } from '../../src/ui/colour.ts';
import { glyphsFor } from '../../src/ui/glyphs.ts';
import { liveReporter } from '../../src/ui/live-reporter.ts';
import { liveRun, type LiveRun } from '../../src/ui/live-run.ts';
import { textReporter } from '../../src/ui/plain.ts';
import type { RunReporter } from '../../src/ui/reporter.ts';
import { widthOf } from '../../src/ui/table.ts';
import { outcome } from '../cli/worlds.ts';
import { screenAfter } from '../support/vt.ts';
import { at, line, one, other } from './lines.ts';
import { checks, viewAt } from './run-views.ts';

/** A clock that only the test moves: what sleeps wakes when its time has come. */
function handClock(): Clock & { pass(ms: number): Promise<void> } {
  let now = 0;
  let sleeping: { until: number; wake: () => void }[] = [];
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((wake) => {
        if (signal.aborted) return wake();
        signal.addEventListener('abort', () => wake(), { once: true });
        sleeping.push({ until: now + ms, wake });
      }),
    async pass(ms) {
      await settle();
      now += ms;
      const due = sleeping.filter(({ until }) => until <= now);
      sleeping = sleeping.filter(({ until }) => until > now);
      for (const { wake } of due) wake();
      await settle();
    },
  };
}

interface Stage {
  readonly clock: ReturnType<typeof handClock>;
  readonly block: LiveRun;
  readonly reporter: RunReporter;
  readonly writes: string[];
  screen(): string[];
  resize(columns: number): void;
}

function stage(columns: number, more: { rows?: number; env?: Record<string, string>; ascii?: boolean } = {}): Stage {
  const writes: string[] = [];
  const clock = handClock();
  const rows = more.rows ?? 24;
  let width = columns;
  const write = (text: string): void => void writes.push(text);
  const paint = paintOf({ isTTY: false }, {}, false);
  const block = liveRun({
    screen: { write, isTTY: true, columns: () => width, rows: () => rows },
    clock,
    time: () => clock.now(),
    glyphs: glyphsFor(more.env ?? { LANG: 'C.UTF-8' }, more.ascii ?? false),
    paint,
    hint: 'Ctrl-C: park (traffic to the primary; next run goes on)',
  });
  const reporter = liveReporter(textReporter({ stdout: { write }, stderr: { write } }, { stdout: paint, stderr: paint }), block);
  return {
    clock,
    block,
    reporter,
    writes,
    screen: () => screenAfter(writes.join(''), { columns: width, rows }),
    resize: (to) => (width = to),
  };
}

const advance = line({ text: 'Advance podinfo.test canary weight 30', event: { at, tell: 'weight', canary: 30 } });

/** Compared with the file; CANARY_SCREENS=write keeps what is to be looked at. */
function expectScreen(name: string, shown: readonly string[]): void {
  const file = new URL(`../pty/screens/${name}.txt`, import.meta.url);
  if (process.env['CANARY_SCREENS'] === 'write') writeFileSync(file, `${shown.join('\n')}\n`);
  expect(`${shown.join('\n')}\n`).toBe(readFileSync(file, 'utf8'));
}

async function showAll(on: Stage, views: readonly RunView[]): Promise<void> {
  on.reporter.note('context prod-eu · user ana');
  on.reporter.event(advance);
  for (const view of views) {
    on.reporter.view?.(view);
    await on.clock.pass(200);
  }
}

describe.each([60, 80, 160])('at %p columns', (columns) => {
  const screens: [string, RunView[]][] = [
    ['run', checks.map((check) => viewAt(check, { dueAt: at + 42_000 }))],
    ['run-mirror-gate', [viewAt(1, { traffic: { kind: 'mirror', percent: 20 }, step: 0, gate: 'qa "team"' })]],
    [
      'run-ab-pods',
      [
        viewAt(1, {
          traffic: { kind: 'match' },
          waiting: 'canary',
          pods: { primary: { ready: 2, wanted: 2 }, canary: { ready: 0, wanted: 2 } },
        }),
      ],
    ],
    ['run-two', [viewAt(1), viewAt(1, { canary: { ...other, interval: 60_000 }, phase: 'WaitingPromotion', gate: 'qa', failedChecks: 0 })]],
  ];
  test.each(screens)('%s', async (name, views) => {
    const on = stage(columns);
    await showAll(on, views);
    for (const shown of on.screen().slice(2)) expect(widthOf(shown)).toBeLessThan(columns);
    expectScreen(`${name}-${columns}`, on.screen());
  });
});

test('without UTF-8 it is drawn with plain signs, and says the same', async () => {
  for (const on of [
    stage(80, { env: { LANG: 'C' } }),
    stage(80, { ascii: true }),
    stage(80, { env: { LANG: 'en_US.UTF-8', LC_ALL: 'C' } }),
  ]) {
    await showAll(
      on,
      checks.map((check) => viewAt(check)),
    );
    const shown = on.screen().slice(2);
    expect(shown.join('\n')).toMatch(/^[\n\x20-\x7e]*$/);
    expectScreen('run-ascii-80', shown);
  }
});

describe('repaints', () => {
  test('history stays above the block, in order, and the block is there once', async () => {
    const on = stage(80);
    for (let weight = 10; weight <= 50; weight += 10) {
      on.reporter.event(line({ text: `Advance podinfo.test canary weight ${weight}`, event: { at, tell: 'weight', canary: weight } }));
      on.reporter.view?.(viewAt(weight / 10, { traffic: { kind: 'split', canary: weight } }));
      await on.clock.pass(300);
    }
    const shown = on.screen();
    expect(shown.slice(0, 5).map((each) => each.split('weight ')[1])).toEqual(['10', '20', '30', '40', '50']);
    expect(shown.filter((each) => each.startsWith('──'))).toHaveLength(1);
    expect(on.writes.join('')).not.toContain('\u001b[2J');
  });

  test('are at most five a second, however often it is told', async () => {
    const on = stage(80);
    for (let told = 0; told < 99; told++) {
      on.reporter.view?.(viewAt(1, { failedChecks: told % 5 }));
      await on.clock.pass(10);
    }
    expect(on.writes.filter((text) => text.includes('podinfo.test'))).toHaveLength(5);
    expect(on.screen().join('\n')).toContain('4m2s gone');
  });

  test('go on without news: the next check comes nearer, on the clock of the run', async () => {
    const on = stage(80);
    on.reporter.view?.(viewAt(1));
    expect(on.screen().join('\n')).toContain('next check in 42s');
    for (let second = 0; second < 10; second++) await on.clock.pass(1000);
    expect(on.screen().join('\n')).toContain('next check in 32s');
    for (let second = 0; second < 40; second++) await on.clock.pass(1000);
    expect(on.screen().join('\n')).toContain('checking now');
  });

  test('end with the results, which stand below the history; a later run begins anew', async () => {
    const on = stage(80);
    await showAll(on, [viewAt(1)]);
    const promoted = outcome(one, { is: 'promoted' }, { why: 'podinfo.test is promoted' });
    on.reporter.result(promoted);
    on.reporter.finish([promoted], 0);
    const shown = on.screen();
    expect(shown.slice(-2)).toEqual(['podinfo.test is promoted', 'result=promoted exit=0 revision=abc1234567 changed=true']);
    expect(shown).toHaveLength(4);
    const written = on.writes.length;
    await on.clock.pass(5000);
    expect(on.writes).toHaveLength(written);
    on.reporter.view?.(viewAt(1));
    await on.clock.pass(200);
    expect(on.screen().join('\n')).toMatch(/changed=true\n─+\n podinfo\.test {2}Progressing/);
    on.block.close();
    expect(on.screen()).toEqual(shown);
  });

  test('a window made too narrow shows lines alone; made wide again, the block', async () => {
    const on = stage(80);
    await showAll(on, [viewAt(1)]);
    on.resize(39);
    await on.clock.pass(1000);
    const { length } = on.writes;
    await on.clock.pass(1000);
    expect(on.writes).toHaveLength(length);
    on.resize(80);
    await on.clock.pass(1000);
    expect(on.writes.at(-1)).toContain('podinfo.test');
  });

  test('a window too low for all of it loses the end of the block, never the history', async () => {
    const on = stage(80, { rows: 6 });
    await showAll(on, [viewAt(1), viewAt(2), viewAt(3)]);
    expect(on.screen().slice(0, 2)).toEqual(['context prod-eu · user ana', expect.stringContaining('weight 30')]);
    expect(on.screen().at(-1)).toMatch(/^… and \d+ more$/);
    expect(on.screen()).toHaveLength(7);
  });

  test('what the keyboard does now is said', async () => {
    const on = stage(80);
    await showAll(on, [viewAt(1)]);
    on.block.hint('Ctrl-C again: leave at once');
    await on.clock.pass(200);
    expect(on.screen().at(-1)).toBe(' Ctrl-C again: leave at once');
  });
});

test('foreign words drive nothing and fit', async () => {
  const on = stage(80);
  const [metric] = viewAt(1).metrics;
  const name = '\u001b[2Jスコア\r\nスコア'.repeat(8);
  await showAll(on, [viewAt(1, { gate: '\u001b[31mqa\u0007', metrics: [{ ...metric!, name }] })]);
  const shown = on.screen();
  for (const each of shown) expect(widthOf(each)).toBeLessThan(80);
  expect(shown.join('\n')).toContain('gate      "qa\ufffd" is closed');
});
