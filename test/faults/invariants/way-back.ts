// I3: a failed verdict ends on the last good version: the route first, then the scale, never towards a side that goes away or
// has no ready pod. A rollback hook's yes is such a verdict.
import { analysesOf } from '../analyses.ts';
import { at, isDriverWrite, objectOf, replicasOf, stateOf, textOf } from '../facts.ts';
import { isRoute } from '../routes.ts';
import type { Entry } from '../log.ts';
import { canaryWeight, type Invariant, type Recorded, type Setup, type Violation } from '../setup.ts';

export const wayBack: Invariant = (recorded) => {
  const { log, setup } = recorded;
  const violations = log.entries
    .filter(isDriverWrite)
    .flatMap((entry) => wrongs(setup, entry).map((why) => ({ invariant: 'I3' as const, seq: entry.seq, why })));
  return [...violations, ...wentOn(recorded), ...copiesLost(log.entries), ...wrongEnd(setup, log.entries.at(-1))];
};

/** The config of what the primary runs, and ran before that, stays until everything is given back. */
function copiesLost(entries: readonly Entry[]): Violation[] {
  const ran = ['', ''];
  let last: unknown;
  return entries.flatMap((entry) => {
    const template = at(entry.view.primary, 'spec', 'template');
    // Templates are long: only another object is looked into.
    const text = template === last ? ran[0] : textOf(template);
    if (text !== undefined && text !== ran[0]) ran.unshift(text);
    last = template;
    const [, name] = /^(?:configmaps|secrets) (.+-primary-[0-9a-f]{8})$/.exec(objectOf(entry)) ?? [];
    const isNeeded = name !== undefined && ran.slice(0, 2).some((one) => one.includes(`"${name}"`));
    const isGone = entry.verb === 'DELETE' && isDriverWrite(entry) && stateOf(entry.view.record)?.phase !== 'Terminating';
    return isGone && isNeeded ? [{ invariant: 'I3' as const, seq: entry.seq, why: `${name} was deleted, which a way back needs` }] : [];
  });
}

function wentOn(recorded: Recorded): Violation[] {
  const { advances, promotions } = analysesOf(recorded);
  return [...advances, ...promotions].flatMap(({ seq, what, calledOff }) =>
    calledOff === undefined ? [] : [{ invariant: 'I3', seq, why: `${what} came after ${calledOff} had called the release off` }],
  );
}

function wrongs(setup: Setup, entry: Entry): string[] {
  const object = objectOf(entry);
  const toZero = replicasOf(entry.before) > 0 && replicasOf(entry.after) === 0;
  const weight = canaryWeight(setup, entry.view);
  const found: string[] = [];
  const state = stateOf(entry.view.record);
  // What is deleted needs no primary any more; where its traffic is then, I1 and I13 look at.
  if (state?.phase === 'Terminating') return [];
  if (object === `apps/deployments ${setup.target}-primary` && toZero) found.push('the primary was scaled to 0 or deleted');
  if (object === `apps/deployments ${setup.target}` && toZero && weight > 0)
    found.push(`the canary was scaled to 0 before its weight, still ${weight}`);
  const goingBack = state?.home !== undefined;
  if (goingBack && entry.view.ready.primary > 0 && weight > weightBefore(setup, entry))
    found.push('on the way back traffic went to the side that goes away');
  if (goingBack && entry.view.ready.primary === 0 && entry.view.ready.canary > 0 && weight < weightBefore(setup, entry))
    found.push('on the way back traffic went to the primary, which has no ready pod');
  return found;
}

function weightBefore(setup: Setup, entry: Entry): number {
  const object = objectOf(entry);
  if (object === `services ${setup.apex}`) return canaryWeight(setup, { ...entry.view, apex: entry.before });
  if (isRoute(object, setup)) return canaryWeight(setup, { ...entry.view, route: entry.before });
  return canaryWeight(setup, entry.view);
}

/** A run that says it rolled back has done so. */
function wrongEnd(setup: Setup, last: Entry | undefined): Violation[] {
  const failed = last && stateOf(last.view.record)?.phase === 'Failed';
  const { exit } = setup;
  if (!failed || exit === undefined || exit < 10 || exit > 14) return [];
  const why = [
    ...(canaryWeight(setup, last.view) > 0 ? ['rolled back with traffic on the canary'] : []),
    ...(replicasOf(last.view.target) > 0 ? ['rolled back with the canary still scaled up'] : []),
  ];
  return why.map((text) => ({ invariant: 'I3', seq: last.seq, why: text }));
}
