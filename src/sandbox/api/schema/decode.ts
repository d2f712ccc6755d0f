// A body read into the fields that its kind has, and written as Kubernetes writes it: unknown fields are dropped, wrong types refused, what is
// empty left out. It must not fill in defaults or judge values.
import { isObject } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../contracts.ts';
import { FIELDS } from './fields.ts';
import { microTime, secondsTime } from './times.ts';

/** The body cannot be read as this kind. */
export class Unreadable extends Error {}

interface Field {
  readonly name: string;
  /** 'string', '[Container', '{bytes' */
  readonly type: string;
  readonly mark: '' | '?' | '!' | '0';
}

const structs = new Map<string, readonly Field[]>();

function fieldOf(text: string): Field {
  const cut = text.indexOf(':');
  const [name, rest] = [text.slice(0, cut), text.slice(cut + 1)];
  const last = rest.at(-1);
  const mark = last === '?' || last === '!' || last === '0' ? last : '';
  return { name, type: mark === '' ? rest : rest.slice(0, -1), mark };
}

/** Undefined: no struct, or none that is known. */
export function fieldsOf(type: string): readonly Field[] | undefined {
  const known = structs.get(type);
  if (known !== undefined) return known;
  const text = FIELDS[type];
  if (text === undefined) return undefined;
  const fields = text.trim().split(/\s+/).map(fieldOf);
  structs.set(type, fields);
  return fields;
}

function kindOf(value: Json): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function expect(isRight: boolean, value: Json, at: string): void {
  if (!isRight) throw new Unreadable(`json: cannot unmarshal ${kindOf(value)} into Go struct field ${at}`);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const SCALARS: Record<string, (value: Json, at: string) => Json> = {
  string: (value, at) => {
    expect(typeof value === 'string', value, at);
    return value;
  },
  int: (value, at) => {
    expect(typeof value === 'number' && Number.isInteger(value), value, at);
    return value;
  },
  bool: (value, at) => {
    expect(typeof value === 'boolean', value, at);
    return value;
  },
  bytes: (value, at) => {
    expect(typeof value === 'string', value, at);
    if (!BASE64.test(String(value))) throw new Unreadable(`illegal base64 data in ${at}`);
    return value;
  },
  IntOrString: (value, at) => {
    expect(typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value)), value, at);
    return value;
  },
  Quantity: (value, at) => {
    expect(typeof value === 'string' || typeof value === 'number', value, at);
    return String(value);
  },
  Time: (value, at) => timeOf(secondsTime, value, at),
  MicroTime: (value, at) => timeOf(microTime, value, at),
  any: (value) => value,
};

function timeOf(read: (text: string) => string | undefined, value: Json, at: string): Json {
  expect(typeof value === 'string', value, at);
  const time = read(String(value));
  if (time === undefined) throw new Unreadable(`parsing time ${JSON.stringify(value)} in ${at}`);
  return time;
}

const ZERO: Record<string, Json> = { string: '', int: 0, bool: false, bytes: '', Quantity: '0', IntOrString: 0 };

function isZero(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === '' || value === 0 || value === false || (isObject(value) && Object.keys(value).length === 0);
}

/** What stands in a body where nothing was sent; undefined: nothing. */
function absent({ type, mark }: Field): Json | undefined {
  if (mark === '?') return undefined;
  if (mark === '0') return null;
  const isStruct = fieldsOf(type) !== undefined;
  if (isStruct) return read({}, type, { at: type, unknown: [] });
  if (mark !== '!') return undefined;
  return type.startsWith('[') || type.startsWith('{') ? null : (ZERO[type] ?? null);
}

interface Place {
  readonly at: string;
  /** Paths of fields that the kind does not have. */
  readonly unknown: string[];
}

function within(place: Place, name: string): Place {
  return { at: place.at === '' ? name : `${place.at}.${name}`, unknown: place.unknown };
}

function struct(value: Json, fields: readonly Field[], place: Place): JsonObject {
  expect(isObject(value), value, place.at);
  const sent = value as JsonObject;
  const out: JsonObject = {};
  let met = 0;
  for (const field of fields) {
    const { name, type, mark } = field;
    const given = sent[name];
    if (given !== undefined) met++;
    const taken = given === undefined || given === null ? absent(field) : read(given, type, within(place, name));
    if (taken === undefined) continue;
    const isEmpty = isZero(taken) && fieldsOf(type) === undefined;
    if (mark === '' && isEmpty) continue;
    out[name] = mark === '!' && isEmpty && Array.isArray(taken) ? null : taken;
  }
  if (met < Object.keys(sent).length) {
    const known = new Set(fields.map(({ name }) => name));
    for (const name of Object.keys(sent)) if (!known.has(name)) place.unknown.push(within(place, name).at);
  }
  return out;
}

function read(value: Json, type: string, place: Place): Json {
  const inner = type.slice(1);
  if (type.startsWith('[')) {
    expect(Array.isArray(value), value, place.at);
    const one = (item: Json, no: number): Json =>
      read(item ?? ZERO[inner] ?? {}, inner, { at: `${place.at}[${no}]`, unknown: place.unknown });
    return (value as Json[]).map(one);
  }
  if (type.startsWith('{')) {
    expect(isObject(value), value, place.at);
    const entries = Object.entries(value as JsonObject);
    return Object.fromEntries(entries.map(([key, item]) => [key, read(item ?? ZERO[inner] ?? null, inner, within(place, key))]));
  }
  const fields = fieldsOf(type);
  if (fields !== undefined) return struct(value, fields, place);
  return SCALARS[type]?.(value, place.at) ?? value;
}

export interface Decoded {
  readonly object: JsonObject;
  readonly unknown: readonly string[];
}

/** `type`: a kind, or 'ObjectMeta'. Undefined: its fields are not known. */
export function decoded(type: string, value: JsonObject): Decoded | undefined {
  const fields = fieldsOf(type);
  if (fields === undefined) return undefined;
  const unknown: string[] = [];
  return { object: struct(value, fields, { at: '', unknown }), unknown };
}
