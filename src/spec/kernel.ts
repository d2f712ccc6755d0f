// The declare-once kernel: a field's declaration gives its type, its check, its default and its row in the docs. Pure; it must not know
// any field of Flagger's, and it reports every problem instead of stopping at the first.
import { equal, isObject } from '../common/json.ts';
import type { Path } from './path.ts';
import type { Json, JsonObject } from './types.ts';

/** Where problems go. `side` says whether the name or the value is to be pointed at. */
export interface Report {
  say(path: Path, text: string, side?: 'key' | 'value'): void;
  /** The words for a field that is not declared. */
  unknown(path: Path, siblings: readonly string[]): string;
}

export interface Options<T> {
  readonly doc: string;
  readonly default?: T;
  readonly required?: true;
  /** Read and checked but not driven yet; says what it belongs to. */
  readonly later?: string;
  /** What is wrong with a value of the right type. */
  readonly check?: (value: T) => string | undefined;
}

export interface Field<T = unknown> {
  readonly type: string;
  readonly doc: string;
  readonly required: boolean;
  readonly default?: T;
  readonly later?: string;
  /** Of a mapping: its fields. Of a list: what each item is. */
  readonly fields?: Fields;
  readonly item?: Field;
  /** The value, to be trusted only when nothing was reported. */
  read(value: Json, path: Path, report: Report): T | undefined;
}

export type Fields = Readonly<Record<string, Field>>;

/** A field that always has a value is `sure`: required, or with a default. */
export type Made<T, O> = Field<T> & { readonly sure: O extends { default: unknown } | { required: true } ? true : false };
export type Value<F> = F extends Field<infer T> & { sure: true } ? T : F extends Field<infer T> ? T | undefined : never;
export type Infer<F extends Fields> = { readonly [K in keyof F]: Value<F[K]> };

type Parse<T> = (value: Json, path: Path, report: Report) => T | undefined;
interface Shape {
  readonly type: string;
  readonly fields?: Fields;
  readonly item?: Field;
}

export function define<T, O extends Options<T>>(shape: Shape, options: O, parse: Parse<T>): Made<T, O> {
  const field: Field<T> = {
    ...shape,
    doc: options.doc,
    required: options.required === true,
    ...(options.default === undefined ? {} : { default: options.default }),
    ...(options.later === undefined ? {} : { later: options.later }),
    read(value, path, report) {
      const parsed = parse(value, path, report);
      if (parsed === undefined) return undefined;
      if (options.later !== undefined && !isUnset(value, options.default)) report.say(path, notDriven(options.later));
      const wrong = options.check?.(parsed);
      if (wrong !== undefined) report.say(path, wrong);
      return parsed;
    },
  };
  return field as Made<T, O>;
}

export function notDriven(what: string): string {
  return `${what} ${/[^is]s$/.test(what) ? 'are' : 'is'} not driven yet by this version`;
}

/** What means the same as leaving the field out. */
function isUnset(value: Json, fallback: unknown): boolean {
  return (
    value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0) || equal(value, fallback ?? null)
  );
}

export function object<F extends Fields, O extends Options<Infer<F>>>(fields: F, options: O): Made<Infer<F>, O> {
  return define<Infer<F>, O>({ type: 'mapping', fields }, options, (value, path, report) => {
    if (!isObject(value)) return expected('a mapping', value, [path, report]);
    return readFields(fields, value, [path, report]) as Infer<F>;
  });
}

function readFields(fields: Fields, value: JsonObject, [path, report]: [Path, Report]): Record<string, unknown> {
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(fields, name)) report.say([...path, name], report.unknown([...path, name], Object.keys(fields)), 'key');
  }
  const out: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    // Kubernetes drops null: it means that the field was left out.
    if (given !== undefined && given !== null) out[name] = field.read(given, [...path, name], report);
    else if (field.required) report.say([...path, name], `missing; expected ${withArticle(field.type)}: ${field.doc}`);
    if (out[name] === undefined && field.default !== undefined) out[name] = field.default;
  }
  return out;
}

/** What a mapping holds when nothing is said; for one without required fields. */
export function defaultsOf<F extends Fields>(fields: F): Infer<F> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]])),
  ) as Infer<F>;
}

export function list<T, O extends Options<readonly T[]>>(item: Field<T>, options: O): Made<readonly T[], O> {
  return define<readonly T[], O>({ type: `list of ${item.type}`, item }, options, (value, path, report) => {
    if (!Array.isArray(value)) return expected('a list', value, [path, report]);
    const out: T[] = [];
    value.forEach((each, index) => {
      const at = [...path, index];
      if (each === null) report.say(at, 'this item is empty; remove the dash or write something behind it');
      const read = each === null ? undefined : item.read(each, at, report);
      if (read !== undefined) out.push(read);
    });
    return out;
  });
}

/** Reports and returns undefined, so that a parse function can end with it. */
export function expected(what: string, got: Json, [path, report, hint = '']: [Path, Report, string?]): undefined {
  report.say(path, `expected ${what}, got ${describe(got)}${hint}`);
  return undefined;
}

export function describe(value: Json): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
}

function withArticle(type: string): string {
  return /^(text|true)/.test(type) ? type : `a ${type}`;
}

export interface FieldRow {
  readonly path: string;
  readonly type: string;
  readonly default: string;
  readonly doc: string;
  readonly later?: string;
}

/** One row for every declared field, parents before children; items of a list are written name[]. A child of a field that is not driven is not either. */
export function rowsOf(fields: Fields, prefix = '', inherited?: string): FieldRow[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const later = field.later ?? inherited;
    const row: FieldRow = {
      path,
      type: field.type,
      default: field.default === undefined ? '' : typeof field.default === 'string' ? field.default : JSON.stringify(field.default),
      doc: field.doc,
      ...(later === undefined ? {} : { later }),
    };
    const inner = field.fields ?? field.item?.fields;
    return [row, ...(inner === undefined ? [] : rowsOf(inner, field.item === undefined ? path : `${path}[]`, later))];
  });
}
