// Initializing: the primary is ready before anything moves, and the target is touched last.
import { describe, expect, test } from '@jest/globals';
import type { Obj } from '../../src/contracts.ts';
import type { State } from '../../src/core/types.ts';
import { applied } from '../support/found.ts';
import {
  cluster,
  decideOn,
  deploymentAfter,
  givenOf,
  lines,
  podinfo,
  revision,
  second,
  state,
  t0,
  touched,
  untouched,
  weightAfter,
} from './support.ts';

function initializing(changed: Parameters<typeof state>[1] = {}): State {
  return state('Initializing', { at: undefined, revision: '', promoted: '', check: { no: 0, dueAt: t0 }, ...changed });
}

/** The groundwork is laid, the apex is still the user's: it selects the target. */
function laid(ready: number): Obj[] {
  const all = cluster({ apex: 'podinfo', canaryPods: { wanted: 2, ready: 2 }, primaryPods: { wanted: 2, ready } });
  return all.filter(({ kind }) => kind !== 'VirtualService');
}

const moved = cluster({ canaryPods: { wanted: 2, ready: 2 } });

describe('before traffic moves', () => {
  const decision = decideOn({ objects: untouched(), state: initializing() });

  test('only what moves no traffic is made: side Services, what the router prepares, the primary', () => {
    expect(touched(decision)).toEqual([
      'create Service/podinfo-primary',
      'create Service/podinfo-canary',
      'create DestinationRule/podinfo-primary',
      'create DestinationRule/podinfo-canary',
      'create Deployment/podinfo-primary',
    ]);
  });

  test('the primary is a copy of the target', () => {
    const after = deploymentAfter(untouched(), decision.changes, 'podinfo-primary');
    expect(after).toEqual({ image: 'podinfo:1', replicas: 2 });
  });

  test('a primary that stands already is not made again, nor changed', () => {
    const objects = [...untouched({ target: 'podinfo:2' }), ...cluster().filter((object) => object.metadata.name === 'podinfo-primary')];
    expect(touched(decideOn({ objects, state: initializing() }))).toEqual([
      'create Service/podinfo-canary',
      'create DestinationRule/podinfo-canary',
    ]);
  });

  test('a primary that is not ready is waited for, with no selector and no route moved', () => {
    const waiting = decideOn({ objects: laid(1), state: initializing() });
    expect(waiting.changes).toEqual([]);
    expect(lines(waiting)).toEqual(['Waiting for podinfo-primary.test rollout to finish: 1 of 2 updated replicas are available']);
    expect(waiting.state.waiting).toEqual({ side: 'primary', since: t0 });
  });
});

describe('traffic moves to the ready primary', () => {
  const objects = laid(2);
  const decision = decideOn({ objects, state: initializing() });

  test('by the apex and a route of 100 % to the primary, both relying on the primary', () => {
    expect(touched(decision)).toEqual(['merge Service/podinfo', 'create VirtualService/podinfo']);
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(givenOf(decision, 'podinfo')).toEqual(['Deployment/podinfo-primary']);
  });

  test('and the target is untouched meanwhile', () => {
    expect(deploymentAfter(objects, decision.changes, 'podinfo').replicas).toBe(2);
  });

  test('is settled when it was read back', () => {
    const back = decideOn({ objects: applied(objects, decision.changes), state: initializing(), now: t0 + second });
    expect(back.changes).toEqual([]);
    expect(back.state.at).toBe(t0 + second);
  });

  test('the scaler of the primary is made before', () => {
    const scalerRef = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'podinfo' };
    const hpa = { ...scalerRef, metadata: { name: 'podinfo' }, spec: { minReplicas: 2, maxReplicas: 4 } } as unknown as Obj;
    const with4 = decideOn({ objects: [...objects, hpa], state: initializing(), canary: podinfo({ scalerRef }) });
    expect(touched(with4)[0]).toBe('create HorizontalPodAutoscaler/podinfo-primary');
  });
});

