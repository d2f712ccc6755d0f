// What a cell of a Table shows: the shortened forms of kubectl. It must not choose columns or objects.
import { isObject } from '../../common/json.ts';
import type { Obj } from '../../contracts.ts';

export interface Column {
  readonly name: string;
  readonly type?: 'string' | 'integer' | 'date';
  readonly format?: string;
  /** 1: with -o wide only. */
  readonly priority?: number;
  cell(object: Obj, now: number): unknown;
}

export type Node = Readonly<Record<string, unknown>>;

export function at(object: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (isObject(value) || Array.isArray(value) ? (value as unknown as Node)[key] : undefined), object);
}

export function list(object: unknown, path: string): readonly Node[] {
  const value = at(object, path);
  return Array.isArray(value) ? (value as Node[]) : [];
}

/** The first three, and how many more. */
export function few(all: readonly string[], shown = 3): string {
  const more = all.length - shown;
  return `${all.slice(0, shown).join(',')}${more > 0 ? ` + ${more} more...` : ''}`;
}

/** As kubectl shortens durations: seconds to two minutes, then two units while they matter. */
export function humanDuration(seconds: number): string {
  const parts = (large: number, unit: string, small: [number, string]): string => {
    const rest = Math.floor((seconds % large) / small[0]);
    return `${Math.floor(seconds / large)}${unit}${rest > 0 ? `${rest}${small[1]}` : ''}`;
  };
  if (seconds < 120) return `${Math.max(0, Math.floor(seconds))}s`;
  if (seconds < 600) return parts(60, 'm', [1, 's']);
  if (seconds < 3 * 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 8 * 3600) return parts(3600, 'h', [60, 'm']);
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h`;
  if (seconds < 8 * 86_400) return parts(86_400, 'd', [3600, 'h']);
  if (seconds < 730 * 86_400) return `${Math.floor(seconds / 86_400)}d`;
  return parts(365 * 86_400, 'y', [86_400, 'd']);
}

export function age(time: unknown, now: number): string {
  const then = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(then) ? '<unknown>' : humanDuration((now - then) / 1000);
}

export function text(name: string, path: string, empty = ''): Column {
  return { name, cell: (object) => at(object, path) ?? empty };
}

/** Some columns of numbers call themselves text. */
export function count(name: string, path: string, type: 'string' | 'integer' = 'integer'): Column {
  return { name, type, cell: (object) => at(object, path) ?? 0 };
}

export function wide(column: Column): Column {
  return { ...column, priority: 1 };
}

export const NAME = text('Name', 'metadata.name');
export const AGE: Column = { name: 'Age', cell: (object, now) => age(object.metadata.creationTimestamp, now) };

export const DEFAULT_COLUMNS: readonly Column[] = [NAME, AGE];
/** Of a CustomResourceDefinition that names none. */
export const CUSTOM_COLUMNS: readonly Column[] = [NAME, { ...AGE, type: 'date' }];

export function json(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}
