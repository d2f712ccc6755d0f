// What the last checks of a canary measured, for a live screen. Remembers only; judges nothing.
import type { MetricView, RunView } from '../runner/view.ts';

/** One check's word on one metric. */
export interface Measured {
  readonly value?: number;
  readonly ok: boolean;
}

export interface Trail {
  add(view: RunView): void;
  /** Oldest first; of the metric in that place of the file. */
  of(metricNo: number): readonly Measured[];
}

export const mostChecks = 12;

export function createTrail(): Trail {
  const metrics: Map<number, Measured>[] = [];
  return {
    add(view) {
      view.metrics.forEach((metric, no) => remember((metrics[no] ??= new Map()), metric));
    },
    of: (metricNo) => [...(metrics[metricNo]?.values() ?? [])],
  };
}

function remember(checks: Map<number, Measured>, { value, ok, check }: MetricView): void {
  if (ok === undefined || check === undefined) return;
  // An analysis that began anew counts anew.
  for (const known of [...checks.keys()]) if (known > check) checks.delete(known);
  checks.set(check, value === undefined ? { ok } : { ok, value });
  for (const old of [...checks.keys()].slice(0, -mostChecks)) checks.delete(old);
}
