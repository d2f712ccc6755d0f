// All that one driver may do next in a world: its own next step, a crash, a reply that is lost. It knows nothing of the search.
import type { Operation, Plans } from './plans.ts';
import type { Protocol } from './protocol.ts';
import * as model from './world.ts';
import type { Driver, Request, Stage, World } from './world.ts';

const { LAST, RECORD, ROUTE } = model;

/** One driver's turn: what it would do, in which world, by which rules. */
interface Turn {
  readonly protocol: Protocol;
  readonly plans: Plans;
  readonly world: World;
  readonly n: number;
  readonly driver: Driver;
  readonly operation: Operation;
}

type Write = Operation & { do: 'write' };
type Save = Operation & { do: 'save' };

export function operationOf(plans: Plans, driver: Driver): Operation | undefined {
  return driver.gone ? undefined : plans[driver.plan]?.[driver.at];
}

export function driverMoves(rules: { readonly protocol: Protocol; readonly plans: Plans }, world: World, n: number): World[] {
  const driver = model.driverOf(world, n);
  const operation = operationOf(rules.plans, driver);
  if (!operation) return [];
  // The last driver stands for the final takeover: it begins when the one before it is through, and never crashes.
  if (n === LAST && operationOf(rules.plans, model.driverOf(world, LAST - 1))) return [];
  const turn: Turn = { ...rules, world, n, driver, operation };
  return [
    ...(n === LAST ? [] : [...crashes(turn), ...releases(turn)]),
    ...(driver.inFlight ? answers(turn, driver.inFlight) : [ownStep(turn)].flat()),
  ];
}

/** What is in flight is lost with the driver, or lands at any later moment. */
function crashes(turn: Turn): World[] {
  const request = turn.driver.inFlight;
  const dead = stop(turn);
  const lands = request && model.isCurrent(turn.protocol, turn.world, request);
  return lands ? [dead, { ...dead, loose: [...dead.loose, request] }] : [dead];
}

/** Gives the record up where it stands, as `--on-interrupt=hold` does; what was under way stays under way only where that is allowed. */
function releases(turn: Turn): World[] {
  const { protocol, world, driver } = turn;
  const isBetween = driver.at === 0 && driver.phase === '';
  if (protocol.releases === 'never' || driver.plan.startsWith('takeover') || !holdsRecord(turn)) return [];
  if (protocol.releases === 'nothing in flight' && !isBetween) return [];
  const { value, version } = model.stored(world, RECORD);
  const given = send(turn, { object: RECORD, value, stamp: driver.epoch, holder: -1, version });
  const left = driver.inFlight && driver.inFlight.object !== RECORD ? [driver.inFlight] : [];
  return driver.inFlight && !left.length ? [] : [{ ...given, loose: [...given.loose, ...left] }];
}

function stop({ world, n }: Turn): World {
  return { ...world, drivers: world.drivers.with(n, n === LAST ? model.newcomer : model.nobody) };
}

function change({ world, n }: Turn, changed: Partial<Driver>): World {
  return model.withDriver(world, n, changed);
}

const fresh = { phase: '', version: 0, kept: -1, inFlight: undefined } as const;

function next(turn: Turn, changed: Partial<Driver> = {}): World {
  return change(turn, { ...fresh, at: turn.driver.at + 1, ...changed });
}

function enter(turn: Turn, plan: string, kept = -1): World {
  return change(turn, { ...fresh, plan, at: 0, sawStage: '', sawPrimary: '', kept });
}

function send(turn: Turn, request: Request): World {
  return change(turn, { phase: 'sent', version: 0, kept: -1, inFlight: request });
}

