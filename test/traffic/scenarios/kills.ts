// The driver is killed at random moments of a release's life, with SIGKILL; then somebody heals, or runs again. Whatever the moment: nobody is lost, a
// heal brings everybody home at once, and the run after it ends as a release ends.
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { atMost, type Goal } from '../figures.ts';
import { byPod, primaryGiven, target } from '../history.ts';
import { answeredUnanalysed } from '../load/answers.ts';
import { lastOf } from '../load/ledger.ts';
import { factsOf, settle, shown, type Chapter, type Facts, type Shown } from './chapter.ts';
import { onStage, type Played } from './stages.ts';

export interface Kill {
  readonly no: number;
  /** After the release began. */
  readonly after: number;
  readonly then: 'heal' | 'run';
}

/** How long an undisturbed release of this kind takes, about. */
const life = 26_000;

/** Spread over the whole life, and random within each part of it. `random`: 0 to 1. */
export function killsOf(count: number, random: () => number): Kill[] {
  return Array.from({ length: count }, (_, no) => ({
    no,
    after: Math.round(((no + random()) / count) * life),
    then: no % 2 ? 'run' : 'heal',
  }));
}

/** A chain of releases on one stage, each killed once: the next begins where the one before left. */
export function killed(bench: Bench, namespace: string, kills: readonly Kill[]): Promise<Shown[]> {
  const analysis = { interval: '3s', threshold: 3, stepWeight: 25, maxWeight: 50 };
  return onStage(
    bench,
    { namespace, canary: { analysis } },
    {
      play: async (at) => {
        await at.run('taken over');
        const told: Killed[] = [];
        for (const kill of kills) told.push(await killOne(at, kill));
        return told;
      },
      tell: (told, everything) =>
        told.map((one) =>
          judged(
            one,
            factsOf(one.chapter, everything, { sideOf: byPod }),
            told.map(({ image }) => image),
          ),
        ),
    },
  );
}

interface Killed {
  readonly kill: Kill;
  readonly image: string;
  readonly chapter: Chapter;
  /** When `canary heal` was typed, and how it ended. */
  readonly healed?: { readonly at: number; readonly code: number | null };
}

async function killOne(at: Played, kill: Kill): Promise<Killed> {
  const image = `podinfo:2.${kill.no}`;
  const { stage } = at;
  await stage.setImage(image);
  const from = Date.now();
  const running = stage.start(['run', stage.file, '--reach', 'proxy']);
  await Promise.race([pause(kill.after), running.ended]);
  running.child.kill('SIGKILL');
  await running.ended;
  const healed = kill.then === 'heal' ? await heal(at) : undefined;
  const last = await at.run(`killed after ${(kill.after / 1000).toFixed(1)} s, then ${kill.then}`);
  const chapter = { ...last, span: { from, to: last.span.to } };
  return { kill, image, chapter, ...(healed ? { healed } : {}) };
}

/** The next run comes once the proxy has had its time: what is asked is whether everybody is home by then. */
async function heal({ stage }: Played): Promise<NonNullable<Killed['healed']>> {
  const at = Date.now();
  const { code } = await stage.run(['heal', target]);
  await pause(Math.max(0, at + 2 * settle + 1_000 - Date.now()));
  return { at, code };
}

function judged(one: Killed, facts: Facts, images: readonly string[]): Shown {
  const { healed } = one;
  const passed = ['podinfo:1.0', ...images].map((image) => ({
    version: image.split(':')[1] ?? '',
    from: primaryGiven(facts.events, image) ?? 0,
  }));
  const unanalysed = answeredUnanalysed(facts.entries, passed, byPod).map(({ text }) => text);
  const goals: Goal[] = [];
  const problems = [...unanalysed];
  if (healed) {
    if (healed.code !== 0) problems.push(`heal ended with ${healed.code}`);
    const until = healed.at + 2 * settle + 1_000;
    const last = lastOf(facts.entries, (entry) => entry.at >= healed.at && entry.at < until && byPod(entry) === 'canary');
    const seconds = last ? (last.at - healed.at) / 1000 : 0;
    goals.push(atMost('everybody on the primary after heal', seconds, { limit: 5, unit: ' s' }));
    if (last && last.at >= until - 500) problems.push(`the canary still answered ${seconds} s after heal was typed`);
  }
  return shown(facts, { code: 0, goals, problems });
}
