// Istio's StringMatch: exact, prefix or regex, or only "is it there". It must not know where the text comes from.
import { isObject } from '../../common/json.ts';
import { exampleOf } from './example.ts';

/** `text` undefined: there is none. A form that Istio does not know matches nothing. */
export function textMatches(match: unknown, text: string | undefined): boolean {
  if (text === undefined) return false;
  if (asksOnlyForPresence(match)) return true;
  if (!isObject(match)) return false;
  const { exact, prefix, regex } = match;
  if (typeof exact === 'string') return text === exact;
  if (typeof prefix === 'string') return text.startsWith(prefix);
  return typeof regex === 'string' && (compile(regex)?.test(text) ?? false);
}

export function asksOnlyForPresence(match: unknown): boolean {
  return match === null || (isObject(match) && !Object.keys(match).length);
}

/** A text that matches; undefined where none was found. */
export function textFor(match: unknown): string | undefined {
  if (asksOnlyForPresence(match)) return 'x';
  if (!isObject(match)) return undefined;
  const { exact, prefix, regex } = match;
  const found = typeof regex === 'string' ? exampleOf(regex) : (exact ?? prefix);
  return typeof found === 'string' && textMatches(match, found) ? found : undefined;
}

/** Whole texts, as in Envoy. RE2 switches case by a leading flag, JavaScript by one of its own. */
function compile(regex: string): RegExp | undefined {
  const [, flag, pattern = ''] = /^(\(\?i\))?([^]*)$/.exec(regex) ?? [];
  try {
    return new RegExp(`^(?:${pattern})$`, flag ? 'si' : 's');
  } catch {
    return undefined;
  }
}
