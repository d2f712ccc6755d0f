// Names, labels and owners: what metadata may say. It must not look at specs.
import { isObject } from '../../../common/json.ts';
import type { Obj } from '../../../contracts.ts';
import type { KindRow } from '../../world/kinds.ts';
import type { Cause } from '../status.ts';
import { invalidValue, required } from './causes.ts';

interface Rule {
  readonly pattern: string;
  readonly longest: number;
  readonly words: string;
  readonly examples: readonly string[];
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

const RULES: Record<KindRow['names'], Rule> = {
  subdomain: {
    pattern: `${LABEL}(\\.${LABEL})*`,
    longest: 253,
    words: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
    examples: ['example.com'],
  },
  label: {
    pattern: LABEL,
    longest: 63,
    words: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character`,
    examples: ['my-name', '123-abc'],
  },
  service: {
    pattern: '[a-z]([-a-z0-9]*[a-z0-9])?',
    longest: 63,
    words: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character`,
    examples: ['my-name', 'abc-123'],
  },
};

const LABEL_VALUE: Rule = {
  pattern: '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?',
  longest: 63,
  words: `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
  examples: ['MyValue', 'my_value', '12345'],
};

function breaches(field: string, value: string, rule: Rule): Cause[] {
  const causes: Cause[] = [];
  if (value.length > rule.longest) {
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(value)}: must be no more than ${rule.longest} characters`,
      field,
    });
  }
  if (!new RegExp(`^${rule.pattern}$`).test(value)) {
    const examples = rule.examples.map((example) => `'${example}', `).join(' or ');
    causes.push(invalidValue(field, value, `${rule.words} (e.g. ${examples}regex used for validation is '${rule.pattern}')`));
  }
  return causes;
}

export function labelName(field: string, value: unknown): Cause[] {
  return typeof value === 'string' && value !== '' ? breaches(field, value, RULES.label) : [required(field)];
}

export function labelValues(field: string, labels: unknown): Cause[] {
  if (!isObject(labels)) return [];
  return Object.values(labels).flatMap((value) => breaches(field, String(value), LABEL_VALUE));
}

function owners(object: Obj): Cause[] {
  return (object.metadata.ownerReferences ?? []).flatMap((owner, at) =>
    ['apiVersion', 'kind', 'name', 'uid'].flatMap((field) => {
      const words = field === 'apiVersion' ? 'version must not be empty' : 'must not be empty';
      return owner[field] ? [] : [invalidValue(`metadata.ownerReferences[${at}].${field}`, '', words)];
    }),
  );
}

export function metadata(row: KindRow, object: Obj): Cause[] {
  const { name, labels } = object.metadata;
  const named = name ? breaches('metadata.name', name, RULES[row.names]) : [required('metadata.name', 'name or generateName is required')];
  return [...named, ...labelValues('metadata.labels', labels), ...owners(object)];
}
