// PromQL for the sandbox: one instant query, or the series that a selector means, over what was scraped. What it does not know it refuses by name, it never answers wrongly.
import { evaluate, newest } from './promql/evaluate.ts';
import { parse } from './promql/parse.ts';
import { PromqlError, type StampedSample, type Value } from './promql/types.ts';
import type { StoredSeries } from './series.ts';

export { PromqlError, type StampedSample, type Value } from './promql/types.ts';

/** Throws PromqlError. `at` is in milliseconds since 1970. */
export function instantQuery(query: string, stored: StoredSeries, at: number): Value {
  return evaluate(parse(query), { stored, at });
}

/** The newest sample of each series that a selector means, with its own time. Throws PromqlError; anything but a selector is refused. */
export function newestSamples(selector: string, stored: StoredSeries, at: number): StampedSample[] {
  const parsed = parse(selector);
  if (parsed.is !== 'select' || parsed.offset) throw new PromqlError('bad_data', 'expected a selector of series');
  return newest(parsed.matchers, { stored, at });
}
