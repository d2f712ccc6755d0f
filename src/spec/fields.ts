// The plain kinds of field: texts, numbers, switches, durations, names. Pure; each says how a value is written right, and guesses nothing.
import { isObject } from '../common/json.ts';
import { parseDuration } from '../common/duration.ts';
import { define, describe, expected, list } from './kernel.ts';
import type { Made, Options } from './kernel.ts';
import { didYouMean } from './similar.ts';
import type { Json, JsonObject, Strings } from './types.ts';

export function text<O extends Options<string>>(options: O): Made<string, O> {
  return define<string, O>({ type: 'text' }, options, (value, path, report) => {
    if (typeof value === 'string') return value;
    const plain = typeof value === 'number' || typeof value === 'boolean';
    return expected('text', value, [path, report, plain ? `; write it in quotes: "${value}"` : '']);
  });
}

export function oneOf<const V extends string, O extends Options<V>>(values: readonly V[], options: O): Made<V, O> {
  const known = values.filter((value) => value !== '');
  return define<V, O>({ type: known.join(' | ') }, options, (value, path, report) => {
    const found = values.find((each) => each === value);
    if (found !== undefined) return found;
    const hint = typeof value === 'string' ? didYouMean(value, known) : '';
    return expected(`one of ${known.join(', ')}`, value, [path, report, hint]);
  });
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
}

export function whole<O extends Options<number>>(range: Range, options: O): Made<number, O> {
  return define<number, O>({ type: 'whole number' }, options, (value, path, report) => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && inside(value, range)) return value;
    return expected(`a whole number${rangeText(range)}`, value, [path, report, unquoted(value)]);
  });
}

export function number<O extends Options<number>>(options: O): Made<number, O> {
  return define<number, O>({ type: 'number' }, options, (value, path, report) => {
    if (typeof value === 'number') return value;
    return expected('a number', value, [path, report, unquoted(value)]);
  });
}

export function flag<O extends Options<boolean>>(options: O): Made<boolean, O> {
  return define<boolean, O>({ type: 'true or false' }, options, (value, path, report) => {
    if (typeof value === 'boolean') return value;
    const word = String(value).toLowerCase();
    const meant = ['true', 'yes', 'on'].includes(word) ? '; write true' : ['false', 'no', 'off'].includes(word) ? '; write false' : '';
    return expected('true or false', value, [path, report, meant]);
  });
}

/** A Go duration, kept as written. */
export function duration<O extends Options<string>>(least: number, options: O): Made<string, O> {
  return define<string, O>({ type: 'duration' }, options, (value, path, report) => {
    const millis = typeof value === 'string' ? parseDuration(value) : undefined;
    if (typeof value === 'string' && millis !== undefined && millis >= least) return value;
    const what =
      millis === undefined ? 'a duration such as 30s or 1m30s' : least < 1000 ? 'a duration above 0s' : 'a duration of at least 1s';
    return expected(what, value, [path, report, unitHint(value)]);
  });
}

function unitHint(value: Json): string {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value) && value !== '0'))
    return `; write it with its unit: ${value}s`;
  if (typeof value !== 'string' || parseDuration(value) !== undefined) return '';
  return '; the units are ms, s, m and h, without spaces';
}

/** Kubernetes' int-or-string: a port as number or name; a quoted number is the number. */
export function intOrText<O extends Options<number | string>>(options: O): Made<number | string, O> {
  return define<number | string, O>({ type: 'whole number or text' }, options, (value, path, report) => {
    if (typeof value === 'string') return /^\d+$/.test(value) ? Number(value) : value;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    return expected('a whole number or a name', value, [path, report]);
  });
}

export function strings<O extends Options<Strings>>(options: O): Made<Strings, O> {
  return define<Strings, O>({ type: 'mapping of texts' }, options, (value, path, report) => {
    if (!isObject(value)) return expected('a mapping', value, [path, report]);
    const out: Strings = {};
    for (const [key, each] of Object.entries(value)) {
      if (typeof each === 'string') out[key] = each;
      else if (each !== null)
        expected('text', each, [[...path, key], report, isObject(each) ? '' : `; write it in quotes: "${describe(each)}"`]);
    }
    return out;
  });
}

export function textLists<O extends Options<TextLists>>(options: O): Made<TextLists, O> {
  return define<TextLists, O>({ type: 'mapping of lists of texts' }, options, (value, path, report) => {
    if (!isObject(value)) return expected('a mapping', value, [path, report]);
    const out: Record<string, readonly string[]> = {};
    const item = list(text({ doc: '' }), { doc: '' });
    for (const [key, each] of Object.entries(value)) out[key] = item.read(each, [...path, key], report) ?? [];
    return out;
  });
}

type TextLists = Readonly<Record<string, readonly string[]>>;

/** A mapping that belongs to somebody else's API and is handed on as it is. */
export function anything<O extends Options<JsonObject>>(options: O): Made<JsonObject, O> {
  return define<JsonObject, O>({ type: 'mapping' }, options, (value, path, report) =>
    isObject(value) ? value : expected('a mapping', value, [path, report]),
  );
}

function inside(value: number, { min = -Infinity, max = Infinity }: Range): boolean {
  return value >= min && value <= max;
}

function rangeText({ min, max }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  return min === undefined ? '' : ` of at least ${min}`;
}

function unquoted(value: Json): string {
  const [whole, plain, unit] = (typeof value === 'string' && /^(-?\d+(?:\.\d+)?)( ?(?:%|ms))?$/.exec(value)) || [];
  if (whole === undefined) return '';
  return unit === undefined ? `; write it without quotes: ${plain}` : `; write the plain number: ${plain}`;
}
