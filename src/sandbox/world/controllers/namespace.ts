// Namespaces: each gets its default ServiceAccount and root certificate; one that is being deleted is emptied, then gone.
import type { Obj } from '../../../contracts.ts';
import { isTerminating } from '../shapes.ts';
import type { SandboxWorld } from '../types.ts';
import { type Controller, splitKey } from './controller.ts';
import { endPod } from './pod-end.ts';

function furnish(world: SandboxWorld, namespace: string): void {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
  const certificate = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace }, data: { 'ca.crt': '' } };
  for (const object of [account, certificate] as Obj[]) {
    if (world.get(object.kind, namespace, object.metadata.name) === undefined) world.store.create(world.row(object.kind), object);
  }
}

/** True: nothing is left. */
function empty(world: SandboxWorld, namespace: string): boolean {
  let left = 0;
  for (const row of world.kinds) {
    if (!row.namespaced || row.group === 'events.k8s.io') continue;
    for (const object of world.list(row.group === '' ? row.kind : `${row.kind}.${row.group}`, namespace)) {
      if (row.kind === 'Pod') endPod(object, world);
      else world.store.remove(row, object);
      left += row.kind === 'Pod' ? 1 : 0;
    }
  }
  return left === 0;
}

function reconcile(key: string, world: SandboxWorld): void {
  const [, name] = splitKey(key);
  const namespace = world.get('Namespace', undefined, name);
  if (namespace === undefined) return;
  if (!isTerminating(namespace)) return furnish(world, name);
  if (empty(world, name)) world.store.remove(world.row('Namespace'), namespace);
  else world.later('namespace', key, Math.max(1, world.knobs.podEndMs));
}

export const namespace: Controller = {
  id: 'namespace',
  on: { Namespace: ({ after }) => [`/${after.metadata.name}`] },
  reconcile,
};
