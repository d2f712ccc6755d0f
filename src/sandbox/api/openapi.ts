// Just enough of OpenAPI v3 for kubectl: that the server takes fieldValidation itself, so that kubectl does not check schemas.
import { apiVersionOf, type KindRow } from '../world/kinds.ts';

function pathOf(group: string, version: string): string {
  return `${group === '' ? 'api' : 'apis'}/${apiVersionOf(group, version)}`;
}

function groupVersions(kinds: readonly KindRow[]): string[] {
  return [...new Set(kinds.flatMap((row) => row.versions.map((version) => pathOf(row.group, version))))];
}

function operations(row: KindRow, version: string): object {
  const type = { group: row.group, version, kind: row.kind };
  const parameters = [{ name: 'fieldValidation', in: 'query', schema: { type: 'string', uniqueItems: true } }];
  const operation = (action: string): object => ({
    parameters,
    responses: {},
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': type,
  });
  const base = `/${pathOf(row.group, version)}${row.namespaced ? '/namespaces/{namespace}' : ''}/${row.plural}`;
  return { [base]: { post: operation('post') }, [`${base}/{name}`]: { put: operation('put'), patch: operation('patch') } };
}

/** Undefined: not a page of OpenAPI v3. */
export function openApi(path: string, kinds: readonly KindRow[]): object | undefined {
  if (!path.startsWith('/openapi/v3')) return undefined;
  const asked = path.slice('/openapi/v3/'.length);
  const all = groupVersions(kinds);
  if (asked === '') return { paths: Object.fromEntries(all.map((one) => [one, { serverRelativeURL: `/openapi/v3/${one}` }])) };
  if (!all.includes(asked)) return undefined;
  const versions = kinds.flatMap((row) => row.versions.map((version) => ({ row, version })));
  const meant = versions.filter(({ row, version }) => pathOf(row.group, version) === asked);
  const paths = Object.assign({}, ...meant.map(({ row, version }) => operations(row, version))) as object;
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.34.1+sandbox' }, paths, components: { schemas: {} } };
}
