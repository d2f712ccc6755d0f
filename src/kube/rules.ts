// Rights, one by one and as the rules of a Role: merged, covered by one another, and as text. Pure; it must never ask anybody.

/** One right. Without a name: for objects of any name. */
export interface Right {
  readonly namespace: string;
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly name?: string;
}

/** What is allowed to objects of one kind; no names: of any name. */
export interface Rule {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly names: readonly string[];
}

/** As a Role and a review of rules have it. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames: readonly string[];
}

const verbOrder = ['get', 'list', 'watch', 'create', 'patch', 'delete'];

/** Of one namespace. A right to any name makes those to some names needless; verbs with the same names stand together. */
export function rulesOf(rights: readonly Right[]): Rule[] {
  const names = new Map<string, Set<string>>();
  const wide = new Set<string>();
  for (const right of rights) {
    const key = keyOf(right);
    const known = names.get(key) ?? new Set<string>();
    names.set(key, known);
    if (right.name === undefined) wide.add(key);
    else known.add(right.name);
  }
  const rules = new Map<string, Rule>();
  for (const [key, named] of names) {
    const [group = '', resource = '', verb = ''] = key.split(' ');
    const only = wide.has(key) ? [] : [...named].sort();
    const id = `${group} ${resource} ${only.join(' ')}`;
    const verbs = [...(rules.get(id)?.verbs ?? []), verb].sort((a, b) => verbOrder.indexOf(a) - verbOrder.indexOf(b));
    rules.set(id, { group, resource, verbs, names: only });
  }
  return [...rules.values()];
}

function keyOf({ group, resource, verb }: Right): string {
  return `${group} ${resource} ${verb}`;
}

export function covers(rule: PolicyRule, right: Right): boolean {
  const holds = (values: readonly string[], value: string): boolean => values.includes('*') || values.includes(value);
  return (
    holds(rule.apiGroups, right.group) &&
    holds(rule.resources, right.resource) &&
    holds(rule.verbs, right.verb) &&
    (rule.resourceNames.length === 0 || (right.name !== undefined && rule.resourceNames.includes(right.name)))
  );
}

/** Valid YAML, one line, as it may be put into a Role. */
export function ruleLine(rule: Rule, namespace: string | undefined): string {
  const names = rule.names.length ? `, resourceNames: ${flow(rule.names)}` : '';
  const line = `{apiGroups: ["${rule.group}"], resources: ["${rule.resource}"], verbs: ${flow(rule.verbs)}${names}}`;
  return namespace ? `${line} in a Role of namespace ${namespace}` : `${line} in a ClusterRole`;
}

export function flow(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
}

/** What to type for all rules at once; without a file where none is known. */
export function rbacCommand(file = 'FILE'): string {
  return `canary rbac ${file}`;
}
