// Releases of other kinds: a version that never becomes ready, another ConfigMap alone, an A/B test by header.
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { byPod, podTimes } from '../history.ts';
import { isAnswered, within } from '../load/ledger.ts';
import { canaryFile, deployment, httpRoute, service } from '../service.ts';
import { users } from '../stage.ts';
import { chapter, factsOf, settle, shown, type Chapter, type Life, type Shown } from './chapter.ts';
import { onStage } from './stages.ts';

const insider = { 'x-canary': 'insider' };

export function kinds(bench: Bench): Promise<Shown[]> {
  const namespace = 'kinds';
  const quick = { interval: '3s', threshold: 2 };
  const tested = { ...quick, iterations: 4, match: [{ headers: { 'x-canary': { exact: 'insider' } } }] };
  const setting = {
    namespace,
    canary: { analysis: { ...quick, stepWeight: 50, maxWeight: 50 }, spec: { progressDeadlineSeconds: 15 } },
    objects: [
      settings('blue'),
      deployment('podinfo:1.0', { envFrom: [{ configMapRef: { name: 'settings' } }] }),
      service(),
      httpRoute(namespace),
    ],
    others: { 'ab.yaml': canaryFile(namespace, { analysis: tested }) },
  };
  return onStage(bench, setting, {
    play: async ({ stage, run, release }) => {
      await run('taken over');
      await stage.apply(settings('green'));
      const config = await run('another ConfigMap alone');
      await stage.setImage('podinfo:1.2');
      const insiders = await users(stage, { name: 'insiders', rate: 20, headers: insider });
      const ab = await chapter('A/B test by header', () => stage.run(['run', `${stage.arena.folder}/ab.yaml`, '--reach', 'proxy']));
      await pause(settle);
      const { entries } = await insiders.stop();
      // Last: its pods, which nobody asks but the node, answer that they are not ready, and that stays in the metrics for a while.
      return { config, ab, insiders: entries, stuck: await release('never becomes ready', 'podinfo:1.3-never') };
    },
    tell: ({ config, ab, insiders, stuck }, life) => [
      shown(factsOf(config, life, { sideOf: byPod }), { code: 0, splits: true }),
      abTested(ab, life, insiders),
      never(stuck, life),
    ],
  });
}

function settings(color: string): { apiVersion: string; kind: string; metadata: { name: string }; data: Record<string, string> } {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { PODINFO_UI_COLOR: color } };
}

function never(stuck: Chapter, life: Life): Shown {
  const facts = factsOf(stuck, life, { sideOf: byPod });
  const strangers = facts.entries.filter(({ by }) => by === '1.3-never');
  return shown(facts, {
    code: 11,
    problems: strangers.length ? [`${strangers.length} requests were answered by a version that was never ready`] : [],
  });
}

/** Insiders get the new version while the test is on, and nobody else does before it is promoted. */
function abTested(ab: Chapter, life: Life, insiders: Life['entries']): Shown {
  const facts = factsOf(ab, life, { sideOf: byPod });
  const promoted = podTimes(life.events).filter(({ side, ready }) => side === 'primary' && ready > ab.span.from);
  const firstPrimary = Math.min(...promoted.map(({ ready }) => ready));
  const early = within(facts.entries, { from: ab.span.from, to: firstPrimary }).filter(({ by }) => by === '1.2');
  const inside = within(insiders, ab.span).filter((entry) => isAnswered(entry) && entry.by === '1.2' && byPod(entry) === 'canary');
  const lostInsiders = insiders.filter((entry) => !isAnswered(entry));
  return shown(facts, {
    code: 0,
    problems: [
      ...(early.length ? [`${early.length} of the others got the version under test`] : []),
      ...(inside.length ? [] : ['no insider got the version under test']),
      ...(lostInsiders.length ? [`${lostInsiders.length} insiders were lost: ${JSON.stringify(lostInsiders[0])}`] : []),
    ],
  });
}
