// Two drivers started at the same moment on one target: one of them has it, the other one says so, or comes after.
import type { Ended } from '../arena.ts';
import { unlike } from './end.ts';
import { openBefore, type Golden, type Run } from './golden.ts';
import { judge, said } from './judge.ts';
import type { Ground } from './life.ts';
import { judgedOfTwo } from './zombie.ts';

export interface Raced {
  /** One was refused; otherwise one came after the other. */
  readonly refused: boolean;
  readonly wrong: readonly string[];
}

export async function race(ground: Ground, good: Golden, { run, no }: { run: Run; no: number }): Promise<Raced> {
  const { recording } = good;
  const life = await openBefore(ground, { recording, run, name: `${recording}-race-${run}-${no}` });
  try {
    const drivers = await Promise.all([life.drive('one'), life.drive('two')]);
    const ends = await Promise.all(drivers.map(({ ended }) => ended));
    const wanted = good.runs[run].exit;
    const last = await (await life.drive('last', { argv: ['--takeover', '--no-retry'] })).ended;
    const wrong = [...wrongEnds(ends, wanted), ...unlike(await life.end(), good.runs[run].end)];
    const { entries } = await life.log();
    const extra = last.code === null ? {} : { exit: last.code };
    wrong.push(...judge(ground, recording, { entries, extra, only: judgedOfTwo }).map(said));
    const about = `${recording}, ${run}, race ${no}`;
    return { refused: ends.some(({ code }) => code === 7), wrong: wrong.map((what) => `${about}: ${what}`) };
  } finally {
    await life.close();
  }
}

function wrongEnds(ends: readonly Ended[], wanted: number | null): string[] {
  const refused = ends.filter(({ code }) => code === 7);
  const through = ends.filter(({ code }) => code === wanted);
  if (through.length === 0 || through.length + refused.length !== ends.length)
    return [`exits ${ends.map(({ code, err }) => `${code} (${err.split('\n').slice(-3).join(' ')})`).join(' and ')}`];
  return refused
    .filter(({ err }) => !/another run|driven by|taken over|driver/.test(err))
    .map(({ err }) => `the refused one names nobody: ${err}`);
}
