// Several merges of one object in one decision: one request, so that no half of a decision ever stands in the cluster.
import { describe, expect, test } from '@jest/globals';
import type { Change, Ref } from '../../src/contracts.ts';
import { merged } from '../../src/runner/act.ts';
import type { JsonObject } from '../../src/spec/types.ts';

const ref: Ref = { apiVersion: 'v1', kind: 'Service', name: 'podinfo' };
const primary: Ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo-primary' };
const toPrimary = merge({ spec: { selector: { app: 'podinfo-primary' } } });

function merge(patch: JsonObject, of: Ref = ref, given?: Ref[]): Change {
  return { op: 'merge', ref: of, patch, why: 'why', ...(given ? { given } : {}) };
}

describe('merges of one object become one request', () => {
  test('in the place of the first, relying on all that either relied on', () => {
    const other = merge({ spec: { a: 1 } }, primary);
    const second = merge({ spec: { ports: null }, metadata: { labels: { a: 'b' } } }, ref, [primary]);
    const [one, two, ...rest] = merged([toPrimary, other, second]);
    expect(one).toMatchObject({
      ref,
      patch: { spec: { selector: { app: 'podinfo-primary' }, ports: null }, metadata: { labels: { a: 'b' } } },
      given: [primary],
    });
    expect(two).toEqual(other);
    expect(rest).toEqual([]);
  });

  test('the later wins, a null stays a null, a list is replaced whole', () => {
    const [one] = merged([merge({ spec: { a: 1, b: [1, 2], c: { d: 1 } } }), merge({ spec: { a: null, b: [3], c: null } })]);
    expect(one).toMatchObject({ patch: { spec: { a: null, b: [3], c: null } } });
  });

  test('another kind, version, name or namespace is another object', () => {
    const others: Ref[] = [ref, { ...ref, kind: 'X' }, { ...ref, apiVersion: 'x/v1' }, { ...ref, name: 'x' }, { ...ref, namespace: 'x' }];
    expect(merged(others.map((each) => merge({ a: 1 }, each)))).toHaveLength(5);
  });

  test('creates and deletes stay what they are', () => {
    const changes: Change[] = [
      { op: 'create', object: { ...ref, metadata: { name: 'podinfo' } }, why: '' },
      toPrimary,
      { op: 'delete', ref, why: '' },
      { op: 'delete', ref, why: '' },
    ];
    expect(merged(changes)).toEqual(changes);
  });
});
