// Going back: route first, drain, evidence, and only then is the canary scaled away; resumed as it was left.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import type { Cause, State } from '../../src/core/types.ts';
import {
  cluster,
  decideOn,
  deploymentAfter,
  givenOf,
  lines,
  revision,
  second,
  split,
  state,
  t0,
  touched,
  weightAfter,
  type Facts,
} from './support.ts';

const pods = { wanted: 2, ready: 2 };
const checks: Cause = { by: 'checks', failed: 10, metric: 'request-success-rate', why: 'success rate 69.00% < 99%' };
const evidence = `run1/${revision('podinfo:2')}/evidence`;

function analysed(changed: Partial<Facts> = {}): Obj[] {
  return cluster({ target: 'podinfo:2', canaryPods: pods, ...changed });
}

function leaving(changed: Parameters<typeof state>[1] = {}): State {
  return state('Progressing', { home: checks, failedChecks: 10, ...changed });
}

describe('the route goes first', () => {
  test('and nothing is scaled in that pass', () => {
    const objects = analysed({ weight: 10 });
    const decision = decideOn({ objects, state: leaving({ at: undefined }) });
    expect(touched(decision)).toEqual(['merge VirtualService/podinfo']);
    expect(weightAfter(objects, decision.changes)).toBe(0);
  });

  test('drift on the way begins the drain anew', () => {
    const decision = decideOn({ objects: analysed({ weight: 10 }), state: leaving(), now: t0 + 9 * second });
    expect(decision.state).not.toHaveProperty('at');
  });

  test('never to a primary without ready pods while the canary has some', () => {
    const objects = analysed({ primaryPods: { wanted: 2, ready: 0 }, weight: 10 });
    const decision = decideOn({ objects, state: leaving({ at: undefined }) });
    expect(weightAfter(objects, decision.changes)).toBe(100);
    expect(deploymentAfter(objects, decision.changes, 'podinfo').replicas).toBe(2);
  });

  test('and a target that is the last good side is not scaled away', () => {
    const objects = analysed({ primaryPods: { wanted: 2, ready: 0 }, weight: 100 });
    expect(decideOn({ objects, state: leaving(), now: t0 + 60 * second }).changes).toEqual([]);
  });
});

describe('the drain counts from the way back', () => {
  const timeout = { id: 'x', verb: 'timeout', by: 'timeout' } as const;
  const left = (canary: number): State =>
    decideOn({ objects: analysed(), state: state('Progressing', { traffic: split(canary) }), now: t0 + second, intents: [timeout] }).state;

  test('also where somebody had moved the route there before', () => {
    expect(left(10).at).toBe(t0 + second);
  });

  test('but a canary that never had traffic has drained already', () => {
    expect(left(0).at).toBe(t0);
  });
});

describe('evidence is asked before scaling down', () => {
  test('while the drain lasts', () => {
    const decision = decideOn({ objects: analysed(), state: leaving(), now: t0 + second });
    expect(decision.ask).toEqual([{ id: evidence, ask: 'evidence', side: 'canary', selector: { app: 'podinfo' } }]);
    expect(decision.changes).toEqual([]);
    expect(decision.wakeAt).toBe(t0 + 10 * second);
  });

  test('and waited for a little longer than that', () => {
    const decision = decideOn({ objects: analysed(), state: leaving(), now: t0 + 20 * second - 1 });
    expect(decision.ask).toHaveLength(1);
    expect(decision.changes).toEqual([]);
  });

  test('but not for ever', () => {
    expect(touched(decideOn({ objects: analysed(), state: leaving(), now: t0 + 20 * second }))).toEqual(['merge Deployment/podinfo']);
  });

  test('once it is there, the drain is all that is waited for', () => {
    const answers = { [evidence]: { is: 'ok' } } as const;
    expect(decideOn({ objects: analysed(), state: leaving(), now: t0 + 10 * second - 1, answers }).changes).toEqual([]);
    const decision = decideOn({ objects: analysed(), state: leaving(), now: t0 + 10 * second, answers });
    expect(touched(decision)).toEqual(['merge Deployment/podinfo']);
    expect(givenOf(decision, 'podinfo')).toEqual(['VirtualService/podinfo', 'Service/podinfo', 'Deployment/podinfo-primary']);
  });

  test('not where the target was only put back', () => {
    const returned = leaving({ home: { by: 'returned', why: '' } });
    expect(decideOn({ objects: analysed({ target: 'podinfo:1' }), state: returned, now: t0 + second }).ask).toEqual([]);
  });
});

describe('the end', () => {
  const scaledAway = analysed({ canaryPods: { wanted: 0, ready: 0 } });

  test('is rolled back and confirmed; the record keeps what failed, and why', () => {
    const decision = decideOn({ objects: scaledAway, state: leaving(), now: t0 + 20 * second });
    expect(decision.result).toEqual({ is: 'rolled-back', cause: checks, confirmed: true });
    expect(lines(decision)).toEqual(['Canary failed! Scaling down podinfo.test']);
    expect(decision.state).toMatchObject({ phase: 'Failed', failed: revision('podinfo:2'), failedChecks: 10 });
    expect(decision.state.verdict).toBe('10 failed checks, the last: request-success-rate (success rate 69.00% < 99%)');
    expect(decision.state).not.toHaveProperty('home');
  });

  test('is not confirmed while the apex is elsewhere', () => {
    const decision = decideOn({ objects: analysed({ apex: 'podinfo', canaryPods: { wanted: 0, ready: 0 } }), state: leaving() });
    expect(touched(decision)).toEqual(['merge Service/podinfo']);
    expect(decision.result).toBeUndefined();
  });
});

