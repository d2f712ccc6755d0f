// I13: a side is scaled down only when it has been without traffic for the drain time. Counts from the write that took the last traffic away.
import { isDriverWrite, objectOf, replicasOf, SIDES, type Side } from '../facts.ts';
import { reached, type Invariant, type Violation } from '../setup.ts';

export const sidesDrain: Invariant = ({ log, setup }) => {
  const left = new Map<Side, number>();
  const had = new Set<Side>();
  const violations: Violation[] = [];
  for (const entry of log.entries) {
    const now = reached(setup, entry.view);
    for (const side of SIDES) {
      if (now.has(side)) had.add(side);
      else if (had.delete(side)) left.set(side, entry.t);
      const workload = side === 'primary' ? `${setup.target}-primary` : setup.target;
      const scaledAway =
        isDriverWrite(entry) &&
        objectOf(entry) === `apps/deployments ${workload}` &&
        replicasOf(entry.before) > 0 &&
        replicasOf(entry.after) === 0;
      const drained = now.has(side) ? -1 : entry.t - (left.get(side) ?? -Infinity);
      if (scaledAway && drained < setup.drainMs) {
        const why =
          drained < 0 ? `the ${side} was scaled down under traffic` : `the ${side} was scaled down ${drained} ms after its last traffic`;
        violations.push({ invariant: 'I13', seq: entry.seq, why });
      }
    }
  }
  return violations;
};
