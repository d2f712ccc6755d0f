// Another run is queued with a revision of its own: the analysis under way gives way, with traffic on the primary, and says to whom.
import { describe, expect, test } from '@jest/globals';
import type { Intent, Phase } from '../../src/core/types.ts';
import { exitOf } from '../../src/runner/exit.ts';
import { cluster, copied, decideOn, revision, split, state, t0, touched, weightAfter } from './support.ts';

const wish: Intent = { id: 'q', verb: 'handover', by: 'podinfo:3' };
const running = (weight: number): ReturnType<typeof cluster> =>
  cluster({ target: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 }, weight });

describe.each(['Progressing', 'WaitingPromotion'] as const)('in %s', (phase) => {
  const at5 = state(phase, { traffic: split(5), check: { no: 2, dueAt: t0 } });

  test('traffic goes to the primary first', () => {
    const decision = decideOn({ objects: running(5), state: at5, intents: [wish] });
    expect(touched(decision)).toEqual(['merge VirtualService/podinfo']);
    expect(weightAfter(running(5), decision.changes)).toBe(0);
    expect(decision.result).toBeUndefined();
    expect(decision.ask).toEqual([]);
  });

  test('and when that was read back the run ends, naming what comes: exit 15', () => {
    const decision = decideOn({ objects: running(0), state: at5, intents: [wish] });
    expect(decision.result).toEqual({ is: 'superseded', revision: 'podinfo:3' });
    expect(decision.result && exitOf(decision.result)).toBe(15);
    expect(decision.state).toMatchObject({ phase, traffic: split(0), parked: 'a newer revision' });
    expect(decision.changes).toEqual([]);
  });
});

test.each<[Phase, ReturnType<typeof cluster>]>([
  ['Promoting', copied({ weight: 10 })],
  ['Finalising', copied({ weight: 0 })],
])('%s is nearly through: it goes on', (phase, objects) => {
  const before = state(phase, { traffic: split(phase === 'Promoting' ? 10 : 0) });
  expect(decideOn({ objects, state: before, intents: [wish] })).toEqual(decideOn({ objects, state: before }));
});

test('what goes back goes on going back', () => {
  const before = state('Progressing', { home: { by: 'timeout', why: 'x' } });
  expect(decideOn({ objects: running(0), state: before, intents: [wish] }).result).toBeUndefined();
});

test.each(['Initialized', 'Succeeded', 'Failed'] as const)('%s holds nobody up', (phase) => {
  const decision = decideOn({ objects: cluster(), state: state(phase, { revision: revision('podinfo:1') }), intents: [wish] });
  expect(decision.result).toEqual({ is: 'unchanged' });
});
