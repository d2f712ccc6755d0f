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
  /** The canary's share that is wanted, in per cent. */
  readonly weight: number;
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
      weight: number('traffic', 'canary'),
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

export function replicasOf(workload: unknown): number {
  if (workload === undefined) return 0;
  const wanted = at(workload, 'spec', 'replicas');
  return typeof wanted === 'number' ? wanted : 1;
}

export interface Weighted {
  readonly host: string;
  readonly weight: unknown;
}

/** The weighted destinations of each rule of a VirtualService. A single one without weight has all. */
export function rulesOf(route: unknown): readonly (readonly Weighted[])[] {
  return ['http', 'tcp'].flatMap((kind) =>
    list(at(route, 'spec', kind)).map((rule) => {
      const destinations = list(at(rule, 'route'));
      return destinations.map((one) => ({
        host: String(at(one, 'destination', 'host') ?? '').split('.')[0] ?? '',
        weight: at(one, 'weight') ?? (destinations.length === 1 ? 100 : 0),
      }));
    }),
  );
}

/** The highest share, in per cent, that any rule gives this side's Service. */
export function weightOf(route: unknown, host: string): number {
  const weights = rulesOf(route).flatMap((rule) => rule.filter((one) => one.host === host).map((one) => Number(one.weight)));
  return Math.max(0, ...weights);
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
