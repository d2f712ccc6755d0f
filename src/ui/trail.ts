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
  const checks = new Map<number, (Measured | undefined)[]>();
  return {
    add({ check, metrics }) {
      // A run that goes on from an older check begins to count anew.
      for (const known of checks.keys()) if (known > check) checks.delete(known);
      const before = checks.get(check) ?? [];
      const now = metrics.map((metric, no) => measured(metric) ?? before[no]);
      if (now.some(Boolean)) checks.set(check, now);
      for (const old of [...checks.keys()].slice(0, -mostChecks)) checks.delete(old);
    },
    of: (metricNo) => [...checks.values()].flatMap((check) => check[metricNo] ?? []),
  };
}

function measured({ value, ok }: MetricView): Measured | undefined {
  if (ok === undefined) return undefined;
  return value === undefined ? { ok } : { ok, value };
}
