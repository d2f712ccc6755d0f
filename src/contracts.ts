// What a router, a target, a scaler and a metrics provider is. Types only; every provider imports this file and src/spec/types.ts, nothing else
// of the house but src/common. All of them are pure: objects in, objects out.
import type { Canary, Json, JsonObject, Metric, Millis, Ref, Severity, Strings } from './spec/types.ts';

export type Side = 'primary' | 'canary';

export interface ObjectMeta {
  name: string;
  namespace?: string;
  resourceVersion?: string;
  uid?: string;
  generation?: number;
  creationTimestamp?: string;
  labels?: Strings;
  annotations?: Strings;
  ownerReferences?: JsonObject[];
  [field: string]: unknown;
}

/** A Kubernetes object as the API server sent it. */
export interface Obj {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

export type Look =
  { is: 'present'; object: Obj } | { is: 'absent' } | { is: 'no-such-kind' } /* not served */ | { is: 'forbidden'; rule: string };

/** Either one named object, or all of a kind that carry labels. */
export type Need = Ref | { list: Omit<Ref, 'name'>; labels: Strings };

/** A frozen look at the cluster. Looking at what no `needs` named throws: that is our bug. */
export interface Found {
  one(ref: Ref): Look;
  many(need: { list: Omit<Ref, 'name'>; labels: Strings }): Obj[];
}

/** What is to be changed. The runner adds resourceVersion or uid, the epoch label, and on create the record and managed-by labels.
 *  `given`: what this change relies on besides its own object; read fresh before it is sent, and if any of it moved, decided again. */
export type Change = { given?: Ref[]; why: string } & (
  | { op: 'create'; object: Obj }
  /** RFC 7386. Merges of one ref in one decision become one request. */
  | { op: 'merge'; ref: Ref; patch: JsonObject }
  | { op: 'delete'; ref: Ref }
);

export type Verdict = { is: 'ready' } | { is: 'waiting'; why: string } | { is: 'failed'; why: string };

/** Values of the session cookies. `expire`: of a run that is over, to be taken off users who still send it. */
export interface Cookies {
  canary?: string;
  primary?: string;
  expire?: string;
}

/** Where requests go. */
export type Traffic =
  /** `canary` is the canary's share in per cent; the primary has the rest. */
  | { kind: 'split'; canary: number; cookies?: Cookies }
  /** The primary answers everything; so many per cent of the requests are also sent to the canary, whose answers nobody gets. */
  | { kind: 'mirror'; percent: number }
  /** Requests that fit analysis.match go to the canary, all others to the primary. */
  | { kind: 'match' };

export interface Problem {
  /** A path of the spec ('spec.service.port') or, for cluster facts, the object ('Deployment/podinfo'). */
  path: string;
  text: string;
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';

/** What a plug-in asks of the API server, in the words of a Role: for the preflight and for `canary rbac`. */
export interface Touch {
  group: string;
  resource: string;
  verbs: Verb[];
  /** Absent: of any name. */
  names?: string[];
}

export interface Ctx {
  canary: Canary;
  found: Found;
  /** A short, stable hash of a text (10 hexadecimal digits of SHA-256). */
  digest(text: string): string;
  /** ConfigMaps and Secrets that were created for this canary so far, from what is kept. */
  made: readonly Ref[];
}

export interface Plugin {
  ids: string[];
  /** What it asks for besides what it `drives`, in a canary's whole life: whatever stands in the cluster today. Asked with the cluster in view, or
   *  with no more than what files say; what they do not say is 'forbidden' then, and may be anything. */
  touches(c: Ctx): Touch[];
  /** What must be looked at; asked again with the answers until it names nothing new. Called before anything is found too. */
  needs(c: Ctx): Need[];
  /** The objects that this plug-in writes: stamped with the epoch by a driver that takes over, looked at for drift.
   *  A router names the object that carries the weights first. */
  drives(c: Ctx): Ref[];
  /** Refusals in words. Called with the cluster in view. */
  check(c: Ctx): Problem[];
}

export interface TrafficRouter extends Plugin {
  /** Core and the validator ask this, never the id. `split` false: traffic stays on the apex Service's selector (blue/green). */
  can: { split: boolean; match: boolean; mirror: boolean; affinity: boolean };
  /** The built-in query set: src/metrics/queries/<id>.ts. */
  queries: string;
  /** What routing needs before the primary takes traffic and that moves none by itself (Istio: the two DestinationRules). */
  prepare(c: Ctx): Change[];
  /** [] = already so: that is also read-back and drift detection. Creates the routing object where there is none. */
  route(c: Ctx, want: Traffic): Change[];
  /** For `delete`, on a routing object that a user made: as it stands, with the apex in place of both sides, and nothing of ours in it. [] = it is so. */
  without?(c: Ctx): Change[];
  /** Law, tested for all: read(after(route(t))) = t. Undefined: no routing object, or one that is not ours to read (drift). */
  read(c: Ctx): Traffic | undefined;
  /** The data plane has it. */
  settled(c: Ctx): Verdict;
}

/** A version of the workload: the pod template, and a hash that says whether two are equal. */
export interface Revision {
  /** Over the template and the content of all tracked ConfigMaps and Secrets. */
  hash: string;
  template: JsonObject;
  /** Hash of the tracked config alone; '' where none is tracked. */
  config: string;
}

export interface Target extends Plugin {
  /** Undefined: no such object. The primary's is un-rewritten (podinfo-primary back to podinfo), so equal means equal. */
  revision(c: Ctx, side: Side): Revision | undefined;
  /** The selector of the side's pods: for Services, and for looking at pods. */
  selector(c: Ctx, side: Side): Strings;
  /** Bring the primary to this VALUE, never to "what is there now": creates it, or patches it. [] = it is so.
   *  Never lowers the primary's replicas; leaves them alone where a scaler drives them. */
  primary(c: Ctx, from: Revision): Change[];
  /** A revision that the primary had before, by hash, from the cluster's own history (ReplicaSets); for going back from a failed promotion. */
  past(c: Ctx, hash: string): Revision | undefined;
  /** Promotion could take the primary to 0 ready pods (Recreate, 100 % unavailable). */
  risky(c: Ctx): boolean;
  /** A side that has pods already is not scaled up. [] = it is so. */
  scale(c: Ctx, side: Side, to: 'zero' | { atLeast: number }): Change[];
  /** What --image makes of the target: patch of the containers; a Problem where the container is not there. */
  image(c: Ctx, container: string | undefined, image: string): Change[] | Problem;
  /** `since`: when this side was last asked to become ready. `threshold`: per cent that must be available.
   *  A side with 0 wanted replicas is never ready. Reasons read 'n of m updated replicas are available', 'n out of m new replicas have been updated', … */
  verdict(c: Ctx, side: Side, at: { now: Millis; since: Millis }): Verdict;
  /** Ports of the target's containers besides the Service's own, for portDiscovery. */
  ports(c: Ctx): JsonObject[];
  /** Has the canary's pods started anew where they run with other config than the target names now (config alone has changed). [] = it is so. */
  refresh(c: Ctx): Change[];
  /** Copies of config that neither the primary nor anything it may return to names any more. */
  sweep(c: Ctx): Change[];
  /** For `delete`: the target gets what the primary runs, and nothing of ours is left in it. [] = it is so. */
  giveBack(c: Ctx): Change[];
  /** Pods of that side that can take traffic now: what the guards ask. */
  ready(c: Ctx, side: Side): number;
  /** Replicas wanted now; 0 when there is no such object. */
  wanted(c: Ctx, side: Side): number;
}

export interface Scaler extends Plugin {
  /** Create or sync the primary's scaler; [] = it is so. */
  primary(c: Ctx): Change[];
  /** The least number of pods when a side is scaled up. */
  floor(c: Ctx): number;
}

/** A value of a Secret: opened only on the way out (src/http), so that pure rooms, records and transcripts hold none. */
export interface SecretUse {
  secret: Ref;
  key: string;
}
export type Text = string | readonly (string | SecretUse)[];
/** A Secret that is there, and which keys it has. */
export interface SecretKeys {
  secret: Ref;
  keys: readonly string[];
}

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: Text;
  headers?: { [name: string]: Text };
  auth?: { user: Text; password: Text };
  body?: string;
  /** An HTTP proxy for this request alone. */
  proxy?: string;
  timeout: Millis;
  /** Besides the first try; answers of 5xx and 429 and no answer are tried again. */
  retries?: number;
  insecure?: true;
}
export interface HttpReply {
  status: number;
  body: string;
}

/** What a question came to. 'refused': checked and failed (a webhook said no). 'error': could not be checked. */
export type Answer = { is: 'value'; value: number } | { is: 'ok' } | { is: 'refused' | 'no-values' | 'error'; why: string };

/** Where a metrics provider is asked, and what it takes to be let in. */
export interface MetricsServer {
  address: string;
  secret?: SecretKeys;
  headers: { [name: string]: string[] };
  insecure: boolean;
}

export interface MetricsProvider {
  ids: string[];
  /** One request out, one number in. */
  request(query: string, from: MetricsServer): HttpRequest;
  answer(reply: HttpReply): Answer;
  /** Asked once before anything is written: is it there? */
  online(from: MetricsServer): HttpRequest;
  isOnline(reply: HttpReply): boolean;
}

/** What people in a chat are told. */
export interface Alert {
  severity: Severity;
  text: string;
  /** podinfo.test */
  about: string;
  fields: readonly (readonly [title: string, value: string])[];
}

export interface AlertProvider {
  ids: string[];
  /** `token`: of chats that have one (slack). */
  request(alert: Alert, to: { address: Text; username: string; channel: string; token?: SecretUse; proxy?: string }): HttpRequest;
}

/** A router's built-in queries: Flagger's, verbatim but for white space. */
export interface QuerySet {
  id: string;
  successRate(v: QueryVars): string;
  duration(v: QueryVars): string;
  /** What the duration is multiplied by to be milliseconds. */
  durationScale: 1 | 1000;
}
export interface QueryVars {
  name: string;
  namespace: string;
  target: string;
  service: string;
  interval: string;
}

export type { Canary, Json, JsonObject, Metric, Millis, Ref, Severity, Strings };
