// A write is repeated, unchanged, until it has an answer. It must never change a request between tries, nor decide what follows.
import type { Obj } from '../contracts.ts';
import { isObject } from '../common/json.ts';
import { CanaryError } from '../errors.ts';
import type { Clock, Millis, Send, Wire } from '../ports.ts';
import { ApiError, UnansweredWrite, refusalOf, wireText } from './api-error.ts';
import type { About, Refusal } from './api-error.ts';
import { readBody } from './body.ts';
import type { Written } from './objects.ts';
import { isUnsure, pauseBefore, retryAfter } from './pause.ts';
import type { Random } from './pause.ts';

interface Room {
  readonly send: Send;
  readonly clock: Clock;
  readonly random: Random;
}

interface Unanswered {
  readonly again?: Millis | undefined;
  readonly error?: unknown;
}

interface Write {
  readonly wire: Wire;
  readonly about: About;
}

const patience: Millis = 60_000;

/**
 * Rule 10 of the fencing protocol: after no answer the same request is sent again, with the same resourceVersion, until it is accepted or
 * refused; deciding on without knowing is what loses a race. If the first try did arrive, the repeat is a conflict, and the caller
 * (rule 9) looks again and finds its own work done. After a minute it is given up as UnansweredWrite: nobody knows what became of it, so the
 * driver may only go on under a new epoch (rule 2), whose stamps make the old request dead.
 */
export async function untilAnswered(room: Room, write: Write, signal: AbortSignal): Promise<Written> {
  const begun = room.clock.now();
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    const tried = await once(room, write, signal);
    if ('is' in tried) return tried;
    // Not even signed in: nothing was sent yet.
    if (attempt === 0 && tried.error instanceof CanaryError) throw tried.error;
    signal.throwIfAborted();
    if (room.clock.now() - begun > patience) throw new UnansweredWrite(`no answer to ${wireText(write.wire)} for ${patience / 1000} s`);
    await room.clock.sleep(tried.again ?? pauseBefore(attempt, { first: 100, longest: 1_000 }, room.random), signal);
  }
}

async function once(room: Room, write: Write, signal: AbortSignal): Promise<Written | Unanswered> {
  try {
    const reply = await room.send(write.wire, signal);
    const text = await readBody(reply);
    if (isUnsure(reply.status)) return { again: retryAfter(reply.headers) };
    return reply.status < 300 ? accepted(text, write.wire.method) : refused(write, refusalOf(reply.status, text));
  } catch (error) {
    return { error };
  }
}

/** A 2xx that is not JSON came from something in between: the request may not have arrived. */
function accepted(text: string, method: Wire['method']): Written | Unanswered {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return {};
  }
  if (!isObject(body)) return {};
  const object = body as unknown as Obj;
  const isObj = body['kind'] !== 'Status' && isObject(body['metadata']);
  return isObj && (method !== 'DELETE' || isHeld(object)) ? { is: 'done', object } : { is: 'done' };
}

/** A DELETE is answered with a Status, or with the object: the last of it, or, while finalizers hold it, what is still there. */
function isHeld(object: Obj): boolean {
  const { finalizers } = object.metadata;
  return Array.isArray(finalizers) && finalizers.length > 0;
}

function refused(write: Write, refusal: Refusal): Written {
  const error = new ApiError(write.about, refusal);
  if (refusal.code === 409) return { is: 'conflict', why: refusal.message };
  const gone = refusal.code === 404 && !error.missingKind && write.wire.method !== 'POST';
  return gone ? { is: 'conflict', why: refusal.message } : { is: 'refused', error };
}
