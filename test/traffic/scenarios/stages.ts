// What every stage of this ring begins and ends with: a live service with its users, and what is known of them at the end.
import type { Reach } from '../../cluster/arena.ts';
import type { Obj } from '../../../src/contracts.ts';
import type { Bench } from '../bench.ts';
import { openStage, users, type Stage, type Users } from '../stage.ts';
import { canaryFile, liveService, type CanaryOptions } from '../service.ts';
import { answered } from './answered.ts';
import { chapter, lifeOf, type Chapter, type Life } from './chapter.ts';

export interface Played {
  readonly stage: Stage;
  readonly users: Users;
  /** `canary run` of the stage's file, as it reaches what it asks. */
  run(scenario: string, more?: readonly string[]): Promise<Chapter>;
  release(scenario: string, image: string): Promise<Chapter>;
}

export interface Setting {
  readonly namespace: string;
  readonly canary: CanaryOptions;
  readonly reach?: Reach;
  /** In place of the usual Deployment, Service and HTTPRoute. */
  readonly objects?: readonly Obj[];
  readonly others?: Readonly<Record<string, string>>;
  readonly rate?: number;
}

/** Plays on a stage of its own; `tell` is asked when all is over and everything is known. */
export async function onStage<T, R>(
  bench: Bench,
  setting: Setting,
  act: { play(at: Played): Promise<T>; tell(told: T, life: Life): R },
): Promise<R> {
  const { namespace, canary, reach = 'proxy', objects = liveService(namespace), others = {} } = setting;
  const stage = await openStage(bench, { namespace, reach, objects, canary: canaryFile(namespace, canary), others });
  try {
    await answered(stage);
    const stream = await users(stage, setting.rate === undefined ? {} : { rate: setting.rate });
    const run = (scenario: string, more: readonly string[] = []): Promise<Chapter> =>
      chapter(scenario, () => stage.run(['run', stage.file, '--reach', reach, ...more]));
    const release = async (scenario: string, image: string): Promise<Chapter> => {
      await stage.setImage(image);
      return run(scenario);
    };
    const told = await act.play({ stage, users: stream, run, release });
    return act.tell(told, await lifeOf(stage, stream));
  } finally {
    await stage.close();
  }
}
