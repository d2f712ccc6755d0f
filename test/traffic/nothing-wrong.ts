// Every scenario leaves its figure for the tables; what is wrong with one fails its test, in sentences.
import { expect } from '@jest/globals';
import type { Bench } from './bench.ts';
import { leave } from './figures.ts';
import type { Shown } from './scenarios/chapter.ts';

export function nothingIsWrong(bench: Bench, scenes: readonly Shown[]): void {
  for (const { figure } of scenes) leave(bench.cluster.figures, figure);
  const wrong = scenes.filter(({ problems }) => problems.length).map(({ figure, problems }) => ({ scenario: figure.scenario, problems }));
  expect(wrong).toEqual([]);
  expect(scenes.length).toBeGreaterThan(0);
}
