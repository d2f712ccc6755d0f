// Plays provocations with the real runner, which must break nothing, and with bugs planted in it, which the checker must report by name.
import { afterAll, describe, expect, test } from '@jest/globals';
import { check } from '../checker.ts';
import { play, type Engine } from '../play.ts';
import { openScene, type Scene, type SceneName } from '../scene.ts';
import type { Violation } from '../setup.ts';
import { setupAfter } from '../sweep.ts';
import { PROVOCATIONS } from './all.ts';
import type { Bug } from './bugs.ts';
import { plant } from './engine.ts';
import type { Provocation } from './provocations.ts';

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

export async function inTime<T>(what: string, work: Promise<T>, patience = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no end after ${patience / 1000} s`)), patience);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function told(violations: readonly Violation[]): string[] {
  return violations.map(({ invariant, seq, why }) => `${invariant} at ${seq}: ${why}`);
}

export function bugsAreCaught(bugs: readonly Bug[], provocations: Readonly<Record<string, Provocation>>): void {
  afterAll(() => {
    process.stdout.write(
      `planted bugs: ${counts.caught} of ${bugs.length} caught; ${counts.clean} of ${Object.keys(provocations).length} provocations clean without a bug\n`,
    );
  });

  describe('the real runner breaks nothing in', () => {
    test.each(Object.entries(provocations))('%s', async (name, provocation) => {
      expect(told(await inTime(name, violationsOf(provocation)))).toEqual([]);
      counts.clean++;
    });
  });

  describe('the checker catches that', () => {
    test.each(bugs)('$name', async ({ name, patches, provoked, caught }) => {
      const found = await inTime(
        name,
        plant(name, patches).then((engine) => violationsOf(PROVOCATIONS[provoked], engine)),
      );
      const missed = caught.filter((id) => !found.some(({ invariant }) => invariant === id));
      expect({ missed, instead: missed.length ? told(found) : [] }).toEqual({ missed: [], instead: [] });
      counts.caught++;
    });
  });
}
