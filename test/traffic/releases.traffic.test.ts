// Whole releases with their users: what the proxy answered, held against what was promised. All of them at once; each has a service of its own.
import { describe, expect, test } from '@jest/globals';
import { benchUnderTest } from './bench.ts';
import { leave } from './figures.ts';
import { kinds } from './scenarios/kinds.ts';
import { lab } from './scenarios/lab.ts';
import { walk } from './scenarios/walk.ts';
import { weighted } from './scenarios/weighted.ts';

const bench = benchUnderTest();

describe.each([
  ['promotion and rollback as Flagger was measured', lab],
  ['in small steps, and too slow', walk],
  ['other kinds of releases', kinds],
  ['by TraefikService', weighted],
] as const)('%s', (_, play) => {
  const playing = play(bench);
  // Told by the test that waits for it.
  playing.catch(() => undefined);
  test('nothing is wrong with it', async () => {
    const scenes = await playing;
    for (const { figure } of scenes) leave(bench.cluster.figures, figure);
    for (const { figure, problems } of scenes) console.log(JSON.stringify(figure), problems);
    expect(Object.fromEntries(scenes.map(({ figure, problems }) => [figure.scenario, problems]))).toEqual(
      Object.fromEntries(scenes.map(({ figure }) => [figure.scenario, []])),
    );
  });
});