/** The request lands and its reply is lost (repeating it will meet a 409), or it is answered. */
function answers(turn: Turn, request: Request): World[] {
  const { protocol, world, operation } = turn;
  const landed = model.land(protocol, world, request);
  if (!landed && operation.do === 'claim') return [change(turn, { ...fresh, plan: 'takeover', at: 0 })];
  if (!landed)
    return [operation.do === 'write' && protocol.afterConflict === 'new version only' ? retryBlindly(turn, request) : change(turn, fresh)];
  const moves = [landed, accepted({ ...turn, world: landed }, request)];
  if (protocol.unanswered === 'decide on' && operation.do === 'write' && Number(operation.value) > 0) {
    moves.push({ ...enter(turn, 'to going back'), loose: [...world.loose, request] });
  }
  return moves;
}

function retryBlindly(turn: Turn, request: Request): World {
  return change(turn, { inFlight: { ...request, version: model.stored(turn.world, request.object).version } });
}

function accepted(turn: Turn, request: Request): World {
  if (request.object === RECORD && request.holder === -1) return stop(turn);
  if (turn.operation.do === 'take' || turn.operation.do === 'claim') return next(turn, { epoch: request.stamp });
  // A resourceVersion read before this save may be used after it: the save was the proof (rule 7).
  if (turn.operation.do === 'save') return enter(turn, turn.operation.stage, turn.driver.kept);
  return next(turn);
}

function ownStep(turn: Turn): World | World[] {
  const { operation } = turn;
  switch (operation.do) {
    case 'take':
      return take(turn);
    case 'read':
      return read(turn);
    case 'claim':
      return claim(turn);
    case 'look':
      return next(turn, { sawPrimary: model.stored(turn.world, model.PRIMARY).value as 'old' | 'new', version: turn.driver.version });
    case 'go on':
      return waysOn(turn).map((plan) => enter(turn, plan));
    case 'ask':
      return ask(turn, operation.weight);
    case 'save':
      return save(turn, operation);
    case 'write':
      return write(turn, operation);
  }
}

function holdsRecord({ world, n, driver }: Turn): boolean {
  const record = model.stored(world, RECORD);
  return record.holder === n && record.stamp === driver.epoch;
}

/** Rule 2. */
function take(turn: Turn): World {
  const { protocol, world, n } = turn;
  const record = model.stored(world, RECORD);
  const mine = record.holder === n;
  const plan = takeoverOf(protocol, record);
  if (!mine && plan !== 'takeover') return change(turn, { ...fresh, plan, at: 0 });
  const seen = { ...turn, world: change(turn, { sawStage: record.value as Stage }) };
  if (mine) return next(seen, { epoch: record.stamp }); // my own claim, whose answer was lost
  return send(seen, { object: RECORD, value: undefined, stamp: epochFor(turn), holder: n, version: record.version });
}

function epochFor({ protocol, world }: Turn): number {
  const stamps = protocol.epochAbove === 'record' ? [] : [0, 1, 2].map((object) => model.stored(world, object).stamp);
  return 1 + Math.max(model.stored(world, RECORD).stamp, ...stamps);
}

/** The record that is going to be claimed. */
function read(turn: Turn): World {
  const record = model.stored(turn.world, RECORD);
  if (takeoverOf(turn.protocol, record) === 'takeover') return change(turn, { ...fresh, plan: 'takeover', at: 0 });
  return next(turn, { sawStage: record.value as Stage, version: record.version });
}

/** By compare-and-set on what was read. Somebody was quicker: all of it again. */
function claim(turn: Turn): World {
  const { world, n, driver } = turn;
  const record = model.stored(world, RECORD);
  if (record.holder === n) return next(turn, { epoch: record.stamp }); // my own claim, whose answer was lost
  if (record.version !== driver.version) return change(turn, { ...fresh, plan: 'takeover', at: 0 });
  return send(turn, { object: RECORD, value: undefined, stamp: epochFor(turn), holder: n, version: driver.version });
}

/** Rule 3: who gave the record up had nothing in flight, and had stamped what came before. */
function takeoverOf({ unstamped }: Protocol, { holder, value }: model.Stored): string {
  const isFree = holder === -1 && (value !== 'deleted' || unstamped === 'released or deleted');
  return isFree && unstamped !== 'none' ? 'takeover of what nobody holds' : 'takeover';
}

