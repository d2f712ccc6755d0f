// Two drivers on one target: the second takes over at a seeded moment while every request of both is delayed by a seeded time.
import { expect, test } from '@jest/globals';
import { check } from './checker.ts';
import { interleave } from './network.ts';
import { randomOf } from './random.ts';
import { endState } from './ends.ts';
import { play } from './play.ts';
import { openScene, raced, type Scene } from './scene.ts';
import { setupOf } from './scene-setup.ts';
import { golden, type Golden } from './sweep.ts';
import type { InvariantId } from './setup.ts';

/** I11 is left out: a fenced driver may have asked once more before it saw that it was. */
const checked: InvariantId[] = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I9', 'I12', 'I13', 'I16'];

export interface Race {
  /** What went wrong; nothing = it was survived. */
  wrong: string[];
  exits: (number | undefined)[];
}

export async function race(scene: Scene, good: Golden, seed: number): Promise<Race> {
  const here = play(scene);
  const { clock } = here.stage.sandbox.world;
  const random = randomOf(seed);
  const slow = (no: number) => interleave({ seed: seed * 2 + no, clock, most: 1_500 });
  const first = here.drive('first', { disturb: slow(0), takeover: random() < 0.5 });
  // Anywhere in the first one's life; sometimes right at its start.
  await clock.sleep(random() < 0.2 ? random() * 100 : random() * 90_000, new AbortController().signal);
  const second = here.drive('second', { disturb: slow(1), takeover: random() < 0.8 });
  const exits = (await Promise.all([first, second])).map((ran) => ran?.outcomes[0]?.exitCode);
  const last = await here.drive('last', { takeover: true, noRetry: true });
  const exit = last?.outcomes[0]?.exitCode ?? -1;
  const wrong = check({ log: here.log, setup: setupOf(scene, { exit }) }, checked).map(
    ({ invariant, why, seq }) => `${invariant} at ${seq}: ${why}`,
  );
  if (JSON.stringify(endState(here.stage)) !== JSON.stringify(good.end))
    wrong.push(`ends otherwise: ${JSON.stringify(endState(here.stage).record)}`);
  if (exits.some((code) => code === undefined || ![0, 7, 10].includes(code))) wrong.push(`exits ${exits.join(' and ')}`);
  return { wrong, exits };
}

/** `count` seeded races over all scenes in turn, as one test. */
export function racesAreSurvived(count: number): void {
  test(`${count} seeded races of two drivers: one writer, one winner, the same end`, async () => {
    const opened = [];
    for (const name of raced) {
      const scene = await openScene(name);
      opened.push({ scene, good: await golden(scene) });
    }
    const wrong: string[] = [];
    const takeovers = { fenced: 0, alone: 0 };
    for (let seed = 1; seed <= count; seed++) {
      const { scene, good } = opened[seed % opened.length] ?? fail();
      const found = await race(scene, good, seed);
      wrong.push(...found.wrong.map((what) => `seed ${seed}, ${scene.name}: ${what}`));
      takeovers[found.exits.includes(7) ? 'fenced' : 'alone']++;
    }
    process.stdout.write(
      `${count} races: ${takeovers.fenced} with a loser (exit 7), ${takeovers.alone} one after the other, ${wrong.length} violations\n`,
    );
    expect(wrong).toEqual([]);
    // The races must really race: most of them have a loser.
    expect(takeovers.fenced).toBeGreaterThan(count / 2);
  }, 600_000);
}

function fail(): never {
  throw new Error('there is no such scene');
}
