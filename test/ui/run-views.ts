// Runs on their way, as the runner tells them, for tests of the live screen.
import type { RunView } from '../../src/runner/view.ts';
import { at, one } from './lines.ts';

const second = 1000;

/** Twelve checks of one run; the fifth one failed. */
const rates = [99.98, 99.97, 99.95, 99.98, 98.2, 99.9, 99.99, 99.97, 99.95, 99.98, 99.97, 99.74];
const durations = [180, 190, 195, 230, 260, 240, 228, 230, 226, 231, 240, 222];

export function viewAt(check: number, more: Partial<RunView> = {}): RunView {
  const [rate = 100, duration = 200] = [rates[check - 1], durations[check - 1]];
  return {
    canary: { ...one, interval: 60 * second },
    phase: 'Progressing',
    traffic: { kind: 'split', canary: 30 },
    step: 3,
    steps: 5,
    failedChecks: 1,
    threshold: 5,
    iterations: 0,
    dueAt: at + 42 * second,
    now: at,
    pods: { primary: { ready: 2, wanted: 2 }, canary: { ready: 2, wanted: 2 } },
    metrics: [
      { name: 'request-success-rate', unit: '%', min: 99, value: rate, ok: rate >= 99, check },
      { name: 'request-duration', unit: 'ms', max: 500, value: duration, ok: duration <= 500, check },
    ],
    since: at - 200 * second,
    driverStart: at - 242 * second,
    ...more,
  };
}

export const checks = rates.map((_, no) => no + 1);
