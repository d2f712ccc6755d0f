// What the stored objects of a log say: traffic, replicas, stamps, the record. Foreign data throughout: nothing is taken for granted,
// and nothing of the driver's code is used to read it.
import type { Entry, View } from './log.ts';
import { objectPath, placeOf } from './paths.ts';

export type Side = 'primary' | 'canary';
export const SIDES: readonly Side[] = ['primary', 'canary'];
type Fields = Readonly<Record<string, unknown>>;

/** The value at a path of keys and indices; undefined wherever it ends early. */
export function at(value: unknown, ...keys: readonly (string | number)[]): unknown {
  return keys.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Fields)[key] : undefined), value);
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** One text for equal values. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const known = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${known
    .map(([key, inner]) => `${JSON.stringify(key)}:${textOf(inner)}`)
    .sort()
    .join()}}`;
}

export function isAccepted(entry: Entry): boolean {
  return entry.status >= 200 && entry.status < 300;
}

/** A request that is meant to change an object. Access reviews only ask. */
export function isMutating(entry: Entry): boolean {
  return entry.actor !== 'http' && entry.verb !== 'GET' && !/^\/apis\/auth(oriz|entic)ation\.k8s\.io\//.test(entry.path);
}

export function isDriver(actor: string): boolean {
  return actor !== 'http' && actor !== 'user';
}

/** An accepted write of a driver. A reply that was lost outside the recorder was still accepted. */
export function isDriverWrite(entry: Entry): boolean {
  return isDriver(entry.actor) && isMutating(entry) && isAccepted(entry);
}

/** 'apps/deployments podinfo': which object an entry is about, whatever version or subresource it names. */
export function objectOf(entry: Entry): string {
  const place = placeOf(objectPath(entry.path, entry.verb, entry.body));
  return place ? `${place.resource} ${place.name}` : entry.path;
}

export interface RecordState {
  readonly epoch: number;
  readonly driver: string;
  readonly run: string;
  readonly phase: string;
  readonly home: unknown;
  readonly revision: string;
  /** The canary's share that is wanted, in per cent; 0 while requests are mirrored or matched. */
  readonly weight: number;
  readonly traffic: 'split' | 'mirror' | 'match' | undefined;
  /** Users are kept on the canary by a cookie. */
  readonly keepsUsers: boolean;
  readonly iterations: number;
  readonly failedChecks: number;
  readonly checkNo: number;
  readonly passed: readonly string[];
}

const states = new WeakMap<object, RecordState | undefined>();

/** The state in a record; undefined where there is none that can be read. */
export function stateOf(record: unknown): RecordState | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  if (!states.has(record)) states.set(record, readState(at(record, 'data', 'state')));
  return states.get(record);
}

function readState(text: unknown): RecordState | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const state: unknown = JSON.parse(text);
    const number = (...keys: string[]): number => Number(at(state, ...keys) ?? 0);
    const word = (key: string): string => String(at(state, key) ?? '');
    return {
      epoch: number('epoch'),
      driver: word('driver'),
      run: word('run'),
      phase: word('phase'),
      home: at(state, 'home'),
      revision: word('revision'),
      weight: number('traffic', 'canary'),
      traffic: (['split', 'mirror', 'match'] as const).find((kind) => kind === at(state, 'traffic', 'kind')),
      keepsUsers: typeof at(state, 'traffic', 'cookies', 'canary') === 'string',
      iterations: number('iterations'),
      failedChecks: number('failedChecks'),
      checkNo: number('check', 'no'),
      passed: list(at(state, 'passed')).map(String),
    };
  } catch {
    return undefined;
  }
}

/** The epoch stamped on an object; 0 = none. */
export function stampOf(object: unknown): number {
  const label = at(object, 'metadata', 'labels', 'canary.run/epoch');
  return typeof label === 'string' && /^\d+$/.test(label) ? Number(label) : 0;
}

/** The canary is being judged, also while the gate before promotion is closed. */
export function isAnalysed(state: RecordState | undefined): boolean {
  return state?.phase === 'Progressing' || state?.phase === 'WaitingPromotion';
}

export function recordOf(target: string): string {
  return `configmaps canary-deployment-${target}`;
}

export function replicasOf(workload: unknown): number {
  if (workload === undefined) return 0;
  const wanted = at(workload, 'spec', 'replicas');
  return typeof wanted === 'number' ? wanted : 1;
}

/** The sides whose pods a Service would send to. */
export function selectedBy(service: unknown, view: View): readonly Side[] {
  const selector = Object.entries(fields(at(service, 'spec', 'selector')));
  if (!selector.length) return [];
  return SIDES.filter((side) => {
    const labels = fields(at(workloadOf(view, side), 'spec', 'template', 'metadata', 'labels'));
    return selector.every(([key, value]) => labels[key] === value);
  });
}

export function workloadOf(view: View, side: Side): unknown {
  return side === 'primary' ? view.primary : view.target;
}