/** A driver that has taken over resumes or goes back; both are tried wherever both are allowed. */
function waysOn({ protocol, driver: { sawStage, sawPrimary } }: Turn): string[] {
  switch (sawStage) {
    case 'deleted':
      return [sawPrimary === 'new' ? 'to promoting' : 'to going back'];
    case 'promoting': // rule 12
      return sawPrimary === 'new' && protocol.looksAtPrimary ? ['promoting'] : ['promoting', 'to going back'];
    case 'w50':
      return [protocol.resumes === 'one step earlier' ? 'w25' : 'w50', 'to going back'];
    case 'start':
    case 'w25':
      return [sawStage, 'to going back'];
    default:
      return [sawStage];
  }
}

/** A question cannot be fenced, so only the holder of the record can be blamed for asking again what the record has an answer to. */
function ask(turn: Turn, weight: 25 | 50): World {
  const { world } = turn;
  const live = model.stored(world, ROUTE).value === weight;
  const settled = world.furthest > model.stageOrder(weight === 25 ? 'w25' : 'w50');
  const after = next(turn);
  return {
    ...after,
    answered: world.answered | (live ? (weight === 25 ? 1 : 2) : 0),
    wrong: after.wrong || (settled && holdsRecord(turn) ? 'a question asked twice' : ''),
  };
}

function save(turn: Turn, operation: Save): World {
  const { protocol, plans, world, driver, n } = turn;
  const first = plans[operation.stage]?.[0];
  if (protocol.proof === 'save after the object' && driver.kept < 0 && first?.do === 'write') {
    const object = model.stored(world, first.object);
    return protocol.newerStampStops && object.stamp > driver.epoch ? stop(turn) : change(turn, { kept: object.version });
  }
  if (protocol.recordConditional && !holdsRecord(turn)) return stop(turn);
  const request = { object: RECORD, value: operation.stage, stamp: driver.epoch, holder: n, version: model.stored(world, RECORD).version };
  return model.withDriver(send(turn, request), n, { kept: driver.kept });
}

function write(turn: Turn, operation: Write): World {
  const { protocol, driver } = turn;
  if (driver.phase === '' && operation.given && protocol.freshLook) return relyOn(turn, operation.given);
  const request = { object: operation.object, value: operation.value, stamp: driver.epoch, holder: undefined };
  if (driver.kept >= 0) return send(turn, { ...request, version: driver.kept });
  if (protocol.proof === 'read before the object' && driver.phase !== 'proved')
    return holdsRecord(turn) ? change(turn, { phase: 'proved' }) : stop(turn);
  if (driver.phase !== 'read') return readObject(turn, operation);
  return holdsRecord(turn) ? send(turn, { ...request, version: driver.version }) : stop(turn);
}

/** Rule 11. A route that is not yet 0 is written again; a canary that is not there ends this driver. */
function relyOn(turn: Turn, given: { readonly object: number; readonly value: model.Value }): World {
  if (model.stored(turn.world, given.object).value === given.value) return change(turn, { phase: 'relied' });
  return given.object === ROUTE ? change(turn, { phase: '', at: turn.driver.at - 1 }) : stop(turn);
}

function readObject(turn: Turn, { object, value }: Write): World {
  const { protocol, world, driver } = turn;
  const found = model.stored(world, object);
  if (protocol.newerStampStops && found.stamp > driver.epoch) return stop(turn); // rule 8
  const stamped = found.stamp === driver.epoch;
  if (value === undefined ? stamped : found.value === value && (stamped || protocol.leaveOutAt === 'value')) return next(turn); // rule 6
  const unproved =
    protocol.proof === 'none' || protocol.proof === 'read before the object' || (protocol.proof === 'only for a lower stamp' && stamped);
  if (unproved) return send(turn, { object, value, stamp: driver.epoch, holder: undefined, version: found.version });
  return change(turn, { phase: 'read', version: found.version });
}
