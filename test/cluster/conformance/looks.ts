// Requests that only look: of one object, of many in pages, of a history, of what is not there. It sends nothing.
import type { Json } from '../../../src/contracts.ts';
import type { Turn } from './generate.ts';
import type { PlayedKind } from './kinds.ts';
import { FIELD_SELECTORS, LABEL_SELECTORS, NAMES } from './metadata.ts';
import type { Step } from './step.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const METADATA = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';

export function pathOf({ apiVersion, plural }: Pick<PlayedKind, 'apiVersion' | 'plural'>): string {
  return `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}/namespaces/«ns»/${plural}`;
}

function get(path: string, accept?: string): Step {
  return { method: 'GET', path, ...(accept === undefined ? {} : { accept }) };
}

/** The columns of a custom kind are what its CustomResourceDefinition says, and Istio's says more than this ring's. */
function tableOf({ kind }: PlayedKind): string | undefined {
  return kind === 'VirtualService' ? undefined : TABLE;
}

function one({ kind, dice: d }: Turn): Step {
  const path = `${pathOf(kind)}/${d.pick(NAMES)}`;
  if (d.chance(0.1) && kind.subresources.length > 0) return get(`${path}/${d.pick(kind.subresources)}`);
  if (d.chance(0.05)) return get(`${path}/odd`);
  if (d.chance(0.1)) return get(`${path}?resourceVersion=${d.pick(['0', '', 'nonsense'])}`);
  return get(
    path,
    d.pick([undefined, undefined, undefined, undefined, tableOf(kind), METADATA, 'application/yaml;q=0.9,application/json', 'text/html']),
  );
}

function query(parts: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parts).map(
    ([key, value]) => `${key}=${encodeURIComponent(value).replaceAll('%C2%AB', '«').replaceAll('%C2%BB', '»')}`,
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function many({ kind, dice: d }: Turn): Step[] {
  const labels = d.chance(0.5) ? { labelSelector: d.pick(LABEL_SELECTORS) } : {};
  const fields = d.chance(0.2) ? { fieldSelector: d.pick(FIELD_SELECTORS) } : {};
  const accept = d.pick([undefined, undefined, undefined, METADATA_LIST, tableOf(kind)]);
  const path = pathOf(kind);
  if (d.chance(0.3)) {
    const limit = d.pick(['1', '2', '500']);
    const next = get(`${path}${query({ ...labels, limit, continue: '«continue»' })}`, accept);
    return [get(`${path}${query({ ...labels, ...fields, limit })}`, accept), next, ...(d.chance(0.5) ? [next] : [])];
  }
  const odd = d.chance(0.1)
    ? d.pick([{ limit: '-1' }, { limit: 'x' }, { continue: 'nonsense' }, { resourceVersion: 'nonsense' }, { resourceVersion: '0' }])
    : {};
  return [get(`${path}${query({ ...labels, ...fields, ...odd })}`, accept)];
}

/**
 * From the last list on, from the first, from the beginning of time: that is forgotten for kinds that came later, and for the others where the
 * server is old enough.
 */
function history({ kind, dice: d }: Turn): Step {
  const since = d.pick(['«list»', '«list»', '«first»', '«first»', '«first»', '1', 'nonsense']);
  const version = since === '1' && !kind.isCustom ? '«first»' : since;
  const labels = d.chance(0.4) ? { labelSelector: d.pick(['app=x', 'app!=x', 'tier', 'app in (x,y)']) } : {};
  const fields = d.chance(0.2) ? { fieldSelector: 'metadata.name=a' } : {};
  const accept = d.pick([undefined, undefined, METADATA, tableOf(kind)]);
  const parts = { watch: '1', timeoutSeconds: '1', resourceVersion: version, ...labels, ...fields };
  return { ...get(`${pathOf(kind)}${query(parts)}`, accept), isWatch: true };
}

function review({ kind, dice: d }: Turn): Step {
  const group = kind.apiVersion.includes('/') ? kind.apiVersion.split('/')[0] : '';
  const attributes = { namespace: '«ns»', verb: d.pick(['get', 'patch', '*']), group: group ?? '', resource: kind.plural };
  const body: Json = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: attributes } };
  return { method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body };
}

const ELSEWHERE: readonly Step[] = [
  get('/apis/odd.example.com/v1/namespaces/«ns»/odds'),
  get('/apis/apps/v9/namespaces/«ns»/deployments'),
  get('/api/v1/namespaces/«ns»/odds'),
  get('/api/v1/namespaces/«ns»/odds/a'),
  get('/api/v1/namespaces/«ns»'),
  get('/api/v1/namespaces/not-there'),
  get('/api/v1/namespaces/not-there/configmaps'),
  get('/api/v1/namespaces/not-there/configmaps/a'),
  get('/api/v1/namespaces/«ns»/pods'),
  get('/api/v1/namespaces/«ns»/pods/none'),
  get('/api/v1/namespaces/«ns»/pods', TABLE),
  { method: 'POST', path: '/api/v1/namespaces/not-there/configmaps', body: { metadata: { name: 'a' } } },
  { method: 'POST', path: '/api/v1/namespaces?dryRun=All', body: { metadata: { name: 'dry-«ns»' } } },
  { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: '«ns»' } } },
  { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'Bad_Name' } } },
  { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'dotted.name' } } },
  { method: 'PUT', path: '/api/v1/namespaces/«ns»/configmaps', body: {} },
  { method: 'PATCH', path: '/api/v1/namespaces/«ns»/configmaps', type: 'application/merge-patch+json', body: {} },
  { method: 'POST', path: '/api/v1/namespaces/«ns»/configmaps/a', body: { metadata: { name: 'a' } } },
  { method: 'DELETE', path: '/api/v1/namespaces/not-there' },
];

export function looks(turn: Turn): Step[] {
  const { dice: d, kind } = turn;
  const roll = d.below(20);
  if (roll < 7) return [one(turn)];
  if (roll < 14) return many(turn);
  if (roll < 16) return [history(turn)];
  if (roll < 17) return [{ method: 'DELETE', path: `${pathOf(kind)}${query({ labelSelector: 'app=x' })}` }];
  return [roll < 18 ? review(turn) : d.pick(ELSEWHERE)];
}
