// The API server's own account of what was asked of it and what came of it, by namespace. Reads the log; judges nothing.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Cluster } from './cluster.ts';

/** One event of the log (audit.k8s.io/v1), as far as it is of use here. */
export interface AuditEvent {
  /** The same on each stage of one request. */
  readonly auditID: string;
  readonly stage: 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  /** With its query. */
  readonly requestURI: string;
  /** get, list, watch, create, update, patch, delete, deletecollection. */
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly userAgent: string;
  readonly objectRef?: {
    readonly resource: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
    readonly apiVersion?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code: number; readonly reason?: string; readonly message?: string };
  /** Of writes only (the policy stands in control-plane.ts). */
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

/** Whoever drives releases in a namespace (arena.ts). */
export function driverOf(namespace: string): string {
  return `system:serviceaccount:${namespace}:canary`;
}

/** A namespace that a line of the log is about, or whose driver it is about. */
const mentioned = /"(?:namespace":"|system:serviceaccount:)([^":]+)/g;

/** Everything about that namespace, and what its driver asked of the cluster as a whole, in the order of the log. A watch stands in it when it
 *  starts, and again when it ends. */
export async function auditOf(cluster: Cluster, namespace: string): Promise<AuditEvent[]> {
  return (await auditsOf(cluster, [namespace])).get(namespace) ?? [];
}

/** The same of several namespaces, in one reading. */
export async function auditsOf(cluster: Cluster, namespaces: readonly string[]): Promise<Map<string, AuditEvent[]>> {
  if (cluster.audit === null) throw new Error('a cluster that is not ours keeps its audit log to itself');
  const found = new Map(namespaces.map((namespace) => [namespace, [] as AuditEvent[]]));
  for await (const line of createInterface({ input: createReadStream(cluster.audit), crlfDelay: Infinity })) {
    // Most lines are about others: parsing all of them would take longer than the tests.
    if (![...line.matchAll(mentioned)].some(([, name = '']) => found.has(name))) continue;
    const event = JSON.parse(line) as AuditEvent;
    const driven = /^system:serviceaccount:([^:]+):canary$/.exec(event.user.username)?.[1];
    for (const name of new Set([event.objectRef?.namespace ?? '', driven ?? ''])) found.get(name)?.push(event);
  }
  return found;
}
