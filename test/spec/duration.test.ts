// Go durations, as Go reads and prints them.
import { describe, expect, test } from '@jest/globals';
import { formatDuration, parseDuration } from '../../src/common/duration.ts';

describe('parseDuration', () => {
  test.each([
    ['90s', 90_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['1h0m0.25s', 3_600_250],
    ['250us', 0.25],
    ['250µs', 0.25],
    ['1ns', 0.000001],
    ['0', 0],
    ['+2s', 2000],
    ['-2s', -2000],
    ['1s1m', 61_000],
  ])('%s', (text, millis) => expect(parseDuration(text)).toBe(millis));

  test.each(['', '60', '1 min', '10 s', ' 1s', '1s ', '1d', 's', '1', '-', '1.s.', '1m30', 'ten', '1S', '1e3s'])('%j is nonsense', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
});

describe('formatDuration', () => {
  test.each([
    [1515, '1.515s'],
    [60_000, '1m0s'],
    [0, '0s'],
    [500, '500ms'],
    [1.5, '1.5ms'],
    [0.25, '250µs'],
    [0.000001, '1ns'],
    [90_000, '1m30s'],
    [3_600_000, '1h0m0s'],
    [5_405_250, '1h30m5.25s'],
    [-1500, '-1.5s'],
    [100_000_000, '27h46m40s'],
    [999.9999999, '1s'],
  ])('%d', (millis, text) => expect(formatDuration(millis)).toBe(text));

  test('what is printed is read back', () => {
    for (let millis = 1; millis < 1e9; millis = millis * 7 + 3) expect(parseDuration(formatDuration(millis))).toBe(millis);
  });
});
