// When `canary run` paints its live block: on a terminal with room where no machine reads along, also if the result goes into a pipe.
import { expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { fakeIo, fakeParts } from '../cli/fake-io.ts';
import { podinfo } from '../cli/specs.ts';
import { fakeWorld, jumpingClock, outcome } from '../cli/worlds.ts';
import { at, one } from './lines.ts';
import { viewAt } from './run-views.ts';

interface Attached {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly env?: Record<string, string>;
  readonly flags?: readonly string[];
}

/** A run that is looked at once and said one line, with stdout in a pipe. Returns what stderr and stdout got. */
async function run({
  isTTY = true,
  columns = 80,
  env = { LANG: 'C.UTF-8', TERM: 'xterm' },
  flags = [],
}: Attached): Promise<[err: string, out: string]> {
  let err = '';
  const io = fakeIo({ stdin: podinfo, env });
  const stderr = { ...io.stderr, isTTY, columns: () => columns, write: (text: string) => void (err += text) };
  const parts = fakeParts({
    cluster: () => Promise.resolve(fakeWorld()),
    clock: () => Promise.resolve(jumpingClock()),
    run: ({ reporter, canaries: [canary = one] }) => {
      reporter.view?.(viewAt(1));
      reporter.event({
        at,
        canary,
        type: 'Normal',
        text: 'Advance podinfo.test canary weight 25',
        event: { at, tell: 'weight', canary: 25 },
      });
      const promoted = outcome(canary, { is: 'promoted' });
      reporter.result(promoted);
      return Promise.resolve([promoted]);
    },
  });
  expect(await main(['run', '-', ...flags], { ...io, stderr }, parts)).toBe(0);
  return [err, io.out()];
}

test('painted on stderr; stdout has the lines and nothing else', async () => {
  const [err, out] = await run({});
  expect(err).toContain('traffic   canary 30 % ██████');
  expect(err).toContain('Ctrl-C: park (traffic to the primary; next run goes on)');
  expect(out).toMatch(/^\S+ test\/podinfo Normal Advance podinfo\.test canary weight 25\nresult=promoted exit=0 .*\n$/);
});

test.each([
  ['park', 'Ctrl-C: park'],
  ['hold', 'Ctrl-C: leave (traffic stays'],
  ['rollback', 'Ctrl-C: roll back'],
])('with --on-interrupt=%s it says what Ctrl-C does', async (what, hint) => {
  expect((await run({ flags: ['--on-interrupt', what] }))[0]).toContain(hint);
});

test('without UTF-8 it is drawn with plain signs', async () => {
  expect((await run({ env: { TERM: 'xterm' } }))[0]).toContain('traffic   canary 30 % ######');
});

test.each<[string, Attached]>([
  ['stderr in a pipe', { isTTY: false }],
  ['0 columns', { columns: 0 }],
  ['39 columns', { columns: 39 }],
  ['a dumb terminal', { env: { TERM: 'dumb' } }],
  ['CI', { env: { TERM: 'xterm', CI: 'true' } }],
  ['-o ndjson', { flags: ['-o', 'ndjson'] }],
])('not painted: %s', async (_, attached) => {
  const [err] = await run(attached);
  expect(err).not.toMatch(/traffic {3}|\u001b\[\d*[AJ]/);
  expect(err).toContain('context prod-eu');
});
