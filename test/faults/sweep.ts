// The kill sweep: a driver dies at a chosen request, another run follows, and everything is held against the checker and the undisturbed end.
import { check } from './checker.ts';
import { objectOf, recordOf } from './facts.ts';
import { KILL_POSITIONS, killAt, type KillPosition } from './kill.ts';
import { endState, toldIn, type End } from './ends.ts';
import { play, type Play } from './play.ts';
import type { Scene } from './scene.ts';
import { setupOf } from './scene-setup.ts';
import type { Setup, Violation } from './setup.ts';
import { storedIn } from './stored.ts';

export interface Golden {
  requests: number;
  end: End;
  told: readonly string[];
  exit: number;
}

/** Undisturbed, and its own log without a violation. */
export async function golden(scene: Scene): Promise<Golden & { violations: Violation[] }> {
  const here = play(scene);
  const counter = killAt(Infinity, 'before');
  const ran = await here.drive('golden', { killer: counter });
  const exit = ran?.outcomes[0]?.exitCode ?? -1;
  const setup = setupAfter(scene, here, { exit });
  return {
    requests: counter.requests(),
    ...{ end: endState(here.stage), told: toldIn(here.log, setup), exit },
    violations: check({ log: here.log, setup }),
  };
}

/** What stands now is what a delete has left. */
export function setupAfter(scene: Scene, here: Play, extra: Partial<Setup>): Setup {
  if (!scene.originals) return setupOf(scene, extra);
  const left = storedIn(here.stage.sandbox.world, scene.namespace);
  return setupOf(scene, { left: left.filter(({ object }) => !isForgotten(here, object)), ...extra });
}

/** The Lease of a driver that died after its record was gone: nobody knows of it any more, and it has run out. */
function isForgotten({ log }: Play, object: string): boolean {
  const [, dead] = /^coordination\.k8s\.io\/leases canary-(\w+)-/.exec(object) ?? [];
  const record = recordOf(log.subject.target);
  return dead !== undefined && log.entries.some((one) => one.actor === dead && one.verb === 'DELETE' && objectOf(one) === record);
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
  const outcome = (await here.drive('again'))?.outcomes[0];
  const exit = outcome?.exitCode ?? nothingLeft(scene, here);
  const idle = await twoMore(here);
  const setup = setupAfter(scene, here, { exit, idle });
  const wrong = check({ log: here.log, setup }).map(({ invariant, why, seq }) => `${invariant} at ${seq}: ${why}`);
  const end = endState(here.stage);
  if (JSON.stringify(end) !== JSON.stringify(good.end))
    wrong.push(
      `ends otherwise: ${JSON.stringify(end.record)} instead of ${JSON.stringify(good.end.record)}${objectsUnlike(end, good.end)}`,
    );
  const told = toldIn(here.log, setup);
  if (told.join() !== good.told.join())
    wrong.push(`told otherwise: ${told.filter((one) => !good.told.includes(one)).join()} ${told.length}`);
  if (exit !== good.exit) wrong.push(`exit ${exit}: ${outcome?.why}`);
  return wrong;
}

function objectsUnlike(end: End, good: End): string {
  const names = new Set([...Object.keys(end.objects), ...Object.keys(good.objects)]);
  const unlike = [...names].filter((name) => JSON.stringify(end.objects[name]) !== JSON.stringify(good.objects[name]));
  return unlike.map((name) => `; ${name} ${JSON.stringify(end.objects[name])} instead of ${JSON.stringify(good.objects[name])}`).join('');
}

/** A delete that was through before it was killed finds nothing to delete, and that is as good. */
function nothingLeft(scene: Scene, here: Play): number {
  return scene.originals && endState(here.stage).record === undefined ? 0 : -1;
}

/** I10: two more runs write nothing. */
async function twoMore(here: Play): Promise<string[]> {
  const names = ['idle-1', 'idle-2'];
  for (const name of names) await here.drive(name, { noRetry: true });
  return names;
}
