// Cells of Events, in their core form or that of events.k8s.io. It must not know of other kinds.
import type { Obj } from '../../contracts.ts';
import { age, at } from './cells.ts';

export function lastSeen(event: Obj, now: number): string {
  const plain = event['lastTimestamp'] ?? event['deprecatedLastTimestamp'] ?? event['eventTime'];
  return age(at(event, 'series.lastObservedTime') ?? plain, now);
}

export function firstSeen(event: Obj, now: number): string {
  return age(event['firstTimestamp'] ?? event['deprecatedFirstTimestamp'] ?? event['eventTime'], now);
}

export function times(event: Obj): number {
  return Number(at(event, 'series.count') ?? event['count'] ?? event['deprecatedCount']) || 1;
}

export function about(event: Obj): string {
  const reference = event['involvedObject'] ?? event['regarding'];
  const kind = String(at(reference, 'kind') ?? '').toLowerCase();
  const name = at(reference, 'name');
  return name ? `${kind}/${String(name)}` : kind;
}

export function part(event: Obj): unknown {
  return at(event['involvedObject'] ?? event['regarding'], 'fieldPath') ?? '';
}

export function message(event: Obj): string {
  return String(event['message'] ?? event['note'] ?? '').trim();
}

/** Who said it, and where. */
export function source(event: Obj): string {
  const known = event['source'] ?? event['deprecatedSource'];
  const component = at(known, 'component') ?? event['reportingComponent'] ?? event['reportingController'];
  const place = at(known, 'component') ? at(known, 'host') : event['reportingInstance'];
  return [component, place].filter(Boolean).join(', ');
}
