// --wait: what a run that has nothing to do waits for, and how it looks for it. Holds nothing, writes nothing.
import type { Kit, Result } from '../core/types.ts';
import type { Millis } from '../ports.ts';
import type { Env } from './env.ts';
import { targetVersion } from './turn.ts';

export interface Waits {
  readonly until: Millis;
  /** How the run ends if nothing comes. */
  readonly last: Result;
  readonly revision: string;
  /** What the target was. */
  readonly seen: string;
  looks: number;
}

export const nextLook: Millis = 5_000;
const looksPerWhole = 6;

export function canWait(env: Env, result: Result): boolean {
  return env.wait !== undefined && (result.is === 'unchanged' || result.is === 'initialized');
}

/** `before`: what was waited for already; its end stays, and that this run has initialized is not forgotten. */
export function waitsAfter(env: Env, kit: Kit, ended: { result: Result; revision: string; before: Waits | undefined }): Waits {
  const { result, revision, before } = ended;
  const wait = env.wait ?? 0;
  if (!before) env.reporter.note(`waiting up to ${wait / 1000}s for the next revision`, kit.canary);
  const last = before?.last.is === 'initialized' ? before.last : result;
  return { until: before?.until ?? env.clock.now() + wait, last, revision: revision || (before?.revision ?? ''), seen: '', looks: 0 };
}

export type Looked = { is: 'over'; result: Result } | { is: 'due' } | { is: 'waiting'; ms: Millis };

/** One small read; a whole look where the target changed, and now and then, for the config that it names. */
export async function lookForNext(env: Env, kit: Kit, waits: Waits): Promise<Looked> {
  const stop = env.intents().find(({ verb }) => verb === 'stop');
  if (stop) return { is: 'over', result: { is: 'parked', by: stop.by, traffic: 'as-is' } };
  // --timeout is for the whole run: nothing is begun after it.
  const isOver = env.clock.now() >= waits.until || env.intents().some(({ verb }) => verb === 'timeout');
  if (isOver) return { is: 'over', result: waits.last };
  waits.looks += 1;
  if (waits.looks % looksPerWhole === 0 || (await targetVersion(env, kit)) !== waits.seen) return { is: 'due' };
  return { is: 'waiting', ms: Math.min(nextLook, Math.max(0, waits.until - env.clock.now())) };
}
