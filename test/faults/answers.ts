// Whether an answer of the outside world was good, read from the recorded reply alone. Whatever is not a clear yes is a no.
import { at, list } from './facts.ts';
import type { Entry } from './log.ts';
import type { Wanted } from './setup.ts';

export function isAbout(wanted: Wanted, entry: Entry): boolean {
  if (entry.actor !== 'http') return false;
  if (wanted.is === 'hook') return entry.verb === 'POST' && entry.path.endsWith(wanted.url);
  const query = queryOf(entry);
  return query !== '' && wanted.has.every((part) => query.includes(part));
}

/** PromQL goes in the URL, or as a form in the body. */
function queryOf({ path, query, body }: Entry): string {
  if (!path.endsWith('/query')) return '';
  return new URLSearchParams(query).get('query') ?? new URLSearchParams(typeof body === 'string' ? body : '').get('query') ?? '';
}

export function isGood(wanted: Wanted, entry: Entry): boolean {
  if (entry.status < 200 || entry.status > 299) return false;
  if (wanted.is === 'hook') return true;
  const value = valueOf(entry.reply);
  return Number.isFinite(value) && value >= (wanted.min ?? -Infinity) && value <= (wanted.max ?? Infinity);
}

/** The one number of a Prometheus answer; NaN for none, several, or anything else. */
function valueOf(reply: string): number {
  try {
    const answer: unknown = JSON.parse(reply);
    const result = at(answer, 'data', 'result');
    if (at(answer, 'status') !== 'success') return NaN;
    if (at(answer, 'data', 'resultType') === 'scalar') return numberOf(list(result)[1]);
    return list(result).length === 1 ? numberOf(at(list(result)[0], 'value', 1)) : NaN;
  } catch {
    return NaN;
  }
}

function numberOf(sample: unknown): number {
  return typeof sample === 'string' && sample.trim() !== '' ? Number(sample) : NaN;
}
