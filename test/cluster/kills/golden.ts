// A release that nobody disturbs, and what it is the measure for: how it ends, and which requests of it change something.
import type { Account } from './log-of-audit.ts';
import { logOfAudit } from './log-of-audit.ts';
import type { End } from './end.ts';
import { judge, said } from './judge.ts';
import { openLife, type Ground, type Life, type Recording } from './life.ts';
import type { Tapped } from '../wiretap.ts';

/** One of the two runs of a life: the bootstrap, then, after a push, the release. */
export type Run = 'bootstrap' | 'release';
export const RUNS: readonly Run[] = ['bootstrap', 'release'];

export interface Good {
  /** Of the API server, that change something, in order. */
  readonly requests: readonly Tapped[];
  readonly exit: number | null;
  readonly end: End;
}

export interface Golden {
  readonly recording: Recording;
  readonly runs: Readonly<Record<Run, Good>>;
  readonly account: Account;
  readonly violations: readonly string[];
}

export async function golden(ground: Ground, recording: Recording): Promise<Golden> {
  const life = await openLife(ground, recording, `golden-${recording}`);
  try {
    const bootstrap = await undisturbed(life, 'bootstrap');
    await life.push();
    const release = await undisturbed(life, 'release');
    const idle = await (await life.drive('idle', { argv: ['--no-retry'] })).ended;
    const account = await life.account();
    const extra = { idle: ['idle'], ...(idle.code === null ? {} : { exit: idle.code }) };
    const violations = judge(ground, recording, { entries: logOfAudit(account).entries, extra });
    return { recording, runs: { bootstrap, release }, account, violations: violations.map(said) };
  } finally {
    await life.close();
  }
}

async function undisturbed(life: Life, run: Run): Promise<Good> {
  const driver = await life.drive(`golden-${run}`);
  const { code } = await driver.ended;
  return { requests: [...driver.sent], exit: code, end: await life.end() };
}

/** A life in which that run is the next one. */
export async function openBefore(
  ground: Ground,
  { recording, run, name }: { recording: Recording; run: Run; name: string },
): Promise<Life> {
  const life = await openLife(ground, recording, name);
  if (run === 'bootstrap') return life;
  const { code, err } = await (await life.drive('bootstrap')).ended;
  if (code !== 0) throw new Error(`the bootstrap of ${name} ended with ${code}: ${err}`);
  await life.push();
  return life;
}
