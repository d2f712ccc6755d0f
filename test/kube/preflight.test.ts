// The preflight asks for rights, and never tries a write to find out.
import { describe, expect, test } from '@jest/globals';
import { createObjects } from '../../src/kube/objects.ts';
import { missingRights } from '../../src/kube/preflight.ts';
import type { PolicyRule, Right } from '../../src/kube/rules.ts';
import { handClock, never, reply, status } from './scripted.ts';

const deployments = { namespace: 'test', group: 'apps', resource: 'deployments' };
const rights: Right[] = [
  { ...deployments, verb: 'get' },
  { ...deployments, verb: 'get' },
  { ...deployments, verb: 'patch', name: 'podinfo' },
  { namespace: 'test', group: '', resource: 'services/proxy', verb: 'get' },
];

interface Asked {
  readonly kind: string;
  readonly spec: { readonly namespace?: string; readonly resourceAttributes?: Record<string, string> };
}

type Told = readonly (Partial<PolicyRule> & Pick<PolicyRule, 'apiGroups' | 'resources' | 'verbs'>)[];

/** `told`: what the list of rules holds; undefined: it is refused. */
function reviewer(told: Told | undefined, allow: (asked: Record<string, string>) => boolean = () => false) {
  const asked: Asked[] = [];
  const objects = createObjects({
    clock: handClock(),
    namespace: 'test',
    async send(wire) {
      const review = JSON.parse(wire.body ?? '') as Asked;
      asked.push(review);
      expect(`${wire.method} ${wire.url}`).toBe(`POST /apis/authorization.k8s.io/v1/${review.kind.toLowerCase()}s`);
      if (review.kind === 'SelfSubjectAccessReview')
        return reply(201, { kind: review.kind, metadata: {}, status: { allowed: allow(review.spec.resourceAttributes ?? {}) } });
      if (!told) return status(403, 'Forbidden');
      return reply(201, { kind: review.kind, metadata: {}, status: { resourceRules: told, incomplete: true } });
    },
  });
  return { asked, missing: (wanted = rights) => missingRights(objects, wanted, never) };
}

describe('preflight', () => {
  test('asks an administrator one question', async () => {
    const { asked, missing } = reviewer([{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]);
    expect(await missing()).toEqual([]);
    expect(asked.map(({ kind, spec }) => [kind, spec])).toEqual([['SelfSubjectRulesReview', { namespace: 'test' }]]);
  });

  test('asks whoever has just the rules no more than that', async () => {
    const told = [
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch'], resourceNames: ['podinfo', 'podinfo-primary'] },
      { apiGroups: [''], resources: ['services/proxy'], verbs: ['get'] },
    ];
    const { asked, missing } = reviewer(told);
    expect(await missing()).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  test('a rule for other names, verbs, kinds or groups allows nothing', async () => {
    const told = [
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch', 'get'], resourceNames: ['frontend'] },
      { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['*'] },
      { apiGroups: ['extensions'], resources: ['*'], verbs: ['*'] },
      { apiGroups: [''], resources: ['services'], verbs: ['get'] },
    ];
    expect(await reviewer(told).missing()).toEqual([rights[0], rights[2], rights[3]]);
  });

  test('what the list does not hold is asked for by itself, each once: not every authorizer tells its rules', async () => {
    for (const told of [[], undefined]) {
      const { asked, missing } = reviewer(told, () => true);
      expect(await missing()).toEqual([]);
      expect(asked.slice(1).map(({ spec }) => spec.resourceAttributes)).toEqual([
        { ...deployments, verb: 'get' },
        { ...deployments, verb: 'patch', name: 'podinfo' },
        { namespace: 'test', group: '', resource: 'services', subresource: 'proxy', verb: 'get' },
      ]);
    }
  });

  test('names what is missing', async () => {
    const { missing } = reviewer([], ({ verb, resource }) => verb === 'get' && resource === 'deployments');
    expect(await missing()).toEqual([rights[2], rights[3]]);
  });

  test('asks for each namespace by itself', async () => {
    const elsewhere = { namespace: 'metrics', group: '', resource: 'secrets', verb: 'get', name: 'prom' };
    const { asked, missing } = reviewer([{ apiGroups: ['apps'], resources: ['*'], verbs: ['*'] }]);
    expect(await missing([...rights.slice(0, 3), elsewhere])).toEqual([elsewhere]);
    expect(asked.map(({ kind, spec }) => [kind, spec.namespace])).toEqual([
      ['SelfSubjectRulesReview', 'test'],
      ['SelfSubjectRulesReview', 'metrics'],
      ['SelfSubjectAccessReview', undefined],
    ]);
  });

  test('a review that is refused is thrown', async () => {
    const objects = createObjects({ clock: handClock(), namespace: 'test', send: async () => status(401, 'Unauthorized') });
    await expect(missingRights(objects, rights, never)).rejects.toMatchObject({ code: 401 });
  });
});
