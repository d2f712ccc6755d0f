// Replays a log and says which invariants it breaks. Shares no code with the driver: everything is read from what was stored and asked.
import { exitTellsTheTruth } from './invariants/exit-tells-the-truth.ts';
import { noDataIsNotGood } from './invariants/no-data-is-not-good.ts';
import { nothingForeign } from './invariants/nothing-foreign.ts';
import { nothingToDo } from './invariants/nothing-to-do.ts';
import { oneWriter } from './invariants/one-writer.ts';
import { onlyAnalysedCode } from './invariants/only-analysed-code.ts';
import { originalsComeBack } from './invariants/originals-come-back.ts';
import { recordMovesOn } from './invariants/record-moves-on.ts';
import { sidesDrain } from './invariants/sides-drain.ts';
import { trafficIsServed } from './invariants/traffic-is-served.ts';
import { wayBack } from './invariants/way-back.ts';
import { weightsAddUp } from './invariants/weights-add-up.ts';
import { whatIsOwedIsTold } from './invariants/what-is-owed-is-told.ts';
import { writesAreConditional } from './invariants/writes-are-conditional.ts';
import type { Invariant, InvariantId, Recorded, Violation } from './setup.ts';

export const INVARIANTS: Readonly<Record<InvariantId, Invariant>> = {
  I1: trafficIsServed,
  I2: onlyAnalysedCode,
  I3: wayBack,
  I4: exitTellsTheTruth,
  I5: noDataIsNotGood,
  I6: oneWriter,
  I7: weightsAddUp,
  I8: originalsComeBack,
  I9: nothingForeign,
  I10: nothingToDo,
  I11: recordMovesOn,
  I12: writesAreConditional,
  I13: sidesDrain,
  I16: whatIsOwedIsTold,
};

/** All violations, or those of `only`, in the order of the log. */
export function check(recorded: Recorded, only: readonly InvariantId[] = Object.keys(INVARIANTS) as InvariantId[]): Violation[] {
  return only.flatMap((id) => INVARIANTS[id](recorded)).sort((a, b) => a.seq - b.seq);
}
