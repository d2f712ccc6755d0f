// The routing kinds that our routers write, as CRDs that take any spec: what is tested is what we write, not the meshes' own schemas.
import type { Obj } from '../../src/contracts.ts';
import { ask, must, type Cluster } from './cluster.ts';

type Row = readonly [group: string, kind: string, plural: string, versions: readonly string[], short: string];

const rows: readonly Row[] = [
  ['networking.istio.io', 'VirtualService', 'virtualservices', ['v1beta1', 'v1', 'v1alpha3'], 'vs'],
  ['networking.istio.io', 'DestinationRule', 'destinationrules', ['v1beta1', 'v1', 'v1alpha3'], 'dr'],
  ['split.smi-spec.io', 'TrafficSplit', 'trafficsplits', ['v1alpha1', 'v1alpha2', 'v1alpha3'], 'ts'],
];

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

function definition([group, kind, plural, versions, short]: Row): Obj {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List`, shortNames: [short] },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: { openAPIV3Schema: anything },
      })),
    },
  };
}

/** Those that are not there yet; resolves when all are served. */
export async function installRoutingKinds(cluster: Cluster): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const row of rows) {
    const { status, text } = await ask(cluster, { method: 'POST', path, body: definition(row) });
    if (status >= 300 && status !== 409) throw new Error(`${row[1]}: ${text}`);
  }
  for (const [group, , plural, versions] of rows) {
    for (let tries = 0; ; tries++) {
      if ((await ask(cluster, { path: `/apis/${group}/${versions[0]}/${plural}` })).status === 200) break;
      if (tries === 100) await must(cluster, { path: `/apis/${group}/${versions[0]}/${plural}` });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
