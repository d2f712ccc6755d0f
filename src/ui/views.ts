// From what the cluster keeps (the records' metadata, the drivers' Leases) to status items: the JSON that is promised. Pure reading; asks nobody.
import { cleanText } from '../common/clean.ts';
import type { Obj } from '../contracts.ts';
import { shownText } from '../http/redact.ts';
import { stamp } from './time.ts';

export interface Driver {
  readonly id: string;
  readonly host: string;
  readonly alive: boolean;
  /** Null: it has no Lease any more. */
  readonly seenSecondsAgo: number | null;
}

export type Activity = 'running' | 'waiting' | 'parked' | 'orphaned' | 'idle';

/** One item of `canary status -o json`. */
export interface StatusItem {
  readonly namespace: string;
  readonly name: string;
  /** "Deployment/podinfo" */
  readonly target: string;
  /** Always Flagger's word. */
  readonly phase: string;
  readonly state: Activity;
  /** Per cent of the traffic that is on the canary. */
  readonly weight: number;
  readonly mirror: boolean;
  readonly failedChecks: number;
  readonly iterations: number;
  readonly step: number;
  readonly steps: number;
  readonly revision: string;
  readonly since: string;
  readonly lastTransitionTime: string;
  readonly why: string;
  readonly drifted: boolean;
  readonly driver: Driver | null;
  /** Driven by a live Flagger: shown, and never touched. Absent: ours. */
  readonly managedBy?: 'flagger';
}

/** A driver renews its Lease every 10 s; one that has not for so long is gone. Only shown: taking over has a stricter rule of its own. */
const goneAfterSeconds = 30;
/** Initializing without a driver: a bootstrap that gave up in good order and left all traffic where it was. Waiting: nothing has begun.
 *  A driver that died is still named. */
const idlePhases: readonly string[] = ['Initializing', 'Initialized', 'Waiting', 'Succeeded', 'Failed'];
const waitingPhases: readonly string[] = ['Waiting', 'WaitingPromotion'];
const prefix = 'canary.run/';

/** `now`: the API server's time, in milliseconds. */
export function statusItems(seen: { records: readonly Obj[]; leases: readonly Obj[]; now: number }): StatusItem[] {
  const leases = new Map(seen.leases.map((lease) => [`${lease.metadata.namespace}/${lease.metadata.name}`, lease]));
  return seen.records.map((record) => itemOf(record, leases, seen.now)).sort(byName);
}

/** Those that need a person first, the others as they were. */
export function worstFirst(items: readonly StatusItem[]): StatusItem[] {
  return [...items].sort((a, b) => urgency(a) - urgency(b));
}

function itemOf(record: Obj, leases: ReadonlyMap<string, Obj>, now: number): StatusItem {
  const read = reader(record);
  const namespace = record.metadata.namespace ?? '';
  const driver = driverOf(read, leases.get(`${namespace}/canary-${read.text('driver')}`), now);
  const phase = read.text('phase');
  const since = secondsOf(read.text('since'));
  return {
    namespace,
    name: read.text('canary'),
    target: read.text('target'),
    phase,
    state: activity({ phase, driver, parked: read.has('parked'), gated: read.has('gate') }),
    weight: read.number('weight'),
    mirror: read.number('mirror') > 0,
    failedChecks: read.number('failed-checks'),
    iterations: read.number('iterations'),
    step: read.number('step'),
    steps: read.number('steps'),
    revision: read.text('revision'),
    since,
    lastTransitionTime: since,
    why: whyOf(read),
    drifted: read.text('drifted') === 'true',
    driver,
  };
}

/** What is waited for, else what happened last, else what goes on. */
function whyOf(read: Reader): string {
  if (read.has('gate')) return `gate "${read.text('gate')}" is closed`;
  const mirrored = read.number('mirror');
  return read.text('why') || (mirrored > 0 ? `mirrors ${mirrored} % of the requests to the canary` : '');
}

function activity(seen: { phase: string; driver: Driver | null; parked: boolean; gated: boolean }): Activity {
  if (seen.driver && !seen.driver.alive) return 'orphaned';
  if (seen.driver) return seen.gated || waitingPhases.includes(seen.phase) ? 'waiting' : 'running';
  if (seen.parked) return 'parked';
  // On its way, released, and nobody said that it was parked: nobody brings it to its end.
  return idlePhases.includes(seen.phase) ? 'idle' : 'orphaned';
}

interface Reader {
  has(name: string): boolean;
  text(name: string): string;
  number(name: string): number;
}

/** Annotations are anybody's to write. */
function reader(record: Obj): Reader {
  const values = record.metadata.annotations ?? {};
  const text = (name: string): string => shownText(values[`${prefix}${name}`] ?? '', 500);
  return {
    has: (name) => Boolean(values[`${prefix}${name}`]),
    text,
    number: (name) => {
      const value = Number(text(name));
      return Number.isFinite(value) ? value : 0;
    },
  };
}

function driverOf(read: Reader, lease: Obj | undefined, now: number): Driver | null {
  const id = read.text('driver');
  if (!id) return null;
  const seenSecondsAgo = lease ? Math.max(0, Math.round((now - renewedAt(lease)) / 1000)) : null;
  return { id, host: read.text('host'), alive: seenSecondsAgo !== null && seenSecondsAgo <= goneAfterSeconds, seenSecondsAgo };
}

function renewedAt(lease: Obj): number {
  const spec = lease['spec'];
  const text = typeof spec === 'object' && spec !== null && 'renewTime' in spec ? String(spec.renewTime) : '';
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : at;
}

/** As Kubernetes writes times; what is no time is shown as none. */
function secondsOf(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? '' : stamp(at);
}

/** The order of kubectl. */
export function byName(a: StatusItem, b: StatusItem): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name);
}

/** By code point, as the API server sorts: the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function urgency(item: StatusItem): number {
  if (item.state === 'orphaned') return 0;
  if (item.phase === 'Failed') return 1;
  if (item.state === 'waiting' || item.state === 'parked') return 2;
  return item.state === 'running' ? 3 : 4;
}

/** For the head of the live view: 4 canaries · 1 running · 1 failed. */
export function summaryLine(items: readonly StatusItem[], place: { context: string; now: number }): string {
  const count = (word: string, is: (item: StatusItem) => boolean): string[] => {
    const many = items.filter(is).length;
    return many ? [`${many} ${word}`] : [];
  };
  return [
    cleanText(place.context, 100),
    `${items.length} ${items.length === 1 ? 'canary' : 'canaries'}`,
    ...count('running', (item) => item.state === 'running'),
    ...count('waiting', (item) => item.state === 'waiting'),
    ...count('orphaned', (item) => item.state === 'orphaned'),
    ...count('parked', (item) => item.state === 'parked'),
    ...count('failed', (item) => item.phase === 'Failed' && item.state === 'idle'),
    stamp(place.now),
  ].join(' · ');
}
