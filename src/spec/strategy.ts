// From skipAnalysis, iterations, match, mirror and the weights to the one Strategy that core meets. Pure; whether the router can drive it is said
// in rules-strategy.ts.
import type { AnalysisSpec } from './analysis.ts';
import type { Strategy } from './types.ts';

type Steps = Pick<
  AnalysisSpec,
  'iterations' | 'match' | 'maxWeight' | 'mirror' | 'mirrorWeight' | 'stepWeight' | 'stepWeights' | 'stepWeightPromotion'
>;

/** `canMatch`: of the router; one that cannot makes a blue/green release of an A/B test. */
export function strategyOf(analysis: Steps, { skip, canMatch }: { skip: boolean; canMatch: boolean }): Strategy {
  if (skip) return { kind: 'skip' };
  // Istio has no share of 0: Flagger writes none then, which is all.
  const mirror = analysis.mirror ? { mirror: analysis.mirrorWeight || 100 } : {};
  const { iterations: count } = analysis;
  if (count > 0 && canMatch && analysis.match.length > 0) return { kind: 'iterations', count, by: 'match' };
  if (count > 0) return { kind: 'iterations', count, by: 'all', ...mirror };
  const steps = stepsOf(analysis);
  return { kind: 'weights', steps, back: wayBack(steps.at(-1) ?? 100, analysis.stepWeightPromotion), ...mirror };
}

/** Flagger's rules: the last of stepWeights is the maximum, but a stepWeight decides the increments, and may overshoot the maximum up to 100. */
function stepsOf({ maxWeight, stepWeight, stepWeights }: Steps): number[] {
  if (stepWeight === 0) return [...stepWeights];
  const max = stepWeights.at(-1) ?? maxWeight ?? 100;
  const steps: number[] = [];
  for (let weight = 0; weight < max;) {
    weight = Math.min(100, weight + stepWeight);
    steps.push(weight);
  }
  return steps;
}

/** Promotion moves `step` per cent at a time to the primary; 0 moves all at once. */
function wayBack(from: number, step: number): number[] {
  if (step === 0) return [0];
  const weights: number[] = [];
  for (let weight = from - step; weight > 0; weight -= step) weights.push(weight);
  return [...weights, 0];
}
