// What all ways of one process to Services share: how to ask the cluster, and what was found out already. It decides nothing.
import type { Clock, Dial, HttpWire, Reach, Send } from '../../ports.ts';
import type { Objects } from '../objects.ts';
import { ending } from '../pause.ts';
import type { Right } from '../rules.ts';
import { proxyName, serviceText, type ServiceAddress } from './address.ts';
import type { Around } from './near.ts';
import type { ServiceFacts, ServiceLook } from './service.ts';
import type { Connection } from '../transport.ts';

export interface Way {
  readonly send: Send;
  /** For people, as soon as there is something to be told. */
  said?(): string | undefined;
  /** What it asks of the API server whenever it is gone. */
  readonly needs?: { readonly by: string; readonly rights: readonly Right[] };
}

export interface Asked {
  readonly service: ServiceAddress;
  /** Of a Role, for what is sent. */
  readonly verb: string;
  /** Why the API server's proxy cannot carry it. */
  readonly notCarried: string | undefined;
  /** The next request chooses anew. */
  forget(): void;
  /** How many other names led here. */
  readonly aliases?: number;
}

export type Known = Asked & { readonly facts: ServiceFacts };

export interface ReachOptions {
  readonly mode: Exclude<Reach, 'direct'>;
  readonly connection: Pick<Connection, 'send' | 'exchange' | 'upgrade'>;
  /** To everything outside. */
  readonly http: Send;
  readonly clock: Clock;
  note(line: string): void;
  readonly around?: Around;
}

export interface Room extends Required<ReachOptions> {
  readonly objects: Objects;
  /** Until the end of all. */
  readonly signal: AbortSignal;
  readonly looks: Map<string, Promise<ServiceLook>>;
  readonly kept: Map<string, Promise<unknown>>;
  readonly told: Set<string>;
  readonly closers: (() => void)[];
}

/** Kept for ever, unless it came to nothing: then the next one begins anew. */
export function once<T>(kept: Map<string, Promise<unknown>>, key: string, begin: () => Promise<T>): Promise<T> {
  const known = kept.get(key) as Promise<T> | undefined;
  if (known) return known;
  const begun = begin();
  kept.set(key, begun);
  begun.catch(() => kept.get(key) === begun && kept.delete(key));
  return begun;
}

/** Under which names what was found out for a request is kept. */
export function keysOf({ service, verb }: Asked): { look: string; may: string; near: string } {
  const { name, namespace, host } = service;
  return {
    look: `${namespace}/${name}`,
    may: `may ${verb} ${namespace} ${proxyName(service)}`,
    near: `near ${host} ${serviceText(service)}`,
  };
}

/** A Role or a Service that stands in the way may be mended: the next request looks anew. A port that is open stays so. */
export function forgetSeen({ looks, kept }: Room, asked: Asked): void {
  const { look, may, near } = keysOf(asked);
  looks.delete(look);
  kept.delete(may);
  kept.delete(near);
}

export function ledTo(wire: HttpWire, dial: Dial): HttpWire {
  return { ...wire, dial };
}

/** The work itself goes on: others may wait for it. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const tie = ending(signal);
  try {
    return await Promise.race([work, refused(tie.signal)]);
  } finally {
    tie.end();
  }
}

function refused(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(new Error('stopped'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
