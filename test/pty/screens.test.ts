// Terminals that nobody told their size, and dumb ones: everything ends as usual, and nothing is painted that they cannot show.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { setUp } from '../cli/spawn.ts';
import { expectParked, expectPromoted, scene, sceneOfRelease } from './scene.ts';
import { ctrlC, type Screen } from './terminal.ts';

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
