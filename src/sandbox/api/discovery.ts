// What the API server says about itself: versions, groups, resources and their short names. It must not look at objects.
import { apiVersionOf, type KindRow, REVIEWS } from '../world/kinds.ts';

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
// Namespaces are deleted one by one.
const ONE_BY_ONE = ALL_VERBS.filter((verb) => verb !== 'deletecollection');
const SUB_VERBS = ['get', 'patch', 'update'];

export const VERSION = {
  major: '1',
  minor: '34',
  emulationMajor: '1',
  emulationMinor: '34',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '33',
  gitVersion: 'v1.34.1+sandbox',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'sandbox',
};

const STAGES = ['alpha', 'beta', ''];

/** v1 before v1beta1 before v1alpha3: stable ones first, then the higher numbers. */
function rank(version: string): number {
  const [, major = '0', stage = '', minor = '0'] = /^v(\d+)(alpha|beta)?(\d+)?$/.exec(version) ?? [];
  return STAGES.indexOf(stage) * 1_000_000 + Number(major) * 1000 + Number(minor);
}

function versionsOf(kinds: readonly KindRow[], group: string): string[] {
  const rows = kinds.filter((row) => row.group === group).flatMap((row) => row.versions);
  const reviews = REVIEWS.filter((row) => row.group === group).map((row) => row.version);
  return [...new Set([...rows, ...reviews])].sort((a, b) => rank(b) - rank(a));
}

function groupOf(kinds: readonly KindRow[], name: string): object {
  const versions = versionsOf(kinds, name).map((version) => ({ groupVersion: apiVersionOf(name, version), version }));
  return { name, versions, preferredVersion: versions[0] };
}

function resourcesOf(row: KindRow): object[] {
  const { namespaced, plural: name, kind, short: shortNames, category: categories } = row;
  const extra = { ...(shortNames.length > 0 ? { shortNames } : {}), ...(categories.length > 0 ? { categories } : {}) };
  const itself = {
    name,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs: kind === 'Namespace' ? ONE_BY_ONE : ALL_VERBS,
    ...extra,
  };
  const scale = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
  const subs = row.subresources.map((sub) => {
    return { name: `${name}/${sub}`, singularName: '', namespaced, ...(sub === 'scale' ? scale : { kind }), verbs: SUB_VERBS };
  });
  return [itself, ...subs];
}

function resourceList(kinds: readonly KindRow[], group: string, version: string): object | undefined {
  if (!versionsOf(kinds, group).includes(version)) return undefined;
  const rows = kinds.filter((row) => row.group === group && row.versions.includes(version)).flatMap(resourcesOf);
  const reviews = REVIEWS.filter((row) => row.group === group && row.version === version).map((row) => {
    return { name: row.plural, singularName: row.kind.toLowerCase(), namespaced: false, kind: row.kind, verbs: ['create'] };
  });
  // The oldest of these pages has no version of its own.
  const head = { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }) };
  return { ...head, groupVersion: apiVersionOf(group, version), resources: [...rows, ...reviews] };
}

function groups(kinds: readonly KindRow[]): string[] {
  return [...new Set([...kinds, ...REVIEWS].map((row) => row.group))].filter((group) => group !== '');
}

/** Undefined: not a page of discovery. */
export function discover(path: string, kinds: readonly KindRow[]): object | string | undefined {
  const [, root, ...parts] = path.replace(/\/$/, '').split('/');
  if (root === 'version' && parts.length === 0) return VERSION;
  if (['healthz', 'readyz', 'livez'].includes(root ?? '')) return 'ok';
  if (root === 'api' && parts.length === 0) {
    const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: 'sandbox:6443' }];
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
  }
  if (root === 'api' && parts.length === 1) return resourceList(kinds, '', parts[0] ?? '');
  if (root !== 'apis') return undefined;
  const [group, version] = parts;
  if (group === undefined) return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups(kinds).map((name) => groupOf(kinds, name)) };
  if (!groups(kinds).includes(group) || parts.length > 2) return undefined;
  return version === undefined ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(kinds, group) } : resourceList(kinds, group, version);
}
