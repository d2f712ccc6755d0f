// I4: the exit code of the last run says what is so. Looks at the end of the log, and for "untouched" codes at everything that run wrote.
import { isDriver, isDriverWrite, objectOf, stateOf } from '../facts.ts';
import { routeResources } from '../routes.ts';
import type { Entry } from '../log.ts';
import { canaryWeight, isMirrored, reached, type Invariant, type Setup } from '../setup.ts';

const atRest: readonly string[] = ['Initialized', 'Waiting', 'Succeeded', 'Failed'];
const untouched: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8];
const rolledBack: readonly number[] = [10, 11, 12, 13, 14];
const handedOver: readonly number[] = [15, 129, 130, 143];

export const exitTellsTheTruth: Invariant = ({ log, setup }) => {
  const last = log.entries.at(-1);
  if (!last || setup.exit === undefined) return [];
  return wrongs(setup, log.entries, last).map((why) => ({ invariant: 'I4', seq: last.seq, why: `exit ${setup.exit}: ${why}` }));
};

function wrongs(setup: Setup, entries: readonly Entry[], last: Entry): string[] {
  const exit = setup.exit ?? 0;
  if (exit === 0) return setup.originals ? givenBack(setup, last) : promoted(setup, last);
  if (exit === 20) return [];
  if (untouched.includes(exit)) return touches(entries);
  if (rolledBack.includes(exit)) return wentBack(setup, last);
  return handedOver.includes(exit) ? safe(setup, last) : ['no such exit code'];
}

function promoted(setup: Setup, { view }: Entry): string[] {
  const phase = stateOf(view.record)?.phase;
  return [
    ...(view.code.primary === '' ? ['there is no primary'] : []),
    ...(view.code.primary === view.code.canary ? [] : ['the primary does not run what the target says']),
    ...(canaryWeight(setup, view) > 0 ? ['traffic is on the canary'] : []),
    ...(phase !== undefined && !atRest.includes(phase) ? [`the record says ${phase}`] : []),
  ];
}

/** After a delete nothing remembers the canary, and the target serves by itself. */
function givenBack(setup: Setup, { view }: Entry): string[] {
  return [
    ...(view.record === undefined ? [] : ['the record is still there']),
    ...(view.primary === undefined ? [] : ['the primary is still there']),
    ...(view.ready.canary > 0 ? [] : ['the target has no ready pod']),
    ...(reached(setup, view).has('primary') ? ['traffic is sent to the primary'] : []),
  ];
}

function touches(entries: readonly Entry[]): string[] {
  const actor = entries.findLast((entry) => isDriver(entry.actor))?.actor;
  const driven = ['services', 'apps/deployments', ...routeResources, 'autoscaling/horizontalpodautoscalers'];
  const written = entries.filter((entry) => entry.actor === actor && isDriverWrite(entry)).map(objectOf);
  return written.filter((object) => driven.includes(object.split(' ')[0] ?? '')).map((object) => `${object} was written`);
}

function wentBack(setup: Setup, { view }: Entry): string[] {
  const phase = stateOf(view.record)?.phase;
  if (phase === 'Initializing') return []; // bootstrap ended without a primary
  const kept = phase === 'Failed' && view.code.primary === view.code.canary;
  return [
    ...(phase === 'Failed' ? [] : [`the record says ${phase ?? 'nothing'}`]),
    ...(kept ? ['the primary runs what was rolled back'] : []),
    ...(canaryWeight(setup, view) > 0 ? ['traffic is on the canary'] : []),
  ];
}

/** All on the primary; or, once the copy has begun, wherever pods are ready. */
function safe(setup: Setup, { view }: Entry): string[] {
  const weight = canaryWeight(setup, view);
  if (weight === 0) return isMirrored(setup, view) ? ['requests are still mirrored to the canary'] : [];
  const copying = stateOf(view.record)?.phase === 'Promoting';
  return copying && view.ready.canary > 0 ? [] : [`the canary still has ${weight} % of traffic`];
}
