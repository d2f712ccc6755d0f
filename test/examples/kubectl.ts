// The few kubectl commands of the walk-throughs, asked of the sandbox as kubectl asks and printed as it prints. Anything else is refused.
import { readFileSync } from 'node:fs';
import { dump, loadAll } from 'js-yaml';
import type { JsonObject } from '../../src/spec/types.ts';
import type { Send, Wire } from '../../src/ports.ts';

interface Resource {
  readonly path: string;
  readonly plural: string;
  readonly shown: string;
}

/** In the versions that the sandbox prefers. */
const resources: Readonly<Record<string, Resource>> = {
  deployment: { path: '/apis/apps/v1', plural: 'deployments', shown: 'deployment.apps' },
  endpoints: { path: '/api/v1', plural: 'endpoints', shown: 'endpoints' },
  service: { path: '/api/v1', plural: 'services', shown: 'service' },
  virtualservice: { path: '/apis/networking.istio.io/v1', plural: 'virtualservices', shown: 'virtualservice.networking.istio.io' },
  httproute: { path: '/apis/gateway.networking.k8s.io/v1', plural: 'httproutes', shown: 'httproute.gateway.networking.k8s.io' },
  trafficsplit: { path: '/apis/split.smi-spec.io/v1alpha3', plural: 'trafficsplits', shown: 'trafficsplit.split.smi-spec.io' },
};
const aliases: Readonly<Record<string, string>> = { deploy: 'deployment', deployments: 'deployment', svc: 'service', vs: 'virtualservice' };
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** What it prints, and on which way out is all the same to a terminal. */
export async function kubectl(words: readonly string[], send: Send): Promise<string[]> {
  const { namespace, format, files, rest } = optionsIn(words);
  const [verb = '', ...names] = rest;
  const at = (kind: string, name = ''): string => pathOf(resourceOf(kind), namespace, name);
  if (verb === 'set' && names.length === 3 && names[0] === 'image') return setImage(names.slice(1), { at, send });
  if (verb === 'get' && !files.length && names.length === 1) return table(await ask(send, { method: 'GET', url: at(names[0] ?? ''), headers: tableHeaders }));
  if (verb === 'get' && !files.length && names.length === 2 && format === 'yaml')
    return yamlLines((await ask(send, { method: 'GET', url: at(names[0] ?? '', names[1]) })).body);
  if (verb === 'apply' && files.length && !names.length) return (await Promise.all(files.map((file) => applyFile(file, send)))).flat();
  throw new Error(`the test knows no such command: kubectl ${words.join(' ')}`);
}

interface Options {
  readonly namespace: string;
  readonly format?: string;
  readonly files: readonly string[];
  readonly rest: readonly string[];
}

function optionsIn(words: readonly string[]): Options {
  const given: Record<string, string[]> = { '-n': [], '-o': [], '-f': [] };
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const values = given[word];
    if (values) values.push(words[++at] ?? '');
    else rest.push(word);
  }
  const [format] = given['-o'] ?? [];
  return { namespace: given['-n']?.[0] ?? 'default', ...(format ? { format } : {}), files: given['-f'] ?? [], rest };
}

function resourceOf(kind: string): Resource {
  const found = resources[aliases[kind] ?? kind];
  if (!found) throw new Error(`the test knows no kind ${kind} for kubectl`);
  return found;
}

function pathOf({ path, plural }: Resource, namespace: string, name: string): string {
  return `${path}/namespaces/${namespace}/${plural}${name && `/${name}`}`;
}

const tableHeaders = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const strategic = { 'content-type': 'application/strategic-merge-patch+json' };

interface Ways {
  readonly send: Send;
  at(kind: string, name?: string): string;
}

async function setImage([target = '', change = '']: readonly string[], { at, send }: Ways): Promise<string[]> {
  const [kind = '', name = ''] = target.split('/');
  const [container, image] = change.split('=');
  const body = { spec: { template: { spec: { containers: [{ name: container, image }] } } } };
  await ask(send, { method: 'PATCH', url: at(kind, name), headers: strategic, body });
  return [`${resourceOf(kind).shown}/${name} image updated`];
}

