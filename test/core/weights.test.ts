// Arithmetic of weights: also right when the list was edited on the way.
import { describe, expect, test } from '@jest/globals';
import { nextBack, nextWeight, stepOf } from '../../src/core/weights.ts';

describe('the next weight is the next listed one above the current', () => {
  test.each<[number[], number, number | undefined]>([
    [[5, 10, 15], 0, 5],
    [[5, 10, 15], 5, 10],
    [[5, 10, 15], 15, undefined],
    [[5, 10, 15], 12, 15],
    [[5, 10, 15], 50, undefined],
    [[20, 40, 60], 40, 60],
    [[], 0, undefined],
  ])('%j from %d', (steps, current, expected) => {
    expect(nextWeight(steps, current)).toBe(expected);
  });
});

describe('the next weight on the way back is the next listed one below the current, at last 0', () => {
  test.each<[number[], number, number]>([
    [[0], 50, 0],
    [[50, 20, 0], 80, 50],
    [[50, 20, 0], 50, 20],
    [[50, 20, 0], 20, 0],
    [[50, 20, 0], 35, 20],
    [[50, 20], 20, 0],
    [[], 50, 0],
    [[50, 0], 100, 50],
  ])('%j from %d', (back, current, expected) => {
    expect(nextBack(back, current)).toBe(expected);
  });
});

test.each([
  [0, 0],
  [5, 1],
  [12, 2],
  [15, 3],
  [100, 3],
])('weight %d is step %d of 3', (current, step) => {
  expect(stepOf([5, 10, 15], current)).toEqual({ step, steps: 3 });
});
