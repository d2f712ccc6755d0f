// What a network or a rival can do to requests, seeded so that every run replays: replies lost, conflicts, stale reads, delays.
// Each is a wrapper of Send, to be put outside the recorder.
import type { Clock, Millis, Send, Wire, WireReply } from '../../src/ports.ts';
import { isWatch } from './kill.ts';
import { once, readAll } from './log.ts';
import { placeOf } from './paths.ts';
import { randomOf } from './random.ts';

export interface Chance {
  readonly seed: number;
  /** Of 1. */
  readonly rate: number;
}

/** Requests are carried out, and now and then nobody hears the answer. Watches are spared. */
export function loseReplies(send: Send, { seed, rate }: Chance): Send {
  const random = randomOf(seed);
  return async (wire, signal) => {
    const loses = !isWatch(wire) && random() < rate;
    const reply = await send(wire, signal);
    if (!loses) return reply;
    await readAll(reply.body);
    throw new Error('the connection was reset before the answer came');
  };
}

/** Conditional writes are now and then refused, as if a rival had been quicker; they are not sent. */
export function conflictAt(send: Send, { seed, rate }: Chance): Send {
  const random = randomOf(seed);
  return async (wire, signal) => {
    const conditional = wire.method === 'PUT' || wire.method === 'PATCH' || wire.method === 'DELETE';
    return conditional && random() < rate ? conflict(wire) : send(wire, signal);
  };
}

function conflict(wire: Wire): WireReply {
  const place = placeOf(wire.url.split('?')[0] ?? '');
  const [group, plural] = place?.resource.includes('/') ? place.resource.split('/') : ['', place?.resource ?? ''];
  const object = `${plural}${group ? `.${group}` : ''} "${place?.name ?? ''}"`;
  const message = `Operation cannot be fulfilled on ${object}: the object has been modified; please apply your changes to the latest version and try again`;
  const details = { name: place?.name ?? '', ...(group ? { group } : {}), kind: plural };
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Conflict', details, code: 409 };
  return { status: 409, headers: { 'content-type': 'application/json' }, body: once(new TextEncoder().encode(JSON.stringify(status))) };
}

/** How many earlier answers a stale read may come from. */
const REMEMBERED = 5;

/** Reads are now and then answered with an earlier answer to the same question. Watches are spared. */
export function staleReads(send: Send, { seed, rate }: Chance): Send {
  const random = randomOf(seed);
  const known = new Map<string, { readonly reply: WireReply; readonly body: Uint8Array }[]>();
  return async (wire, signal) => {
    if (wire.method !== 'GET' || isWatch(wire)) return send(wire, signal);
    const question = `${wire.headers['accept'] ?? ''} ${wire.url}`;
    const earlier = known.get(question) ?? [];
    const stale = random() < rate ? earlier[Math.floor(random() * earlier.length)] : undefined;
    if (stale) return { ...stale.reply, body: once(stale.body) };
    const reply = await send(wire, signal);
    const body = await readAll(reply.body);
    known.set(question, [...earlier, { reply, body }].slice(-REMEMBERED));
    return { ...reply, body: once(body) };
  };
}

/** For racing drivers: each request waits a while of the clock's time on its way there, and its answer on the way back. */
export function interleave({
  seed,
  clock,
  most,
}: {
  readonly seed: number;
  readonly clock: Clock;
  readonly most: Millis;
}): (send: Send) => Send {
  const random = randomOf(seed);
  return (send) => async (wire, signal) => {
    const [there, back] = [Math.floor(random() * most), Math.floor(random() * most)];
    await clock.sleep(there, signal);
    const reply = await send(wire, signal);
    await clock.sleep(back, signal);
    return reply;
  };
}
