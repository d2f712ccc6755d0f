// The kill sweep: a driver dies at a chosen request, another run follows, and everything is held against the checker and the undisturbed end.
import { check } from './checker.ts';
import { KILL_POSITIONS, killAt, type KillPosition } from './kill.ts';
import { endState, play, setupOf, type Play, type Scene } from './scene.ts';
import type { InvariantId, Violation } from './setup.ts';

export interface Golden {
  requests: number;
  end: ReturnType<typeof endState>;
  exit: number;
}

/** Undisturbed, and its own log without a violation. */
export async function golden(scene: Scene): Promise<Golden & { violations: Violation[] }> {
  const here = play(scene);
  const counter = killAt(Infinity, 'before');
  const ran = await here.drive('golden', { killer: counter });
  const exit = ran?.outcomes[0]?.exitCode ?? -1;
  return {
    requests: counter.requests(),
    end: endState(here.stage),
    exit,
    violations: check({ log: here.log, setup: setupOf(scene, { exit }) }),
  };
}

export interface Kill {
  at: number;
  position: KillPosition;
}

export function allKills(requests: number): Kill[] {
  return Array.from({ length: requests }, (_, at) => KILL_POSITIONS.map((position) => ({ at: at + 1, position }))).flat();
}

/** What went wrong with this kill; nothing = it was survived. */
export async function survive(scene: Scene, good: Golden, { at, position }: Kill): Promise<string[]> {
  const here = play(scene);
  const killer = killAt(at, position);
  await here.drive('killed', { killer });
  const again = await here.drive('again');
  const outcome = again?.outcomes[0];
  const idle = await twoMore(here);
  const wrong = check({ log: here.log, setup: setupOf(scene, { exit: outcome?.exitCode ?? -1, idle }) }, checked).map(
    ({ invariant, why, seq }) => `${invariant} at ${seq}: ${why}`,
  );
  const end = JSON.stringify(endState(here.stage));
  if (end !== JSON.stringify(good.end))
    wrong.push(`ends otherwise: ${end.slice(end.indexOf('"record"'))} instead of ${JSON.stringify(good.end.record)}`);
  if (!allowedExit(good.exit, outcome?.exitCode)) wrong.push(`exit ${outcome?.exitCode}: ${outcome?.why}`);
  return wrong;
}

const checked: InvariantId[] = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I10', 'I11', 'I12', 'I13'];

/** A run that finds everything done says so (0), also where the killed one had rolled back but not told. */
function allowedExit(good: number, exit: number | undefined): boolean {
  return exit === good || (good === 0 && exit === 0);
}

/** I10: two more runs write nothing. */
async function twoMore(here: Play): Promise<string[]> {
  const names = ['idle-1', 'idle-2'];
  for (const name of names) await here.drive(name, { noRetry: true });
  return names;
}
