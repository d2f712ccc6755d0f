// What the sandbox's cluster is to its controllers, to its API and to tests. Types only.
import type { Obj } from '../../contracts.ts';
import type { Send } from '../../ports.ts';
import type { SandboxClock } from '../clock.ts';
import type { AgendaSnapshot } from './agenda.ts';
import type { Fault, Faults } from './faults.ts';
import type { KindRow } from './kinds.ts';
import type { Store, StoreSnapshot } from './store.ts';

/** A rule that refuses a request with 403. A field left out, or '*', matches all. `resource`: 'deployments' or 'deployments/scale'. */
export interface Denial {
  readonly verb?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** A rule of a Role, in its own words; `namespace`: where the Role stands, absent: everywhere. Where any stands, all else is refused with 403. */
export interface Allowance {
  readonly namespace?: string;
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** How slow the cluster is, in milliseconds. May be changed at any time. */
export interface Knobs {
  /** From a change to the controller that answers it. */
  reactMs: number;
  /** From a pod's creation to ready. */
  podReadyMs: number;
  /** From a pod's deletion to its end. */
  podEndMs: number;
  /** From a change of pods or Service to its EndpointSlices and Endpoints. */
  endpointLagMs: number;
}

export interface WorldSnapshot {
  readonly now: number;
  readonly store: StoreSnapshot;
  readonly agenda: AgendaSnapshot;
  readonly faults: readonly (readonly [string, Fault])[];
  readonly knobs: Knobs;
  readonly denied: readonly Denial[];
  readonly allowed: readonly Allowance[];
  readonly kinds: readonly KindRow[];
  readonly counters: readonly (readonly [string, number])[];
  readonly moments: readonly (readonly [string, number])[];
  readonly parts: readonly (readonly [string, unknown])[];
}

/** State of somebody else (traffic) that is saved with the world. */
export interface Part {
  snapshot(): unknown;
  restore(saved: unknown): void;
}

export interface SandboxWorld {
  readonly clock: SandboxClock;
  readonly store: Store;
  readonly faults: Faults;
  readonly knobs: Knobs;
  readonly denied: Denial[];
  /** Empty: whatever is not denied is allowed. */
  readonly allowed: Allowance[];
  /** What is served; rows may be added and taken away. */
  readonly kinds: KindRow[];
  /** What answers HTTP outside the API server: 'host', 'host:port' or '*.suffix'. */
  readonly hosts: Map<string, Send>;
  readonly parts: Map<string, Part>;
  readonly user: string;
  /** When things happened to pods, finer than their timestamps. */
  readonly moments: Map<string, number>;
  /** `kind`: 'Deployment', or 'Service.serving.knative.dev' where the bare kind is another's. */
  row(kind: string): KindRow;
  list(kind: string, namespace?: string): Obj[];
  get(kind: string, namespace: string | undefined, name: string): Obj | undefined;
  /** 1, 2, 3, … */
  count(what: string): number;
  /** Has a controller look at 'namespace/name' after `ms`. */
  later(controller: string, key: string, ms: number): void;
  snapshot(): WorldSnapshot;
  /** Only where the clock can be set: virtual time. */
  restore(snapshot: WorldSnapshot): void;
}
