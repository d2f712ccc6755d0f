// A driver that is stopped (SIGSTOP) with a request under way, is taken over from, and wakes up when all is done: nothing of it may come through.
import { isDriverWrite, stateOf } from '../../faults/facts.ts';
import type { Entry } from '../../faults/log.ts';
import type { InvariantId } from '../../faults/setup.ts';
import type { Fate, Tapped } from '../wiretap.ts';
import { unlike } from './end.ts';
import { openBefore, type Golden, type Run } from './golden.ts';
import { judge, said } from './judge.ts';
import { logOfAudit, type Account } from './log-of-audit.ts';
import { isMutating, type Ground, type Life } from './life.ts';

/** The `nth` request of this method and path, counted from 1: it is the same one whatever else a release happens to tell. */
export interface Stop {
  readonly run: Run;
  readonly what: string;
  readonly nth: number;
}

/** What is stopped in any case, as far as a release has it. */
const telling: readonly RegExp[] = [
  /^PATCH virtualservices\/podinfo$/,
  /^PATCH deployments\/podinfo$/,
  /^PATCH deployments\/podinfo-primary$/,
  /^PATCH configmaps\/canary-deployment-podinfo$/,
];

/** The last of each telling kind, and others of the release at even distances, `count` in all. */
export function stopsOf({ runs }: Golden, count: number): Stop[] {
  const whats = runs.release.requests.map(whatOf).filter((what) => !/events|leases/.test(what));
  const all = whats.map((what, index): Stop => ({
    run: 'release',
    what,
    nth: whats.slice(0, index + 1).filter((one) => one === what).length,
  }));
  const last = telling.flatMap((pattern) => all.findLast(({ what }) => pattern.test(what)) ?? []);
  const left = all.filter((one) => !last.includes(one));
  const others = Math.max(0, count - last.length);
  return [
    ...last,
    ...Array.from({ length: others }, (_, no) => left[Math.floor(((no + 0.5) * left.length) / others)]).filter((one) => one !== undefined),
  ];
}

/** 'PATCH deployments/podinfo' */
export function whatOf({ method, path }: Tapped): string {
  const [, rest = path] = /\/namespaces\/[^/]+\/([^?]*)/.exec(path) ?? [];
  return `${method} ${rest}`;
}

/** I11 is left out, as in the sandbox's races: a fenced driver may have asked once more before it saw that it was. */
export const judgedOfTwo: readonly InvariantId[] = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I9', 'I12', 'I13', 'I16'];

export interface Haunted {
  /** What the old driver had accepted after it was taken over from. */
  readonly accepted: readonly string[];
  readonly wrong: readonly string[];
  readonly account: Account;
}

export async function haunt(ground: Ground, good: Golden, { stop, no }: { stop: Stop; no: number }): Promise<Haunted> {
  const { recording } = good;
  const life = await openBefore(ground, { recording, run: stop.run, name: `${recording}-zombie-${no}` });
  try {
    const stopped = await stopAndTakeOver(life, stop);
    // A write that met a conflict was there once more in the golden life.
    if (!stopped && stop.nth > 1) return await haunt(ground, good, { stop: { ...stop, nth: stop.nth - 1 }, no: no + 100 });
    if (!stopped) throw new Error(`there was no ${stop.what}`);
    const { old, taken } = stopped;
    const wrong = unlike(await life.end(), good.runs[stop.run].end);
    if (taken !== good.runs[stop.run].exit) wrong.push(`the new driver ended with ${taken}`);
    const account = await life.account();
    const { entries } = logOfAudit(account);
    const { accepted, isNew } = lateOf(entries);
    const isLost = old.code === 7 && /taken over|stamped|took the record|(driven|held|owned) by/.test(old.err);
    if (!isLost && !(isNew && old.code === good.runs[stop.run].exit)) wrong.push(`the old driver ended with ${old.code}: ${old.err}`);
    const extra = taken === null ? {} : { exit: taken };
    wrong.push(...judge(ground, recording, { entries, extra, only: judgedOfTwo }).map(said));
    const about = `${recording}, stopped at ${stop.what} (${stop.nth})`;
    return { accepted: accepted.map((what) => `${about}: ${what}`), wrong: wrong.map((what) => `${about}: ${what}`), account };
  } finally {
    await life.close();
  }
}

interface Late {
  /** What the old driver had accepted since the new one's first word: whatever was under way when it was stopped had arrived by then, but for what
   *  was held back. Its own Lease and what it tells people are left out, as in I6: nobody decides on these. */
  readonly accepted: readonly string[];
  /** Who got no answer for a minute may take over again once the record is free, and is a new driver from then on. */
  readonly isNew: boolean;
}

function lateOf(entries: readonly Entry[]): Late {
  const taken = entries.findIndex((entry) => entry.actor === 'new' && isDriverWrite(entry));
  const late = (taken < 0 ? entries : entries.slice(taken)).filter((entry) => entry.actor === 'old' && isDriverWrite(entry));
  const claim = late.findIndex(({ before, after }) => {
    const [was, is] = [stateOf(before), stateOf(after)];
    return was !== undefined && is !== undefined && was.driver === '' && is.epoch > was.epoch;
  });
  const accepted = late.slice(0, claim < 0 ? late.length : claim).filter(({ path }) => !/\/(events|leases)(\/|$)/.test(path));
  return { accepted: accepted.map(({ verb, path }) => `${verb} ${path} came through`), isNew: claim >= 0 };
}

interface Told {
  readonly code: number | null;
  readonly err: string;
}

/** Undefined: it never came to that request. */
async function stopAndTakeOver(life: Life, { what, nth }: Stop): Promise<{ old: Told; taken: number | null } | undefined> {
  let taken: number | null | undefined;
  let count = 0;
  const before = async (request: Tapped): Promise<Fate> => {
    if (!isMutating(request) || whatOf(request) !== what || ++count !== nth) return 'pass';
    old.child.kill('SIGSTOP');
    taken = (await (await life.drive('new', { argv: ['--takeover'] })).ended).code;
    old.child.kill('SIGCONT');
    return 'pass';
  };
  const old = await life.drive('old', { taps: { before } });
  const { code, err } = await old.ended;
  return taken === undefined ? undefined : { old: { code, err }, taken };
}
