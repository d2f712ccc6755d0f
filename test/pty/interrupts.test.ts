// Ctrl-C in every phase of a real run in a real terminal: it parks, says where traffic is, and the same command goes on from there.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { setUp } from '../cli/spawn.ts';
import { expectParked, expectPromoted, onPrimary, scene, sceneOfRelease } from './scene.ts';
import { ctrlC } from './terminal.ts';

beforeAll(setUp, 300_000);

const drain = ['--drain', '1s'];
const release = [...drain, '--image', 'podinfod=stefanprodan/podinfo:3.1.1'];
const weight = (percent: number): string => `Advance podinfo.test canary weight ${percent}\n`;
const started = ['New revision detected', 'Starting canary deployment'];
const copied = [...started, 'canary weight', 'Copying podinfo.test'];

describe('Ctrl-C', () => {
  test.concurrent('while signing in, with the spinner turning: it ends, and nothing was written', () =>
    scene(async (on) => {
      on.cluster.signInSlowly();
      const run = on.terminal(on.run(...drain));
      await run.says(/connecting/);
      run.type(ctrlC);
      expect(await run.ended()).toBe(130);
      expect(run.text()).not.toContain('context sandbox');
      expect(on.cluster.record()).toEqual({});
    }),
  );

  test.concurrent('while the primary is made for the first time: nothing is routed, the target serves as before', () =>
    scene(async (on) => {
      on.cluster.fault('podinfo-primary', { notReady: true });
      const first = on.terminal(on.run(...release));
      await first.says(/Waiting for podinfo-primary\.test rollout to finish/);
      first.type(ctrlC);
      await expectParked(on, { by: 'SIGINT', exit: 130, run: first });
      expect(first.text()).not.toContain(onPrimary);
      expect([on.cluster.weights(), on.cluster.replicas('podinfo')]).toEqual([undefined, 2]);
      on.cluster.fault('podinfo-primary', { notReady: false });
      await expectPromoted(on, on.terminal(on.run(...release)), { without: [] });
    }),
  );

  test.concurrent('while the canary’s pods are waited for', () =>
    sceneOfRelease(async (on) => {
      const first = on.terminal(on.run(...drain));
      await first.says(/Waiting for podinfo\.test rollout to finish/);
      first.type(ctrlC);
      await expectParked(on, { by: 'SIGINT', exit: 130, run: first });
      expect(first.text()).toContain(onPrimary);
      expect(on.cluster.weights()).toEqual({ primary: 100, canary: 0 });
      on.cluster.fault('stefanprodan/podinfo:never', { noImage: false });
      await expectPromoted(on, on.terminal(on.run(...drain)), { without: ['New revision detected'] });
    }, 'stefanprodan/podinfo:never'),
  );

  test.concurrent('at a weight, with `status -w` in a second window', () =>
    sceneOfRelease(async (on) => {
      const status = on.terminal(['status', '-w', '-n', 'test']);
      const first = on.terminal(on.run(...drain));
      await first.says(new RegExp(weight(40)));
      await status.says(/podinfo +Progressing +40 +2\/3 /);
      first.type(ctrlC);
      await expectParked(on, { by: 'SIGINT', exit: 130, run: first });
      expect(first.text()).toContain(onPrimary);
      expect(on.cluster.weights()).toEqual({ primary: 100, canary: 0 });
      await status.says(/podinfo +Parked +\S+ +2\/3 [^\n]*parked by SIGINT/);
      const again = on.terminal(on.run(...drain));
      await again.says(new RegExp(weight(40)));
      await expectPromoted(on, again, { without: [...started, weight(20)] });
      await status.says(/podinfo +Succeeded /);
      status.type(ctrlC);
      expect(await status.ended()).toBe(130);
    }),
  );

  test.concurrent('while the promoted primary rolls out: traffic stays where pods are ready', () =>
    sceneOfRelease(async (on) => {
      const first = on.terminal(on.run(...drain));
      await first.says(new RegExp(weight(60)));
      // The old pods are older than that; the new ones come one after the other.
      on.cluster.fault('podinfo-primary', { readyAfter: 3000 });
      await first.says(/Copying podinfo\.test[^]*Waiting for podinfo-primary\.test rollout to finish/);
      first.type(ctrlC);
      await expectParked(on, { by: 'SIGINT', exit: 130, run: first });
      expect(first.text()).not.toContain(onPrimary);
      expect(on.cluster.weights()).toEqual({ primary: 40, canary: 60 });
      expect(on.cluster.record()).toMatchObject({ phase: 'Promoting' });
      on.cluster.fault('podinfo-primary', { readyAfter: 100 });
      await expectPromoted(on, on.terminal(on.run(...drain)), { without: copied });
    }),
  );

  test.concurrent('while the canary drains after promotion: it keeps its pods, and the next run only scales it down', () =>
    sceneOfRelease(async (on) => {
      const slow = ['--drain', '3s'];
      const first = on.terminal(on.run(...slow));
      await first.says(/Routing all traffic to primary/);
      first.type(ctrlC);
      await expectParked(on, { by: 'SIGINT', exit: 130, run: first });
      expect(on.cluster.weights()).toEqual({ primary: 100, canary: 0 });
      expect(on.cluster.replicas('podinfo')).toBeGreaterThan(0);
      await expectPromoted(on, on.terminal(on.run(...slow)), { without: copied });
    }),
  );

  test.concurrent('while a driver that may be dead is watched: its record stays its own', () =>
    sceneOfRelease(async (on) => {
      const dead = on.pipe(on.run(...drain));
      await dead.says(new RegExp(weight(20)));
      dead.signal('SIGKILL');
      expect(await dead.ended()).toBe(null);
      const { driver } = on.cluster.record();
      const waiting = on.terminal(on.run(...drain));
      await waiting.says(/watching up to 30s whether it is alive/);
      waiting.type(ctrlC);
      // Not 130: nothing was parked, and nobody looks after the weight that the dead one left.
      expect(await waiting.ended()).toBe(20);
      expect(waiting.text()).toMatch(
        /stopped by SIGINT before it was known whether \S+ still drives: nothing was changed, traffic stands as that run left it\n/,
      );
      expect(waiting.text()).toMatch(/\nnext: canary heal -n test\nresult=stopped exit=20 [^\n]*changed=false\n$/);
      expect([on.cluster.weights(), on.cluster.record().driver]).toEqual([{ primary: 80, canary: 20 }, driver]);
      await expectPromoted(on, on.terminal(on.run(...drain, '--takeover')), { without: started });
    }),
  );
});
