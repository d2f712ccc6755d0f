// labelSelector and fieldSelector of a query, as tests on objects. It must not list.
import { isObject } from '../../common/json.ts';
import type { Obj } from '../../contracts.ts';
import { labelTestsOf } from './label-selector.ts';
import { type Call } from './route.ts';
import { badRequest } from './status.ts';

export type Test = (object: Obj) => boolean;

const COMPARISON = /^([^\s!=,()]+)\s*(==|=|!=)\s*([^\s!=,()]*)$/;

// Beyond metadata.name and metadata.namespace, that every kind has.
const FIELDS: Record<string, readonly string[]> = {
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'regarding.kind',
    'regarding.namespace',
    'regarding.name',
    'regarding.uid',
    'reason',
    'reportingComponent',
    'reportingController',
    'source',
    'type',
  ],
  Pod: ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'status.phase', 'status.podIP'],
  Secret: ['type'],
  Namespace: ['status.phase'],
  ReplicaSet: ['status.replicas'],
};

/** Kinds that choose their fields themselves word it in their own way. */
const OWN_WORDS = ['Pod', 'Node', 'Namespace', 'Secret', 'Service', 'Event'];

// Names of the stored form where a selector says it otherwise.
const STORED: Record<string, string> = { source: 'source.component', reportingController: 'reportingComponent' };

function valueAt(object: Obj, path: string): string {
  let value: unknown = object;
  for (const key of (STORED[path] ?? path.replace(/^regarding\./, 'involvedObject.')).split('.'))
    value = isObject(value) ? value[key] : undefined;
  return value === undefined || value === null ? '' : String(value);
}

interface FieldTerm {
  readonly path: string;
  readonly isEqual: boolean;
  readonly wanted: string;
}

function fieldTermsOf(selector: string): FieldTerm[] {
  const parts = selector.split(',').filter((part) => part !== '');
  return parts.map((part) => {
    const comparison = COMPARISON.exec(part.trim());
    if (!comparison) throw badRequest(`invalid selector: '${selector}'; can't understand '${part}'`);
    const [, path = '', operator, wanted = ''] = comparison;
    return { path, isEqual: operator !== '!=', wanted };
  });
}

function checkField({ row }: Call, path: string): void {
  const known = ['metadata.name', 'metadata.namespace', ...(FIELDS[row.kind] ?? [])];
  if (known.includes(path)) return;
  const isNamed = row.custom || OWN_WORDS.includes(row.kind);
  const others = `"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
  throw badRequest(isNamed ? `field label not supported: ${path}` : others);
}

export interface Selection {
  readonly test: Test;
  /** Nothing is left out. */
  readonly isAll: boolean;
  /** The one object that it is about; nothing else is looked at. */
  readonly name: string | undefined;
}

/** All of both selectors is read before fields are asked whether the kind has them. */
export function selectionOf(call: Call): Selection {
  const { query } = call.request;
  const labels = labelTestsOf(query.get('labelSelector') ?? '');
  const fields = fieldTermsOf(query.get('fieldSelector') ?? '');
  for (const { path } of fields) checkField(call, path);
  const test: Test = (object) =>
    fields.every(({ path, isEqual, wanted }) => (valueAt(object, path) === wanted) === isEqual) &&
    labels.every((passes) => passes(object.metadata.labels ?? {}));
  const named = fields.find(({ path, isEqual }) => path === 'metadata.name' && isEqual);
  return { test, isAll: labels.length === 0 && fields.length === 0, name: named?.wanted };
}

export function selectorOf(call: Call): Test {
  return selectionOf(call).test;
}
