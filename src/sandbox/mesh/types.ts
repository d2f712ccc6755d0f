// What the mesh reads and what it says. Types only.
import type { Obj, Strings } from '../../contracts.ts';

/** The live objects of the world. */
export interface Objects {
  list(kind: string, namespace?: string): Obj[];
  /** What is served; left out where every kind may be listed. */
  readonly kinds?: readonly { readonly kind: string }[];
}

/** A name that a client asks for; a short one is a Service of `namespace`. */
export interface Host {
  readonly name: string;
  readonly namespace: string;
}

/** What a client's requests carry. An ordinary client, {}, knows the paths, methods and doors of the application: what is left out of these
 *  three is what the route asks for. Of everything else it sends nothing. */
export interface Client {
  /** May have a query behind a question mark. */
  readonly path?: string;
  readonly method?: string;
  /** The Gateway it comes through ('namespace/name'), or 'mesh', or 'traefik'. */
  readonly gateway?: string;
  /** Names in lower case; cookies stand in `cookie`. */
  readonly headers?: Readonly<Strings>;
  readonly query?: Readonly<Strings>;
  /** Labels and namespace of the pod that asks. */
  readonly labels?: Readonly<Strings>;
  readonly namespace?: string;
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
  /** Of the client's requests to the host; the shares of a host sum to 100, or there are none and every request is lost. */
  readonly percent: number;
  readonly endpoints: readonly Endpoint[];
  /** Set-Cookie lines that the mesh puts on the answers. */
  readonly cookies: readonly string[];
  /** What Traefik calls it, where Traefik sends the requests and counts them. */
  readonly backend?: string;
}

/** All that becomes of a client's requests. */
export interface Way {
  readonly shares: readonly Share[];
  /** Copies of requests: counted where they arrive, answered to nobody. Their percentages stand apart from the shares'. */
  readonly copies: readonly Share[];
  /** Connections, not requests: a mesh counts no HTTP here. */
  readonly tcp: boolean;
}

/** What routing objects say, before any pod was looked at. */
export interface Destination {
  readonly host: Host;
  readonly percent: number;
  /** Labels that a pod must have besides the Service's (a subset of a DestinationRule). */
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly cookies?: readonly string[];
  readonly backend?: string;
}

/** One mesh's answer for a host and a client. */
export interface Routing {
  readonly destinations: readonly Destination[];
  readonly copies?: readonly Destination[];
  readonly tcp?: boolean;
}
