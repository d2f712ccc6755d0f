// What stands in a namespace of the sandbox that anybody wrote, as the checker is told of it. Judges nothing.
import type { SandboxWorld } from '../../src/sandbox/index.ts';
import type { Stored } from './setup.ts';

/** Not pods, replica sets and endpoints: those are the cluster's own. Leases count: an orphan's must be swept. */
const kinds = [
  'Deployment',
  'Service',
  'HorizontalPodAutoscaler',
  'ConfigMap',
  'Secret',
  'VirtualService',
  'DestinationRule',
  'HTTPRoute',
  'TraefikService',
  'Lease',
] as const;

export function storedIn(world: SandboxWorld, namespace: string): Stored[] {
  return kinds.flatMap((kind) => {
    const row = world.kinds.find((one) => one.kind === kind);
    const resource = row?.group ? `${row.group}/${row.plural}` : (row?.plural ?? kind);
    return world.list(kind, namespace).map((stored) => ({ object: `${resource} ${stored.metadata.name}`, stored }));
  });
}
