// The patch that turns one object into another: applied, it must give exactly the other.
import { describe, expect, test } from '@jest/globals';
import { mergePatch } from '../../src/common/json.ts';
import { replacePatch } from '../../src/common/replace-patch.ts';
import type { JsonObject } from '../../src/contracts.ts';

const pairs: [string, JsonObject, JsonObject, JsonObject | undefined][] = [
  ['nothing where both are equal', { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, undefined],
  ['null for a field that must go', { a: 1, b: 2 }, { a: 1 }, { b: null }],
  ['only the field that differs, however deep', { a: { b: { c: 1, d: 2 } } }, { a: { b: { c: 3, d: 2 } } }, { a: { b: { c: 3 } } }],
  ['a list as a whole', { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, { a: [1, { b: 3 }] }],
  ['an object emptied', { a: { b: 1 } }, { a: {} }, { a: { b: null } }],
  ['an object in place of a value', { a: 1 }, { a: { b: 1 } }, { a: { b: 1 } }],
  ['a value in place of an object', { a: { b: 1 } }, { a: 'x' }, { a: 'x' }],
  ['labels with names that every object has', {}, { constructor: 'x' }, { constructor: 'x' }],
];

describe('replacePatch', () => {
  test.each(pairs)('gives %s', (_, before, after, patch) => {
    expect(replacePatch(before, after)).toEqual(patch);
  });

  test.each(pairs.slice(0, -1))('leads to the other object: %s', (_, before, after, patch) => {
    expect(mergePatch(before, patch ?? {})).toEqual(after);
  });

  test('takes null for absent', () => {
    expect(replacePatch({ a: null }, {})).toBeUndefined();
    expect(replacePatch({ a: 1 }, { a: null })).toEqual({ a: null });
  });
});