async function applyFile(file: string, send: Send): Promise<string[]> {
  const objects = loadAll(readFileSync(file, 'utf8')) as (JsonObject & { kind: string; metadata: JsonObject })[];
  return (await Promise.all(objects.map((object) => applyOne(object, send)))).flat();
}

interface Live {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>>; readonly resourceVersion: string };
}

/** Fields that a file no longer holds are not taken away: no walk-through does that. */
async function applyOne(object: JsonObject & { kind: string; metadata: JsonObject }, send: Send): Promise<string[]> {
  const resource = resourceOf(object.kind.toLowerCase());
  const name = String(object.metadata['name']);
  const { annotations, namespace = 'default' } = object.metadata;
  const kept = { ...(annotations as JsonObject), [lastApplied]: `${JSON.stringify(object)}\n` };
  const body = { ...object, metadata: { ...object.metadata, annotations: kept } };
  const url = pathOf(resource, String(namespace), name);
  const before = await ask(send, { method: 'GET', url, also: 404 });
  if (before.status === 404) {
    await ask(send, { method: 'POST', url: pathOf(resource, String(namespace), ''), body });
    return [`${resource.shown}/${name} created`];
  }
  const live = before.body as Live;
  const isOurs = live.metadata.annotations?.[lastApplied] !== undefined;
  const after = (await ask(send, { method: 'PATCH', url, headers: strategic, body })).body as Live;
  const did = after.metadata.resourceVersion === live.metadata.resourceVersion ? 'unchanged' : 'configured';
  return [...(isOurs ? [] : [unknownOrigin(`${resource.plural}/${name}`)]), `${resource.shown}/${name} ${did}`];
}

/** As kubectl warns of what it did not make itself. */
function unknownOrigin(what: string): string {
  return (
    `Warning: resource ${what} is missing the ${lastApplied} annotation which is required by kubectl apply. ` +
    'kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. ' +
    'The missing annotation will be patched automatically.'
  );
}

function yamlLines(object: unknown): string[] {
  const lines = dump(object, { sortKeys: true, noArrayIndent: true, quotingType: "'", lineWidth: -1 }).trimEnd().split('\n');
  return lines.map(quotedAsGo);
}

/** Go's YAML puts what would be read as something else than a text between double quotes, any other text between single ones. */
function quotedAsGo(line: string): string {
  return line.replace(/(?<=(?:^|[:-] ))'((?:true|false|null|[-+.\d][-+.:\dTZe]*)?)'$/, '"$1"');
}

function table({ body }: { body: unknown }): string[] {
  const { columnDefinitions, rows } = body as {
    columnDefinitions: { name: string; priority: number }[];
    rows: { cells: unknown[] }[];
  };
  const shown = columnDefinitions.flatMap(({ priority }, at) => (priority === 0 ? [at] : []));
  const lines = [columnDefinitions.map(({ name }) => name.toUpperCase()), ...rows.map(({ cells }) => cells.map(String))];
  const widths = shown.map((at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines.map((line) =>
    shown
      .map((at, place) => (line[at] ?? '').padEnd((widths[place] ?? 0) + 3))
      .join('')
      .trimEnd(),
  );
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Question = Pick<Wire, 'method' | 'url'> & { readonly headers?: Wire['headers']; readonly body?: object; readonly also?: number };

/** Anything but 2xx and `also` is an error of the walk-through. */
async function ask(send: Send, { method, url, headers = {}, body, also }: Question): Promise<Answer> {
  const reply = await send({ method, url, headers, ...(body ? { body: JSON.stringify(body) } : {}) }, new AbortController().signal);
  let text = '';
  for await (const part of reply.body) text += Buffer.from(part).toString();
  if (reply.status >= 300 && reply.status !== also) throw new Error(`${method} ${url}: ${reply.status} ${text}`);
  return { status: reply.status, body: JSON.parse(text) as unknown };
}
