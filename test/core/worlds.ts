// Whole releases in memory: a podinfo that is bootstrapped, gets a new image, and is driven to its end, killed on the way if asked for.
import type { Answer, Canary, Obj, Traffic } from '../../src/contracts.ts';
import { firstState, keepable, resumed } from '../../src/core/resume.ts';
import type { Intent, Options } from '../../src/core/types.ts';
import { applied } from '../support/found.ts';
import { imageOf, look, rehearse, type Rehearsed, type World } from './rehearsal.ts';
import { kit, nothingKept, t0, untouched } from './support.ts';

const who = { now: t0, nonce: 'first', epoch: 1, driver: 'me', host: 'ana@laptop' };

/** Every metric is good, every hook says yes but those that would call the release off. */
export function wellAnswered(question: Parameters<World['answer']>[0]): Answer {
  if (question.ask === 'metric') return { is: 'value', value: 100 };
  if (question.ask === 'hook' && question.hook.type === 'rollback') return { is: 'refused', why: 'no' };
  return { is: 'ok' };
}

export interface Start {
  changed?: Partial<World>;
  objects?: Obj[];
  options?: Partial<Options>;
}

/** Nothing of the canary stands yet. */
export function worldOf(canary: Canary, { changed = {}, objects = untouched(), options = {} }: Start = {}): World {
  const whole = kit(canary, options);
  return {
    kit: whole,
    objects,
    state: firstState(whole, who),
    now: t0,
    changedAt: new Map(),
    answers: new Map(),
    kept: { ...nothingKept, spec: keepable(canary) },
    intents: [],
    answer: wellAnswered,
    comesUp: () => true,
    ...changed,
  };
}

export function setImage(world: World, image: string): void {
  const template = { spec: { containers: [{ name: 'podinfod', image }] } };
  world.objects = applied(world.objects, [
    { op: 'merge', ref: world.kit.canary.targetRef, patch: { spec: { template } }, why: 'set image' },
  ]);
}

/** A new process: it knows the record and no answers. */
export function takeOver(world: World): void {
  world.answers.clear();
  world.state = resumed(world.kit, { state: world.state, spec: world.kept.spec }, { ...who, now: world.now });
}

/** How a run is cut short: after so many passes it dies, or is told these. */
export interface Cut {
  passes: number;
  intents?: Intent[];
}

/** Bootstraps, sets the image, and goes on as the next run does; one that dies on the way is taken up by another. */
export function release(world: World, cut?: Cut): Rehearsed {
  rehearse(world);
  setImage(world, 'podinfo:2');
  takeOver(world);
  if (!cut) return rehearse(world);
  const before = rehearse(world, cut.passes);
  if (before.result) return before;
  if (cut.intents) world.intents = cut.intents;
  else takeOver(world);
  const rest = rehearse(world);
  return { ...rest, lines: [...before.lines, ...rest.lines], wrongs: [...before.wrongs, ...rest.wrongs] };
}

/** Each line once where it is said again and again. */
export function said({ lines }: Pick<Rehearsed, 'lines'>): string[] {
  return lines.filter((line, at, all) => line !== all[at - 1]);
}

export function imageOfPrimary({ objects }: World): string {
  const primary = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'podinfo-primary');
  return primary ? imageOf(primary) : '';
}

export function atRest(world: World): { traffic: Traffic | undefined; replicas: number } {
  const ctx = look(world, world.objects);
  return { traffic: world.kit.router.read(ctx), replicas: world.kit.target.wanted(ctx, 'canary') };
}
