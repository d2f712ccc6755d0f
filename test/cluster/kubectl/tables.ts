// Rows as the real API server prints them, beside the same objects printed by the sandbox's columns. It must not compare.
import type { JsonObject, Obj } from '../../../src/contracts.ts';
import { tableOf } from '../../../src/sandbox/api/representation.ts';
import { KINDS } from '../../../src/sandbox/world/kinds.ts';
import { ask, must, type Cluster } from '../cluster.ts';
import type { OddObject } from './odd-objects.ts';

function inNamespace(path: string, namespace: string): string {
  return `/${path.replace('/NS/', `/namespaces/${namespace}/`)}`;
}

function nameOf({ body }: OddObject): string {
  return String((body['metadata'] as JsonObject)['name']);
}

const MERGE = 'application/merge-patch+json';

/** `settled`: what else writes the object's status has had its say. */
export async function make(cluster: Cluster, namespace: string, odd: OddObject): Promise<void> {
  const text = JSON.stringify(odd.body).replaceAll('"NS"', `"${namespace}"`);
  await must(cluster, { method: 'POST', path: inNamespace(odd.path, namespace), body: JSON.parse(text) as unknown });
}

export async function writeStatus(cluster: Cluster, namespace: string, odd: OddObject): Promise<void> {
  if (!odd.status) return;
  const path = `${inNamespace(odd.path, namespace)}/${nameOf(odd)}/status`;
  // What the stand-in of the kubelet said goes first: a merge would keep it.
  const { status } = await must(cluster, { path });
  const gone = Object.fromEntries(Object.keys(status as JsonObject).map((field) => [field, null]));
  await must(cluster, { method: 'PATCH', path, type: MERGE, body: { status: { ...gone, ...odd.status } } });
}

export interface Rows {
  readonly columns: readonly (readonly unknown[])[];
  /** By the object's name. */
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
}

interface Table {
  readonly columnDefinitions: readonly {
    readonly name: string;
    readonly type: string;
    readonly format: string;
    readonly priority: number;
  }[];
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: Obj }[];
}

function rowsOf({ columnDefinitions, rows }: Table): Rows {
  return {
    columns: columnDefinitions.map(({ name, type, format, priority }) => [name, type, format, priority]),
    rows: Object.fromEntries(rows.map(({ cells, object }) => [object.metadata.name, cells])),
  };
}

/** Both print what the real API server holds at that moment. */
export async function bothTables(cluster: Cluster, namespace: string, path: string): Promise<{ readonly real: Rows; readonly ours: Rows }> {
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const answer = await ask(cluster, { path: `${inNamespace(path, namespace)}?includeObject=Object`, accept });
  const real = answer.json as unknown as Table;
  const [, root = '', ...rest] = `/${path}`.split('/');
  const group = root === 'api' ? '' : (rest[0] ?? '');
  const row = KINDS.find((kind) => kind.group === group && path.endsWith(`/${kind.plural}`));
  if (!row) throw new Error(`the sandbox does not serve ${path}`);
  const now = Date.parse(String(answer.headers['date']));
  const objects = real.rows.map(({ object }) => object);
  return { real: rowsOf(real), ours: rowsOf(tableOf(row, objects, { now, include: 'Object', hasHeader: true }) as Table) };
}
