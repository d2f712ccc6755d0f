// A release in memory: decide again and again on a copy of the world to which its own changes are applied. Controllers are three lines: pods become
// ready some time after their Deployment changed, and each template of the primary leaves a ReplicaSet. Every prefix of every pass is looked at.
import { canonical, equal, mergePatch } from '../../src/common/json.ts';
import { epochLabel } from '../../src/common/metadata.ts';
import { dig, numberAt } from '../../src/common/dig.ts';
import type { Answer, Change, Ctx, Json, JsonObject, Obj, Side, Traffic } from '../../src/contracts.ts';
import { decide } from '../../src/core/decide.ts';
import type { Decision, Event, Intent, Kept, Kit, Question, Result, State } from '../../src/core/types.ts';
import { keepUndo } from '../../src/core/undo.ts';
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
  kept: Kept;
  intents: Intent[];
  answer(question: Question): Answer;
  /** False: the pods of this Deployment never become ready. */
  comesUp(deployment: Obj): boolean;
}

export interface Rehearsed {
  result: Result | undefined;
  passes: number;
  lines: string[];
  events: Event[];
  /** What was written, in order: 'merge Service/podinfo'. */
  writes: string[];
  /** What must never be, with the pass in which it was. */
  wrongs: string[];
}

export const mostPasses = 200;
const podsTake = 3000;

export function rehearse(world: World, most = mostPasses): Rehearsed {
  const story: Rehearsed = { result: undefined, passes: 0, lines: [], events: [], writes: [], wrongs: [] };
  while (!story.result && story.passes < most) {
    story.passes++;
    const decision = decide(world.kit, world.state, seen(world));
    story.wrongs.push(...wrongs(world, decision).map((wrong) => `pass ${story.passes}, ${decision.state.phase}: ${wrong}`));
    carryOut(world, decision);
    story.writes.push(...decision.changes.map(wordsOf));
    story.events.push(...decision.events);
    story.lines.push(...decision.events.map((event) => say(event, world.kit.canary).text));
    story.result = decision.result;
  }
  return story;
}

function wordsOf(change: Change): string {
  const { kind, name } = change.op === 'create' ? { kind: change.object.kind, name: change.object.metadata.name } : change.ref;
  return `${change.op} ${kind}/${name}`;
}

export function look({ kit, kept: { made } }: World, objects: readonly Obj[]): Ctx {
  const ctx = seenBy([{ needs: (c) => needsOf(kit, { ...c, made }) }], kit.canary, foundOf(objects));
  return { ...ctx, made };
}

function seen(world: World): Parameters<typeof decide>[2] {
  const { found } = look(world, world.objects);
  return {
    now: world.now,
    nonce: `run${world.now}`,
    driver: 'me',
    found,
    kept: world.kept,
    answers: world.answers,
    intents: world.intents,
  };
}

function carryOut(world: World, decision: Decision): void {
  world.state = decision.state;
  world.kept = keepUndo(world.kept, look(world, world.objects).found, decision.changes) ?? world.kept;
  for (const change of decision.changes) {
    world.objects = applied(world.objects, [stamped(world.objects, change)]);
    if (change.op === 'create' && change.object.kind === 'Deployment') changed(world, change.object.metadata.name);
    if (change.op === 'merge' && change.ref.kind === 'Deployment') changed(world, change.ref.name);
  }
  for (const question of decision.ask) world.answers.set(question.id, world.answer(question));
  const hasNews = decision.changes.length > 0 || decision.ask.length > 0;
  world.now = hasNews ? world.now + 200 : Math.max(decision.wakeAt, world.now);
  world.objects = withHistory(world.objects).map((object) => (object.kind === 'Deployment' ? withStatus(world, object) : object));
}

/** As the runner does: the epoch on everything that is written and does not carry it. */
function stamped(objects: readonly Obj[], change: Change): Change {
  const stamp: JsonObject = { metadata: { labels: { [epochLabel]: '1' } } };
  if (change.op === 'create') return { ...change, object: mergePatch(change.object as Json, stamp) as unknown as Obj };
  if (change.op === 'delete') return change;
  const object = objects.find(({ kind, metadata }) => kind === change.ref.kind && metadata.name === change.ref.name);
  if (object?.metadata.labels?.[epochLabel] === '1') return change;
  return { ...change, patch: mergePatch(change.patch, stamp) as JsonObject };
}

function changed(world: World, name: string): void {
  world.changedAt.set(name, world.now);
}

function withHistory(objects: readonly Obj[]): Obj[] {
  const primary = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'podinfo-primary');
  if (!primary) return [...objects];
  const template = dig(primary, 'spec', 'template') ?? {};
  const sets = objects.filter(({ kind }) => kind === 'ReplicaSet');
  if (sets.some((set) => equal(dig(set, 'spec', 'template'), template))) return [...objects];
  return [...objects, { ...replicaSet(imageOf(primary), sets.length), spec: { template } }];
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
  const out: string[] = [];
  const meets = (side: Side): boolean => route !== undefined && reaches(route, side);
  for (const side of ['primary', 'canary'] as const) {
    if (meets(side) && target.wanted(ctx, side) === 0) out.push(`${canonical(route)} with 0 replicas of the ${side}`);
  }
  if (meets('canary') && target.ready(ctx, 'canary') === 0) out.push(`${canonical(route)} without ready pods of the canary`);
  const apex = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === world.kit.canary.service.name);
  for (const side of ['primary', 'canary'] as const) {
    const isMeant = canonical(dig(apex, 'spec', 'selector')) === canonical(target.selector(ctx, side));
    if (isMeant && target.wanted(ctx, side) === 0) out.push(`the apex selects the ${side}, which has 0 replicas`);
  }
  return out;
}

/** Some answer comes from that side, or some request reaches it. A cookie counts: its users are led there. */
function reaches(route: Traffic, side: Side): boolean {
  if (route.kind !== 'split') return true;
  const share = side === 'canary' ? route.canary : 100 - route.canary;
  return share > 0 || route.cookies?.[side] !== undefined;
}
