// Go durations as text and as milliseconds. Pure; it must not guess: text that Go would not parse is undefined.

const unitMillis: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** Milliseconds of '90s', '1m30s', '500ms'; undefined for anything that is not a Go duration. */
export function parseDuration(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = /^[-+]/.test(text) ? text.slice(1) : text;
  if (body === '0') return 0;
  if (body === '') return undefined;
  let total = 0;
  for (part.lastIndex = 0; part.lastIndex < body.length;) {
    const found = part.exec(body);
    if (found === null) return undefined;
    total += Number(found[1]) * (unitMillis[found[2] ?? ''] ?? NaN);
  }
  return Number.isFinite(total) ? sign * toNanos(total) : undefined;
}

/** As Go prints it: '1.515s', '1m0s', '500ms', '0s'. */
export function formatDuration(millis: number): string {
  const rest = toNanos(Math.abs(millis));
  const sign = millis < 0 && rest > 0 ? '-' : '';
  if (rest === 0) return '0s';
  if (rest < 0.001) return `${sign}${decimal(rest * 1e6)}ns`;
  if (rest < 1) return `${sign}${decimal(rest * 1000)}µs`;
  if (rest < 1000) return `${sign}${decimal(rest)}ms`;
  const hours = Math.floor(rest / 3_600_000);
  const minutes = Math.floor((rest % 3_600_000) / 60_000);
  const seconds = `${decimal((rest % 60_000) / 1000)}s`;
  return `${sign}${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}`;
}

/** Go counts whole nanoseconds; sums of fractions would not. */
function toNanos(millis: number): number {
  return Math.round(millis * 1e6) / 1e6;
}

function decimal(value: number): string {
  return value.toFixed(9).replace(/\.?0+$/, '');
}
