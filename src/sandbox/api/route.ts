// Which resource a path names. It must not look at objects.
import type { Headers } from '../../ports.ts';
import { apiVersionOf, type KindRow, type ReviewRow, REVIEWS } from '../world/kinds.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: string | undefined;
}

/** A request for a resource, its kind found. */
export interface Call {
  readonly request: ApiRequest;
  readonly row: KindRow;
  readonly version: string;
  readonly namespace: string | undefined;
  /** '' = the collection. */
  readonly name: string;
  readonly subresource: '' | 'status' | 'scale';
}

export function isDryRun({ request }: Call): boolean {
  return request.query.get('dryRun') === 'All';
}

/** The apiVersion of objects under a path. */
export function servedVersion({ row, version }: Call): string {
  return apiVersionOf(row.group, version);
}

export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace: string | undefined;
  readonly plural: string;
  readonly name: string;
  readonly subresource: string;
}

export function parsePath(path: string): ResourcePath | undefined {
  const parts = path.split('/').slice(1).map(decodeURIComponent);
  const root = parts.shift();
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'api' ? '' : parts.shift();
  const version = parts.shift();
  if (group === undefined || version === undefined || parts.length === 0 || parts.length > 5) return undefined;
  // Below a namespace stand its objects; a namespace itself has only these two below it.
  const isInside = parts[0] === 'namespaces' && parts.length > 2 && !['status', 'finalize'].includes(parts[2] ?? '');
  const namespace = isInside ? parts[1] : undefined;
  const [plural = '', name = '', subresource = ''] = isInside ? parts.slice(2) : parts;
  return { group, version, namespace, plural, name, subresource };
}

export function findCall(request: ApiRequest, kinds: readonly KindRow[]): Call | undefined {
  const path = parsePath(request.path);
  if (path === undefined) return undefined;
  const { group, version, plural, namespace, name, subresource } = path;
  const row = kinds.find((kind) => kind.group === group && kind.plural === plural && kind.versions.includes(version));
  if (row === undefined || (!row.namespaced && namespace !== undefined)) return undefined;
  // A named object of a namespaced kind has a namespace in its path.
  if (row.namespaced && namespace === undefined && name !== '') return undefined;
  if (subresource === '') return { request, row, version, namespace, name, subresource };
  const sub = row.subresources.find((one) => one === subresource);
  return sub && { request, row, version, namespace, name, subresource: sub };
}

/** Of a subresource that a custom kind does not have: the object itself is called missing. */
export function customObject(path: string, kinds: readonly KindRow[]): { readonly row: KindRow; readonly name: string } | undefined {
  const { group, version, plural, name = '' } = parsePath(path) ?? {};
  const row = kinds.find((kind) => kind.custom && kind.group === group && kind.plural === plural && kind.versions.includes(version ?? ''));
  return row === undefined || name === '' ? undefined : { row, name };
}

/** A path below a group of built-in kinds: the server itself says that nothing is there. */
export function isInGroup(path: string, kinds: readonly KindRow[]): boolean {
  const parsed = parsePath(path);
  return parsed !== undefined && kinds.some((row) => !row.custom && row.group === parsed.group);
}

export function findReview(path: string): ReviewRow | undefined {
  const parsed = parsePath(path);
  return REVIEWS.find((row) => parsed?.group === row.group && parsed.version === row.version && parsed.plural === row.plural);
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export function isWatch({ request, name }: Call): boolean {
  const flag = request.query.get('watch');
  return request.method === 'GET' && name === '' && (flag === 'true' || flag === '1');
}

/** Undefined: no such method here. */
export function verbOf(call: Call): Verb | undefined {
  const isNamed = call.name !== '';
  const verbs: Record<ApiRequest['method'], Verb | undefined> = {
    GET: isNamed ? 'get' : isWatch(call) ? 'watch' : 'list',
    POST: isNamed || (call.row.namespaced && call.namespace === undefined) ? undefined : 'create',
    PUT: isNamed ? 'update' : undefined,
    PATCH: isNamed ? 'patch' : undefined,
    DELETE: call.subresource !== '' ? undefined : isNamed ? 'delete' : 'deletecollection',
  };
  return verbs[call.request.method];
}
