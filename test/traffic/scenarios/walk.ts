// The walk-throughs' release: from 5 to 50 in steps of 5 and promoted, then a version that takes its time.
import type { Bench } from '../bench.ts';
import { byPod } from '../history.ts';
import { sidesByVersion } from '../load/ledger.ts';
import { factsOf, shown, type Shown } from './chapter.ts';
import { rolledBack } from './lab.ts';
import { onStage } from './stages.ts';

export function walk(bench: Bench): Promise<Shown[]> {
  const analysis = { interval: '10s', threshold: 2, stepWeight: 5, maxWeight: 50 };
  return onStage(
    bench,
    { namespace: 'walk', canary: { analysis } },
    {
      play: async ({ run, release }) => ({
        bootstrap: await run('taken over, before small steps'),
        promotion: await release('from 5 to 50 in steps of 5', 'podinfo:1.1'),
        slow: await release('answers take 600 to 1500 ms', 'podinfo:1.2-slow'),
      }),
      tell: ({ bootstrap, promotion, slow }, life) => [
        shown(factsOf(bootstrap, life, { sideOf: sidesByVersion('none') }), {
          code: 0,
        }),
        shown(factsOf(promotion, life, { sideOf: byPod }), { code: 0, splits: true }),
        rolledBack(factsOf(slow, life, { sideOf: sidesByVersion('1.2-slow') }), { good: '1.1', after: 20 }),
      ],
    },
  );
}
