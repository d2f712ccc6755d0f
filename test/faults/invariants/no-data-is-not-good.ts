// I5: nothing raises the canary's weight, counts an iteration or promotes without a good answer to every question since the step before.
import { analysesOf } from '../analyses.ts';
import type { Invariant } from '../setup.ts';

export const noDataIsNotGood: Invariant = (recorded) => {
  if (recorded.setup.skipAnalysis) return [];
  const { advances, promotions } = analysesOf(recorded);
  return [...advances, ...promotions.filter(({ known }) => !known)]
    .filter(({ missing }) => missing.length > 0)
    .map(({ seq, what, missing }) => ({ invariant: 'I5', seq, why: `${what} without a good answer of ${missing.join(', ')}` }));
};
