// I2: the primary gets only a template, and config, that was analysed, at every step, on the target. Judges accepted writes of the primary alone.
import { analysesOf, type Promotion } from '../analyses.ts';
import type { Invariant, Setup } from '../setup.ts';

export const onlyAnalysedCode: Invariant = (recorded) => {
  const { promotions } = analysesOf(recorded);
  return promotions
    .filter(({ known }) => !known)
    .flatMap((promotion) => wrongs(recorded.setup, promotion).map((why) => ({ invariant: 'I2' as const, seq: promotion.seq, why })));
};

function wrongs(setup: Setup, promotion: Promotion): string[] {
  if (!promotion.onTarget) return ['the primary got a template or config that the target never had'];
  if (setup.skipAnalysis) return promotion.wasReady ? [] : ['the primary got a template without any ready pod of it on the canary'];
  const unanswered = [...promotion.advances, promotion].filter(({ missing }) => missing.length > 0);
  const skipped = (setup.steps ?? []).filter((weight) => !promotion.weights.includes(weight));
  return [
    ...unanswered.map(
      ({ what, missing }) => `the primary got a template that was not analysed: before ${what} no good answer of ${missing.join(', ')}`,
    ),
    ...(setup.must === 'mirror' && !promotion.mirrored ? ['the primary got a template that no request was mirrored to'] : []),
    ...(setup.must === 'match' && !promotion.matched ? ['the primary got a template that no request was led to'] : []),
    ...skipped.map((weight) => `the primary got a template that was never live at weight ${weight}`),
    ...(promotion.iterations < (setup.iterations ?? 0) ? [`the primary got a template after ${promotion.iterations} iterations only`] : []),
  ];
}
