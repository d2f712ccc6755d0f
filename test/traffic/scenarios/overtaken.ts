// A driver that is put to sleep in the middle of a release, another that takes over and ends it, and the first that wakes up to find it done.
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { byPod } from '../history.ts';
import { chapter, factsOf, shown, type Shown } from './chapter.ts';
import { onStage } from './stages.ts';
import { untilWeight } from './underway.ts';

export function overtaken(bench: Bench): Promise<Shown> {
  const analysis = { interval: '3s', threshold: 5, stepWeight: 25, maxWeight: 50 };
  return onStage(
    bench,
    { namespace: 'overtaken', canary: { analysis } },
    {
      play: async (at) => {
        const { stage } = at;
        await at.run('taken over');
        await stage.setImage('podinfo:1.1');
        const sleeper = stage.start(['run', stage.file, '--reach', 'proxy']);
        await untilWeight(at, 25);
        sleeper.child.kill('SIGSTOP');
        const told = await chapter('asleep with SIGSTOP, and overtaken', async () => {
          const rival = stage.start(['run', stage.file, '--reach', 'proxy', '--takeover']);
          await untilWeight(at, 50);
          sleeper.child.kill('SIGCONT');
          return rival.ended;
        });
        const first = await Promise.race([sleeper.ended, pause(60_000)]);
        sleeper.child.kill('SIGKILL');
        return { told, first };
      },
      tell: ({ told, first }, life) => {
        const facts = factsOf(told, life, { sideOf: byPod });
        // Exit 12: another driver has taken over.
        const problems = first ? [] : ['the driver that woke up was still there after a minute'];
        const lied = first?.code === 0 ? ['the driver that was overtaken ended with 0'] : [];
        return shown(facts, { code: 0, problems: [...problems, ...lied] });
      },
    },
  );
}
