// Visits every world that can be reached, once, depth first. It knows neither the rules nor what is bad.
import { wrongEnd, wrongNow } from './bad.ts';
import { driverMoves, operationOf } from './driver.ts';
import { plansOf, type Operation, type Plans } from './plans.ts';
import type { Bound, Protocol } from './protocol.ts';
import * as model from './world.ts';
import type { Driver, Request, World } from './world.ts';

export interface Found {
  readonly states: number;
  readonly ends: number;
  readonly bad: number;
  /** How often each wrong was met. A bad world is counted and not gone on from. */
  readonly wrongs: Readonly<Record<string, number>>;
}

/** Without rule 1 epochs would rise for ever; the full protocol needs only a few. */
const HIGHEST_EPOCH = 6;

export function search(protocol: Protocol, bound: Bound, enough: number): Found {
  const rules = { protocol, plans: plansOf(protocol) };
  const wrongs: Record<string, number> = {};
  const seen = new Set<string>();
  const open = [model.firstWorld(bound)];
  let ends = 0;
  let bad = 0;
  const count = (wrong: string): void => {
    if (!wrong) return;
    bad++;
    wrongs[wrong] = (wrongs[wrong] ?? 0) + 1;
  };
  for (let world = open.pop(); world && bad < enough; world = open.pop()) {
    const lively = withoutDeadRequests(protocol, world);
    const key = keyOf(rules, lively);
    if (seen.has(key)) continue;
    seen.add(key);
    const wrong = wrongNow(lively);
    count(wrong);
    if (wrong || model.stored(lively, model.RECORD).stamp > HIGHEST_EPOCH) continue;
    const moves = [0, 1, 2].flatMap((n) => driverMoves(rules, lively, n)).concat(landings(protocol, lively));
    if (!moves.length) {
      ends++;
      count(wrongEnd(lively));
    }
    open.push(...moves, ...model.outsiderMoves(lively));
  }
  return { states: seen.size, ends, bad, wrongs };
}

/** A dead driver's request that would meet a 409 can do nothing any more. */
function withoutDeadRequests(protocol: Protocol, world: World): World {
  if (world.loose.every((request) => model.isCurrent(protocol, world, request))) return world;
  return { ...world, loose: world.loose.filter((request) => model.isCurrent(protocol, world, request)) };
}

function landings(protocol: Protocol, world: World): World[] {
  return world.loose.flatMap((request, index) => {
    const landed = model.land(protocol, world, request);
    return landed ? [{ ...landed, loose: landed.loose.toSpliced(index, 1) }] : [];
  });
}

// Two worlds are one if they differ only in how resourceVersions are numbered: all that counts is whether a held one is still current.
function keyOf(rules: { readonly protocol: Protocol; readonly plans: Plans }, world: World): string {
  const marks: number[] = [Number(world.mayLower) + 2 * Number(world.mayTouch), world.answered, world.furthest, mark(world.wrong)];
  for (const { value, stamp, newest, holder } of world.objects) marks.push(mark(value), stamp, newest, holder + 1);
  for (const driver of world.drivers) driverMarks(rules, world, { driver, marks });
  const loose = world.loose.map((request) => String.fromCharCode(...requestMarks(request))).sort();
  return String.fromCharCode(...marks) + loose.join('');
}

function driverMarks(
  rules: { readonly protocol: Protocol; readonly plans: Plans },
  world: World,
  out: { driver: Driver; marks: number[] },
): void {
  const { driver, marks } = out;
  if (driver.gone) return void marks.push(255);
  const { plan, epoch, at, phase, sawStage, sawPrimary, inFlight } = driver;
  const operation = operationOf(rules.plans, driver);
  const version = heldVersion(world, driver, operation);
  marks.push(mark(plan), epoch, at, mark(phase), mark(sawStage), mark(sawPrimary), version, keptMark(rules.plans, world, driver));
  if (inFlight) marks.push(1 + Number(model.isCurrent(rules.protocol, world, inFlight)), ...requestMarks(inFlight));
  else marks.push(0);
}

function heldVersion(world: World, { phase, version }: Driver, operation: Operation | undefined): number {
  if (phase === 'read' && operation?.do === 'write') return isVersion(world, operation.object, version);
  return operation?.do === 'look' || operation?.do === 'claim' ? isVersion(world, model.RECORD, version) : 0;
}

function keptMark(plans: Plans, world: World, driver: Driver): number {
  if (driver.kept < 0) return 0;
  const operation = operationOf(plans, driver);
  const used = operation?.do === 'save' ? plans[operation.stage]?.[0] : operation;
  return used?.do === 'write' ? isVersion(world, used.object, driver.kept) : 0;
}

function isVersion(world: World, object: number, version: number): number {
  return model.stored(world, object).version === version ? 2 : 1;
}

function requestMarks({ object, value, stamp, holder }: Request): number[] {
  return [object, mark(value), stamp, (holder ?? -1) + 1];
}

/** A small number for each word or value that occurs. */
const marked = new Map<unknown, number>();
function mark(word: unknown): number {
  const known = marked.get(word);
  if (known !== undefined) return known;
  marked.set(word, marked.size + 1);
  return marked.size;
}
