// PromQL for the sandbox: one instant query over what was scraped. What it does not know it refuses by name, it never answers wrongly.
import { evaluate } from './promql/evaluate.ts';
import { parse } from './promql/parse.ts';
import type { Value } from './promql/types.ts';
import type { StoredSeries } from './series.ts';

export { PromqlError, type Value } from './promql/types.ts';

/** Throws PromqlError. `at` is in milliseconds since 1970. */
export function instantQuery(query: string, stored: StoredSeries, at: number): Value {
  return evaluate(parse(query), { stored, at });
}