describe('the target is scaled away last', () => {
  test('not before the drain has passed', () => {
    const early = decideOn({ objects: moved, state: initializing({ at: t0 }), now: t0 + 10 * second - 1 });
    expect(early.changes).toEqual([]);
    expect(early.wakeAt).toBe(t0 + 10 * second);
  });

  test('then, relying on route, apex and primary', () => {
    const late = decideOn({ objects: moved, state: initializing({ at: t0 }), now: t0 + 10 * second });
    expect(touched(late)).toEqual(['merge Deployment/podinfo']);
    expect(givenOf(late, 'podinfo')).toEqual(['VirtualService/podinfo', 'Service/podinfo', 'Deployment/podinfo-primary']);
    expect(late.result).toBeUndefined();
  });

  test('a primary that fails meanwhile gets no drain to its end: the target stays', () => {
    const objects = cluster({ canaryPods: { wanted: 2, ready: 2 }, primaryPods: { wanted: 2, ready: 1 } });
    expect(decideOn({ objects, state: initializing({ at: t0 }), now: t0 + 60 * second }).changes).toEqual([]);
  });
});

describe('the end of bootstrap', () => {
  const before = initializing({ at: t0, waiting: { side: 'primary', since: t0 } });

  test('is initialized, with what the primary runs as the promoted revision', () => {
    const decision = decideOn({ objects: cluster(), state: before, now: t0 + 20 * second });
    expect(decision.result).toEqual({ is: 'initialized' });
    expect(lines(decision)).toEqual(['Initialization done! podinfo.test']);
    const promoted = revision('podinfo:1');
    expect(decision.state).toMatchObject({ phase: 'Initialized', promoted, revision: promoted, since: t0 + 20 * second });
    expect(decision.state).not.toHaveProperty('waiting');
  });

  test('with --image the run goes on', () => {
    const options = { image: { reference: 'podinfo:2' } };
    const decision = decideOn({ objects: cluster(), state: before, options });
    expect(decision.state.phase).toBe('Initialized');
    expect(decision.result).toBeUndefined();
    expect(decision.wakeAt).toBe(t0);
  });

  test('a record that was deleted is made anew from what stands: the new revision of the target is not taken for promoted', () => {
    const decision = decideOn({ objects: cluster({ target: 'podinfo:2' }), state: initializing({ at: t0 }) });
    expect(decision.changes).toEqual([]);
    expect(decision.state.promoted).toBe(revision('podinfo:1'));
  });
});

describe('a primary that does not become ready', () => {
  const objects = laid(0);
  const before = initializing({ waiting: { side: 'primary', since: t0 } });

  test('the deadline counts from when the wait began', () => {
    const later = initializing({ since: t0 - 3_600_000, waiting: { side: 'primary', since: t0 } });
    expect(decideOn({ objects, state: later, now: t0 + 60 * second }).result).toBeUndefined();
    expect(decideOn({ objects, state: later, now: t0 + 60 * second }).ask).toEqual([]);
    expect(decideOn({ objects, state: later, now: t0 + 60 * second + 1 }).ask).toHaveLength(1);
  });

  test('its pods are asked why before the run ends', () => {
    const decision = decideOn({ objects, state: before, now: t0 + 61 * second });
    expect(decision.ask).toEqual([
      { id: 'run1/bootstrap/evidence', ask: 'evidence', side: 'primary', selector: { app: 'podinfo-primary' } },
    ]);
    expect(decision.result).toBeUndefined();
  });

  test('ends not-initialized, with nothing moved; the next run waits anew', () => {
    const answers = { 'run1/bootstrap/evidence': { is: 'ok' } } as const;
    const decision = decideOn({ objects, state: before, now: t0 + 61 * second, answers });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toEqual({
      is: 'not-initialized',
      cause: { by: 'deadline', side: 'primary', why: '0 of 2 updated replicas are available' },
    });
    expect(decision.state).not.toHaveProperty('waiting');
    expect(decision.state.phase).toBe('Initializing');
  });
});

describe('a route that nobody takes up', () => {
  const settled = { is: 'waiting', why: 'HTTPRoute podinfo is not accepted' } as const;

  test('ends the bootstrap after as long as pods may take, with the target as it was', () => {
    const { state: waiting } = decideOn({ objects: moved, state: initializing(), settled });
    const over = decideOn({ objects: moved, state: waiting, settled, now: t0 + podinfo().deadline + 1 });
    expect(over.result).toEqual({ is: 'not-initialized', cause: { by: 'trouble', why: settled.why } });
    expect(over.changes).toEqual([]);
    expect(lines(over)).toEqual(['Waiting for the route of podinfo.test: HTTPRoute podinfo is not accepted']);
  });
});
