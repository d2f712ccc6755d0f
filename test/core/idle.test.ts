// Initialized, Succeeded, Failed: what a run finds at rest, what it repairs, and what begins an analysis.
import { describe, expect, test } from '@jest/globals';
import { decideOn, deploymentAfter, lines, podinfo, revision, second, state, t0, touched, weightAfter, cluster } from './support.ts';

const atRest = state('Succeeded', { revision: revision('podinfo:1') });

describe('at rest', () => {
  test.each(['Initialized', 'Succeeded', 'Failed'] as const)(
    'in phase %s, a target that is what the primary runs is left alone',
    (phase) => {
      const before = state(phase, { revision: revision('podinfo:1') });
      const decision = decideOn({ objects: cluster(), state: before });
      expect(decision.result).toEqual({ is: 'unchanged' });
      expect(decision.changes).toEqual([]);
      expect(decision.events).toEqual([]);
      expect(decision.state).toBe(before);
    },
  );

  test('the template decides, whatever hash the record holds', () => {
    const decision = decideOn({ objects: cluster(), state: state('Succeeded', { revision: 'older', promoted: 'older' }) });
    expect(decision.result).toEqual({ is: 'unchanged' });
    expect(decision.changes).toEqual([]);
  });

  test('a target that somebody scaled up is scaled away again, after the drain', () => {
    const objects = cluster({ canaryPods: { wanted: 2, ready: 2 } });
    const early = decideOn({ objects, state: atRest, now: t0 + 9 * second });
    expect(early.changes).toEqual([]);
    expect(early.wakeAt).toBe(t0 + 10 * second);
    const late = decideOn({ objects, state: atRest, now: t0 + 10 * second });
    expect(touched(late)).toEqual(['merge Deployment/podinfo']);
    expect(deploymentAfter(objects, late.changes, 'podinfo').replicas).toBe(0);
  });

  test('the drain counts from when the route was read back', () => {
    const objects = cluster({ canaryPods: { wanted: 2, ready: 2 } });
    const decision = decideOn({ objects, state: state('Succeeded', { at: undefined }), now: t0 + 60 * second });
    expect(decision.changes).toEqual([]);
    expect(decision.state.at).toBe(t0 + 60 * second);
  });
});

