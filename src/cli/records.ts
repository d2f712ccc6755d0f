// Reads what `status` shows: one metadata-only list of records, one list of Leases, and the Canaries of a live Flagger where there are any; nothing
// else unless drift is asked for, never a write.
import type { Obj } from '../contracts.ts';
import { PreflightError } from '../errors.ts';
import { ApiError } from '../kube/api-error.ts';
import { createObjects, type Objects } from '../kube/objects.ts';
import { reliable, serverClock } from '../kube/send.ts';
import type { Send, World } from '../ports.ts';
import { didYouMean } from '../spec/similar.ts';
import { flaggerItems } from '../ui/flagger-items.ts';
import { byName, statusItems, type StatusItem } from '../ui/views.ts';
import type { Scope } from './cluster-options.ts';

export interface Seen {
  readonly items: readonly StatusItem[];
  /** Of all canaries in view: what a NAME that is not there may have meant. */
  readonly names: readonly string[];
  /** The API server's time. */
  readonly now: number;
}

export type Read = (signal: AbortSignal) => Promise<Seen>;

/** The ways to ask that all reading commands share. */
export interface Reading {
  readonly send: Send;
  readonly objects: Objects;
  now(): number;
}

const recordLabel = { 'canary.run/kind': 'record' };

export function readingOf(world: World, namespace: string): Reading {
  const server = serverClock(world.clock);
  const send = server.wrap(reliable(world.api, world.clock));
  return { send, objects: createObjects({ send, clock: world.clock, namespace }), now: () => server.now() };
}

/** `drift`: also look whether traffic stands where the last run left it; some more reads per canary. */
export function recordReader(world: World, scope: Scope, drift = false): Read {
  const { send, objects, now } = readingOf(world, scope.namespace ?? world.about.namespace);
  const everywhere = scope.namespace === undefined;
  const flaggers = flaggerReader(objects, everywhere);
  return async (signal) => {
    const [records, leases, theirs] = await Promise.all([
      objects.list({ apiVersion: 'v1', kind: 'ConfigMap' }, { labels: recordLabel, metadataOnly: true, everywhere }, signal),
      objects.list({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }, { everywhere }, signal),
      flaggers(signal),
    ]);
    const ours = statusItems({ records: records.items, leases: leases.items, now: now() });
    const all = [...ours, ...flaggerItems(theirs, ours)].sort(byName);
    const items = scope.name === undefined ? all : all.filter((item) => item.name === scope.name);
    const seen = { names: all.map((item) => item.name), now: now() };
    if (!drift) return { ...seen, items };
    const { withDrift } = await import('./drift.ts');
    return { ...seen, items: await withDrift({ send, objects, clock: world.clock }, items, signal) };
  };
}

/** Where the kind is not served, or may not be seen, there is nothing to show, and it is not asked for again. */
function flaggerReader(objects: Objects, everywhere: boolean): (signal: AbortSignal) => Promise<readonly Obj[]> {
  let isHidden = false;
  return async (signal) => {
    if (isHidden) return [];
    try {
      return (await objects.list({ apiVersion: 'flagger.app/v1beta1', kind: 'Canary' }, { everywhere }, signal)).items;
    } catch (error) {
      if (!(error instanceof ApiError) || !(error.missingKind || error.code === 403 || error.code === 404)) throw error;
      isHidden = true;
      return [];
    }
  };
}

/** A NAME that is not there is an answer of its own (exit 6), not an empty table. */
export function demandFound(seen: Pick<Seen, 'items' | 'names'>, scope: Scope): void {
  if (scope.name !== undefined && !seen.items.length) throw notFound(seen, { ...scope, name: scope.name });
}

export function notFound({ names }: Pick<Seen, 'names'>, { name, namespace = '' }: Scope & { name: string }): PreflightError {
  return new PreflightError(
    `no canary "${name}" in namespace ${namespace}${didYouMean(name, names)}`,
    'canary status -A shows all of them',
  );
}
