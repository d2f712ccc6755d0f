// What all ways of one process to Services share: how to ask the cluster, and what was found out already. It decides nothing.
import type { Clock, Reach, Send } from '../../ports.ts';
import type { Objects } from '../objects.ts';
import type { Around } from './near.ts';
import type { ServiceLook } from './service.ts';
import type { Connection } from '../transport.ts';

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
