// The garbage collector: what an owner leaves behind is deleted. It must not delete what has another owner left.
import type { Obj } from '../../../contracts.ts';
import { kindName, type KindRow } from '../kinds.ts';
import type { StoreEvent } from '../store.ts';
import type { SandboxWorld } from '../types.ts';
import type { Controller } from './controller.ts';
import { endPod } from './pod-end.ts';
import { splitKey } from './controller.ts';

interface Dependent {
  readonly row: KindRow;
  readonly object: Obj;
}

function dependents(world: SandboxWorld, uid: string): Dependent[] {
  return world.kinds
    .filter(({ group }) => group !== 'events.k8s.io')
    .flatMap((row) => world.list(kindName(row)).map((object) => ({ row, object })))
    .filter(({ object }) => object.metadata.ownerReferences?.some((owner) => owner['uid'] === uid));
}

function reconcile(key: string, world: SandboxWorld): void {
  const [, uid] = splitKey(key);
  for (const { row, object } of dependents(world, uid)) {
    const owners = (object.metadata.ownerReferences ?? []).filter((owner) => owner['uid'] !== uid);
    if (owners.length > 0) world.store.update(row, { ...object, metadata: { ...object.metadata, ownerReferences: owners } });
    else if (object.kind === 'Pod') endPod(object, world);
    else world.store.remove(row, object);
  }
}

function onDeletion({ type, after }: StoreEvent): readonly string[] {
  return type === 'DELETED' ? [`/${after.metadata.uid}`] : [];
}

export const garbage: Controller = {
  id: 'garbage',
  on: {
    Deployment: onDeletion,
    ReplicaSet: onDeletion,
    DaemonSet: onDeletion,
    Service: onDeletion,
    ConfigMap: onDeletion,
    VirtualService: onDeletion,
    HTTPRoute: onDeletion,
    TraefikService: onDeletion,
  },
  reconcile,
};
