// The API server's own account of what was asked of it and what came of it, by namespace. Reads the log; judges nothing.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Cluster } from './cluster.ts';

/** One event of the log (audit.k8s.io/v1), as far as it is of use here. */
export interface AuditEvent {
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

/** Everything about that namespace, and what its driver asked of the cluster as a whole, in the order of the log. A watch stands in it when it
 *  starts, and again when it ends. */
export async function auditOf(cluster: Cluster, namespace: string): Promise<AuditEvent[]> {
  if (cluster.audit === null) throw new Error('a cluster that is not ours keeps its audit log to itself');
  const events: AuditEvent[] = [];
  const [inside, driver] = [`"namespace":"${namespace}"`, `"${driverOf(namespace)}"`];
  for await (const line of createInterface({ input: createReadStream(cluster.audit), crlfDelay: Infinity })) {
    // Most lines are about others: parsing all of them would take longer than the tests.
    if (!line.includes(inside) && !line.includes(driver)) continue;
    const event = JSON.parse(line) as AuditEvent;
    if (event.objectRef?.namespace === namespace || event.user.username === driverOf(namespace)) events.push(event);
  }
  return events;
}
