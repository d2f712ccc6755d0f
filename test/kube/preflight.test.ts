import { describe, expect, test } from '@jest/globals';
import type { Touch } from '../../src/contracts.ts';
import { createObjects } from '../../src/kube/objects.ts';
import { missingRules } from '../../src/kube/preflight.ts';
import { handClock, never, reply, status } from './scripted.ts';

interface Attributes {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verb: string;
  readonly namespace: string;
}

const touches: Touch[] = [
  { group: 'apps', version: 'v1', resource: 'deployments', verbs: ['get', 'list', 'patch'] },
  { group: 'apps', version: 'v1', resource: 'deployments', verbs: ['get'] },
  { group: '', version: 'v1', resource: 'services/proxy', verbs: ['get'] },
];

function reviewer(allow: (asked: Attributes) => boolean): { asked: Attributes[]; missing: () => Promise<string[]> } {
  const asked: Attributes[] = [];
  const objects = createObjects({
    clock: handClock(),
    namespace: 'test',
    async send(wire) {
      expect(`${wire.method} ${wire.url}`).toBe('POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews');
      const review = JSON.parse(wire.body ?? '') as { spec: { resourceAttributes: Attributes } };
      asked.push(review.spec.resourceAttributes);
      return reply(201, { kind: 'SelfSubjectAccessReview', metadata: {}, status: { allowed: allow(review.spec.resourceAttributes) } });
    },
  });
  return { asked, missing: () => missingRules(objects, { touches, namespace: 'test' }, never) };
}

describe('preflight', () => {
  test('asks an administrator one question', async () => {
    const { asked, missing } = reviewer(() => true);
    expect(await missing()).toEqual([]);
    expect(asked).toEqual([{ group: '*', resource: '*', verb: '*', namespace: 'test' }]);
  });

  test('asks each thing once', async () => {
    const { asked, missing } = reviewer(({ verb }) => verb !== '*');
    expect(await missing()).toEqual([]);
    expect(asked.slice(1).map(({ resource, subresource, verb }) => [resource, subresource, verb])).toEqual([
      ['deployments', undefined, 'get'],
      ['deployments', undefined, 'list'],
      ['deployments', undefined, 'patch'],
      ['services', 'proxy', 'get'],
    ]);
  });

  test('names what is missing, ready to be added to a Role', async () => {
    const { missing } = reviewer(({ verb, resource }) => verb === 'get' && resource === 'deployments');
    expect(await missing()).toEqual([
      '{apiGroups: ["apps"], resources: ["deployments"], verbs: ["list", "patch"]} in a Role of namespace test',
      '{apiGroups: [""], resources: ["services/proxy"], verbs: ["get"]} in a Role of namespace test',
    ]);
  });

  test('a review that is refused is thrown', async () => {
    const objects = createObjects({ clock: handClock(), namespace: 'test', send: async () => status(401, 'Unauthorized') });
    await expect(missingRules(objects, { touches, namespace: 'test' }, never)).rejects.toMatchObject({ code: 401 });
  });
});
