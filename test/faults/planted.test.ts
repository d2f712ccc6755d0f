// Bugs that others had, planted in our own runner one at a time: the checker must report each by name, and must find nothing in the same
// provocation without the bug.
import { afterAll, describe, expect, test } from '@jest/globals';
import { check, INVARIANTS } from './checker.ts';
import { BUGS, PROVOCATIONS } from './planted/all.ts';
import { patched, plant } from './planted/engine.ts';
import type { Provocation } from './planted/provocations.ts';
import { play, type Engine } from './play.ts';
import { openScene, type Scene, type SceneName } from './scene.ts';
import { setupAfter } from './sweep.ts';
import type { Violation } from './setup.ts';

/** Of real time: virtual time may stand still for ever. */
const PATIENCE_MS = 20_000;
const opened = new Map<SceneName, Promise<Scene>>();
const counts = { caught: 0, clean: 0 };

function sceneOf(name: SceneName): Promise<Scene> {
  const scene = opened.get(name) ?? openScene(name);
  opened.set(name, scene);
  return scene;
}

/** What the checker says of a provocation, played with the real runner or another. */
async function violationsOf({ scene: name, queries, hooks, play: provoke }: Provocation, engine?: Engine): Promise<Violation[]> {
  const recorded = await sceneOf(name);
  const other = { ...(queries ? { queries: structuredClone(queries) } : {}), ...(hooks ? { hooks } : {}) };
  const scene: Scene = { ...recorded, script: { ...recorded.script, ...other } };
  const here = play(scene, engine);
  const extra = await provoke(here);
  return check({ log: here.log, setup: setupAfter(scene, here, extra) });
}

async function inTime<T>(what: string, work: Promise<T>, patience = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no end after ${patience / 1000} s`)), patience);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function told(violations: readonly Violation[]): string[] {
  return violations.map(({ invariant, seq, why }) => `${invariant} at ${seq}: ${why}`);
}

afterAll(() => {
  process.stdout.write(
    `planted bugs: ${counts.caught} of ${BUGS.length} caught; ${counts.clean} of ${Object.keys(PROVOCATIONS).length} provocations clean without a bug\n`,
  );
});

describe('the real runner breaks nothing in', () => {
  test.each(Object.entries(PROVOCATIONS))('%s', async (name, provocation) => {
    expect(told(await inTime(name, violationsOf(provocation)))).toEqual([]);
    counts.clean++;
  });
});

describe('the checker catches that', () => {
  test.each(BUGS)('$name', async ({ name, patches, provoked, caught }) => {
    const found = await inTime(
      name,
      plant(name, patches).then((engine) => violationsOf(PROVOCATIONS[provoked], engine)),
    );
    const missed = caught.filter((id) => !found.some(({ invariant }) => invariant === id));
    expect({ missed, instead: missed.length ? told(found) : [] }).toEqual({ missed: [], instead: [] });
    counts.caught++;
  });
});

describe('the planted bugs', () => {
  test('are caught by every invariant at least once', () => {
    expect([...new Set(BUGS.flatMap(({ caught }) => caught))].sort()).toEqual(Object.keys(INVARIANTS).sort());
  });

  test('use every provocation', () => {
    expect([...new Set(BUGS.map(({ provoked }) => provoked))].sort()).toEqual(Object.keys(PROVOCATIONS).sort());
  });

  const patch = { file: 'src/a.ts', find: 'b', replace: 'c' };

  test('are refused when what they replace is not there, or there twice', () => {
    expect(() => patched('a', patch)).toThrow('src/a.ts has 0 places instead of one that read: b');
    expect(() => patched('b, b', patch)).toThrow('src/a.ts has 2 places instead of one that read: b');
    expect(patched('a, b', patch)).toBe('a, c');
  });

  test('are refused when the runner never reads the file', async () => {
    await expect(plant('nowhere', [{ ...patch, file: 'src/cli/main.ts', find: 'function main(' }])).rejects.toThrow(
      'does not import src/cli/main.ts',
    );
  });

  test('are named when they never end', async () => {
    await expect(inTime('a bug', new Promise(() => undefined), 5)).rejects.toThrow('a bug: no end after 0.005 s');
  });
});
