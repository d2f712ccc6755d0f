// Whether somebody moved traffic since the last run: `kubectl apply` of a Service resets its selector, and nobody repairs it between runs.
// Reads what the routers and services of the kept spec name; never writes, and never repairs.
import { kitOf } from '../kit.ts';
import { apexPoints } from '../core/services.ts';
import type { Canary, Ctx } from '../contracts.ts';
import type { Kit } from '../core/types.ts';
import { createLookout } from '../kube/lookout.ts';
import type { Objects } from '../kube/objects.ts';
import { readKept } from '../kube/record.ts';
import type { Clock, Send } from '../ports.ts';
import { look } from '../runner/drive.ts';
import { digest } from '../runner/env.ts';
import { loadCanaries } from '../spec/load.ts';
import type { StatusItem } from '../ui/views.ts';

export interface Place {
  readonly send: Send;
  readonly clock: Clock;
  readonly objects: Objects;
}

const options = { noRetry: true, drain: 0, onInterrupt: 'park' } as const;

/** The items, those at rest marked where traffic does not stand as their last run left it. What cannot be read is not called drift. */
export function withDrift(place: Place, items: readonly StatusItem[], signal: AbortSignal): Promise<StatusItem[]> {
  return Promise.all(
    items.map(async (item) => (item.state === 'idle' && (await isDrifted(place, item, signal)) ? { ...item, drifted: true } : item)),
  );
}

async function isDrifted(place: Place, item: StatusItem, signal: AbortSignal): Promise<boolean> {
  const canary = await keptCanary(place, item, signal).catch(() => undefined);
  signal.throwIfAborted();
  if (!canary) return false;
  const kit = kitOf(canary, options, digest);
  const lookout = createLookout({ ...place, namespace: canary.namespace, onChange: () => undefined, signal, watch: false });
  const found = await look(kit, lookout, signal);
  return trafficMoved(kit, { canary, found, digest });
}

/** At rest all traffic is on the primary: by the route, and by the apex Service for whoever goes round the route. */
function trafficMoved(kit: Kit, ctx: Ctx): boolean {
  if (apexPoints(ctx) !== 'primary') return true;
  return kit.router.can.split && kit.router.read(ctx)?.canary !== 0;
}

/** The spec as last run. One that this version cannot read is for `run` to refuse, not for `status`. */
async function keptCanary({ objects }: Place, item: StatusItem, signal: AbortSignal): Promise<Canary | undefined> {
  const [kind = '', name = ''] = item.target.split('/');
  const owner = { targetRef: { apiVersion: 'apps/v1', kind, name }, namespace: item.namespace };
  const kept = await readKept(objects, owner, signal);
  if (!kept) return undefined;
  const file = { name: `the record of ${item.name}.${item.namespace}`, text: JSON.stringify(kept.spec) };
  return loadCanaries([file], { defaultNamespace: item.namespace }).canaries[0];
}
