// The same by Traefik's own kinds: an IngressRoute that is led to the TraefikService once there is one, and Traefik's own metrics.
import type { Bench } from '../bench.ts';
import { byPod } from '../history.ts';
import { sidesByVersion } from '../load/ledger.ts';
import { deployment, ingressRoute, service } from '../service.ts';
import { factsOf, shown, type Shown } from './chapter.ts';
import { rolledBack } from './lab.ts';
import { onStage } from './stages.ts';

export function weighted(bench: Bench): Promise<Shown[]> {
  const namespace = 'weighted';
  const analysis = { interval: '8s', threshold: 2, stepWeight: 25, maxWeight: 50 };
  const setting = {
    ...{ namespace, canary: { provider: 'traefik', analysis } },
    objects: [deployment('podinfo:1.0'), service(), ingressRoute(namespace, 'Service')],
  };
  return onStage(bench, setting, {
    play: async ({ stage, run, release }) => {
      const bootstrap = await run('TraefikService: taken over');
      await stage.apply(ingressRoute(namespace, 'TraefikService'));
      const promotion = await release('TraefikService: promotion', 'podinfo:1.1');
      return { bootstrap, promotion, bad: await release('TraefikService: errors', 'podinfo:1.2-err') };
    },
    tell: ({ bootstrap, promotion, bad }, life) => [
      shown(factsOf(bootstrap, life, { sideOf: sidesByVersion('none') }), { code: 0 }),
      shown(factsOf(promotion, life, { sideOf: byPod }), { code: 0, splits: true }),
      rolledBack(factsOf(bad, life, { sideOf: sidesByVersion('1.2-err', { errors: 'canary' }) }), { good: '1.1', after: 16 }),
    ],
  });
}
