// The only asynchronous contracts of the house. Types only. Everything that leaves the process goes through a `Send`, everything that
// waits goes through a `Clock`; retry, redaction, recording, faults and kills are wrappers (Send) => Send.

export type Millis = number;
export type Headers = Readonly<Record<string, string>>;

/** One request. `path` is absolute for the API server ('/api/v1/…?watch=1'), a whole URL for everything else. */
export interface Wire {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Headers;
  readonly body?: string;
}

/** A request to anything but the API server. What it says beside the headers cannot leave the process. */
export interface HttpWire extends Wire {
  /** Take any TLS certificate. */
  readonly insecure?: true;
  /** An HTTP proxy for this request alone; else that of the environment. */
  readonly proxy?: string;
  /** The namespace in which a host of one word is a Service. */
  readonly home?: string;
  /** Its address is out of a Secret: it is not to be told. */
  readonly hidden?: true;
  /** Connect there, whatever the address says; all else (Host, TLS name and certificate) goes by the address. No proxy of the environment is used. */
  readonly dial?: Dial;
}

export interface Dial {
  readonly host: string;
  readonly port: number;
}

/** How Services of the cluster are reached by their names. */
export type Reach = 'auto' | 'direct' | 'proxy' | 'port-forward';

/** One answer. Header names are lower case. A watch is a long body; a body that nobody reads must be cancelled through the signal. */
export interface WireReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Rejects only when there was no answer at all (refused, reset, time-out, aborted): whether the request was carried out is then unknown. */
export type Send = (wire: Wire, signal: AbortSignal) => Promise<WireReply>;

export interface Clock {
  /** Milliseconds since 1970 as this process knows them; only differences are ever used for decisions. */
  now(): Millis;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: Millis, signal: AbortSignal): Promise<void>;
}

/** A place to run against: a cluster, or the sandbox. */
export interface World {
  readonly api: Send;
  readonly http: Send;
  readonly clock: Clock;
  /** For the first line of every run: which cluster, as whom. */
  readonly about: { readonly context: string; readonly user: string; readonly namespace: string };
  /** What is to be known as the world is used, such as the way to a Service: told to this one from now on, and whatever nobody heard yet at once. */
  hear?(tell: (line: string) => void): void;
  /** What stands in the way of requests like these, in words; none of them is sent. Left out where nothing can be known beforehand. */
  reachable?(wires: readonly HttpWire[], signal: AbortSignal): Promise<readonly string[]>;
  close(): Promise<void>;
}
