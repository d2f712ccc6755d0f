// What people want on the way: stop, roll back; time that is over; a cluster that refuses.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import type { Intent, Phase } from '../../src/core/types.ts';
import { cluster, decideOn, lines, revision, split, state, t0, touched, weightAfter, type Facts } from './support.ts';

const stop: Intent = { id: 'SIGINT-0', verb: 'stop', by: 'SIGINT' };
const pods = { wanted: 2, ready: 2 };

function analysed(changed: Partial<Facts> = {}): Obj[] {
  return cluster({ target: 'podinfo:2', canaryPods: pods, ...changed });
}

const at10 = state('Progressing', { traffic: split(10), failedChecks: 2, check: { no: 4, dueAt: t0 } });

describe('stop in Progressing', () => {
  test('is one write, all traffic on the primary; the step stays in the record', () => {
    const objects = analysed({ weight: 10 });
    const decision = decideOn({ objects, state: at10, intents: [stop] });
    expect(touched(decision)).toEqual(['merge VirtualService/podinfo']);
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(decision.state).toBe(at10);
    expect(decision.result).toBeUndefined();
  });

  test('is parked when that was read back', () => {
    const decision = decideOn({ objects: analysed(), state: at10, intents: [stop] });
    expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'primary' });
    expect(decision.changes).toEqual([]);
    expect(decision.state).toMatchObject({
      phase: 'Progressing',
      traffic: split(10),
      failedChecks: 2,
      parked: 'SIGINT',
      heard: ['SIGINT-0'],
    });
    expect(decision.state).not.toHaveProperty('at');
  });

  test('is not parked on a primary without ready pods', () => {
    const objects = analysed({ primaryPods: { wanted: 2, ready: 0 }, weight: 100 });
    const decision = decideOn({ objects, state: at10, intents: [stop] });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toBeUndefined();
  });

  test('asks nothing more: what runs is aborted', () => {
    expect(decideOn({ objects: analysed({ weight: 10 }), state: at10, intents: [stop] }).ask).toEqual([]);
  });

  test('that was obeyed once is not obeyed by the next run', () => {
    const heard = { ...at10, heard: ['SIGINT-0'] };
    expect(decideOn({ objects: analysed({ weight: 10 }), state: heard, intents: [stop] }).result).toBeUndefined();
    expect(decideOn({ objects: analysed({ weight: 10 }), state: heard, intents: [stop] }).ask).toHaveLength(1);
  });

  test('the record remembers the last eight', () => {
    const heard = { ...at10, heard: ['1', '2', '3', '4', '5', '6', '7', '8'] };
    const decision = decideOn({ objects: analysed(), state: heard, intents: [stop] });
    expect(decision.state.heard).toEqual(['2', '3', '4', '5', '6', '7', '8', 'SIGINT-0']);
  });
});

describe('stop in Promoting leaves traffic on the ready side', () => {
  const promoting = state('Promoting', { traffic: split(100) });
  const copied = (ready: number): Obj[] => analysed({ primary: 'podinfo:2', primaryPods: { wanted: 2, ready }, weight: 100 });

  test('the new primary is not ready: nothing is moved', () => {
    const decision = decideOn({ objects: copied(1), state: promoting, intents: [stop] });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'as-is' });
    expect(decision.state).toMatchObject({ phase: 'Promoting', traffic: split(100) });
  });

  test('the new primary is ready: traffic goes there', () => {
    const decision = decideOn({ objects: copied(2), state: promoting, intents: [stop] });
    expect(weightAfter(copied(2), decision.changes)).toBe(0);
  });

  test('a primary whose new template was not seen yet by Kubernetes is not ready, whatever its counts say', () => {
    const objects = copied(2).map((object) =>
      object.metadata.name === 'podinfo-primary' ? { ...object, metadata: { ...object.metadata, generation: 2 } } : object,
    );
    const decision = decideOn({ objects, state: promoting, intents: [stop] });
    expect(decision.result).toMatchObject({ is: 'parked', traffic: 'as-is' });
  });
});

test.each(['Initializing', 'Initialized', 'Finalising', 'Succeeded', 'Failed'] as const)('stop in %s moves nothing', (phase: Phase) => {
  const decision = decideOn({ objects: analysed({ weight: 0 }), state: state(phase), intents: [stop] });
  expect(decision.changes).toEqual([]);
  expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'as-is' });
});

describe('--on-interrupt', () => {
  const objects = analysed({ weight: 10 });

  test('hold parks with traffic as it is', () => {
    const decision = decideOn({ objects, state: at10, intents: [stop], options: { onInterrupt: 'hold' } });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'as-is' });
  });

  test('rollback goes home, for good', () => {
    const decision = decideOn({ objects, state: at10, intents: [stop], options: { onInterrupt: 'rollback' } });
    expect(decision.state).toMatchObject({ home: { by: 'signal', why: 'SIGINT' }, heard: ['SIGINT-0'] });
    expect(lines(decision)).toEqual(['Rolling back podinfo.test stopped by SIGINT']);
  });

  test('rollback keeps the list of what was heard as short', () => {
    const heard = { ...at10, heard: ['1', '2', '3', '4', '5', '6', '7', '8'] };
    const decision = decideOn({ objects, state: heard, intents: [stop], options: { onInterrupt: 'rollback' } });
    expect(decision.state.heard).toEqual(['2', '3', '4', '5', '6', '7', '8', 'SIGINT-0']);
  });

  test('rollback has nothing to roll back after the promotion', () => {
    const promoted = analysed({ primary: 'podinfo:2' });
    const decision = decideOn({ objects: promoted, state: state('Finalising'), intents: [stop], options: { onInterrupt: 'rollback' } });
    expect(decision.state.home).toBeUndefined();
  });
});

describe('other intents', () => {
  const objects = analysed({ weight: 10 });

  test.each([
    ['rollback', 'person'],
    ['timeout', 'timeout'],
    ['trouble', 'trouble'],
  ] as const)('%s goes home with the cause %s', (verb, by) => {
    const decision = decideOn({ objects, state: at10, intents: [{ id: 'x', verb, by: 'the reason' }] });
    expect(decision.state.home).toEqual({ by, why: 'the reason' });
    expect(weightAfter(objects, decision.changes)).toBe(0);
  });

  test('in Promoting, the primary goes back too', () => {
    const copied = analysed({ primary: 'podinfo:2', weight: 10 });
    const decision = decideOn({ objects: copied, state: state('Promoting'), intents: [{ id: 'x', verb: 'timeout', by: 'timeout' }] });
    expect(decision.state.home?.by).toBe('timeout');
    expect(touched(decision)).toContain('merge Deployment/podinfo-primary');
  });

  test('never change the cause of a run that is going back already', () => {
    const home = state('Progressing', { home: { by: 'timeout', why: 'first' } });
    const decision = decideOn({ objects: analysed(), state: home, intents: [{ id: 'x', verb: 'rollback', by: 'second' }] });
    expect(decision.state.home).toEqual({ by: 'timeout', why: 'first' });
  });

  test('have nothing to roll back at rest', () => {
    const rest = state('Succeeded', { revision: revision('podinfo:1') });
    const decision = decideOn({ objects: cluster(), state: rest, intents: [{ id: 'x', verb: 'rollback', by: 'y' }] });
    expect(decision.result).toEqual({ is: 'unchanged' });
  });
});
