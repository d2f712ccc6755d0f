// Holds objects of ours against a recording of Flagger 1.44: everything a cluster acts on must be equal. What is left out, and why:
// - names and ids that each driver writes about itself: owner references, flagger-id, fluxcd annotations, our labels and annotations;
// - what the API server sets; the Canary object (we need none); our record, its companion, Leases and Events;
// - annotations of a primary: Flagger wipes them at promotion, we keep them (decided).
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

/** Live objects as facts. */
export function live(objects: readonly Obj[]): Facts {
  const left = objects.filter(
    ({ kind, metadata }) => kinds[plural(kind)] !== undefined || (['VirtualService', 'DestinationRule'].includes(kind) && metadata.name),
  );
  return Object.fromEntries(
    left
      .filter(({ kind, metadata }) => !(kind === 'ConfigMap' && /^(canary-|kube-root)/.test(metadata.name)))
      .map((object) => [`${object.kind}/${object.metadata.name}`, factsOf(object)]),
  );
}

function plural(kind: string): string {
  return Object.keys(kinds).find((name) => kinds[name] === kind) ?? '';
}

function factsOf(object: Obj): unknown {
  const metadata = { ...object.metadata };
  if (/-primary$/.test(metadata.name)) delete metadata.annotations;
  const { apiVersion: _version, kind: _kind, spec, ...rest } = object;
  const { clusterIP, clusterIPs: _ips, ...left } = (spec ?? {}) as Record<string, unknown>;
  return clean({ ...rest, metadata, spec: clusterIP === 'None' ? { ...left, clusterIP } : left }) ?? {};
}

/** Without what is left out, and without empty values. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.length ? value.map((entry) => clean(entry) ?? {}) : undefined;
  if (typeof value !== 'object' || value === null) return value === '' || value === null ? undefined : value;
  const fields = Object.entries(value)
    .filter(([key]) => !serverSet.includes(key) && !ours.test(key))
    .map(([key, entry]) => [key, clean(entry)] as const)
    .filter(([, entry]) => entry !== undefined);
  return fields.length ? Object.fromEntries(fields) : undefined;
}

/** The routes of a recording in order, repeats collapsed: 'VirtualService/podinfo' -> their http parts. */
export function recordedRoutes(transcript: string): Record<string, unknown[]> {
  const routes: Record<string, unknown[]> = {};
  for (const line of transcript.split('\n')) {
    const [, object, text] = /^\s*[\d.]+ {2}route {4}(\S+) (.*)$/.exec(line) ?? [];
    if (object && text) follow((routes[object] ??= []), JSON.parse(text));
  }
  return routes;
}

export function follow(list: unknown[], entry: unknown): void {
  if (JSON.stringify(list.at(-1)) !== JSON.stringify(entry)) list.push(entry);
}
