// Ways to make bugs of strategies, gates, messages, tracked config and deletes show. Each is survived by the real runner.
import type { JsonObject } from '../../../src/contracts.ts';
import type { Wire } from '../../../src/ports.ts';
import { killAt } from '../kill.ts';
import type { Play } from '../play.ts';
import type { Setup, Stored } from '../setup.ts';
import { fields } from '../facts.ts';
import { bounded, ended, killed, once, push, undisturbed, withIdle, type Provocation } from './provocations.ts';
import { remove, save, type Which } from './wires.ts';

function post(path: string, text = ''): Which {
  return ({ method, url, body = '' }: Wire) => method === 'POST' && url.includes(`/hook/${path}`) && body.includes(text);
}

const lastAlert = post('alerts/slack', 'threshold reached');

/** A delete dies once traffic is handed back; the user changes the route that is theirs again, and the delete goes on. */
async function changedMeanwhile(here: Play): Promise<Partial<Setup>> {
  const { stage, log } = here;
  const { world } = stage.sandbox;
  const killer = killAt(remove('/deployments/'), 'before');
  await here.drive('killed', { killer });
  if (!killer.isDead()) throw new Error('the provocation never came: the driver was not killed');
  const { namespace, apex } = log.subject;
  const route = world.get('VirtualService', namespace, apex);
  if (!route) throw new Error('there is no route to be changed');
  const http = [{ route: [{ destination: { host: apex } }], timeout: '9s' }];
  const { apiVersion, kind, metadata } = route;
  const mine = { name: apex, namespace, labels: metadata.labels ?? {} };
  await stage.sandbox.apply([{ apiVersion, kind, metadata: mine, spec: { ...(route['spec'] as JsonObject), http } }]);
  const last = await ended(here.drive('again', bounded));
  return { ...last, originals: here.originals.map((one) => withRoutes(one, http)) };
}

function withRoutes({ object, stored }: Stored, http: unknown): Stored {
  if (!object.includes('/virtualservices ')) return { object, stored };
  const all = fields(stored);
  return { object, stored: { ...all, spec: { ...fields(all['spec']), http } } };
}

export const STRATEGY_PROVOCATIONS = {
  'a release with gates': { scene: 'hooks-all', play: undisturbed },
  'a new revision at a closed gate': {
    scene: 'hooks-all',
    play: async (here) => {
      const pushes = once(save('"phase":"Waiting"'), () => push(here, 'podinfo:3.1.2'));
      return withIdle(here, await ended(here.drive('one', { ...bounded, disturb: pushes })));
    },
  },
  'a rollback hook that says yes': {
    scene: 'hooks-all',
    hooks: { rollback: [403, 200] },
    play: undisturbed,
  },
  'a kill before a report is sent': { scene: 'hooks-all', play: killed(post('hooks-all/post'), 'before') },
  'a kill before an alert is sent': { scene: 'alerts', play: killed(lastAlert, 'before') },
  'a kill after an alert was sent': { scene: 'alerts', play: killed(lastAlert, 'after-commit') },
  mirroring: { scene: 'seed4-mirror', play: undisturbed },
  'an A/B test': { scene: 'ab-istio', play: undisturbed },
  'session affinity': { scene: 'affinity-istio', play: undisturbed },
  'no analysis': { scene: 'skip-analysis', play: undisturbed },
  'other config': { scene: 'config-tracking', play: undisturbed },
  'a delete': { scene: 'delete', play: undisturbed },
  "the user's own change in the midst of a delete": { scene: 'delete', play: changedMeanwhile },
} as const satisfies Readonly<Record<string, Provocation>>;
