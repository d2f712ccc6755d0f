// Holds objects of ours against a recording of Flagger 1.44: everything a cluster acts on must be equal. What is left out, and why:
// - names and ids that each driver writes about itself: owner references, flagger-id, fluxcd annotations, our labels and annotations;
// - what the API server sets; the Canary object (we need none); our record, its companion, Leases and Events;
// - annotations of a primary: Flagger wipes them at promotion, we keep them (decided);
// - copies of config: ours are immutable and named by content, so that old code never meets new config; the one in use is compared;
// - cookie values are random, and ours for the primary is new with every weight (as Flagger's documentation has it);
// - of hooks: rollback hooks are heard while the first gate is closed, too (decided); a gate that is closed does not make the checks before it run again (decided); an event webhook is told each line once, in our words;
//   the phase in it is the one that the line leads to; the cluster's name in alerts.
import yaml from 'js-yaml';
import type { Obj } from '../../src/contracts.ts';

const ours =
  /^(flagger|kustomize\.toolkit|helm\.toolkit|canary\.run|kubectl\.kubernetes|deployment\.kubernetes\.io|app\.kubernetes\.io\/managed-by)/;
const serverSet = [
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'managedFields',
  'generation',
  'selfLink',
  'ownerReferences',
  'finalizers',
  'namespace',
  'status',
  'object',
];
const kinds: Record<string, string> = {
  deployments: 'Deployment',
  services: 'Service',
  horizontalpodautoscalers: 'HorizontalPodAutoscaler',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
};

export type Facts = Record<string, unknown>;

/** A recording's file as facts by 'Kind/name'. */
export function recorded(text: string): Facts {
  const documents = yaml.loadAll(text) as (Obj & { object: string })[];
  const facts: Facts = {};
  for (const document of documents) {
    const [kind = '', name = ''] = document.object.split('/');
    if (kind !== 'Canary') facts[`${kinds[kind] ?? kind}/${name}`] = factsOf({ ...document, kind: kinds[kind] ?? kind });
  }
  return facts;
}

const routing = ['VirtualService', 'DestinationRule', 'HTTPRoute', 'TrafficSplit', 'TraefikService'];
/** `cfg-env-primary-1a2b3c4d` is our copy of what Flagger copies to `cfg-env-primary`. */
const copyName = /-primary-[0-9a-f]{8}$/;

/** Live objects as facts. */
export function live(objects: readonly Obj[]): Facts {
  const inUse = JSON.stringify(objects.filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('-primary')));
  const left = objects
    .filter(({ kind }) => plural(kind) !== '' || routing.includes(kind))
    .filter(({ kind, metadata }) => !(kind === 'ConfigMap' && /^(canary-|kube-root)/.test(metadata.name)))
    .filter(({ metadata }) => !copyName.test(metadata.name) || inUse.includes(`"${metadata.name}"`));
  return Object.fromEntries(
    left.map((object) => [`${object.kind}/${object.metadata.name.replace(copyName, '-primary')}`, factsOf(object)]),
  );
}

function plural(kind: string): string {
  return Object.keys(kinds).find((name) => kinds[name] === kind) ?? '';
}

function factsOf(object: Obj): unknown {
  const metadata = { ...object.metadata, name: object.metadata.name.replace(copyName, '-primary') };
  if (/-primary$/.test(metadata.name)) delete metadata.annotations;
  const { apiVersion: _version, kind: _kind, immutable: _immutable, spec, ...rest } = object;
  const { clusterIP, clusterIPs: _ips, ...left } = (spec ?? {}) as Record<string, unknown>;
  const facts = clean({ ...rest, metadata, spec: clusterIP === 'None' ? { ...left, clusterIP } : left }) ?? {};
  return JSON.parse(withoutCookies(JSON.stringify(facts)));
}

/** Without what is left out, and without empty values. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.length ? value.map((entry) => clean(entry) ?? {}) : undefined;
  if (typeof value === 'string' && copyName.test(value)) return value.replace(copyName, '-primary');
  if (typeof value !== 'object' || value === null) return value === '' || value === null ? undefined : value;
  const fields = Object.entries(value)
    .filter(([key]) => !serverSet.includes(key) && !ours.test(key))
    // Which node port it is, the API server chooses.
    .map(([key, entry]) => [key, key === 'nodePort' ? 'allocated' : clean(entry)] as const)
    .filter(([, entry]) => entry !== undefined);
  return fields.length ? Object.fromEntries(fields) : undefined;
}

/** The routes of a recording in order, repeats collapsed: 'VirtualService/podinfo' -> its http part, or what stands for it. */
export function recordedRoutes(transcript: string): Record<string, unknown[]> {
  const routes: Record<string, unknown[]> = {};
  for (const line of transcript.split('\n')) {
    const [, object, text] = /^\s*[\d.]+ {2}route {4}(\S+) (.*)$/.exec(line) ?? [];
    if (object && text) follow((routes[object] ??= []), routed(JSON.parse(text)));
  }
  return routes;
}

export function follow(list: unknown[], entry: unknown): void {
  if (JSON.stringify(list.at(-1)) !== JSON.stringify(entry)) list.push(entry);
}

/** A route with its random cookie values made alike, and lists of backends in one order. */
export function routed(route: unknown): unknown {
  const value: unknown = JSON.parse(withoutCookies(JSON.stringify(route ?? [])));
  const isSplit = Array.isArray(value) && value.every((entry) => 'service' in (entry as object));
  return isSplit ? [...(value as { service: string }[])].sort((one, two) => (one.service < two.service ? -1 : 1)) : value;
}

export interface Call {
  path: string;
  code: number;
  body: unknown;
}

/** By receiver, in order, each said once; of event lines only what they are made of. */
export function calls(all: readonly Call[]): Record<string, unknown[]> {
  const found: Record<string, unknown[]> = {};
  for (const { path, code, body } of all.filter((call) => !isAskedEarly(call))) {
    const list = (found[path] ??= []);
    const plain = JSON.stringify({ code, body }).replace(/("title":"Cluster",)?"value":"(lab|sandbox|test)"/g, '$1"value":"-"');
    const named = plain.replace(/<strong>(lab|sandbox|test)</g, '<strong>-<').replace(/"checksum":"[^"]*"/, '"checksum":"-"');
    const entry: unknown = JSON.parse(named);
    const facts = path === 'event' ? shape(entry) : entry;
    if (!list.some((other) => JSON.stringify(other) === JSON.stringify(facts))) list.push(facts);
  }
  return found;
}

function isAskedEarly({ path, body }: Call): boolean {
  return path === 'rollback' && (body as { phase: string }).phase === 'Waiting';
}

/** The same keys with the same kinds of value; not the words and moments. */
function shape(entry: unknown): unknown {
  const { code, body } = entry as { code: number; body: { name: string; namespace: string; metadata: Record<string, string> } };
  const { name, namespace, metadata } = body;
  const { eventMessage, eventType, timestamp, ...own } = metadata;
  const kinds = [typeof eventMessage, ['Normal', 'Warning'].includes(String(eventType)), /^\d{13}$/.test(String(timestamp))];
  return { code, name, namespace, fields: Object.keys(body).sort(), own, kinds };
}

function withoutCookies(text: string): string {
  return text.replace(/((?:flagger|primary)-cookie(?:=|\.\*))[A-Za-z]{10}/g, '$1VALUE');
}
