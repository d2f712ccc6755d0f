// Canaries, event lines and outcomes for rendering tests.
import { loadCanaries } from '../../src/spec/load.ts';
import type { Canary } from '../../src/contracts.ts';
import type { Line } from '../../src/runner/types.ts';
import { frontend, podinfo } from '../cli/specs.ts';

export function canaryOf(text: string): Canary {
  const canary = loadCanaries([{ name: 'canary.yaml', text }], { defaultNamespace: 'default' }).canaries[0];
  if (!canary) throw new Error('the spec of this test holds no canary');
  return canary;
}

export const one = canaryOf(podinfo);
export const other = canaryOf(frontend);
export const at = Date.parse('2026-01-02T03:04:05.678Z');

export function line(more: Partial<Line> & Pick<Line, 'text' | 'event'>): Line {
  return { at, canary: one, type: 'Normal', ...more };
}
