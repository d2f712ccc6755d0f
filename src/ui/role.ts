// A Role and its RoleBinding as YAML to be read and applied. Decides nothing about rights.
import { cleanText } from '../common/clean.ts';
import { flow, type Rule } from '../kube/rules.ts';
import type { Role } from '../runner/roles.ts';

/** Who gets it. A ServiceAccount without a namespace is one of the canaries' own. */
export interface Subject {
  readonly kind: 'ServiceAccount' | 'User' | 'Group';
  readonly name: string;
  readonly namespace?: string;
}

const api = 'rbac.authorization.k8s.io';

export function roleText(role: Role, subject: Subject, by: string): string {
  const { namespace, name, canary, from, rules } = role;
  const whose = namespace === from ? canary : `${canary} of namespace ${from}`;
  const metadata = ['metadata:', `  name: ${text(name)}`, `  namespace: ${text(namespace)}`];
  const lines = [
    `# ${cleanText(by, 500)}`,
    `# All that run, heal, status, describe and delete of ${whose} ask for in namespace ${namespace}.`,
    '# Not in it: looking at all namespaces at once (-A), and what run --apply applies.',
    `apiVersion: ${api}/v1`,
    'kind: Role',
    ...metadata,
    'rules:',
    ...sharing(rules).flatMap(ruleLines),
    '---',
    `apiVersion: ${api}/v1`,
    'kind: RoleBinding',
    ...metadata,
    'roleRef:',
    `  apiGroup: ${api}`,
    '  kind: Role',
    `  name: ${text(name)}`,
    'subjects:',
    `  - kind: ${subject.kind}`,
    ...(subject.kind === 'ServiceAccount' ? [`    namespace: ${text(subject.namespace ?? from)}`] : [`    apiGroup: ${api}`]),
    `    name: ${text(subject.name)}`,
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

type Shared = Omit<Rule, 'resource'> & { readonly resources: readonly string[] };

/** Kinds of one group that may be treated alike stand in one rule. */
function sharing(rules: readonly Rule[]): Shared[] {
  const shared = new Map<string, Shared>();
  for (const { group, resource, verbs, names } of rules) {
    const key = JSON.stringify([group, verbs, names]);
    const resources = [...(shared.get(key)?.resources ?? []), resource];
    shared.set(key, { group, resources, verbs, names });
  }
  return [...shared.values()].sort((a, b) => order(placeOf(a), placeOf(b)));
}

function placeOf({ group, resources }: Shared): string {
  return `${group} ${resources[0] ?? ''}`;
}

/** By code point; rules of one kind stay in their order. */
function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function ruleLines({ group, resources, verbs, names }: Shared): string[] {
  const unnamed = resources.includes('secrets') && verbs.includes('get') && !names.length;
  return [
    ...(unnamed
      ? ['  # The primary gets copies of what the pods take from Secrets. Copies are named by their content, so no names can stand here.']
      : []),
    `  - apiGroups: ${flow([group])}`,
    `    resources: ${flow(resources)}`,
    ...(names.length ? [`    resourceNames: ${flow(names)}`] : []),
    `    verbs: ${flow(verbs)}`,
  ];
}

/** A plain word where YAML takes it for one, else quoted. */
function text(value: string): string {
  const isPlain = /^[a-z][-a-z0-9]*$/.test(value) && !['true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n'].includes(value);
  return isPlain ? value : JSON.stringify(value);
}
