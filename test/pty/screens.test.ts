// Terminals that nobody told their size, and dumb ones: everything ends as usual, and nothing is painted that they cannot show.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { setUp } from '../cli/spawn.ts';
import { expectParked, expectPromoted, scene, sceneOfRelease } from './scene.ts';
import { screenAfter } from '../support/vt.ts';
import { ctrlC, type Screen, type Terminal } from './terminal.ts';

beforeAll(setUp, 300_000);

const sizeless: Screen = { columns: 0, term: 'xterm-256color' };
const dumb: Screen = { columns: 100, term: 'dumb' };
/** Escape sequences that move the cursor or wipe: not colours. */
const movement = /\u001b\[[0-9;?]*[A-LN-Za-ln-z]/;

const screens = [
  { named: '0 columns', screen: sizeless, unwanted: movement },
  { named: 'TERM=dumb', screen: dumb, unwanted: /\u001b/ },
];

describe('a terminal that cannot be painted on', () => {
  test.concurrent.each(screens)('$named: run and status -w', ({ screen, unwanted }) =>
    sceneOfRelease(async (on) => {
      const status = on.terminal(['status', '-w', '-n', 'test'], screen);
      const run = on.terminal(on.run('--drain', '1s'), screen);
      await status.says(/podinfo +Progressing +40 /);
      await expectPromoted(on, run, { without: [] });
      await status.says(/podinfo +Succeeded +0 /);
      status.type(ctrlC);
      expect(await status.ended()).toBe(130);
      expect(run.raw()).not.toMatch(unwanted);
      expect(status.raw()).not.toMatch(unwanted);
    }),
  );

  test.concurrent.each(screens)('$named: Ctrl-C parks', ({ screen, unwanted }) =>
    scene(async (on) => {
      on.cluster.fault('podinfo-primary', { notReady: true });
      const run = on.terminal(on.run('--drain', '1s'), screen);
      await run.says(/Waiting for podinfo-primary/);
      run.type(ctrlC);
      await expectParked(on, { by: 'SIGINT', exit: 130, run });
      expect(run.raw()).not.toMatch(unwanted);
    }),
  );
});

describe.each([60, 80, 160])('a terminal of %p columns', (columns) => {
  const screen: Screen = { columns, term: 'xterm-256color', lang: 'C.UTF-8' };
  const shown = (of: Terminal): string[] => screenAfter(of.raw(), { columns, rows: 30 });

  test.concurrent('the live block is repainted under the lines, and gone at the end; status -w and describe fit', () =>
    sceneOfRelease(async (on) => {
      const status = on.terminal(['status', '-w', '-n', 'test'], screen);
      const run = on.terminal(on.run('--drain', '1s'), screen);
      await run.says(/─+\n podinfo\.test {2}Progressing {2}step 2 of 3 [^]*canary 40 % █+[^]*request-success-rate +✔ [^]*Ctrl-C: park/);
      await expectPromoted(on, run, { without: ['\u001b[2J'] });
      const left = shown(run).join('\n');
      expect(left).not.toMatch(/──|█|Ctrl-C/);
      expect(left.replace(/\n/g, '').match(/canary weight [246]0/g)).toEqual(['canary weight 20', 'canary weight 40', 'canary weight 60']);
      await status.says(/podinfo +Succeeded /);
      status.type(ctrlC);
      expect(await status.ended()).toBe(130);
      const table = shown(status).filter((line) => /^(NAME|podinfo) /.test(line));
      expect(table).toEqual([expect.stringMatching(/^NAME +STATUS .*WHY$/), expect.stringMatching(/^podinfo +Succeeded/)]);
      const describe = on.terminal(['describe', 'podinfo', '-n', 'test'], screen);
      expect(await describe.ended()).toBe(0);
      const tree = describe.text().slice(describe.text().indexOf('\npodinfo.test'));
      expect(tree).toMatch(/├─ primary {2}podinfo-primary [^]*├─ routes {3}istio · VirtualService\/podinfo ✔[^]*no drift[^]*└─ history\n/);
      expect(describe.text()).toContain('  Phase:                 Succeeded\nEvents:\n  Type     Reason  Age');
    }),
  );
});
