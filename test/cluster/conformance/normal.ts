// What two servers' answers come to when everything is taken out that may differ between two servers. It must not compare.
//
// What may differ, and why:
// - uid, resourceVersion, cluster IPs, node ports, generated names: each server hands out its own; equal ones stay equal, others do not.
// - Addresses and ports that a dry run would have handed out: the next one may get them.
// - A list's resourceVersion: others write to the real cluster too; that it is no older than its objects is compared instead.
// - Times that the server sets, and ages: they are when it happened; only that there is a time is compared.
// - managedFields: the sandbox keeps none; nothing of ours reads them.
// - Status and the revision annotation of Deployments and ReplicaSets: written by controllers at their own pace.
//   So are versions in a watch of these kinds, and what it tells twice.
// - Descriptions of a Table's columns, and of the ConfigMap kube-root-ca.crt: documentation, read by nobody of ours.
// - Continue tokens: only their owner reads them.
import { canonical, isObject } from '../../../src/common/json.ts';
import type { Json, JsonObject } from '../../../src/contracts.ts';
import { wordsOf } from './words.ts';
import type { Played } from './play.ts';

export interface Normal {
  readonly status: number;
  readonly type: string;
  readonly bodies: readonly Json[];
}

const STAMPS = ['creationTimestamp', 'deletionTimestamp'];
const CONTROLLED = ['Deployment', 'ReplicaSet'];
const REVISION = 'deployment.kubernetes.io/revision';
const ADDRESSES = ['clusterIP', 'clusterIPs', 'nodePort', 'healthCheckNodePort'];

class Symbols {
  private readonly known = new Map<string, string>();
  private readonly counts = new Map<string, number>();
  /** Of a dry run: addresses that nobody had before are nobody's. */
  isDry = false;

  of(what: string, value: string): string {
    const key = `${what} ${value}`;
    if (what === 'address' && this.isDry && !this.known.has(key)) return 'an address for nobody';
    const count = (this.counts.get(what) ?? 0) + 1;
    const symbol = this.known.get(key) ?? `${what}#${count}`;
    if (!this.known.has(key)) this.counts.set(what, count);
    this.known.set(key, symbol);
    return symbol;
  }

  /** Whatever was met before, wherever it stands in a text. */
  inText(text: string): string {
    let out = text.replaceAll(/\b(made-|Bad_)[a-z0-9]{5}\b/g, (name) => this.of('name', name));
    for (const [key, symbol] of this.known) {
      const cut = key.indexOf(' ');
      const value = key.slice(cut + 1);
      const isDistinct = value.length > 6 && !symbol.startsWith('version');
      if (isDistinct) out = out.replaceAll(value, symbol);
    }
    return out;
  }
}

function newest(items: Json | undefined): number {
  const versions = (Array.isArray(items) ? items : []).map((item) => {
    const metadata = isObject(item) ? (item['metadata'] ?? (isObject(item['object']) ? item['object']['metadata'] : undefined)) : undefined;
    return isObject(metadata) ? Number(metadata['resourceVersion'] ?? 0) : 0;
  });
  return Math.max(0, ...versions);
}

function metadata(value: JsonObject, symbols: Symbols, kind: string): JsonObject {
  const out: JsonObject = {};
  for (const [key, field] of Object.entries(value)) {
    if (key === 'managedFields') continue;
    if (key === 'uid' || key === 'resourceVersion') out[key] = symbols.of(key === 'uid' ? 'uid' : 'version', String(field));
    else if (STAMPS.includes(key)) out[key] = field === null ? null : 'a time';
    else out[key] = normalise(field, symbols);
  }
  const annotations = out['annotations'];
  if (out['name'] === 'kube-root-ca.crt') delete out['annotations'];
  if (CONTROLLED.includes(kind) && isObject(annotations)) {
    const { [REVISION]: _, ...rest } = annotations;
    delete out['annotations'];
    if (Object.keys(rest).length > 0) out['annotations'] = rest;
  }
  return out;
}

function listMetadata(object: JsonObject): JsonObject {
  const { resourceVersion, continue: next, ...rest } = (isObject(object['metadata']) ? object['metadata'] : {}) as JsonObject;
  const isNew = Number(resourceVersion) >= newest(object['items'] ?? object['rows']);
  return {
    ...rest,
    resourceVersion: isNew ? 'not older than its objects' : 'older than its objects',
    ...(next ? { continue: 'a token' } : {}),
  };
}

const AGES = ['Age', 'Last Seen', 'First Seen'];

