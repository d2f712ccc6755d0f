// How Kubernetes words what is wrong with a name, a label or a key. It must not know where they stand.
import { isObject } from '../../../common/json.ts';
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

/** `rule.tested`: what is looked at where that is not the value itself. */
function breaches(field: string, value: string, rule: Rule & { readonly tested?: string }): Cause[] {
  const { tested = value } = rule;
  const causes: Cause[] = [];
  if (tested.length > rule.longest) {
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(value)}: must be no more than ${rule.longest} characters`,
      field,
    });
  }
  if (rule.pattern === LABEL && value.includes('.')) causes.push(invalidValue(field, value, 'must not contain dots'));
  else if (!new RegExp(`^${rule.pattern}$`).test(tested)) {
    const examples = rule.examples.map((example) => `'${example}', `).join(' or ');
    causes.push(invalidValue(field, value, `${rule.words} (e.g. ${examples}regex used for validation is '${rule.pattern}')`));
  }
  return causes;
}

const KEY: Rule = {
  pattern: '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]',
  longest: 63,
  words: `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
  examples: ['MyName', 'my.name', '123-abc'],
};

/** A key of labels or annotations: a name, or prefix/name. */
function keyBreaches(field: string, key: string): Cause[] {
  const wrong = (words: string): Cause => invalidValue(field, key, words);
  const parts = key.split('/');
  if (parts.length > 2) {
    const examples = KEY.examples.map((example) => `'${example}', `).join(' or ');
    return [
      wrong(
        `a qualified name ${KEY.words.slice('name part '.length)} (e.g. ${examples}regex used for validation is '${KEY.pattern}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
      ),
    ];
  }
  const [name = '', prefix] = [...parts].reverse();
  const causes: Cause[] = [];
  if (prefix === '') causes.push(wrong('prefix part must be non-empty'));
  else if (prefix !== undefined)
    causes.push(...breaches(field, prefix, RULES.subdomain).map((cause) => ofKey(cause, prefix, { key, words: 'prefix part ' })));
  if (name === '') causes.push(wrong('name part must be non-empty'));
  if (name.length > KEY.longest) causes.push(wrong(`name part must be no more than ${KEY.longest} bytes`));
  return [...causes, ...breaches(field, name, { ...KEY, longest: Infinity }).map((cause) => ofKey(cause, name, { key, words: '' }))];
}

/** The cause of a part, told of the whole key. */
function ofKey(cause: Cause, part: string, { key, words }: { readonly key: string; readonly words: string }): Cause {
  const start = `Invalid value: ${JSON.stringify(part)}: `;
  return { ...cause, message: `Invalid value: ${JSON.stringify(key)}: ${words}${cause.message.slice(start.length)}` };
}

export function labelName(field: string, value: unknown): Cause[] {
  return typeof value === 'string' && value !== '' ? breaches(field, value, RULES.label) : [required(field)];
}

export function labelValues(field: string, labels: unknown): Cause[] {
  if (!isObject(labels)) return [];
  return Object.entries(labels).flatMap(([key, value]) => [...keyBreaches(field, key), ...breaches(field, String(value), LABEL_VALUE)]);
}

export function annotationKeys(annotations: unknown): Cause[] {
  const keys = isObject(annotations) ? Object.keys(annotations) : [];
  return keys.flatMap((key) => keyBreaches('metadata.annotations', key.toLowerCase()));
}

export function qualifiedName(field: string, name: string): Cause[] {
  return keyBreaches(field, name);
}

export function domainName(field: string, name: string): Cause[] {
  return breaches(field, name, RULES.subdomain);
}

/** `made`: the prefix that a name is made from; such a name ends in letters and digits. */
export function objectName(names: KindRow['names'], name: string, made: string | undefined): Cause[] {
  const rule = RULES[names];
  const prefix = made === undefined ? [] : breaches('metadata.generateName', made, { ...rule, tested: made.replace(/-$/, 'a') });
  return [...prefix, ...breaches('metadata.name', name, rule)];
}
