// Puts the events of an audit log, which are written down as answers leave, in the order in which they came true. Changes and judges nothing.
import type { Millis } from '../../../src/ports.ts';
import { at } from '../../faults/facts.ts';
import type { AuditEvent } from '../audit.ts';
import { momentOf } from './heard.ts';

export interface Placed {
  readonly event: AuditEvent;
  readonly asked: Millis;
  /** No later than anything that is known to have come after it. */
  readonly at: Millis;
}

interface Versioned {
  readonly event: AuditEvent;
  readonly version: number;
}

/** Writes in the order of etcd's revisions; what has none (refusals, reads, deletes, writes that changed nothing) where its answer left. */
export function inOrder(events: readonly AuditEvent[]): Placed[] {
  const known = [...events].sort((a, b) => momentOf(a.stageTimestamp) - momentOf(b.stageTimestamp)).filter(isWhole);
  const seen = new Set<number>();
  const versioned: Versioned[] = [];
  const others: AuditEvent[] = [];
  for (const event of known) {
    const version = versionOf(event);
    if (version === undefined || seen.has(version)) others.push(event);
    else versioned.push({ event, version });
    if (version !== undefined) seen.add(version);
  }
  const placed = others.map((event): Placed => ({
    event,
    asked: momentOf(event.requestReceivedTimestamp),
    at: momentOf(event.stageTimestamp),
  }));
  return [...byRevision(versioned), ...placed].sort((a, b) => a.at - b.at);
}

/** A watch stands in the log twice: its beginning is its answer. */
function isWhole({ stage, verb }: AuditEvent): boolean {
  return stage === (verb === 'watch' ? 'ResponseStarted' : 'ResponseComplete');
}

/** An answer may leave late: its write was there before every later revision's answer left. */
function byRevision(versioned: readonly Versioned[]): Placed[] {
  const newestFirst = [...versioned].sort((a, b) => b.version - a.version);
  let latest = Infinity;
  const placed = newestFirst.map(({ event }): Placed => {
    latest = Math.min(latest, momentOf(event.stageTimestamp));
    return { event, asked: momentOf(event.requestReceivedTimestamp), at: latest };
  });
  return placed.reverse();
}

function versionOf({ responseObject, responseStatus, verb }: AuditEvent): number | undefined {
  if (verb === 'get' || verb === 'list' || verb === 'watch' || (responseStatus?.code ?? 0) >= 300) return undefined;
  const version = at(responseObject, 'metadata', 'resourceVersion');
  return typeof version === 'string' && /^\d+$/.test(version) ? Number(version) : undefined;
}
