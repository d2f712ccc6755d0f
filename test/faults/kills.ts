// One scene's kills as tests: all of them, or a seeded share. The counts are printed.
import { expect, test } from '@jest/globals';
import { randomOf } from './random.ts';
import { openScene, type SceneName } from './scene.ts';
import { allKills, golden, survive, type Kill } from './sweep.ts';

export interface Share {
  /** Of 1. */
  share: number;
  seed: number;
}

/** A kill that never ends is a finding too, not a reason to wait. */
const longest = 60_000;

export function killsAreSurvived(name: SceneName, { share, seed }: Share = { share: 1, seed: 1 }): void {
  test(`${name}: a driver killed at ${share === 1 ? 'every request' : 'some of the requests'}, and run again, ends like an undisturbed one`, async () => {
    const scene = await openScene(name);
    const good = await golden(scene);
    expect(good.violations).toEqual([]);
    const kills = chosen(allKills(good.requests), { share, seed });
    const wrong: string[] = [];
    for (const kill of kills) {
      const found = await within(survive(scene, good, kill));
      wrong.push(...found.map((what) => `killed ${kill.position} request ${kill.at}: ${what}`));
    }
    process.stdout.write(`${name}: ${good.requests} requests, ${kills.length} kills survived or not, ${wrong.length} violations\n`);
    expect(wrong).toEqual([]);
    expect(kills.length).toBeGreaterThan(share === 1 ? good.requests * 3 - 1 : 3);
  }, 600_000);
}

function chosen(kills: Kill[], { share, seed }: Share): Kill[] {
  const random = randomOf(seed);
  return share === 1 ? kills : kills.filter(() => random() < share);
}

async function within(survival: Promise<string[]>): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string[]>((resolve) => {
    timer = setTimeout(() => resolve(['it never ended']), longest);
  });
  try {
    return await Promise.race([survival, late]);
  } finally {
    clearTimeout(timer);
  }
}
