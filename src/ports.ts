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
  close(): Promise<void>;
}
