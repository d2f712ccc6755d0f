// What a controller of the sandbox's cluster is. Types only.
import type { StoreEvent } from '../store.ts';
import type { Knobs, SandboxWorld } from '../types.ts';

export interface Controller {
  readonly id: string;
  /** By kind of the changed object: the keys ('namespace/name') of what is to be looked at. */
  readonly on: { readonly [kind: string]: (event: StoreEvent, world: SandboxWorld) => readonly string[] };
  /** How long after the change; left out: knobs.reactMs. */
  readonly delay?: (knobs: Knobs) => number;
  /** Level-triggered: looks at what is there now, does the next thing, and asks to be called again where it must wait. */
  reconcile(key: string, world: SandboxWorld): void;
}

export function keyOfEvent(event: StoreEvent): readonly string[] {
  return [`${event.after.metadata.namespace ?? ''}/${event.after.metadata.name}`];
}

export function splitKey(key: string): readonly [namespace: string, name: string] {
  const [namespace = '', name = ''] = key.split('/');
  return [namespace, name];
}
