// Whether somebody moved traffic since the last run: `kubectl apply` of a Service resets its selector, and nobody repairs it between runs.
// Reads what the routers and services of the kept spec name; never writes, and never repairs.
import type { Ctx } from '../contracts.ts';
import { apexPoints } from '../core/services.ts';
import type { Kept, Kit } from '../core/types.ts';
import { kitOf } from '../kit.ts';
import { createLookout } from '../kube/lookout.ts';
import type { Objects } from '../kube/objects.ts';
import { readKept } from '../kube/record.ts';
import type { Clock, Send } from '../ports.ts';
import { digest } from '../runner/env.ts';
import { look } from '../runner/look.ts';
import { loadCanaries } from '../spec/load.ts';
import type { StatusItem } from '../ui/views.ts';

export interface Place {
  readonly send: Send;
  readonly clock: Clock;
  readonly objects: Objects;
}

/** A canary as its last run had it, and the cluster as it is now. */
export interface Standing {
  readonly kit: Kit;
  readonly ctx: Ctx;
  readonly kept: Kept;
}

const options = { noRetry: true, drain: 0, onInterrupt: 'park', cluster: '' } as const;

/** The items, those at rest marked where traffic does not stand as their last run left it. What cannot be read is not called drift. */
export function withDrift(place: Place, items: readonly StatusItem[], signal: AbortSignal): Promise<StatusItem[]> {
  return Promise.all(
    items.map(async (item) => {
      if (item.state !== 'idle' || item.managedBy) return item;
      const standing = await standingOf(place, item, signal);
      return standing && trafficMoved(standing) ? { ...item, drifted: true } : item;
    }),
  );
}

/** Undefined: nothing is kept of it, or nothing that this version can read; that is for `run` to refuse. */
export async function standingOf(place: Place, item: StatusItem, signal: AbortSignal): Promise<Standing | undefined> {
  const kept = await readKept(place.objects, ownerOf(item), signal).catch(() => undefined);
  signal.throwIfAborted();
  const kit = kept && kitIn(kept, item);
  if (!kit) return undefined;
  const lookout = createLookout({ ...place, namespace: item.namespace, onChange: () => undefined, signal, watch: false });
  const { made } = kept;
  return { kit, kept, ctx: { canary: kit.canary, found: await look(kit, { lookout, made }, signal), digest, made } };
}

/** What the record is named after. */
export function ownerOf({ target, namespace }: StatusItem): {
  targetRef: { apiVersion: string; kind: string; name: string };
  namespace: string;
} {
  const [kind = '', name = ''] = target.split('/');
  return { targetRef: { apiVersion: 'apps/v1', kind, name }, namespace };
}

/** At rest all traffic is on the primary: by the route, and by the apex Service for whoever goes round the route. */
export function trafficMoved({ kit, ctx }: Pick<Standing, 'kit' | 'ctx'>): boolean {
  if (apexPoints(ctx) !== 'primary') return true;
  if (!kit.router.can.split) return false;
  const traffic = kit.router.read(ctx);
  return traffic?.kind !== 'split' || traffic.canary !== 0;
}

function kitIn(kept: Kept, item: StatusItem): Kit | undefined {
  const file = { name: `the record of ${item.name}.${item.namespace}`, text: JSON.stringify(kept.spec) };
  try {
    const [canary] = loadCanaries([file], { defaultNamespace: item.namespace }).canaries;
    return canary && kitOf(canary, options, digest);
  } catch {
    return undefined;
  }
}
