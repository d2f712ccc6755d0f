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
    expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'canary' });
    expect(decision.state).toMatchObject({ phase: 'Progressing', traffic: split(10), parked: 'SIGINT' });
  });

  test('moves to the canary where only that has ready pods, and is parked when it was read back', () => {
    const objects = analysed({ primaryPods: { wanted: 2, ready: 0 }, weight: 10 });
    const decision = decideOn({ objects, state: at10, intents: [stop] });
    expect(weightAfter(objects, decision.changes)).toBe(100);
    expect(decision.result).toBeUndefined();
  });

  test('where no side has a ready pod, nothing is moved and nothing is claimed', () => {
    const none = { wanted: 2, ready: 0 };
    const decision = decideOn({
      objects: analysed({ primaryPods: none, canaryPods: none, weight: 10 }),
      state: at10,
      intents: [stop],
    });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'nowhere' });
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
    expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'canary' });
    expect(decision.state).toMatchObject({ phase: 'Promoting', traffic: split(100) });
  });

  test('the new primary is ready: traffic goes there', () => {
    const decision = decideOn({ objects: copied(2), state: promoting, intents: [stop] });
    expect(weightAfter(copied(2), decision.changes)).toBe(0);
    expect(decision.result).toBeUndefined();
  });

  test('and when it was read back there, the canary has given up its share for good', () => {
    const objects = analysed({ primary: 'podinfo:2', weight: 0 });
    const decision = decideOn({ objects, state: promoting, intents: [stop] });
    expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'primary' });
    expect(decision.state).toMatchObject({ phase: 'Promoting', traffic: split(0), parked: 'SIGINT' });
  });

  test('on both sides, as it is, while some pods of each are ready and the primary is not whole', () => {
    const objects = analysed({ primary: 'podinfo:2', primaryPods: { wanted: 2, ready: 1 }, weight: 40 });
    const decision = decideOn({ objects, state: state('Promoting', { traffic: split(40) }), intents: [stop] });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'both' });
    expect(decision.state.traffic).toEqual(split(40));
  });

  test('nowhere while no side has a ready pod', () => {
    const decision = decideOn({
      objects: analysed({ primary: 'podinfo:2', primaryPods: { wanted: 2, ready: 0 }, canaryPods: { wanted: 2, ready: 0 }, weight: 40 }),
      state: promoting,
      intents: [stop],
    });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toMatchObject({ is: 'parked', traffic: 'nowhere' });
  });

  test('a primary whose new template was not seen yet by Kubernetes is not ready, whatever its counts say', () => {
    const objects = copied(2).map((object) =>
      object.metadata.name === 'podinfo-primary' ? { ...object, metadata: { ...object.metadata, generation: 2 } } : object,
    );
    const decision = decideOn({ objects, state: promoting, intents: [stop] });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toMatchObject({ is: 'parked', traffic: 'canary' });
  });
});

test.each(['Initializing', 'Initialized', 'Succeeded', 'Failed'] as const)('stop in %s moves nothing', (phase: Phase) => {
  const decision = decideOn({ objects: analysed({ weight: 0 }), state: state(phase), intents: [stop] });
  expect(decision.changes).toEqual([]);
  expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'as-is' });
});

test.each(['Initialized', 'Succeeded', 'Failed'] as const)(
  'in %s nothing is marked as parked: there is nothing to go on with',
  (phase: Phase) => {
    const rest = state(phase);
    const decision = decideOn({ objects: cluster(), state: rest, intents: [stop] });
    expect(decision.state).toEqual({ ...rest, heard: ['SIGINT-0'] });
  },
);

describe('stop in Finalising', () => {
  const promoted = (changed: Partial<Facts> = {}): Obj[] => analysed({ primary: 'podinfo:2', ...changed });

  test('is parked where all traffic was read back on the primary, and nothing is scaled', () => {
    const decision = decideOn({ objects: promoted(), state: state('Finalising'), now: t0 + 60_000, intents: [stop] });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'primary' });
    expect(decision.state).toMatchObject({ phase: 'Finalising', parked: 'SIGINT' });
  });

  test('brings a route home that is elsewhere before it says so', () => {
    const objects = promoted({ weight: 30 });
    const decision = decideOn({ objects, state: state('Finalising'), intents: [stop] });
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(decision.result).toBeUndefined();
  });

  test('goes to the canary where only that has ready pods', () => {
    const objects = promoted({ primaryPods: { wanted: 2, ready: 0 }, weight: 100 });
    const decision = decideOn({ objects, state: state('Finalising'), intents: [stop] });
    expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'canary' });
  });
});

describe('an apex that does not select the primary', () => {
  const objects = analysed({ apex: 'podinfo' });

  test('is not parked as if traffic were there', () => {
    expect(decideOn({ objects, state: at10, intents: [stop] }).result).toBeUndefined();
  });

  test('is brought back by the stop, so that it ends', () => {
    const decision = decideOn({ objects, state: at10, intents: [stop] });
    expect(touched(decision)).toEqual(['merge Service/podinfo']);
    const next = decideOn({ objects: analysed(), state: decision.state, intents: [stop] });
    expect(next.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'primary' });
  });
});

describe('--on-interrupt', () => {
  const objects = analysed({ weight: 10 });

  test('hold says in the record that a weight may stand, also before it was read back', () => {
    const { at: _, ...unread } = at10;
    const decision = decideOn({ objects, state: unread, intents: [stop], options: { onInterrupt: 'hold' } });
    expect(decision.state).toMatchObject({ parked: 'SIGINT', at: expect.any(Number) });
  });

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
    expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'primary' });
  });

  test.each(['Initializing', 'Initialized', 'Succeeded', 'Failed'] as const)(
    'rollback in %s stops: there is nothing to roll back',
    (phase: Phase) => {
      const decision = decideOn({ objects: cluster(), state: state(phase), intents: [stop], options: { onInterrupt: 'rollback' } });
      expect(decision.state).not.toHaveProperty('home');
      expect(decision.changes).toEqual([]);
      expect(decision.result).toEqual({ is: 'parked', by: 'SIGINT', traffic: 'as-is' });
    },
  );
});

describe('--timeout where nothing is left to go back from', () => {
  const timeout: Intent = { id: 'x', verb: 'timeout', by: '--timeout of 60s reached' };
  const cause = { by: 'timeout', why: '--timeout of 60s reached' };

  test('ends bootstrap: the target serves as it did', () => {
    const decision = decideOn({ objects: analysed(), state: state('Initializing'), intents: [timeout] });
    expect(decision.result).toEqual({ is: 'not-initialized', cause });
    expect(decision.changes).toEqual([]);
  });

  test.each(['Initialized', 'Succeeded', 'Failed', 'Finalising'] as const)('ends %s without a promise', (phase: Phase) => {
    const decision = decideOn({ objects: analysed({ primary: 'podinfo:2', weight: 100 }), state: state(phase), intents: [timeout] });
    expect(decision.result).toEqual({ is: 'rolled-back', cause, confirmed: false });
    expect(decision.changes).toEqual([]);
  });

  test.each(['Progressing', 'Promoting'] as const)('a way back from %s that has begun has its own deadline', (phase: Phase) => {
    const home = state(phase, { home: { by: 'person', why: 'y' } });
    const decision = decideOn({ objects: analysed({ weight: 10 }), state: home, intents: [timeout] });
    expect(decision.result).toBeUndefined();
    expect(decision.state.home).toEqual({ by: 'person', why: 'y' });
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
