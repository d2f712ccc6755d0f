// labelSelector and fieldSelector of a query, as tests on objects. It must not list.
import { isObject } from '../../common/json.ts';
import type { Obj } from '../../contracts.ts';
import { type Call } from './route.ts';
import { badRequest } from './status.ts';

export type Test = (object: Obj) => boolean;

const SET = /^([^\s!=,()]+)\s+(in|notin)\s+\(([^)]*)\)$/;
const COMPARISON = /^([^\s!=,()]+)\s*(==|=|!=)\s*([^\s!=,()]*)$/;
const EXISTENCE = /^(!?)\s*([^\s!=,()]+)$/;

/** Commas inside parentheses do not part requirements. */
function split(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part, _, parts) => {
      if (part === '' && parts.length > 1) throw badRequest(`unable to parse requirement: ${selector}`);
      return part !== '';
    });
}

function labelTest(part: string): Test {
  const set = SET.exec(part);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return ({ metadata }) => {
      const value = metadata.labels?.[key];
      return operator === 'in' ? value !== undefined && values.includes(value) : value === undefined || !values.includes(value);
    };
  }
  const comparison = COMPARISON.exec(part);
  if (comparison) {
    const [, key = '', operator, value] = comparison;
    return ({ metadata }) => (metadata.labels?.[key] === value) === (operator !== '!=');
  }
  const existence = EXISTENCE.exec(part);
  if (existence) return ({ metadata }) => (metadata.labels?.[existence[2] ?? ''] !== undefined) === (existence[1] === '');
  throw badRequest(`unable to parse requirement: ${part}`);
}

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

function fieldTest(call: Call, selector: string, part: string): Test {
  const comparison = COMPARISON.exec(part);
  if (!comparison) throw badRequest(`invalid selector: '${selector}'; can't understand '${part}'`);
  const [, path = '', operator, wanted] = comparison;
  const known = ['metadata.name', 'metadata.namespace', ...(FIELDS[call.row.kind] ?? [])];
  if (!known.includes(path)) {
    const isNamed = call.row.custom || OWN_WORDS.includes(call.row.kind);
    const others = `"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
    throw badRequest(isNamed ? `field label not supported: ${path}` : others);
  }
  return (object) => (valueAt(object, path) === wanted) === (operator !== '!=');
}

export function selectorOf(call: Call): Test {
  const { query } = call.request;
  const fields = query.get('fieldSelector') ?? '';
  const tests = [...split(query.get('labelSelector') ?? '').map(labelTest), ...split(fields).map((part) => fieldTest(call, fields, part))];
  return tests.length === 0 ? () => true : (object) => tests.every((test) => test(object));
}
