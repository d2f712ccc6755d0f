// The Role that `canary rbac` prints is what a canary's life asks for: with it and nothing else every recorded release ends as with all rights, no
// request is refused, and no rule is without use.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import yaml from 'js-yaml';
import type { Obj } from '../../src/contracts.ts';
import { covers, type PolicyRule, type Right } from '../../src/kube/rules.ts';
import type { Allowance } from '../../src/sandbox/index.ts';
import { grantsIn, grantText, live, rightFor, type Life, type LifeOptions } from './rights.ts';

const names = readdirSync(join(import.meta.dirname, '../parity/recordings'));

const ends: Readonly<Record<string, string>> = {
  alerts: 'rolled-back 10',
  deadline: 'rolled-back 11',
  'kubernetes-rollback': 'rolled-back 10',
  'no-values': 'rolled-back 10',
  'primary-stalls': 'rolled-back 11',
  'seed0-rollback': 'rolled-back 10',
};
/** Its canary never gets ready, so its driver dies before there is anything to heal. */
const neverStarts = ['deadline'];

/** Only an event that is told twice, and an object that somebody else changes under us, need these. */
const seldom = ['events patch', 'destinationrules.networking.istio.io get', 'horizontalpodautoscalers.autoscaling get'];
/** What no file of ours can tell. */
const needless: Readonly<Record<string, readonly string[]>> = {
  // The release never begins, and no driver dies that the next one would have to watch.
  deadline: [
    'services patch',
    'destinationrules.networking.istio.io patch',
    'virtualservices.networking.istio.io patch',
    'leases.coordination.k8s.io get',
  ],
};

const lives = new Map<string, Promise<Life>>();
const lifeOf = (name: string): Promise<Life> => {
  const life = lives.get(name) ?? live(name, { enforce: true });
  lives.set(name, life);
  return life;
};

function isFor(grant: Allowance, right: Right): boolean {
  const rule: PolicyRule = { resourceNames: [], ...grant };
  return grant.namespace === right.namespace && covers(rule, right);
}

function unused({ rules, rights }: Pick<Life, 'rules' | 'rights'>): string[] {
  const all = grantsIn(rules);
  const used = new Set(all.filter((grant) => rights.some((right) => isFor(grant, right))).map(grantText));
  return [...new Set(all.map(grantText))].filter((text) => !used.has(text));
}

function expectWhole(life: Life, end: string, healed = 'parked'): void {
  expect(life.refused).toEqual([]);
  expect(life.rights.filter((right) => !life.rules.some((rule) => grantsIn([rule]).some((grant) => isFor(grant, right))))).toEqual([]);
  expect(life.ends).toEqual(['initialized 0', healed, end, '0', '0', 'deleted 0']);
}

describe.each(names)('%s, with the printed Role alone', (name) => {
  test('ends as with all rights, and nothing is refused', async () => {
    expectWhole(await lifeOf(name), ends[name] ?? 'promoted 0', neverStarts.includes(name) ? 'nothing-to-do' : 'parked');
  });

  test('makes use of all of it but what is seldom needed', async () => {
    const left = unused(await lifeOf(name));
    expect(left.filter((text) => ![...seldom, ...(needless[name] ?? [])].includes(text))).toEqual([]);
  });
});

test('taken together no rule is without use', async () => {
  const contested: LifeOptions = { enforce: true, contested: ['destinationrules', 'horizontalpodautoscalers'] };
  const disturbed = await live('seed0-promote', contested);
  expectWhole(disturbed, 'promoted 0');
  const all = [disturbed];
  for (const name of names) all.push(await lifeOf(name));
  const inAll = all.map((life) => new Set(unused(life)));
  const texts = new Set(all.flatMap(({ rules }) => grantsIn(rules).map(grantText)));
  const granting = (text: string): number[] =>
    all.flatMap(({ rules }, at) => (grantsIn(rules).some((grant) => grantText(grant) === text) ? [at] : []));
  expect([...texts].filter((text) => granting(text).every((at) => inAll[at]?.has(text)))).toEqual([]);
});

test('a scaler that the user has, and a route of their own', async () => {
  const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' }, minReplicas: 2, maxReplicas: 4 };
  const ref = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'podinfo' };
  const more = (input: string): string => {
    const documents = yaml.loadAll(input) as (Obj & { spec: object })[];
    const scaled = documents.map((one) => (one.kind === 'Canary' ? { ...one, spec: { ...one.spec, autoscalerRef: ref } } : one));
    return [{ ...ref, metadata: { name: 'podinfo' }, spec }, ...scaled].map((one) => yaml.dump(one)).join('---\n');
  };
  expectWhole(await live('adopted-istio', { more, enforce: true }), 'promoted 0');
});

describe('what a Role never holds', () => {
  test.each(names)('%s: wildcards, or more of Secrets than to read and to copy them', async (name) => {
    const { rules } = await lifeOf(name);
    expect(
      rules.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs]).filter((word) => word.includes('*')),
    ).toEqual([]);
    const secrets = rules.filter(({ resources }) => resources.includes('secrets')).flatMap(({ verbs }) => verbs);
    expect(secrets).toEqual(name === 'config-tracking' ? ['get', 'create', 'delete'] : []);
    const deleted = rules.filter(({ verbs }) => verbs.includes('delete')).flatMap(({ resources }) => resources);
    const never = ['events', 'pods', 'replicasets', 'canaries', 'metrictemplates', 'alertproviders'];
    expect(deleted.filter((resource) => never.includes(resource))).toEqual([]);
  });

  test('more than 48 rights, 42 where no autoscaler is named, 30 without a mesh', async () => {
    const count = async (name: string): Promise<number> => new Set(grantsIn((await lifeOf(name)).rules).map(grantText)).size;
    expect(await count('seed0-promote')).toBeLessThanOrEqual(48);
    expect(await count('seed4-mirror')).toBeLessThanOrEqual(42);
    expect(await count('bg-kubernetes')).toBeLessThanOrEqual(30);
  });
});

test('requests are read as the API server reads them', () => {
  const at = '/apis/apps/v1/namespaces/test/deployments';
  const of = { namespace: 'test', group: 'apps', resource: 'deployments' };
  expect(rightFor({ method: 'GET', url: `${at}/podinfo` })).toEqual({ ...of, verb: 'get', name: 'podinfo' });
  expect(rightFor({ method: 'GET', url: `${at}?labelSelector=a%3Db` })).toEqual({ ...of, verb: 'list' });
  expect(rightFor({ method: 'GET', url: `${at}?watch=1&fieldSelector=metadata.name%3Da` })).toEqual({ ...of, verb: 'watch', name: 'a' });
  expect(rightFor({ method: 'POST', url: at })).toEqual({ ...of, verb: 'create' });
  expect(rightFor({ method: 'PATCH', url: `${at}/podinfo/scale` })).toEqual({
    ...of,
    resource: 'deployments/scale',
    verb: 'patch',
    name: 'podinfo',
  });
  expect(rightFor({ method: 'GET', url: '/api/v1/configmaps' })).toEqual({
    namespace: '',
    group: '',
    resource: 'configmaps',
    verb: 'list',
  });
  expect(rightFor({ method: 'GET', url: '/apis/apps/v1' })).toBeUndefined();
  expect(rightFor({ method: 'POST', url: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews' })).toBeUndefined();
});
