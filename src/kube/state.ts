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

const yesOrNo: Check = (value) => (typeof value === 'boolean' ? undefined : 'is not true or false');
const cookie = text(64, /^[a-z]+$/);

/** An object whose other fields depend on one of them. */
function oneKind(by: string, kinds: Readonly<Record<string, Fields>>): Check {
  return (value) => {
    if (!isObject(value)) return 'is not an object';
    return oneOf(...Object.keys(kinds))(value[by]) ?? shape({ [by]: anything, ...kinds[String(value[by])] })(value);
  };
}

const why = text(1_000);
const home = oneKind('by', {
  checks: { why, failed: count, metric: text(253) },
  deadline: { why, side },
  gate: { why },
  person: { why },
  signal: { why },
  timeout: { why },
  trouble: { why },
  returned: { why },
});

/** Only what is waited with: a run that is stopped is never closing. */
const result = oneKind('is', {
  promoted: {},
  unchanged: {},
  initialized: {},
  suspended: {},
  'failed-before': {},
  deleted: {},
  'rolled-back': { cause: home, confirmed: yesOrNo },
  'not-initialized': { cause: home },
});

/** Typed by State, so that neither can change without the other. */
const stateFields: { readonly [field in keyof Required<State>]: Check } = {
  schema: isOne,
  canary: text(253, name),
  epoch: count,
  driver: text(52, driverId),
  host: text(300),
  run: id,
  phase: oneOf(
    'Initializing',
    'Initialized',
    'Waiting',
    'Progressing',
    'WaitingPromotion',
    'Promoting',
    'Finalising',
    'Succeeded',
    'Failed',
    'Terminating',
  ),
  since: time,
  home: maybe(home),
  parked: maybe(text(1_000)),
  traffic: oneKind('kind', {
    split: { canary: whole(0, 100), cookies: maybe(shape({ canary: maybe(cookie), primary: maybe(cookie), expire: maybe(cookie) })) },
    mirror: { percent: whole(0, 100) },
    match: {},
  }),
  at: maybe(time),
  unrouted: maybe(time),
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
  asking: maybe((value) => (value === true ? undefined : 'is not true')),
  gate: maybe(text(1_000)),
  owed: listOf(
    oneKind('is', {
      alert: { id: text(600), to: text(600), severity: oneOf('info', 'warn', 'error'), text: text(1_000), facts: yesOrNo },
      hook: { id: text(600), hook: count, revision: id, phase: oneOf('Succeeded', 'Failed') },
    }),
    100,
  ),
  closing: maybe(result),
  heard: listOf(id, 1_000),
};
const state = shape(stateFields);

function isOne(value: unknown): string | undefined {
  return value === 1 ? undefined : 'is not 1';
}

const ref = shape({ apiVersion: text(253), kind: text(63), name: text(253, name), namespace: maybe(text(63, name)) });

const undo: Check = (value) => {
  if (!isObject(value)) return 'is not an object';
  const odd = Object.entries(value).find(([object, patch]) => object.length > 600 || !isObject(patch));
  return odd ? `${cleanText(odd[0], 60)} is not a patch` : undefined;
};

const kept = shape({
  spec: (value) => (isObject(value) ? undefined : 'is not an object'),
  undo,
  made: listOf(ref, 1_000),
  runs: listOf(shape({ revision: id, result: text(200), at: time }), 100),
});

export function parseState(source: unknown): State | { why: string } {
  const value = parse(source, stateLimit);
  if ('why' in value) return value;
  // A newer tool may have added fields, so its number is looked at before them.
  const schema = value.object['schema'];
  if (schema !== 1) return { why: `its schema is ${cleanText(JSON.stringify(schema) ?? 'missing', 40)}, this tool knows 1` };
  // Written before there was anything to owe.
  const object = { owed: [], ...value.object };
  const problem = state(object);
  return problem === undefined ? (object as unknown as State) : { why: `its state is not valid: ${problem}` };
}

export function parseKept(source: unknown): Kept | { why: string } {
  const value = parse(source, keptLimit);
  if ('why' in value) return value;
  const object = { made: [], ...value.object };
  const problem = kept(object);
  return problem === undefined ? (object as unknown as Kept) : { why: `what it keeps is not valid: ${problem}` };
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
