// What must never be: worlds that are wrong at once, and ends that are wrong. Reads worlds, makes none.
import { CANARY, PRIMARY, RECORD, ROUTE, stored, type Stage, type World } from './world.ts';

const weightOf: Partial<Record<Stage, number>> = { start: 0, w25: 25, w50: 50 };
const promoting: readonly unknown[] = ['promoting', 'promoted'];
const goingBack: readonly unknown[] = ['going back', 'failed'];

export function wrongNow(world: World): string {
  const weight = Number(stored(world, ROUTE).value);
  const primary = stored(world, PRIMARY).value;
  const stage = stored(world, RECORD).value as Stage;
  if (weight > 0 && stored(world, CANARY).value === 0) return 'weight on 0 replicas';
  if (primary === 'new' && goingBack.includes(stage)) return 'a new primary, and the record went back';
  return (
    saysLess(weight, primary === 'new', stage) || skipped(world, weight, primary === 'new' || promoting.includes(stage)) || world.wrong
  );
}

/** The record must never say less than was done. One that was deleted says nothing. */
function saysLess(weight: number, copied: boolean, stage: Stage): string {
  const known = weightOf[stage];
  if (known === undefined) return '';
  if (copied) return 'a copy unrecorded';
  return weight > known ? 'a weight unrecorded' : '';
}

/** Whatever was done by whomever: 50 follows a check answered at 25, promotion one answered at 50. */
function skipped({ answered, objects }: World, weight: number, promotes: boolean): string {
  const beyond25 = weight === 50 || objects[RECORD]?.value === 'w50';
  return (beyond25 && !(answered & 1)) || (promotes && !(answered & 2)) ? 'a step skipped' : '';
}

/** After the final takeover nothing moves any more: record and objects must tell the same story. */
export function wrongEnd(world: World): string {
  const stage = stored(world, RECORD).value;
  if (stage === 'deleted') return ''; // after the last takeover: the next run finds that
  const home = stored(world, ROUTE).value === 0 && stored(world, CANARY).value === 0;
  const template = stored(world, PRIMARY).value;
  const agrees = (stage === 'promoted' && template === 'new') || (stage === 'failed' && template === 'old');
  return home && agrees ? '' : 'record and objects disagree';
}
