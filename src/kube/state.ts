// Reads the record's text back as State, and the companion's as Kept. Both are foreign input: anything unknown is refused by name,
// nothing is repaired. It must never ask the cluster.
import { cleanText } from '../common/clean.ts';
import { isObject } from '../common/json.ts';
import type { JsonObject } from '../contracts.ts';
import type { Kept, State } from '../core/types.ts';

export const stateLimit = 16 * 1024;
export const keptLimit = 256 * 1024;

/** What is wrong with a value; undefined = nothing. */
type Check = (value: unknown) => string | undefined;
type Fields = Readonly<Record<string, Check>>;

const name = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const driverId = /^([a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?)?$/;

function text(max: number, pattern?: RegExp): Check {
  return (value) => {
    if (typeof value !== 'string') return 'is not a text';
    if (value.length > max) return `is longer than ${max} characters`;
    return pattern && !pattern.test(value) ? 'has characters that do not belong there' : undefined;
  };
}

function whole(from: number, to: number): Check {
  return (value) =>
    Number.isInteger(value) && Number(value) >= from && Number(value) <= to ? undefined : `is not a whole number from ${from} to ${to}`;
}

function oneOf(...words: string[]): Check {
  return (value) => (words.includes(value as string) ? undefined : `is not one of ${words.join(', ')}`);
}

function maybe(check: Check): Check {
  return (value) => (value === undefined ? undefined : check(value));
}

function listOf(check: Check, max: number): Check {
  return (value) => {
    if (!Array.isArray(value)) return 'is not a list';
    return value.length > max ? `has more than ${max} entries` : value.map(check).find((problem) => problem !== undefined);
  };
}

function shape(fields: Fields): Check {
  return (value) => {
    if (!isObject(value)) return 'is not an object';
    const unknown = Object.keys(value).find((field) => !Object.hasOwn(fields, field));
    if (unknown !== undefined) return `has the unknown field ${cleanText(unknown, 40)}`;
    for (const [field, check] of Object.entries(fields)) {
      const problem = check(value[field]);
      if (problem !== undefined) return `${field} ${problem}`;
    }
    return undefined;
  };
}

const anything: Check = () => undefined;
/** No clock reaches beyond the year 9999. */
const time: Check = (value) => (typeof value === 'number' && value >= 0 && value < 253_402_300_800_000 ? undefined : 'is not a time');
const side = oneOf('primary', 'canary');
const count = whole(0, 1_000_000_000);
const id = text(200);

const home: Check = (value) => {
  if (!isObject(value)) return 'is not an object';
  const why = text(1_000);
  const extra: Readonly<Record<string, Fields>> = { checks: { failed: count, metric: text(253) }, deadline: { side } };
  return (
    oneOf('checks', 'deadline', 'person', 'signal', 'timeout', 'trouble', 'returned')(value['by']) ??
    shape({ by: anything, why, ...extra[String(value['by'])] })(value)
  );
};

/** Typed by State, so that neither can change without the other. */
const stateFields: { readonly [field in keyof Required<State>]: Check } = {
  schema: isOne,
  canary: text(253, name),
  epoch: count,
  driver: text(52, driverId),
  host: text(300),
  run: id,
  phase: oneOf('Initializing', 'Initialized', 'Progressing', 'Promoting', 'Finalising', 'Succeeded', 'Failed'),
  since: time,
  home: maybe(home),
  parked: maybe(text(1_000)),
  traffic: shape({ kind: oneOf('split'), canary: whole(0, 100) }),
  at: maybe(time),
  waiting: maybe(shape({ side, since: time })),
  check: shape({ no: count, dueAt: time }),
  failedChecks: count,
  iterations: count,
  passed: listOf(text(600), 1_000),
  revision: id,
  promoted: id,
  failed: maybe(id),
  verdict: maybe(text(1_000)),
  imaged: maybe(shape({ driver: text(52, driverId), from: id })),
  heard: listOf(id, 1_000),
};
const state = shape(stateFields);

function isOne(value: unknown): string | undefined {
  return value === 1 ? undefined : 'is not 1';
}

const undo: Check = (value) => {
  if (!isObject(value)) return 'is not an object';
  const odd = Object.entries(value).find(([object, patch]) => object.length > 600 || !isObject(patch));
  return odd ? `${cleanText(odd[0], 60)} is not a patch` : undefined;
};

const kept = shape({
  spec: (value) => (isObject(value) ? undefined : 'is not an object'),
  undo,
  runs: listOf(shape({ revision: id, result: text(200), at: time }), 100),
});

export function parseState(source: unknown): State | { why: string } {
  const value = parse(source, stateLimit);
  if ('why' in value) return value;
  // A newer tool may have added fields, so its number is looked at before them.
  const schema = value.object['schema'];
  if (schema !== 1) return { why: `its schema is ${cleanText(JSON.stringify(schema) ?? 'missing', 40)}, this tool knows 1` };
  const problem = state(value.object);
  return problem === undefined ? (value.object as unknown as State) : { why: `its state is not valid: ${problem}` };
}

export function parseKept(source: unknown): Kept | { why: string } {
  const value = parse(source, keptLimit);
  if ('why' in value) return value;
  const problem = kept(value.object);
  return problem === undefined ? (value.object as unknown as Kept) : { why: `what it keeps is not valid: ${problem}` };
}

function parse(source: unknown, limit: number): { object: JsonObject } | { why: string } {
  if (typeof source !== 'string') return { why: 'it holds no state' };
  if (Buffer.byteLength(source) > limit) return { why: `it is larger than ${limit / 1024} KiB` };
  try {
    const object: unknown = JSON.parse(source);
    return isObject(object) ? { object } : { why: 'its state is not an object' };
  } catch {
    return { why: 'its state is not JSON' };
  }
}
