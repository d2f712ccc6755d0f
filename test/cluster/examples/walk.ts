// Plays a walk-through on the real API server: what prepares a real cluster, then its sessions, each command as it is typed. It judges nothing.
import { normalLines } from '../../examples/normal.ts';
import { preparationsOf, stepsOf, type Step } from '../../examples/readme.ts';
import type { Cluster } from '../cluster.ts';
import type { Mark } from '../releases/requests.ts';
import type { ScriptedWorld } from '../../support/script.ts';
import { comparable, fits, onlyOurs } from './lines.ts';
import { whyLeftOut } from './rules.ts';
import { setStage, type Stage, type Where } from './stage.ts';

export interface PlayedStep extends Step {
  readonly said: readonly string[];
}

export interface Walk {
  readonly where: Where;
  readonly steps: readonly PlayedStep[];
  /** What was posted to webhooks and chats. */
  readonly hooks: ScriptedWorld['hooks'];
  readonly marks: readonly Mark[];
}

export async function walk(cluster: Cluster, example: string): Promise<Walk> {
  const played = stepsOf(example).filter(({ typed }) => !whyLeftOut(typed, 'session'));
  const stage = await setStage(cluster, example, { namespace: `walk-${example}`, rates: ratesIn(played) });
  const steps: PlayedStep[] = [];
  try {
    for (const step of played) steps.push({ ...step, said: await play(step, stage) });
    return { where: stage.where, steps, hooks: stage.arena.neighbours.script.hooks, marks: stage.marks };
  } finally {
    await stage.arena.close();
  }
}

export interface LeftOut {
  readonly command: string;
  readonly because: string;
}

export function leftOutOf(example: string): LeftOut[] {
  const named = (command: string, of: 'session' | 'preparation'): LeftOut[] => {
    const because = whyLeftOut(command, of);
    return because === undefined ? [] : [{ command, because }];
  };
  return [
    ...preparationsOf(example).flatMap((line) => named(line, 'preparation')),
    ...stepsOf(example).flatMap(({ typed }) => named(typed, 'session')),
  ];
}

/** How often a table is looked at again until it is as shown: controllers take their time. */
const looks = 60;

async function play({ typed, shown }: Step, { where, type }: Stage): Promise<string[]> {
  const last = normalOf(shown.slice(-1), where);
  const once = async (): Promise<string[]> => {
    const said = await type(typed, (line) => normalOf([line], where) === last);
    return typed.includes(' -A') ? onlyOurs(said, where.namespace) : said;
  };
  let said = await once();
  for (let tries = 0; /^kubectl get (?!.* -o )/.test(typed) && !fits(said, shown, where) && tries < looks; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    said = await once();
  }
  return said;
}

function normalOf(lines: readonly string[], where: Where): string {
  return normalLines(comparable(lines, where)).join('\n');
}

/** The success rates that its story asks for, one for each check: good where traffic advances or the version is copied, else what the halt says. */
function ratesIn(steps: readonly Step[]): number[] {
  const lines = steps.flatMap(({ typed, shown }) => (/^canary run |^wait /.test(typed) ? shown : []));
  const rates = lines.flatMap((line, at) => {
    const [, halted] = /\bHalt \S+ advancement success rate ([\d.]+)% </.exec(line) ?? [];
    if (halted) return [Number(halted)];
    // The first step is taken unasked.
    const isFirst = lines[at - 1]?.includes('Starting canary deployment') ?? false;
    return /(?:^| )(?:Advance \S+ canary weight|Copying) /.test(line) && !isFirst ? [100] : [];
  });
  if (!rates.length) throw new Error('no check in the whole walk-through');
  return rates;
}
