// Bugs that others had, planted in our own runner one at a time: the checker must report each by name, and must find nothing in the same
// provocation without the bug.
import { afterAll, describe, expect, test } from '@jest/globals';
import { check } from './checker.ts';
import { BUGS } from './planted/bugs.ts';
import { patched, plant, type Engine } from './planted/engine.ts';
import { PROVOCATIONS, type Provocation } from './planted/provocations.ts';
import { openScene, play, setupOf, type Scene, type SceneName } from './scene.ts';
import { INVARIANTS } from './checker.ts';
import type { Violation } from './setup.ts';

/** Of real time: virtual time may stand still for ever. */
const PATIENCE_MS = 20_000;
const opened = new Map<SceneName, Promise<Scene>>();

function sceneOf(name: SceneName): Promise<Scene> {
  const known = opened.get(name) ?? openScene(name);
  opened.set(name, known);
  return known;
}

async function violationsOf({ scene: name, queries, play: provoke }: Provocation, engine?: Engine): Promise<Violation[]> {
  const opened = await sceneOf(name);
  const scene: Scene = queries ? { ...opened, script: { ...opened.script, queries: [...queries] } } : opened;
  const here = play(scene, engine);
  const extra = await provoke(here);
  return check({ log: here.log, setup: setupOf(scene, extra) });
}

async function inTime<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no end after ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

const told = (violations: readonly Violation[]): string[] => violations.map(({ invariant, seq, why }) => `${invariant} at ${seq}: ${why}`);
const counts = { bugs: 0, clean: 0 };
const t0 = Date.now();

afterAll(() => {
  process.stdout.write(
    `planted bugs: ${counts.bugs} of ${BUGS.length} caught; ${counts.clean} provocations without a bug, no violation ${Date.now() - t0}\n`,
  );
});

describe('without a bug nothing is reported', () => {
  test.each(Object.entries(PROVOCATIONS))('%s', async (name, provocation) => {
    const t = Date.now();
    expect(told(await inTime(name, violationsOf(provocation)))).toEqual([]);
    process.stdout.write(`${name} ${Date.now() - t}\n`);
    counts.clean++;
  });
});

describe('a planted bug is caught', () => {
  test.each(BUGS)('$name', async ({ name, patches, provoked, caught }) => {
    const t = Date.now();
    const engine = await plant(name, patches);
    const b = Date.now() - t;
    const found = await inTime(name, violationsOf(PROVOCATIONS[provoked], engine));
    process.stdout.write(`${name} ${b} ${Date.now() - t} ${JSON.stringify([...new Map(found.map((v) => [v.invariant, v.why]))])}\n`);
    expect({ found: told(found), invariants: found.map(({ invariant }) => invariant) }).toEqual({
      found: expect.anything(),
      invariants: expect.arrayContaining([...caught]),
    });
    counts.bugs++;
  });
});
void patched;
void INVARIANTS;
