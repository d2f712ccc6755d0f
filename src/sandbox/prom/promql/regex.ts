// Prometheus' regular expressions (RE2) as JavaScript's. It must refuse whatever the two read differently.
import { PromqlError, refused } from './types.ts';

const cache = new Map<string, RegExp>();

/** A test of whole values. */
export function regex(pattern: string): RegExp {
  const known = cache.get(pattern);
  if (known) return known;
  const made = compile(pattern);
  // Queries repeat, so a small memory catches nearly all.
  if (cache.size >= 500) cache.clear();
  cache.set(pattern, made);
  return made;
}

function compile(pattern: string): RegExp {
  // Only a backslash and what follows it needs a translation; groups and classes are looked at on the way.
  const source = pattern.replace(/\\([^])|\(\?(?!:)|\[\^?\]|\[:|\\$/g, (whole, escaped?: string) => {
    if (escaped === undefined) throw refused(`"${whole}" in a regular expression`);
    return translated(escaped);
  });
  try {
    return new RegExp(`^(?:${source})$`, 'su');
  } catch {
    throw new PromqlError('bad_data', `error parsing regexp: ${JSON.stringify(pattern)}`);
  }
}

/** RE2: an escaped sign stands for itself; of the letters only these mean the same in both. */
function translated(escaped: string): string {
  if (/^[dDwWbBntrfv]$/.test(escaped)) return `\\${escaped}`;
  if (/^[!-/:-@[-`{-~]$/.test(escaped)) return `\\u{${escaped.charCodeAt(0).toString(16)}}`;
  throw refused(`"\\${escaped}" in a regular expression`);
}
