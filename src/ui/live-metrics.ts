// The metrics of a live screen: the last value of each, its limit, and how it went over the last checks. Pure drawing.
import { cleanText } from '../common/clean.ts';
import type { Limit, MetricView } from '../runner/view.ts';
import type { Glyphs } from './glyphs.ts';
import type { Drawing, Showing } from './live-view.ts';
import { aligned, cut, widthOf } from './table.ts';
import { mostChecks, type Measured } from './trail.ts';

/** A table whose names give way first. */
export function metricLines({ view, trail }: Showing, { width, glyphs }: Drawing): string[] {
  if (!view.metrics.length) return [];
  const rows = view.metrics.map((metric, no) => {
    const past = trail.of(no);
    return [lastText(metric, past.at(-1), glyphs), limitText(metric, glyphs), sparkline(metric, past, glyphs)];
  });
  const columns = aligned([['canary', 'limit', `last ${mostChecks} checks`], ...rows]);
  const nameRoom = Math.max(12, width - 3 - Math.max(...columns.map(widthOf)));
  const names = ['metric', ...view.metrics.map(({ name }) => cut(cleanText(name, 200), nameRoom, glyphs.cut))];
  return aligned(names.map((name, no) => [name, columns[no] ?? '']));
}

function lastText({ unit }: MetricView, last: Measured | undefined, { ok, bad }: Glyphs): string {
  if (!last) return '-';
  return `${last.ok ? ok : bad} ${last.value === undefined ? 'no value' : `${shortNumber(last.value)}${withSpace(unit)}`}`;
}

export function limitText({ min, max, unit }: Limit, { least, most, between }: Glyphs): string {
  const low = min === undefined ? [] : [`${least} ${shortNumber(min)}${withSpace(unit)}`];
  const high = max === undefined ? [] : [`${most} ${shortNumber(max)}${withSpace(unit)}`];
  return [...low, ...high].join(between);
}

function withSpace(unit: string): string {
  return unit ? ` ${unit}` : '';
}

/** At most two digits behind the point, and none that say nothing. */
function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Math.round(value * 100) / 100);
}

/** The limits are part of the scale, or harmless noise would fill it. */
export function sparkline({ min, max }: MetricView, past: readonly Measured[], { levels, unknown }: Glyphs): string {
  const values = past.flatMap(({ value }) => (value !== undefined && Number.isFinite(value) ? [value] : []));
  const all = [...values, ...(min === undefined ? [] : [min]), ...(max === undefined ? [] : [max])];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return past
    .map(({ value }) => {
      if (value === undefined || !Number.isFinite(value)) return unknown;
      const share = high > low ? (value - low) / (high - low) : 1;
      return levels[Math.round(share * (levels.length - 1))] ?? unknown;
    })
    .join('');
}
