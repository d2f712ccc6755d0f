// What the mesh reads and what it says. Types only.
import type { Obj } from '../../contracts.ts';

/** The live objects of the world. */
export interface Objects {
  list(kind: string, namespace?: string): Obj[];
}

/** A name that a client asks for; a short one is a Service of `namespace`. */
export interface Host {
  readonly name: string;
  readonly namespace: string;
}

/** A pod that takes requests now. */
export interface Endpoint {
  readonly pod: Obj;
  /** The Deployment, DaemonSet or bare ReplicaSet it belongs to; the pod's own name when nobody owns it. */
  readonly workload: string;
}

/** Where a part of the requests goes. Without endpoints they are lost. */
export interface Share {
  readonly namespace: string;
  readonly service: string;
  /** Of all requests to the host; the shares of a host sum to 100, or there are none and every request is lost. */
  readonly percent: number;
  readonly endpoints: readonly Endpoint[];
}

/** What routing objects say, before any pod was looked at. */
export interface Destination {
  readonly host: Host;
  readonly percent: number;
  /** Labels that a pod must have besides the Service's (a subset of a DestinationRule). */
  readonly labels?: Readonly<Record<string, unknown>>;
}
