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

function ruleStatus(): object {
  const resourceRules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
  return { resourceRules, nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }], incomplete: false };
}

export function review(world: SandboxWorld, row: ReviewRow, body: unknown): object {
  const spec = isObject(body) ? (body['spec'] ?? {}) : {};
  const head = { kind: row.kind, apiVersion: `${row.group}/${row.version}`, metadata: {} };
  if (row.kind === 'SelfSubjectReview')
    return { ...head, status: { userInfo: { username: world.user, groups: ['system:authenticated'] } } };
  return { ...head, spec, status: row.kind === 'SelfSubjectRulesReview' ? ruleStatus() : accessStatus(world, spec) };
}
