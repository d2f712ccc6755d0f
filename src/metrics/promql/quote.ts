// Values on their way into a PromQL text: escaped for the place they stand in, so that no name can break out of its quotes. Pure.
// It must never decide what a query asks for.

/** For a matcher with = or !=. */
export function quoted(value: string): string {
  return `"${escaped(value)}"`;
}

/** A value inside a regular expression: every character stands for itself. The quotes around it are the query's. */
export function literal(value: string): string {
  return escaped(value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}

/** A range stands without quotes, so nothing but a duration may become one. */
export function range(interval: string): string {
  if (!/^([0-9]+(ms|[smhdwy]))+$/.test(interval)) throw new RangeError(`not a duration for a query: ${JSON.stringify(interval)}`);
  return `[${interval}]`;
}

function escaped(value: string): string {
  return value
    .replace(/[\\"]/g, '\\$&')
    .replace(/[\p{Cc}\u2028\u2029]/gu, codePoint)
    .replace(/\p{Surrogate}/gu, '\ufffd');
}

function codePoint(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
