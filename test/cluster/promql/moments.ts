// Where Prometheus 2, which Debian has, and 3, which our engine follows, part on purpose: at the older border of a range, which 2 counts in, and
// where a young counter's line is followed to zero (prometheus/prometheus#13725). Moments without either, to ask at. It must not know queries.
import { retention, type Series, type StoredSeries } from '../../../src/sandbox/prom/series.ts';

/** Every range, and the five minutes that an instant looks back, that is asked about in this ring. */
export const ranges = [10, 20, 30, 60, 90, 120, 300, 600].map((seconds) => seconds * 1000);
export const offsets = [0, 30_000, 60_000];
const lookback = 300_000;

/** Of these moments those at which the two cannot differ. */
export function undisputed(stored: StoredSeries, moments: readonly number[]): number[] {
  const all = [...stored.values()].flatMap((ofName) => [...ofName.values()]);
  return moments.filter((at) => offsets.every((offset) => !all.some((series) => disputed(series, at - offset))));
}

function disputed(series: Series, at: number): boolean {
  if (series.times.includes(at - lookback)) return true;
  return ranges.some((range) => series.times.includes(at - range) || begunShortlyBefore(series, { at, range }));
}

/** 2 follows a line to zero further than half a step, as long as that is less than 1.1 steps. */
function begunShortlyBefore({ times, values }: Series, { at, range }: { at: number; range: number }): boolean {
  const inside = times.flatMap((time, i) =>
    time > at - range && time <= at && values[i] !== null ? [{ time, value: values[i] ?? NaN }] : [],
  );
  const [first, last] = [inside[0], inside.at(-1)];
  if (!first || !last || inside.length < 2 || range > retention) return false;
  const grown = inside.reduce((sum, { value }, i) => sum + Math.max(0, value - (inside[i - 1]?.value ?? value)), 0);
  // As both reckon growth: from a restart all of the new value counts.
  const restarts = inside.reduce((sum, { value }, i) => sum + (value < (inside[i - 1]?.value ?? value) ? value : 0), 0);
  const sampled = last.time - first.time;
  const betweenSamples = sampled / (inside.length - 1);
  const toZero = sampled * (first.value / (grown + restarts));
  return first.time - (at - range) >= betweenSamples * 1.1 && toZero > betweenSamples / 2 && toZero < betweenSamples * 1.1;
}
