// A load tester like the one beside Flagger: commands become traffic, gates are opened and closed by hand, anything else is said yes to.
// Everything is in memory. It must run no command and send nothing itself.
import { isObject } from '../common/json.ts';
import type { JsonObject } from '../contracts.ts';
import type { Millis, Send, Wire } from '../ports.ts';
import { loadOf } from './load-command.ts';
import type { Load } from './prom/traffic.ts';
import { replyText } from './reply.ts';

export interface LoadTesterOptions {
  readonly clock: { now(): Millis };
  /** Makes the traffic that a command asks for. */
  load(load: Load): void;
  /** A gate that was asked so long ago opens by itself: for where nobody is there to open it. */
  readonly gatesOpenAfter?: Millis;
  /** What a person would like to know. */
  tell(line: string): void;
}

export interface LoadTester {
  readonly send: Send;
  /** For webhooks that ask whether to roll back, whatever their path: no, until /rollback/open was posted. */
  readonly rollbacks: Send;
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

const gatePath = /\/(gate|rollback)\/(check|open|close|approve|halt)\/?$/;

export function loadTester(options: LoadTesterOptions): LoadTester {
  const room: Room = { options, open: new Map(), asked: new Map(), busy: new Map() };
  return { send: sendOf((wire) => answer(room, wire)), rollbacks: sendOf((wire) => answerRollback(room, wire)) };
}

interface Room {
  readonly options: LoadTesterOptions;
  /** By kind of gate and canary. */
  readonly open: Map<string, boolean>;
  readonly asked: Map<string, Millis>;
  /** Commands under way, and when they end. */
  readonly busy: Map<string, Millis>;
}

function sendOf(reply: (wire: Wire) => Reply): Send {
  return (wire, signal) => {
    if (signal.aborted) return Promise.reject(new Error('aborted'));
    const { status, text } = reply(wire);
    return Promise.resolve(replyText(status, text));
  };
}

function answer(room: Room, wire: Wire): Reply {
  const { pathname } = new URL(wire.url, 'http://loadtester');
  const gate = gatePath.exec(pathname);
  if (gate) return answerGate(room, { kind: gate[1] ?? '', verb: gate[2] ?? '' }, wire);
  return wire.method === 'POST' ? runCommand(room, bodyOf(wire)) : { status: 200, text: 'ok' };
}

function answerRollback(room: Room, wire: Wire): Reply {
  const { pathname } = new URL(wire.url, 'http://loadtester');
  return gatePath.test(pathname) ? answer(room, wire) : answerGate(room, { kind: 'rollback', verb: 'check' }, wire);
}

const yes: Reply = { status: 200, text: 'Approved' };
const no: Reply = { status: 403, text: 'Forbidden' };

function answerGate(room: Room, { kind, verb }: { kind: string; verb: string }, wire: Wire): Reply {
  if (kind === 'gate' && verb === 'approve') return yes;
  if (kind === 'gate' && verb === 'halt') return no;
  const canary = canaryOf(bodyOf(wire));
  if (canary === undefined) return { status: 400, text: 'expected a JSON body with name and namespace' };
  const key = `${kind} ${canary}`;
  if (verb === 'check') return isOpen(room, key) ? yes : no;
  room.open.set(key, verb === 'open');
  room.asked.delete(key);
  return { status: 202, text: 'Accepted' };
}

/** A person comes by and opens the gate, where the options say so. A rollback is nothing that anybody should want by itself. */
function isOpen({ options, open, asked }: Room, key: string): boolean {
  const is = open.get(key);
  if (is !== undefined || options.gatesOpenAfter === undefined || !key.startsWith('gate ')) return is === true;
  const now = options.clock.now();
  const since = asked.get(key) ?? now;
  asked.set(key, since);
  if (now - since < options.gatesOpenAfter) return false;
  open.set(key, true);
  options.tell(`${key} is opened after ${Math.round((now - since) / 1000)} s, as a person would`);
  return true;
}

/** The same command for the same canary is not started again while it runs. */
function runCommand({ options, busy }: Room, body: JsonObject): Reply {
  const metadata = isObject(body['metadata']) ? body['metadata'] : {};
  const { type = 'cmd', cmd } = metadata;
  if (typeof cmd !== 'string') return { status: 200, text: 'ok' };
  const now = options.clock.now();
  const key = `${canaryOf(body) ?? ''} ${cmd}`;
  if ((busy.get(key) ?? 0) <= now) {
    const load = loadOf(cmd, typeof body['namespace'] === 'string' ? body['namespace'] : 'default');
    if (load) {
      busy.set(key, now + load.forMs);
      options.load(load);
    }
  }
  return type === 'cmd' ? { status: 202, text: 'Accepted' } : { status: 200, text: 'ok' };
}

function canaryOf({ name, namespace }: JsonObject): string | undefined {
  return typeof name === 'string' && typeof namespace === 'string' ? `${name}.${namespace}` : undefined;
}

function bodyOf({ body = '' }: Wire): JsonObject {
  try {
    const parsed: unknown = JSON.parse(body);
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
