// Reads what `status` shows: one metadata-only list of records and one list of Leases; nothing else unless drift is asked for, never a write.
import { PreflightError } from '../errors.ts';
import { createObjects } from '../kube/objects.ts';
import { reliable, serverClock } from '../kube/send.ts';
import type { World } from '../ports.ts';
import { statusItems, type StatusItem } from '../ui/views.ts';
import type { Scope } from './cluster-options.ts';

export interface Seen {
  readonly items: readonly StatusItem[];
  /** The API server's time. */
  readonly now: number;
}

export type Read = (signal: AbortSignal) => Promise<Seen>;

const recordLabel = { 'canary.run/kind': 'record' };

/** `drift`: also look whether traffic stands where the last run left it; some more reads per canary. */
export function recordReader(world: World, scope: Scope, drift = false): Read {
  const server = serverClock(world.clock);
  const namespace = scope.namespace ?? world.about.namespace;
  const send = server.wrap(reliable(world.api, world.clock));
  const objects = createObjects({ send, clock: world.clock, namespace });
  const everywhere = scope.namespace === undefined;
  return async (signal) => {
    const [records, leases] = await Promise.all([
      objects.list({ apiVersion: 'v1', kind: 'ConfigMap' }, { labels: recordLabel, metadataOnly: true, everywhere }, signal),
      objects.list({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }, { everywhere }, signal),
    ]);
    const all = statusItems({ records: records.items, leases: leases.items, now: server.now() });
    const items = scope.name === undefined ? all : all.filter((item) => item.name === scope.name);
    if (!drift) return { items, now: server.now() };
    const { withDrift } = await import('./drift.ts');
    return { items: await withDrift({ send, objects, clock: world.clock }, items, signal), now: server.now() };
  };
}

/** A NAME that is not there is an answer of its own (exit 6), not an empty table. */
export function demandFound({ items }: Seen, scope: Scope): void {
  if (scope.name === undefined || items.length) return;
  throw new PreflightError(`no canary "${scope.name}" in namespace ${scope.namespace ?? ''}`, 'canary status -A shows all of them');
}
