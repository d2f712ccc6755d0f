// Being told to stop while the API server says nothing, and being stopped in other ways than by Ctrl-C.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { setUp } from '../cli/spawn.ts';
import { expectParked, expectPromoted, sceneOfRelease } from './scene.ts';
import { ctrlC } from './terminal.ts';

beforeAll(setUp, 300_000);

const drain = ['--drain', '1s'];
const weight = (percent: number): string => `Advance podinfo.test canary weight ${percent}\n`;
const primaryOnly = { primary: 100, canary: 0 };

describe('being stopped', () => {
  test.concurrent(
    'the API server no longer answers: Ctrl-C leaves in the end, and does not say that traffic is safe; heal makes it so',
    () =>
      sceneOfRelease(async (on) => {
        const run = on.terminal(on.run(...drain));
        await run.says(new RegExp(weight(20)));
        on.cluster.stall(true);
        run.type(ctrlC);
        expect(await run.ended()).toBe(20);
        expect(run.text()).toContain('stopped by SIGINT, but the cluster did not confirm that traffic is on the primary');
        expect(run.text()).toMatch(/\nresult=stopped exit=20 [^\n]*\n$/);
        expect(on.cluster.weights()).toEqual({ primary: 80, canary: 20 });
        on.cluster.stall(false);
        expect(await on.terminal(['heal', 'podinfo', '-n', 'test']).ended()).toBe(0);
        expect(on.cluster.weights()).toEqual(primaryOnly);
      }),
  );

  test.concurrent('the API server no longer answers: a second Ctrl-C leaves at once, and says what it leaves', () =>
    sceneOfRelease(async (on) => {
      const run = on.terminal(on.run(...drain));
      await run.says(new RegExp(weight(20)));
      on.cluster.stall(true);
      run.type(ctrlC);
      await run.says(/SIGINT: parking: traffic goes to the side/);
      // Both presses of one impatient second count as one.
      run.type(ctrlC);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      run.type(ctrlC);
      expect(await run.ended()).toBe(130);
      expect(run.text()).toContain('SIGINT again: left at once, traffic stands as last written and is not read back: podinfo.test\n');
      expect(run.text()).toContain('next: canary heal podinfo -n test\n');
      expect(run.text()).not.toContain('result=');
      expect(on.cluster.weights()).toEqual({ primary: 80, canary: 20 });
    }),
  );
  test.concurrent('SIGTERM: 143, SIGHUP: 129, and each next run goes on', () =>
    sceneOfRelease(async (on) => {
      const first = on.pipe(on.run(...drain));
      await first.says(new RegExp(weight(20)));
      first.signal('SIGTERM');
      await expectParked(on, { by: 'SIGTERM', exit: 143, run: first });
      expect(on.cluster.weights()).toEqual(primaryOnly);
      const second = on.pipe(on.run(...drain));
      await second.says(new RegExp(weight(40)));
      second.signal('SIGHUP');
      await expectParked(on, { by: 'SIGHUP', exit: 129, run: second });
      expect(on.cluster.weights()).toEqual(primaryOnly);
      await expectPromoted(on, on.pipe(on.run(...drain)), { without: ['Starting canary deployment', weight(20)] });
    }),
  );

  test.concurrent('the window is closed: nobody is there to be told, and still it parks', () =>
    sceneOfRelease(async (on) => {
      const run = on.terminal(on.run(...drain));
      await run.says(new RegExp(weight(20)));
      run.close();
      await on.cluster.released();
      expect(on.cluster.record()).toMatchObject({ phase: 'Progressing', parked: 'SIGHUP' });
      expect(on.cluster.weights()).toEqual(primaryOnly);
    }),
  );
});