describe('a way back that does not end', () => {
  const stuck = analysed({ primaryPods: { wanted: 2, ready: 0 }, canaryPods: { wanted: 2, ready: 0 }, weight: 10 });

  test('is waited for twice the pods’ deadline', () => {
    expect(decideOn({ objects: stuck, state: leaving({ at: undefined }), now: t0 + 120 * second }).result).toBeUndefined();
  });

  test('then it is for a person, and the next run goes on going back', () => {
    const decision = decideOn({ objects: stuck, state: leaving({ at: undefined }), now: t0 + 120 * second + 1 });
    expect(decision.result).toEqual({ is: 'rolled-back', cause: checks, confirmed: false });
    expect(decision.state.home).toEqual(checks);
    expect(decision.changes).toEqual([]);
  });
});

describe('back from a promotion', () => {
  const cause: Cause = { by: 'deadline', side: 'primary', why: 'why' };
  const failing = (changed: Partial<Facts>): Obj[] => analysed({ history: ['podinfo:1', 'podinfo:2'], ...changed });
  const leavingPromotion = state('Promoting', { home: cause });

  test('the primary gets back what it ran when the analysis began, whatever the target is now', () => {
    const objects = failing({ primary: 'podinfo:2', target: 'podinfo:3' });
    const decision = decideOn({ objects, state: leavingPromotion });
    expect(deploymentAfter(objects, decision.changes, 'podinfo-primary').image).toBe('podinfo:1');
  });

  test('a primary that was put back must be whole again before the canary goes', () => {
    const objects = failing({ primary: 'podinfo:1', primaryPods: { wanted: 2, ready: 1 } });
    const decision = decideOn({ objects, state: leavingPromotion, now: t0 + 60 * second });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toBeUndefined();
  });

  test('no copy of the last good template left: nothing is guessed', () => {
    const decision = decideOn({ objects: failing({ primary: 'podinfo:2', history: ['podinfo:2'] }), state: leavingPromotion });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toMatchObject({ is: 'rolled-back', confirmed: false });
    expect(lines(decision)).toEqual([
      `no copy of the last good revision ${revision('podinfo:1')} is left for the primary: put that revision on podinfo and run again`,
    ]);
  });

  test('traffic wanted on the primary stays wanted', () => {
    expect(decideOn({ objects: failing({ primary: 'podinfo:2' }), state: leavingPromotion }).state.traffic).toEqual(split(0));
  });

  test('traffic stays where it is while the primary is replaced', () => {
    const objects = failing({ primary: 'podinfo:2', weight: 40 });
    const decision = decideOn({ objects, state: leavingPromotion });
    expect(touched(decision)).toEqual(['merge Deployment/podinfo-primary']);
    expect(weightAfter(objects, decision.changes)).toBe(40);
    const replaced = failing({ primary: 'podinfo:1', primaryPods: { wanted: 2, ready: 1 }, weight: 40 });
    expect(decideOn({ objects: replaced, state: decision.state }).changes).toEqual([]);
  });

  test('and comes home when the primary is whole, to be drained from then', () => {
    const objects = failing({ primary: 'podinfo:1', weight: 40 });
    const decision = decideOn({ objects, state: leavingPromotion, now: t0 + 60 * second });
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(decision.state).not.toHaveProperty('at');
  });

  test('the pods of the primary that failed are asked why at once, and not a second time', () => {
    const objects = failing({ primary: 'podinfo:2', primaryPods: { wanted: 2, ready: 1 } });
    const decision = decideOn({ objects, state: leavingPromotion });
    expect(decision.ask).toEqual([{ id: evidence, ask: 'evidence', side: 'primary', selector: { app: 'podinfo-primary' } }]);
    expect(decideOn({ objects, state: leavingPromotion, answers: { [evidence]: { is: 'ok' } } }).ask).toEqual([]);
    expect(decideOn({ objects, state: { ...leavingPromotion, home: checks } }).ask).toEqual([]);
  });
});

describe('a primary that is gone on the way home', () => {
  const gone = (target: string): Obj[] =>
    analysed({ target, weight: 100 }).filter(({ kind, metadata }) => kind !== 'Deployment' || metadata.name !== 'podinfo-primary');

  test('is made again of the promoted template', () => {
    const decision = decideOn({ objects: gone('podinfo:1'), state: leaving() });
    expect(touched(decision)).toContain('create Deployment/podinfo-primary');
    expect(deploymentAfter(gone('podinfo:1'), decision.changes, 'podinfo-primary').image).toBe('podinfo:1');
    expect(decision.result).toBeUndefined();
  });

  test('and of nothing else: traffic stays with the canary, for a person', () => {
    const decision = decideOn({ objects: gone('podinfo:2'), state: leaving() });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toEqual({ is: 'rolled-back', cause: checks, confirmed: false });
    expect(decision.state.home).toEqual(checks);
  });
});

test('what was rolled back here was another run’s, as long as this one has its image still to set', () => {
  const objects = analysed({ canaryPods: { wanted: 0, ready: 0 } });
  const options = { image: { reference: 'podinfo:3' } };
  const decision = decideOn({ objects, state: leaving(), now: t0 + 20 * second, options });
  expect(decision.result).toBeUndefined();
  expect(decision.state).toMatchObject({ phase: 'Failed', failed: revision('podinfo:2') });
  const next = decideOn({ objects, state: decision.state, now: t0 + 20 * second, options });
  expect(deploymentAfter(objects, next.changes, 'podinfo').image).toBe('podinfo:3');
});
