// I5: nothing begins, raises the canary's weight, counts an iteration or promotes without a good answer to every question and gate since the step
// before.
import { analysesOf } from '../analyses.ts';
import type { Invariant } from '../setup.ts';

export const noDataIsNotGood: Invariant = (recorded) => {
  const { advances, promotions } = analysesOf(recorded);
  // Without analysis only the gates before it are asked.
  const judged = recorded.setup.skipAnalysis ? [] : promotions.filter(({ known }) => !known);
  return [...advances, ...judged]
    .filter(({ missing }) => missing.length > 0)
    .map(({ seq, what, missing }) => ({ invariant: 'I5', seq, why: `${what} without a good answer of ${missing.join(', ')}` }));
};
