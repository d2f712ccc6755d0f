// The small texts inside a query: numbers, durations, quoted strings. It must refuse every form that it could read wrongly.
import { PromqlError, refused } from './types.ts';

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** In milliseconds; undefined where the text is no duration. Units stand in falling order, each at most once. */
export function duration(text: string): number | undefined {
  const parts = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (!text || !parts) return undefined;
  return ['y', 'w', 'd', 'h', 'm', 's', 'ms'].reduce((sum, unit, i) => sum + Number(parts[i + 1] ?? 0) * (units[unit] ?? 0), 0);
}

/** A range: a duration, or a number of seconds. */
export function rangeMs(text: string): number {
  const ms = duration(text) ?? (/^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : undefined);
  if (ms === undefined) throw refused(`the duration ${text}`);
  if (ms === 0) throw new PromqlError('bad_data', 'duration must be greater than 0');
  return ms;
}

/** A number as PromQL writes it, sign apart; a duration stands for its seconds. */
export function numeral(text: string): number {
  if (/^inf(inity)?$/i.test(text)) return Infinity;
  if (/^nan$/i.test(text)) return NaN;
  if (/^0x[0-9a-f]+$/i.test(text)) return parseInt(text, 16);
  // 017 is octal to Prometheus.
  if (/^((0|[1-9]\d*)(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const ms = duration(text);
  if (ms === undefined) throw refused(`the number ${text}`);
  return ms / 1000;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The text between the quotes; as in Go, nothing is an escape between back quotes. */
export function unquoted(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  return inner.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[^])/g, (whole, code: string) => {
    const simple = escapes[code];
    if (simple !== undefined) return simple;
    const point = /^[xuU]./.test(code) ? parseInt(code.slice(1), 16) : /^[0-7]{3}$/.test(code) ? parseInt(code, 8) : NaN;
    // \xff and \377 are bytes to Prometheus: alike only below 0x80.
    const byte = /^[x0-7]/.test(code);
    if (!(point <= (byte ? 0x7f : 0x10ffff))) throw refused(`the escape ${whole}`);
    return String.fromCodePoint(point);
  });
}
