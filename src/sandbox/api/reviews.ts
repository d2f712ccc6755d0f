// Access and identity reviews: asked by POST, answered at once, never stored.
import { isObject } from '../../common/json.ts';
import type { ReviewRow } from '../world/kinds.ts';
import type { SandboxWorld } from '../world/types.ts';
import { isAllowed } from './access.ts';

function field(value: unknown, name: string): string {
  return isObject(value) && typeof value[name] === 'string' ? value[name] : '';
}

function accessStatus(world: SandboxWorld, spec: unknown): object {
  const asked = isObject(spec) ? spec['resourceAttributes'] : undefined;
  const subresource = field(asked, 'subresource');
  const resource = field(asked, 'resource') + (subresource === '' ? '' : `/${subresource}`);
  const [namespace, name] = [field(asked, 'namespace'), field(asked, 'name')];
  const place = { ...(namespace === '' ? {} : { namespace }), ...(name === '' ? {} : { name }) };
  const allowed = isAllowed(world, { verb: field(asked, 'verb'), group: field(asked, 'group'), resource, ...place });
  return allowed ? { allowed: true } : { allowed: false, reason: '' };
}

/** What everybody may who is signed in: ask these questions. */
const everybodys = {
  verbs: ['create'],
  apiGroups: ['authorization.k8s.io'],
  resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
};

/** Denials are no rules, so where there are any the list says of itself that it is not the whole truth. */
function ruleStatus(world: SandboxWorld, spec: unknown): object {
  const namespace = field(spec, 'namespace');
  const here = world.allowed.filter((rule) => rule.namespace === undefined || rule.namespace === namespace);
  const resourceRules =
    world.allowed.length > 0
      ? [everybodys, ...here.map(({ namespace: _, ...rule }) => rule)]
      : world.denied.length > 0
        ? [everybodys]
        : [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
  return { resourceRules, nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }], incomplete: world.denied.length > 0 };
}

/** Texts that say nothing are not written back. */
function tidy(spec: unknown): unknown {
  const asked = isObject(spec) ? spec['resourceAttributes'] : undefined;
  if (!isObject(spec) || !isObject(asked)) return spec;
  return { ...spec, resourceAttributes: Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== '')) };
}

export function review(world: SandboxWorld, row: ReviewRow, body: unknown): object {
  const spec = isObject(body) ? (body['spec'] ?? {}) : {};
  const head = { kind: row.kind, apiVersion: `${row.group}/${row.version}`, metadata: {} };
  if (row.kind === 'SelfSubjectReview')
    return { ...head, status: { userInfo: { username: world.user, groups: ['system:authenticated'] } } };
  return { ...head, spec: tidy(spec), status: row.kind === 'SelfSubjectRulesReview' ? ruleStatus(world, spec) : accessStatus(world, spec) };
}
