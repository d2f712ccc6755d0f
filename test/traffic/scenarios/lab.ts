// The two releases that the real Flagger was measured with, on the same bench: a live service taken over and promoted in two steps, and a version of
// which a third of the answers are errors. Then the canary is taken away again.
import type { Bench } from '../bench.ts';
import { atMost } from '../figures.ts';
import { byPod, primaryGiven, rolledOut, scaledDown, scaledUp, target } from '../history.ts';
import { answeredAfterFailure, answeredUnanalysed } from '../load/answers.ts';
import { firstOf, lastOf, sidesByVersion } from '../load/ledger.ts';
import { comparable } from '../table.ts';
import { chapter, factsOf, settle, shown, type Facts, type Shown } from './chapter.ts';
import { onStage } from './stages.ts';

const interval = 10;

/** Flagger's users got 320; ours may get 85 % of that. */
const mostFailed = 272;

const analysis = { interval: `${interval}s`, threshold: 3, stepWeight: 25, maxWeight: 50 };

export function lab(bench: Bench): Promise<Shown[]> {
  return onStage(
    bench,
    { namespace: 'lab', canary: { analysis } },
    {
      play: async ({ stage, run, release }) => ({
        bootstrap: await run('a live service is taken over'),
        promotion: await release(comparable.promotion, 'podinfo:1.1'),
        bad: await release(comparable.badRelease, 'podinfo:1.2-err'),
        gone: await chapter('the canary is deleted', () => stage.run(['delete', target, '--yes'])),
      }),
      tell: ({ bootstrap, promotion, bad, gone }, life) => [
        shown(factsOf(bootstrap, life, { sideOf: byPod }), { code: 0, says: [throughTheServer] }),
        promoted(factsOf(promotion, life, { sideOf: byPod })),
        rolledBack(factsOf(bad, life, { sideOf: sidesByVersion('1.2-err', { errors: 'canary' }) }), {
          good: '1.1',
          after: 3 * interval,
          failing: mostFailed,
        }),
        shown(factsOf(gone, life, { sideOf: byPod }), { code: 0 }),
      ],
    },
  );
}

const throughTheServer = /reach prometheus\.monitoring:9090: through the API server/;
const byPortForward = /reach prometheus\.monitoring:9090: by port-forward to pod prometheus-/;

/** The same release, with everything in the cluster asked by port-forward. */
export function forwarded(bench: Bench): Promise<Shown[]> {
  return onStage(
    bench,
    { namespace: 'forwarded', reach: 'port-forward', canary: { analysis } },
    {
      play: async ({ run, release }) => ({
        bootstrap: await run('taken over, by port-forward'),
        promotion: await release('promotion in two steps, by port-forward', 'podinfo:1.1'),
      }),
      tell: ({ bootstrap, promotion }, life) => [
        shown(factsOf(bootstrap, life, { sideOf: byPod }), { code: 0, says: [byPortForward] }),
        promoted(factsOf(promotion, life, { sideOf: byPod })),
      ],
    },
  );
}

/** Beyond the analysis only pods and drains may take time. */
function promoted(facts: Facts): Shown {
  const { chapter, events, marks, entries } = facts;
  const { from } = chapter.span;
  const up = scaledUp(events, target, from) ?? NaN;
  const given = primaryGiven(events, 'podinfo:1.1') ?? NaN;
  const home = marks.findLast(({ weight }) => weight === 0)?.at ?? NaN;
  const down = scaledDown(events, target, home) ?? NaN;
  const pods = (rolledOut(events, target, up) ?? NaN) - up + (rolledOut(events, `${target}-primary`, given) ?? NaN) - given;
  const drains = down - home;
  const total = down - from;
  const seconds = { promotion: total / 1000, pods: pods / 1000, drains: drains / 1000 };
  const analysis = 2 * interval;
  const limit = analysis + seconds.pods + seconds.drains + 2;
  const unanalysed = answeredUnanalysed(
    entries,
    [
      { version: '1.0', from: 0 },
      { version: '1.1', from: given },
    ],
    byPod,
  );
  return shown(facts, {
    ...{ code: 0, splits: true, seconds, problems: unanalysed.map(({ text }) => text) },
    goals: [atMost(`promotion: ${analysis} s of analysis, pods, drains and 2 s`, seconds.promotion, { limit, unit: ' s' })],
  });
}

export function rolledBack(facts: Facts, { good, after, failing }: { good: string; after: number; failing?: number }): Shown {
  const { entries, events, marks, chapter } = facts;
  const sideOf = ({ by, own }: (typeof entries)[number]): boolean => own === true || (by !== undefined && by !== good);
  const first = firstOf(entries, sideOf)?.at ?? NaN;
  const last = lastOf(entries, sideOf)?.at ?? NaN;
  const routed = marks.findLast(({ weight }) => weight === 0)?.at;
  const failure = {
    ...{ verdict: routed ?? chapter.span.to, routed, settle, good, until: chapter.span.to },
    scaledDown: scaledDown(events, target, chapter.span.from),
  };
  const failed = entries.filter(({ own }) => own).length;
  return shown(facts, {
    ...{ code: 10, seconds: { rollback: (last - first) / 1000 } },
    problems: answeredAfterFailure(entries, failure).map(({ text }) => text),
    goals: [
      atMost('rollback after the first traffic', (last - first) / 1000, { limit: after + 1, unit: ' s' }),
      ...(failing === undefined ? [] : [atMost('users’ failed requests, 85 % of Flagger’s 320', failed, { limit: failing })]),
    ],
  });
}
