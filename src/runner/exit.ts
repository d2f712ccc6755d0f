// Exit codes as data: one table for the runner, `canary help exit-codes` and the docs.
import type { Result } from '../core/types.ts';

export const exitCodes: readonly { code: number; meaning: string; traffic: string }[] = [
  { code: 0, meaning: 'promoted, initialized, deleted, or nothing to do (changed=false)', traffic: 'the promoted primary, 100 %' },
  { code: 1, meaning: 'our bug, or an unforeseen error before any change', traffic: 'untouched' },
  { code: 2, meaning: 'wrong flags or arguments', traffic: 'untouched' },
  { code: 3, meaning: 'the file is not valid', traffic: 'untouched' },
  { code: 4, meaning: 'not signed in, or forbidden', traffic: 'untouched' },
  { code: 5, meaning: 'cluster or metrics server not reachable before the start', traffic: 'untouched' },
  { code: 6, meaning: 'preflight failed: the cluster is not ready for this canary', traffic: 'untouched' },
  { code: 7, meaning: 'driven by another run, or by a live Flagger', traffic: 'untouched' },
  { code: 8, meaning: 'suspended: spec.suspend is true', traffic: 'untouched' },
  { code: 10, meaning: 'analysis failed: rolled back and read back', traffic: 'the old primary, 100 %' },
  { code: 11, meaning: 'pods not ready before the deadline: rolled back', traffic: 'the old primary, 100 %' },
  { code: 12, meaning: 'a rollback webhook said yes: rolled back', traffic: 'the old primary, 100 %' },
  { code: 13, meaning: '--timeout reached: rolled back, or nothing was begun', traffic: 'the old primary, 100 %' },
  { code: 14, meaning: 'lost the cluster, or our own error, on the way: rolled back', traffic: 'the old primary, 100 %' },
  { code: 15, meaning: 'superseded by a newer revision: handed over', traffic: 'the old primary, 100 %' },
  { code: 20, meaning: 'the way back is not confirmed: a person must look', traffic: 'unknown' },
  {
    code: 129,
    meaning: 'stopped by SIGHUP: parked, the next run goes on',
    traffic: 'the primary; in a promotion, the sides that are ready',
  },
  {
    code: 130,
    meaning: 'stopped by SIGINT (Ctrl-C): parked, the next run goes on',
    traffic: 'the primary; in a promotion, the sides that are ready',
  },
  {
    code: 143,
    meaning: 'stopped by SIGTERM: parked, the next run goes on',
    traffic: 'the primary; in a promotion, the sides that are ready',
  },
];

const signals: Record<string, number> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** The code of one canary's result. */
export function exitOf(result: Result): number {
  switch (result.is) {
    case 'promoted':
    case 'unchanged':
    case 'initialized':
    case 'deleted':
      return 0;
    case 'suspended':
      return 8;
    case 'failed-before':
      return 10;
    case 'not-initialized':
      return result.cause.by === 'timeout' ? 13 : 11;
    case 'superseded':
      return 15;
    case 'stopped':
      return result.exit;
    case 'parked':
      return result.traffic === 'nowhere' ? 20 : (signals[result.by] ?? 130);
    case 'rolled-back':
      return result.confirmed ? rolledBack(result.cause.by, result.cause.by === 'signal' ? result.cause.why : '') : 20;
  }
}

function rolledBack(by: string, signal: string): number {
  const codes: Record<string, number> = { checks: 10, deadline: 11, gate: 12, person: 12, timeout: 13, trouble: 14, returned: 0 };
  return codes[by] ?? signals[signal] ?? 130;
}

/** Of several canaries: 20 if any, else the highest of 10 to 15, else the highest of the rest; signals beat 0. */
export function exitOfAll(codes: readonly number[]): number {
  if (codes.includes(20)) return 20;
  const failed = codes.filter((code) => code >= 10 && code <= 15);
  return Math.max(0, ...(failed.length ? failed : codes));
}

/** Stopped before there was anything to park. */
export function exitOfStop(intents: readonly { verb: string; by: string }[]): number {
  const by = intents.find(({ verb }) => verb === 'stop')?.by ?? 'SIGINT';
  return signals[by] ?? 130;
}
