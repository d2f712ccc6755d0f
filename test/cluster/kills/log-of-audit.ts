// The log that the checker reads (test/faults/log.ts), made of what a real API server and the neighbours wrote down. Judges nothing.
import type { Millis, Wire } from '../../../src/ports.ts';
import { at } from '../../faults/facts.ts';
import { viewOf, type Entry, type Log, type Subject } from '../../faults/log.ts';
import { objectPath, placeOf } from '../../faults/paths.ts';
import { driverOf, type AuditEvent } from '../audit.ts';
import type { Heard } from './heard.ts';
import { inOrder, type Placed } from './order.ts';
import { replayed, type Replayed } from './stored.ts';

export interface Account {
  readonly subject: Subject;
  readonly events: readonly AuditEvent[];
  readonly heard: readonly Heard[];
}

type Happened = (Placed & { readonly heard?: undefined }) | { readonly at: Millis; readonly asked: Millis; readonly heard: Heard };

export function logOfAudit({ subject, events, heard }: Account): Log {
  const world = replayed();
  const answered = heard.map((one): Happened => ({ at: one.at, asked: one.at, heard: one }));
  const all: Happened[] = [...inOrder(events), ...answered].sort((a, b) => a.at - b.at);
  const times = all.map((one) => one.at);
  const entries: Entry[] = [];
  for (const one of all) {
    const seq = entries.length;
    const told = one.heard ? heardOf(one.heard) : askedOf(one, { subject, world });
    entries.push({ seq, t: one.at, sentAt: Math.min(seq, countBefore(times, one.asked)), ...told, view: viewOf(world, subject) });
  }
  return { entries, subject, world, turn: Promise.resolve() };
}

type Told = Omit<Entry, 'seq' | 't' | 'sentAt' | 'view'>;

const methods: Readonly<Record<string, Wire['method']>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};

function askedOf({ event, at: moment }: Placed, { subject, world }: { subject: Subject; world: Replayed }): Told {
  const { requestURI, requestObject: body } = event;
  const verb = methods[event.verb] ?? 'GET';
  const { path, query } = cut(requestURI);
  const object = objectPath(path, verb, body);
  const isOne = Boolean(placeOf(object)?.name);
  const before = isOne ? world.object(object) : undefined;
  world.take(event, object, moment);
  const version = at(body, 'preconditions', 'resourceVersion') ?? at(body, 'metadata', 'resourceVersion');
  return {
    ...{ actor: actorOf(event, subject), verb, path, query, body, before },
    after: isOne ? world.object(object) : undefined,
    rvSent: typeof version === 'string' && version !== '' ? version : undefined,
    key: undefined,
    status: event.responseStatus?.code ?? 0,
    reply: '',
  };
}

/** A wiretap adds its driver's name to the user agent. Everybody else is no driver: people, controllers, the kubelet. */
function actorOf({ user, userAgent }: AuditEvent, { namespace }: Subject): string {
  return user.username === driverOf(namespace) ? (userAgent.split(' ').at(-1) ?? '') : 'user';
}

function heardOf({ wire, status, reply }: Heard): Told {
  const [, key] = Object.entries(wire.headers).find(([name]) => name.toLowerCase() === 'idempotency-key') ?? [];
  const nothing = { before: undefined, after: undefined, rvSent: undefined };
  return { actor: 'http', verb: wire.method, ...cut(wire.url), ...nothing, key, body: parsed(wire.body), status, reply };
}

function cut(url: string): { path: string; query: string } {
  const [path = '', ...query] = url.split('?');
  return { path, query: query.join('?') };
}

function parsed(text: string | undefined): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** How many of these ascending moments lie before `moment`. */
function countBefore(times: readonly Millis[], moment: Millis): number {
  let [from, to] = [0, times.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((times[middle] ?? Infinity) < moment) from = middle + 1;
    else to = middle;
  }
  return from;
}
