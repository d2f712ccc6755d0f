// Rights as the rules of a Role.
import { expect, test } from '@jest/globals';
import { ruleLine, rulesOf, type Right } from '../../src/kube/rules.ts';

const of = (resource: string, verb: string, name?: string): Right => {
  return { namespace: 'test', group: '', resource, verb, ...(name === undefined ? {} : { name }) };
};

test('verbs with the same names stand together, in the usual order; names are sorted, each once', () => {
  expect(
    rulesOf([
      of('services', 'patch', 'b'),
      of('services', 'delete', 'a'),
      of('services', 'patch', 'a'),
      of('services', 'delete', 'b'),
      of('services', 'patch', 'a'),
    ]),
  ).toEqual([{ group: '', resource: 'services', verbs: ['patch', 'delete'], names: ['a', 'b'] }]);
  expect(rulesOf([of('services', 'create'), of('services', 'get')])).toEqual([
    { group: '', resource: 'services', verbs: ['get', 'create'], names: [] },
  ]);
});

test('a right to any name swallows those to some, whichever comes first', () => {
  const any = [{ group: '', resource: 'secrets', verbs: ['get'], names: [] }];
  expect(rulesOf([of('secrets', 'get', 'a'), of('secrets', 'get')])).toEqual(any);
  expect(rulesOf([of('secrets', 'get'), of('secrets', 'get', 'a')])).toEqual(any);
});

test('verbs with other names are other rules', () => {
  expect(rulesOf([of('pods', 'patch', 'a'), of('pods', 'delete', 'b')]).map(({ verbs, names }) => [...verbs, ...names])).toEqual([
    ['patch', 'a'],
    ['delete', 'b'],
  ]);
});

test('the line for a Role', () => {
  const [named, ...rest] = rulesOf([of('secrets', 'get', 'prom')]);
  expect(rest).toEqual([]);
  expect(named && ruleLine(named, 'test')).toBe(
    '{apiGroups: [""], resources: ["secrets"], verbs: ["get"], resourceNames: ["prom"]} in a Role of namespace test',
  );
  expect(ruleLine({ group: 'apps', resource: 'deployments', verbs: ['list'], names: [] }, undefined)).toBe(
    '{apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"]} in a ClusterRole',
  );
});
