// Releases that something happens to while they are under way. Each ends well, and nobody is lost.
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Reach } from '../../cluster/arena.ts';
import { ask, must, type Cluster } from '../../cluster/cluster.ts';
import type { Bench } from '../bench.ts';
import { byPod, target } from '../history.ts';
import { type Span } from '../load/ledger.ts';
import { startProxy } from '../proxy.ts';
import { service } from '../service.ts';
import { answered } from './answered.ts';
import { chapter, factsOf, settle, shown, type Chapter, type Life, type Shown } from './chapter.ts';
import { onStage, type Played } from './stages.ts';

export interface Trouble {
  readonly scenario: string;
  readonly namespace: string;
  /** Happens once the canary has half of the traffic; says when the proxy was away, where it was. */
  befalls(at: Played): Promise<Span | void>;
  /** How metrics and webhooks are reached; through the API server. */
  readonly reach?: Reach;
  /** Failed checks that the release bears; 5. */
  readonly threshold?: number;
}

const outage = 20_000;

/** One release of a live service with that trouble in its middle. */
export function underWay(bench: Bench, trouble: Trouble): Promise<Shown> {
  const { scenario, namespace, reach = 'proxy' } = trouble;
  const analysis = { interval: '3s', threshold: trouble.threshold ?? 5, stepWeight: 25, maxWeight: 50 };
  return onStage(
    bench,
    { namespace, reach, canary: { analysis } },
    {
      play: async (at) => {
        await at.run('taken over');
        await at.stage.setImage('podinfo:1.1');
        let away: Span | void = undefined;
        const told = await chapter(scenario, async () => {
          const running = at.stage.start(['run', at.stage.file, '--reach', reach]);
          await untilWeight(at, 25);
          away = await trouble.befalls(at);
          return running.ended;
        });
        return { told, away };
      },
      tell: ({ told, away }, life) => troubled(told, life, away),
    },
  );
}

function troubled(told: Chapter, life: Life, away: Span | void): Shown {
  const how = { sideOf: byPod, ...(away ? { away } : {}) };
  const facts = factsOf(told, life, how);
  const last = facts.entries.filter(({ at }) => at >= told.span.to - settle / 2);
  const others = last.filter(({ by }) => by !== '1.1');
  return shown(facts, {
    code: 0,
    problems: others.length || !last.length ? [`at its end ${others.length} of ${last.length} answers were not of the new version`] : [],
  });
}

/** Resolves once the route was written with that weight for the canary. */
export async function untilWeight({ stage }: Played, wanted: number): Promise<void> {
  const path = `/apis/gateway.networking.k8s.io/v1/namespaces/${stage.namespace}/httproutes/${target}`;
  for (let tries = 0; tries < 600; tries++) {
    const { text } = await ask(stage.bench.cluster, { path });
    if (text.includes(`"weight":${wanted}`)) return;
    await pause(100);
  }
  throw new Error(`the canary never got ${wanted} %`);
}

/** Troubles of everybody's: one after another. */
export const shared: readonly Trouble[] = [
  {
    ...{ scenario: 'the API server stands still for 20 s', namespace: 'still' },
    async befalls({ stage: { bench } }) {
      const pid = bench.pids['kube-apiserver'] ?? 0;
      process.kill(pid, 'SIGSTOP');
      await pause(outage);
      process.kill(pid, 'SIGCONT');
    },
  },
  {
    ...{ scenario: 'Prometheus is down for 20 s', namespace: 'unmeasured' },
    // No data is not good data: each check of these seconds fails.
    threshold: 12,
    // Its next pod is another one: the port is led there.
    reach: 'port-forward',
    async befalls({ stage: { bench } }) {
      await scale(bench.cluster, 0);
      await pause(outage);
      await scale(bench.cluster, 1);
    },
  },
  {
    ...{ scenario: 'the proxy is started anew', namespace: 'restarted' },
    async befalls({ stage }) {
      const { bench } = stage;
      const from = Date.now();
      process.kill(Number(readFileSync(bench.proxyPid, 'utf8')), 'SIGTERM');
      await pause(1_000);
      writeFileSync(bench.proxyPid, String(startProxy(bench.proxy).pid));
      await answered(stage);
      return { from, to: Date.now() };
    },
  },
];

/** Troubles of one release alone. */
export const own: readonly Trouble[] = [
  {
    ...{ scenario: 'a pod of the primary is deleted', namespace: 'deleted' },
    befalls: async ({ stage }) => {
      const { cluster } = stage.bench;
      const pods = `/api/v1/namespaces/${stage.namespace}/pods`;
      const { items } = (await must(cluster, { path: `${pods}?labelSelector=app%3D${target}-primary` })) as {
        items: { metadata: { name: string } }[];
      };
      await must(cluster, { method: 'DELETE', path: `${pods}/${items[0]?.metadata.name}` });
    },
  },
  {
    ...{ scenario: 'kubectl apply of the Service as it was', namespace: 'applied' },
    befalls: ({ stage }) => stage.apply(service()),
  },
];

async function scale(cluster: Cluster, replicas: number): Promise<void> {
  const path = '/apis/apps/v1/namespaces/monitoring/deployments/prometheus';
  await must(cluster, { method: 'PATCH', path, type: 'application/merge-patch+json', body: { spec: { replicas } } });
}
