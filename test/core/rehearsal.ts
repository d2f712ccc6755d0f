// A release in memory: decide again and again on a copy of the world to which its own changes are applied. Controllers are three lines: pods become
// ready some time after their Deployment changed, and each template of the primary leaves a ReplicaSet. Every prefix of every pass is looked at.
import { canonical } from '../../src/common/json.ts';
import { dig, numberAt } from '../../src/common/dig.ts';
import type { Answer, Ctx, Obj } from '../../src/contracts.ts';
import { decide } from '../../src/core/decide.ts';
import type { Decision, Kit, Question, Result, State } from '../../src/core/types.ts';
import { say } from '../../src/core/wording.ts';
import { needsOf } from '../../src/kit.ts';
import { applied, foundOf, seenBy } from '../support/found.ts';
import { replicaSet } from './facts.ts';
import { t0 } from './support.ts';

export interface World {
  readonly kit: Kit;
  objects: Obj[];
  state: State;
  now: number;
  /** When each Deployment was last changed, by name. */
  readonly changedAt: Map<string, number>;
  readonly answers: Map<string, Answer>;
  answer(question: Question): Answer;
  /** False: the pods of this Deployment never become ready. */
  comesUp(deployment: Obj): boolean;
}

export interface Rehearsed {
  result: Result | undefined;
  passes: number;
  lines: string[];
  /** What must never be, with the pass in which it was. */
  wrongs: string[];
}

export const mostPasses = 200;
const podsTake = 3000;

export function rehearse(world: World, most = mostPasses): Rehearsed {
  const story: Rehearsed = { result: undefined, passes: 0, lines: [], wrongs: [] };
  while (!story.result && story.passes < most) {
    story.passes++;
    const decision = decide(world.kit, world.state, seen(world));
    story.wrongs.push(...wrongs(world, decision).map((wrong) => `pass ${story.passes}, ${decision.state.phase}: ${wrong}`));
    carryOut(world, decision);
    story.lines.push(...decision.events.map((event) => say(event, world.kit.canary).text));
    story.result = decision.result;
  }
  return story;
}

export function look({ kit }: World, objects: readonly Obj[]): Ctx {
  return seenBy([{ needs: (c) => needsOf(kit, c) }], kit.canary, foundOf(objects));
}

function seen(world: World): Parameters<typeof decide>[2] {
  const { found } = look(world, world.objects);
  const kept = { spec: {}, undo: {}, runs: [] };
  return { now: world.now, nonce: `run${world.now}`, driver: 'me', found, kept, answers: world.answers, intents: [] };
}

function carryOut(world: World, decision: Decision): void {
  world.state = decision.state;
  for (const change of decision.changes) {
    world.objects = applied(world.objects, [change]);
    if (change.op === 'create' && change.object.kind === 'Deployment') changed(world, change.object.metadata.name);
    if (change.op === 'merge' && change.ref.kind === 'Deployment') changed(world, change.ref.name);
  }
  for (const question of decision.ask) world.answers.set(question.id, world.answer(question));
  const hasNews = decision.changes.length > 0 || decision.ask.length > 0;
  world.now = hasNews ? world.now + 200 : Math.max(decision.wakeAt, world.now);
  world.objects = withHistory(world.objects).map((object) => (object.kind === 'Deployment' ? withStatus(world, object) : object));
}

function changed(world: World, name: string): void {
  world.changedAt.set(name, world.now);
}

function withHistory(objects: readonly Obj[]): Obj[] {
  const primary = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'podinfo-primary');
  if (!primary) return [...objects];
  const image = imageOf(primary);
  const sets = objects.filter(({ kind }) => kind === 'ReplicaSet');
  return sets.some((set) => imageOf(set) === image) ? [...objects] : [...objects, replicaSet(image, sets.length)];
}

export function imageOf(object: Obj): string {
  return (/"image":"([^"]+)"/.exec(canonical(dig(object, 'spec', 'template'))) ?? [])[1] ?? '';
}

function withStatus(world: World, object: Obj): Obj {
  const replicas = numberAt(object, 'spec', 'replicas') ?? 1;
  const isUp = world.now >= (world.changedAt.get(object.metadata.name) ?? t0 - podsTake) + podsTake && world.comesUp(object);
  const status = { observedGeneration: 1, replicas, updatedReplicas: replicas, availableReplicas: isUp ? replicas : 0 };
  return { ...object, metadata: { ...object.metadata, uid: `uid-${object.metadata.name}`, generation: 1 }, status };
}

/** After each change of the pass: no traffic on a side without pods, and no template on the primary but an analysed one. */
function wrongs(world: World, decision: Decision): string[] {
  return decision.changes.flatMap((_, at) => wrongWith(world, applied(world.objects, decision.changes.slice(0, at + 1))));
}

function wrongWith(world: World, objects: readonly Obj[]): string[] {
  const ctx = look(world, objects);
  const { router, target } = world.kit;
  const route = router.can.split ? router.read(ctx) : undefined;
  const weight = route?.canary ?? 0;
  const out: string[] = [];
  if (weight > 0 && target.wanted(ctx, 'canary') === 0) out.push(`weight ${weight} on a target with 0 replicas`);
  if (weight > 0 && target.ready(ctx, 'canary') === 0) out.push(`weight ${weight} on a target without ready pods`);
  if (route && weight < 100 && target.wanted(ctx, 'primary') === 0) out.push(`weight ${100 - weight} on a primary with 0 replicas`);
  const apex = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === world.kit.canary.service.name);
  for (const side of ['primary', 'canary'] as const) {
    const isMeant = canonical(dig(apex, 'spec', 'selector')) === canonical(target.selector(ctx, side));
    if (isMeant && target.wanted(ctx, side) === 0) out.push(`the apex selects the ${side}, which has 0 replicas`);
  }
  return out;
}
