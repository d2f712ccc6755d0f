// Events are stored in the core form and served in both: core v1 and events.k8s.io/v1 name the same fields differently.
import type { Obj } from '../../contracts.ts';

// core name -> events.k8s.io name
const NAMES: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
];

function renamed(object: Obj, from: 0 | 1, apiVersion: string): Obj {
  const names = new Map(NAMES.map((pair) => [pair[from], pair[from === 0 ? 1 : 0]]));
  const fields = Object.entries(object).map(([field, value]) => [names.get(field) ?? field, value] as const);
  return { ...(Object.fromEntries(fields) as Obj), apiVersion };
}

export function toNewEvent(object: Obj): Obj {
  return renamed(object, 0, 'events.k8s.io/v1');
}

export function toCoreEvent(object: Obj): Obj {
  return renamed(object, 1, 'v1');
}
