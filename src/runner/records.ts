// The records of a cluster, found by name or all of them, and the spec that each was last driven with: for what needs no file.
import type { Canary } from '../contracts.ts';
import { PreflightError } from '../errors.ts';
import { labels, parseRecord, readKept, type Stored } from '../kube/record.ts';
import { loadCanaries } from '../spec/load.ts';
import type { Env } from './env.ts';

export async function recordsOf(env: Env, { name, namespace }: { name?: string; namespace?: string }): Promise<Stored[]> {
  const scope = namespace === undefined ? { everywhere: true } : {};
  const type = { apiVersion: 'v1', kind: 'ConfigMap' };
  const { items } = await env.objects(namespace ?? 'default').list(type, { labels: { [labels.kind]: 'record' }, ...scope }, env.signal);
  const records = items.map((item) => parseRecord({ ...item, apiVersion: 'v1', kind: 'ConfigMap' }));
  return records.flatMap((record) => (record.is === 'present' && (name === undefined || record.state.canary === name) ? [record] : []));
}

/** The target that a record is about: where its companion is found. */
export function ownerOf({ state, object }: Stored): Pick<Canary, 'targetRef' | 'namespace'> {
  const [kind = 'Deployment', name = state.canary] = (object.metadata.annotations?.['canary.run/target'] ?? '').split('/');
  return { targetRef: { apiVersion: 'apps/v1', kind, name }, namespace: object.metadata.namespace ?? 'default' };
}

/** Through the same reader and checks as any file. Alerts are not kept with their addresses, so there are none. */
export async function canaryOf(env: Env, record: Stored): Promise<Canary> {
  const owner = ownerOf(record);
  const kept = await readKept(env.objects(owner.namespace), owner, env.signal);
  const file = { name: `the record of ${record.state.canary}.${owner.namespace}`, text: JSON.stringify(kept?.spec ?? {}) };
  if (!kept || !Object.keys(kept.spec).length) throw new PreflightError(`${file.name} keeps no spec`);
  const { canaries } = loadCanaries([file], { defaultNamespace: owner.namespace });
  const [canary] = canaries;
  if (!canary) throw new PreflightError(`${file.name} keeps no spec`);
  return canary;
}