function table(object: JsonObject, symbols: Symbols, columns: readonly Json[]): JsonObject {
  const names = columns.map((column) => (isObject(column) ? column['name'] : ''));
  const rows = (Array.isArray(object['rows']) ? object['rows'] : []).map((row) => {
    if (!isObject(row)) return row;
    const cells = (Array.isArray(row['cells']) ? row['cells'] : []).map((cell, at) => {
      if (AGES.includes(String(names[at])) && cell !== '<unknown>') return 'an age';
      if (names[at] === 'Cluster-IP' && cell !== 'None' && cell !== '<none>') return symbols.of('address', String(cell));
      return typeof cell === 'string' ? symbols.inText(cell.replaceAll(/:\d{5}\//g, ':port/')) : cell;
    });
    return { cells, object: normalise(row['object'] ?? null, symbols) };
  });
  const definitions = (Array.isArray(object['columnDefinitions']) ? object['columnDefinitions'] : []).map((column) => {
    const { description: _, ...rest } = isObject(column) ? column : {};
    return rest;
  });
  return { ...object, metadata: listMetadata(object), columnDefinitions: definitions, rows };
}

function normalise(value: Json, symbols: Symbols, within = ''): Json {
  if (Array.isArray(value)) return value.map((item) => normalise(item, symbols));
  if (!isObject(value)) return typeof value === 'string' ? symbols.inText(value) : value;
  const kind = typeof value['kind'] === 'string' ? value['kind'] : within;
  if (kind === 'Status' && value['apiVersion'] === 'v1')
    return wordsOf(
      value,
      (text) => symbols.inText(text),
      (uid) => symbols.of('uid', uid),
    );
  const out: JsonObject = {};
  for (const key of Object.keys(value).sort()) {
    const field = value[key] ?? null;
    if (key === 'metadata' && kind.endsWith('List')) out[key] = listMetadata(value);
    else if (key === 'metadata' && isObject(field)) out[key] = metadata(field, symbols, kind);
    else if (key === 'status' && CONTROLLED.includes(kind)) continue;
    else if (ADDRESSES.includes(key)) out[key] = addresses(field, symbols);
    else if (key === 'ca.crt') out[key] = 'a certificate';
    else if (key === 'items' && kind.endsWith('List') && Array.isArray(field))
      out[key] = field.map((item) => normalise(item, symbols, kind.slice(0, -4)));
    else out[key] = normalise(field, symbols);
  }
  return out;
}

function addresses(value: Json, symbols: Symbols): Json {
  if (Array.isArray(value)) return value.map((item) => addresses(item, symbols));
  return value === 'None' || value === '' ? value : symbols.of('address', String(value));
}

/** Only the first Table of a watch names its columns. */
function columnsOf(bodies: readonly Json[]): readonly Json[] {
  for (const body of bodies) {
    const shown = isObject(body) && isObject(body['object']) && body['type'] !== undefined ? body['object'] : body;
    const columns = isObject(shown) ? shown['columnDefinitions'] : undefined;
    if (Array.isArray(columns)) return columns;
  }
  return [];
}

const STIRRED_PATH = /\/(deployments|replicasets)\b/;

function unversioned(body: Json): Json {
  return JSON.parse(JSON.stringify(body), (key, value: unknown) => (key === 'resourceVersion' ? undefined : value)) as Json;
}

/** Without what says of an object what was said of it last. */
function onceTold(events: readonly Json[]): Json[] {
  const last = new Map<string, string>();
  return events.filter((event) => {
    const object = isObject(event) ? event['object'] : undefined;
    const rows = isObject(object) && Array.isArray(object['rows']) ? object['rows'] : [object];
    const shown = isObject(rows[0]) && isObject(rows[0]['object']) ? rows[0]['object'] : rows[0];
    const meta = isObject(shown) && isObject(shown['metadata']) ? shown['metadata'] : {};
    const text = canonical(isObject(shown) ? shown : null);
    const isNew = !isObject(event) || event['type'] !== 'MODIFIED' || last.get(String(meta['uid'])) !== text;
    last.set(String(meta['uid']), text);
    return isNew;
  });
}

export function normalised(played: readonly Played[]): Normal[] {
  const symbols = new Symbols();
  return played.map(({ step, status, type, bodies }) => {
    symbols.isDry = step.path.includes('dryRun');
    const columns = columnsOf(bodies);
    const one = (body: Json): Json => {
      if (!isObject(body)) return typeof body === 'string' ? symbols.inText(body) : body;
      if (body['kind'] === 'Table') return table(body, symbols, columns);
      const inner = body['object'];
      if (isObject(inner) && inner['kind'] === 'Table') return { ...body, object: table(inner, symbols, columns) };
      return normalise(body, symbols);
    };
    const normal = step.isWatch && STIRRED_PATH.test(step.path) ? onceTold(bodies.map((body) => one(unversioned(body)))) : bodies.map(one);
    return { status, type: type.split(';')[0] ?? '', bodies: normal };
  });
}
