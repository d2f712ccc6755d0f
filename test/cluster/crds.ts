// The kinds of routing, as CRDs. Those of Gateway API and of Traefik are the real ones, read from the Go modules that the ring of real traffic pins, so
// that what we write is checked by their schemas. Those of the meshes take any spec: what is tested is what we write.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import yaml from 'js-yaml';
import { isObject } from '../../src/common/json.ts';
import type { JsonObject, Obj } from '../../src/contracts.ts';
import { ask, must, type Cluster } from './cluster.ts';

type Row = readonly [group: string, kind: string, plural: string, versions: readonly string[], short: string];

const meshes: readonly Row[] = [
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

/** The kinds that our routers write, and what stands around them: those that are not there yet. Resolves when all are served. */
export async function installRoutingKinds(cluster: Cluster): Promise<void> {
  const names = ['httproutes', 'gateways', 'gatewayclasses', 'referencegrants'].map((plural) => `${plural}.gateway.networking.k8s.io`);
  await installReal(cluster, (name) => [...names, 'traefikservices.traefik.io'].includes(name));
  await install(cluster, meshes.map(definition));
}

/** All that a real Traefik watches: without one of them it waits. Those that are not there yet; resolves when all are served. */
export function installProxyKinds(cluster: Cluster): Promise<void> {
  return installReal(cluster, (name) => /\.(gateway\.networking\.k8s|traefik)\.io$/.test(name));
}

/** Has their modules on this machine: from then on nobody else is asked for them. */
export function requireProxyKinds(): void {
  for (const { module } of modules) folderOf(module);
}

const modules = [
  // The experimental channel has every field of the standard one, and those for copies in part and for CORS.
  { module: 'sigs.k8s.io/gateway-api', at: 'config/crd/experimental', files: /\.yaml$/ },
  {
    module: 'github.com/traefik/traefik/v3',
    at: 'docs/content/reference/dynamic-configuration',
    files: /^kubernetes-crd-definition-v1\.yml$/,
  },
];

async function installReal(cluster: Cluster, isWanted: (name: string) => boolean): Promise<void> {
  const wanted = modules.flatMap(definitionsIn).filter(({ metadata }) => isWanted(metadata.name));
  await install(cluster, wanted);
}

function definitionsIn({ module, at, files }: (typeof modules)[number]): Obj[] {
  const folder = join(folderOf(module), at);
  const texts = readdirSync(folder).filter((file) => files.test(file));
  return texts
    .flatMap((file) => yaml.loadAll(readFileSync(join(folder, file), 'utf8')) as (Obj | null)[])
    .flatMap((object) => (object?.kind === 'CustomResourceDefinition' ? [object] : []));
}

/** Downloads the module where the machine has none. */
function folderOf(module: string): string {
  const look = (): string => go('list', '-m', '-f', '{{.Dir}}', module);
  const found = look();
  if (found) return found;
  go('mod', 'download', module);
  return look();
}

function go(...argv: readonly string[]): string {
  // Rings run in the root of the checkout; where this file is bundled to, it cannot know.
  const cwd = resolve('test/traffic/traefik');
  const env = { ...process.env, GOWORK: 'off', GOFLAGS: '-mod=readonly' };
  const { status, stdout, stderr, error } = spawnSync('go', argv, { cwd, env, encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`the CRDs of Gateway API and Traefik: go ${argv.join(' ')}: ${error?.message ?? stderr.trim().slice(-500)}`);
  return stdout.trim();
}

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

async function install(cluster: Cluster, definitions: readonly Obj[]): Promise<void> {
  for (const body of definitions) {
    const { status, text } = await ask(cluster, { method: 'POST', path, body });
    if (status >= 300 && status !== 409) throw new Error(`${body.metadata.name}: ${text}`);
  }
  for (const { metadata } of definitions) await established(cluster, metadata.name);
}

/** Served, too: the condition comes a moment before. */
async function established(cluster: Cluster, name: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const definition = await must(cluster, { path: `${path}/${name}` });
    const collections = isEstablished(definition) ? collectionsOf(definition) : [];
    const statuses = await Promise.all(collections.map(async (each) => (await ask(cluster, { path: each })).status));
    if (statuses.length && statuses.every((status) => status === 200)) return;
    if (tries === 100) throw new Error(`${name} is not served after 10 s: ${JSON.stringify(definition['status']).slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function isEstablished({ status }: JsonObject): boolean {
  const conditions = isObject(status) && Array.isArray(status['conditions']) ? status['conditions'].filter(isObject) : [];
  return conditions.some((each) => each['type'] === 'Established' && each['status'] === 'True');
}

interface Served {
  readonly group: string;
  readonly names: { readonly plural: string };
  readonly versions: readonly { readonly name: string; readonly served: boolean }[];
}

function collectionsOf({ spec }: JsonObject): string[] {
  const { group, names, versions } = spec as unknown as Served;
  return versions.filter(({ served }) => served).map(({ name }) => `/apis/${group}/${name}/${names.plural}`);
}
