// SIGKILL of a driver at one of its requests, another run that takes over, and what is wrong with how it all ended.
import type { Fate, Tapped, Taps } from '../wiretap.ts';
import { unlike } from './end.ts';
import { openBefore, type Golden, type Run } from './golden.ts';
import { judge, said } from './judge.ts';
import { isMutating, type Ground, type Life } from './life.ts';

/** The request never arrives; or it arrives after its sender died; or it was carried out, and nobody heard the answer. */
export const POSITIONS = ['lost', 'in flight', 'unheard'] as const;
export type Position = (typeof POSITIONS)[number];

export interface Kill {
  readonly run: Run;
  /** Counted from 1. */
  readonly at: number;
  readonly position: Position;
}

/** Every request of both runs, each at one position; `seed` shifts which. */
export function killsOf({ runs }: Golden, seed: number): Kill[] {
  const of = (run: Run): Kill[] =>
    runs[run].requests.map((_, index) => ({ run, at: index + 1, position: POSITIONS[(index + seed) % POSITIONS.length] ?? 'lost' }));
  // The long ones first, so that they do not stand alone at the end.
  return [...of('release'), ...of('bootstrap')];
}

export interface Survived {
  /** false: there were fewer requests this time. */
  readonly killed: boolean;
  readonly wrong: readonly string[];
}

export async function survive(ground: Ground, good: Golden, { run, at, position }: Kill): Promise<Survived> {
  const { recording } = good;
  const life = await openBefore(ground, { recording, run, name: `${recording}-${run}-${at}` });
  try {
    const killed = await driveToDeath(life, at, position);
    const again = await untilItEnds(life);
    const wrong = unlike(await life.end(), good.runs[run].end);
    if (again.code !== good.runs[run].exit) wrong.push(`exit ${again.code} instead of ${good.runs[run].exit}: ${again.err}`);
    const extra = again.code === null ? {} : { exit: again.code };
    const violations = judge(ground, recording, { entries: (await life.log()).entries, extra }).map(said);
    const about = `${recording}, ${run}, killed at request ${at}, ${position}`;
    return { killed, wrong: [...wrong, ...violations].map((what) => `${about}: ${what}`) };
  } finally {
    await life.close();
  }
}

/** Whether it came to that. */
async function driveToDeath(life: Life, at: number, position: Position): Promise<boolean> {
  let count = 0;
  let last: Tapped | undefined;
  const die = async (): Promise<void> => {
    driver.child.kill('SIGKILL');
    await driver.ended;
  };
  const taps: Taps = {
    async before(request): Promise<Fate> {
      if (!isMutating(request) || ++count !== at) return 'pass';
      last = request;
      if (position !== 'unheard') await die();
      return position === 'lost' ? 'lost' : 'unanswered';
    },
    async after(request) {
      if (request === last && position === 'unheard') await die();
    },
  };
  const driver = await life.drive('killed', { taps });
  return (await driver.ended).code === null;
}

/** Something else than a signal of ours ends it. */
async function untilItEnds(life: Life): Promise<{ code: number | null; err: string }> {
  for (let tries = 1; ; tries++) {
    const ended = await (await life.drive(`again-${tries}`, { argv: ['--takeover'] })).ended;
    if (ended.code !== null || tries === 3) return ended;
  }
}