describe('drift is repaired before anything else', () => {
  test('a route that gives the canary traffic', () => {
    const objects = cluster({ weight: 30, target: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 } });
    const decision = decideOn({ objects, state: atRest });
    expect(touched(decision)).toEqual(['merge VirtualService/podinfo']);
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(decision.state.at).toBeUndefined();
    expect(decision.state.phase).toBe('Succeeded');
  });

  test('an apex that selects the target again', () => {
    const objects = cluster({ apex: 'podinfo', canaryPods: { wanted: 2, ready: 2 } });
    const decision = decideOn({ objects, state: atRest });
    expect(touched(decision)).toEqual(['merge Service/podinfo']);
    expect(decision.changes[0]?.given).toEqual([{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo-primary' }]);
    expect(decision.state.at).toBeUndefined();
  });

  test('a Service that is gone', () => {
    const objects = cluster().filter(({ kind, metadata }) => kind !== 'Service' || metadata.name !== 'podinfo-canary');
    expect(touched(decideOn({ objects, state: atRest }))).toEqual(['create Service/podinfo-canary']);
  });
});

describe('a revision that the primary does not run', () => {
  const objects = cluster({ target: 'podinfo:2' });

  test('begins an analysis from nothing, in the pass that finds it', () => {
    const before = state('Failed', { failedChecks: 10, iterations: 3, passed: ['once/hook/0/x'], verdict: 'bad', parked: 'SIGINT' });
    const { state: begun, ...decision } = decideOn({ objects, state: before, now: t0 + second });
    expect(begun).toMatchObject({ phase: 'Progressing', since: t0 + second, run: 'nonce', failedChecks: 0, iterations: 0, passed: [] });
    expect(begun).toMatchObject({ revision: revision('podinfo:2'), promoted: revision('podinfo:1'), check: { no: 0 } });
    expect(begun).not.toHaveProperty('verdict');
    expect(begun).not.toHaveProperty('parked');
    expect(decision.events.map(({ tell }) => tell)).toEqual(['revision', 'scaling']);
    expect(touched({ ...decision, state: begun })).toEqual(['merge Deployment/podinfo']);
    expect(deploymentAfter(objects, decision.changes, 'podinfo').replicas).toBe(2);
  });

  test('is told in the words of the seeds', () => {
    expect(lines(decideOn({ objects, state: atRest }))).toEqual(['New revision detected podinfo.test', 'Scaling up podinfo.test']);
  });

  test('failed before: is analysed again, a run is a request', () => {
    expect(decideOn({ objects, state: state('Failed', { failed: revision('podinfo:2') }) }).state.phase).toBe('Progressing');
  });

  test('failed-before with --no-retry, and nothing is written', () => {
    const failed = state('Failed', { failed: revision('podinfo:2') });
    const decision = decideOn({ objects, state: failed, options: { noRetry: true } });
    expect(decision.result).toEqual({ is: 'failed-before' });
    expect(decision.changes).toEqual([]);
    expect(decision.state).toBe(failed);
  });

  test('--no-retry stops only the revision that failed', () => {
    const failed = state('Failed', { failed: revision('podinfo:3') });
    expect(decideOn({ objects, state: failed, options: { noRetry: true } }).state.phase).toBe('Progressing');
  });
});

describe('--image', () => {
  const options = { image: { reference: 'podinfo:2' } };

  test('is set by the run, and the record says so first', () => {
    const decision = decideOn({ objects: cluster(), state: atRest, options });
    expect(touched(decision)).toEqual(['merge Deployment/podinfo']);
    expect(deploymentAfter(cluster(), decision.changes, 'podinfo').image).toBe('podinfo:2');
    expect(decision.state.imaged).toEqual({ driver: 'me', from: revision('podinfo:1') });
    expect(decision.result).toBeUndefined();
  });

  const imaged = { ...atRest, imaged: { driver: 'me', from: revision('podinfo:1') } };

  test('is set again while the target is still what it was: that write met a conflict', () => {
    const decision = decideOn({ objects: cluster(), state: imaged, options });
    expect(touched(decision)).toEqual(['merge Deployment/podinfo']);
    expect(decision.state).toBe(imaged);
    expect(decision.result).toBeUndefined();
  });

  test('is never set over what somebody made since: that is driven', () => {
    const objects = cluster({ target: 'podinfo:3' });
    const decision = decideOn({ objects, state: imaged, options });
    expect(decision.state.revision).toBe(revision('podinfo:3'));
    expect(deploymentAfter(objects, decision.changes, 'podinfo').image).toBe('podinfo:3');
  });

  test('that stood there already is not set again when somebody takes it back', () => {
    const found = { ...atRest, imaged: { driver: 'me', from: '' } };
    const decision = decideOn({ objects: cluster(), state: found, options });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toEqual({ is: 'unchanged' });
  });

  test('another run sets it again', () => {
    const before = { ...atRest, imaged: { driver: 'before', from: revision('podinfo:1') } };
    const decision = decideOn({ objects: cluster(), state: before, options });
    expect(decision.state.imaged).toEqual({ driver: 'me', from: revision('podinfo:1') });
    expect(touched(decision)).toEqual(['merge Deployment/podinfo']);
  });

  test('that is there already needs no write', () => {
    const decision = decideOn({ objects: cluster({ target: 'podinfo:2' }), state: atRest, options });
    expect(decision.state.phase).toBe('Progressing');
    expect(touched(decision)).toEqual(['merge Deployment/podinfo']);
    expect(deploymentAfter(cluster({ target: 'podinfo:2' }), decision.changes, 'podinfo')).toEqual({ image: 'podinfo:2', replicas: 2 });
    expect(decision.state.imaged).toEqual({ driver: 'me', from: '' });
  });
});

describe('a primary without ready pods', () => {
  const primaryPods = { wanted: 2, ready: 0 };

  test.each([
    ['is waited for before an analysis', cluster({ target: 'podinfo:2', primaryPods })],
    ['is waited for where nothing is to be analysed', cluster({ primaryPods })],
  ])('%s', (_, objects) => {
    const decision = decideOn({ objects, state: atRest });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toBeUndefined();
    expect(decision.state).toMatchObject({ phase: 'Succeeded', waiting: { side: 'primary', since: t0 } });
    expect(lines(decision)).toEqual(['Waiting for podinfo-primary.test rollout to finish: no pod of podinfo-primary is ready']);
  });

  test.each([
    ['for no longer than the progress deadline, then a person must look', cluster({ target: 'podinfo:2', primaryPods })],
    ['the same where nothing is to be analysed', cluster({ primaryPods })],
  ])('%s', (_, objects) => {
    const before = { ...atRest, waiting: { side: 'primary', since: t0 } } as const;
    expect(decideOn({ objects, state: before, now: t0 + 60 * second }).result).toBeUndefined();
    const late = decideOn({ objects, state: before, now: t0 + 60 * second + 1 });
    expect(late.result).toEqual({
      is: 'rolled-back',
      cause: { by: 'trouble', why: 'no pod of podinfo-primary is ready' },
      confirmed: false,
    });
    expect(late.changes).toEqual([]);
  });

  test('is what was asked for where both sides are scaled to zero', () => {
    const none = { wanted: 0, ready: 0 };
    const decision = decideOn({ objects: cluster({ primaryPods: none }), state: atRest });
    expect(decision.result).toEqual({ is: 'unchanged' });
  });
});

describe('a Deployment that is gone', () => {
  const isNamed =
    (name: string) =>
    ({ kind, metadata }: { kind: string; metadata: { name: string } }): boolean =>
      kind === 'Deployment' && metadata.name === name;
  const without = (name: string, objects = cluster()): ReturnType<typeof cluster> => objects.filter((object) => !isNamed(name)(object));

  test('the primary is made again where the target holds what was promoted', () => {
    const decision = decideOn({ objects: without('podinfo-primary'), state: atRest });
    expect(decision.state.phase).toBe('Initializing');
    expect(decision.result).toBeUndefined();
    expect(decision.state).not.toHaveProperty('at');
  });

  test('the primary is never made from what was not analysed', () => {
    const decision = decideOn({ objects: without('podinfo-primary', cluster({ target: 'podinfo:2' })), state: atRest });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toEqual({
      is: 'rolled-back',
      cause: { by: 'trouble', why: 'Deployment podinfo-primary is gone, and the target does not hold the promoted revision' },
      confirmed: false,
    });
  });

  test('without a target there is nothing to drive', () => {
    const decision = decideOn({ objects: without('podinfo'), state: atRest, canary: podinfo() });
    expect(decision.changes).toEqual([]);
    expect(decision.result).toMatchObject({ is: 'rolled-back', cause: { why: 'Deployment podinfo is gone' }, confirmed: false });
  });
});
