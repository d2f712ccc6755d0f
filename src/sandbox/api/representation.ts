// How an answer is written: whole objects, metadata only, or a Table, in the version that was asked for. It must not choose objects.
import type { Obj } from '../../contracts.ts';
import { apiVersionOf, type KindRow, storedVersion } from '../world/kinds.ts';
import { type Column, CUSTOM_COLUMNS, DEFAULT_COLUMNS } from './cells.ts';
import { toNewEvent } from './event-form.ts';
import type { Call } from './route.ts';
import { notAcceptable } from './status.ts';
import { COLUMNS } from './tables.ts';

export type Shape = 'object' | 'metadata' | 'table';

/** The first thing in Accept that we can write. */
export function shapeOf({ request, row }: Pick<Call, 'request' | 'row'>): Shape {
  const accept = request.headers['accept'] ?? '*/*';
  for (const clause of accept.split(',')) {
    const [type, ...parameters] = clause.split(';').map((part) => part.trim());
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue;
    const as = parameters.find((parameter) => parameter.startsWith('as='))?.slice(3);
    const isV1 = !parameters.some((parameter) => parameter.startsWith('v=') && parameter !== 'v=v1');
    if (as === undefined) return 'object';
    if (as === 'Table' && isV1) return 'table';
    if ((as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') && isV1) return 'metadata';
  }
  if (accept.trim() === '') return 'object';
  throw notAcceptable(row);
}

// Objects never change, so their text is made once.
const texts = new WeakMap<object, string>();

function textOf(object: object): string {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const text = JSON.stringify(object);
  texts.set(object, text);
  return text;
}

function versioned(call: Pick<Call, 'row' | 'version'>, object: Obj): Obj {
  const { row, version } = call;
  if (row.group === 'events.k8s.io') return toNewEvent(object);
  const apiVersion = apiVersionOf(row.group, version);
  return apiVersion === storedVersion(row) ? object : { ...object, apiVersion };
}

function metadataOnly(object: Obj): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

function definition({ name, type = 'string', format = '', priority = 0 }: Column): object {
  return { name, type, format: name === 'Name' ? 'name' : format, description: '', priority };
}

export interface TableView {
  readonly now: number;
  /** includeObject=Object | Metadata | None */
  readonly include: string | null;
  readonly hasHeader: boolean;
}

export function tableOf(row: KindRow, objects: readonly Obj[], view: TableView): object {
  const columns = COLUMNS[row.kind] ?? (row.custom ? CUSTOM_COLUMNS : DEFAULT_COLUMNS);
  const rows = objects.map((object) => {
    const shown = view.include === 'None' ? {} : { object: view.include === 'Object' ? object : metadataOnly(object) };
    return { cells: columns.map((column) => column.cell(object, view.now)), ...shown };
  });
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    columnDefinitions: view.hasHeader ? columns.map(definition) : null,
    rows,
  };
}

function viewFor(call: Call, now: number): TableView {
  return { now, include: call.request.query.get('includeObject'), hasHeader: true };
}

export function writeOne(call: Call, object: Obj, now: number): string {
  const shape = shapeOf(call);
  if (shape === 'metadata') return textOf(metadataOnly(object));
  if (shape === 'object') return textOf(versioned(call, object));
  const metadata = { resourceVersion: object.metadata.resourceVersion };
  return JSON.stringify({ ...tableOf(call.row, [versioned(call, object)], viewFor(call, now)), metadata });
}

const itemTexts = new WeakMap<object, string>();

/** The list says the kind of what is in it, but for kinds of a CustomResourceDefinition, whose objects say it themselves. */
function itemWriter({ row }: Call): (object: Obj) => string {
  if (row.custom) return textOf;
  return (object) => {
    const known = itemTexts.get(object);
    if (known !== undefined) return known;
    const text = JSON.stringify({ ...object, kind: undefined, apiVersion: undefined });
    itemTexts.set(object, text);
    return text;
  };
}

export function writeList(call: Call, objects: readonly Obj[], { metadata, now }: { metadata: object; now: number }): string {
  const shape = shapeOf(call);
  const versions = shape === 'metadata' ? [] : objects.map((object) => versioned(call, object));
  if (shape === 'table') return JSON.stringify({ ...tableOf(call.row, versions, viewFor(call, now)), metadata });
  const kind = shape === 'metadata' ? 'PartialObjectMetadataList' : `${call.row.kind}List`;
  const apiVersion = shape === 'metadata' ? 'meta.k8s.io/v1' : apiVersionOf(call.row.group, call.version);
  const items = shape === 'metadata' ? objects.map((object) => JSON.stringify(metadataOnly(object))) : versions.map(itemWriter(call));
  const head = JSON.stringify({ kind, apiVersion, metadata });
  if (shape === 'metadata' && items.length === 0) return `${head.slice(0, -1)},"items":null}`;
  return `${head.slice(0, -1)},"items":[${items.join(',')}]}`;
}

export function writeWatchLine(
  call: Call,
  event: { type: string; object: Obj },
  { now, isFirst }: { now: number; isFirst: boolean },
): string {
  const shape = shapeOf(call);
  const object = versioned(call, event.object);
  if (shape === 'metadata') return `{"type":"${event.type}","object":${JSON.stringify(metadataOnly(object))}}\n`;
  if (shape === 'object') return `{"type":"${event.type}","object":${textOf(object)}}\n`;
  const table = tableOf(call.row, [object], { ...viewFor(call, now), hasHeader: isFirst });
  return `${JSON.stringify({ type: event.type, object: { ...table, metadata: { resourceVersion: object.metadata.resourceVersion } } })}\n`;
}
