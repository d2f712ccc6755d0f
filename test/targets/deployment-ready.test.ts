// Readiness: an object and a moment, then the verdict. Texts as the project's seeds show them.
import { describe, expect, test } from '@jest/globals';
import { mergePatch } from '../../src/common/json.ts';
import type { Canary, JsonObject, Obj, Verdict } from '../../src/contracts.ts';
import { deployment } from '../../src/targets/deployment.ts';
import { parseTime } from '../../src/targets/deployment-ready.ts';
import { canaryOf, foundOf, seenBy } from '../support/found.ts';
import { podinfo } from './podinfo.ts';

const since = Date.parse('2026-11-21T01:00:00.700Z');
const soon = { now: since + 5_000, since };
const late = { now: since + 60_001, since };

function verdict(patch: JsonObject, at: { now: number; since: number } = soon, canary: Canary = canaryOf()): Verdict {
  const object = mergePatch(podinfo() as JsonObject, patch) as unknown as Obj;
  return deployment.verdict(seenBy([deployment], canary, foundOf([object])), 'canary', at);
}

function threshold(canary: number): Canary {
  return canaryOf({ readyThreshold: { primary: 100, canary } });
}

describe('a Deployment', () => {
  test.each([
    ['all of it is there', {}, { is: 'ready' }],
    [
      'no pod is available',
      { spec: { replicas: 1 }, status: { replicas: 1, updatedReplicas: 1, availableReplicas: 0 } },
      waits('0 of 1 updated replicas are available'),
    ],
    ['status has no count yet', { status: { availableReplicas: null } }, waits('0 of 2 updated replicas are available')],
    ['pods are still to be made', { status: { updatedReplicas: 1 } }, waits('1 out of 2 new replicas have been updated')],
    ['old pods are left', { status: { replicas: 3 } }, waits('1 old replicas are pending termination')],
    ['its controller is behind', { metadata: { generation: 2 } }, waits('observed deployment generation less than desired generation')],
    [
      'it wants no pods',
      { spec: { replicas: 0 }, status: { replicas: 0, updatedReplicas: 0, availableReplicas: 0 } },
      waits('0 replicas are wanted'),
    ],
  ] as [string, JsonObject, Verdict][])('%s', (_, patch, expected) => {
    expect(verdict(patch)).toEqual(expected);
  });

  test('that is ready is ready however late', () => {
    expect(verdict({}, late)).toEqual({ is: 'ready' });
  });

  test('that wants no pods is never ready, and fails in the end', () => {
    expect(verdict({ spec: { replicas: 0 } }, late)).toEqual({ is: 'failed', why: '0 replicas are wanted' });
  });

  test('that is not there is waited for', () => {
    const ctx = seenBy([deployment], canaryOf(), foundOf([]));
    expect(deployment.verdict(ctx, 'primary', soon)).toEqual(waits('deployment "podinfo-primary" is not there'));
  });

  test('fails after the deadline of the canary, saying what was missing, and not before', () => {
    const stuck = { status: { availableReplicas: 1 } };
    expect(verdict(stuck, { now: since + 60_000, since })).toEqual(waits('1 of 2 updated replicas are available'));
    expect(verdict(stuck, late)).toEqual({ is: 'failed', why: '1 of 2 updated replicas are available' });
  });
});

describe('the ready threshold', () => {
  const ten = (available: number): JsonObject => ({
    spec: { replicas: 10 },
    status: { replicas: 10, updatedReplicas: 10, availableReplicas: available },
  });

  test('is a part of the updated pods, and named when it is not all of them', () => {
    expect(verdict(ten(5), soon, threshold(50))).toEqual({ is: 'ready' });
    expect(verdict(ten(4), soon, threshold(50))).toEqual(waits('4 of 10 (readyThreshold 50%) updated replicas are available'));
    expect(verdict(ten(9))).toEqual(waits('9 of 10 updated replicas are available'));
  });

  test('is cut off to whole pods', () => {
    expect(verdict(ten(6), soon, threshold(69))).toEqual({ is: 'ready' });
  });

  test('never admits a side without any pod', () => {
    const none = { spec: { replicas: 1 }, status: { replicas: 1, updatedReplicas: 1, availableReplicas: 0 } };
    expect(verdict(none, soon, threshold(50))).toEqual(waits('0 of 1 (readyThreshold 50%) updated replicas are available'));
  });
});

describe('what Kubernetes says about the progress', () => {
  const stalled = (lastUpdateTime: string | null, more: JsonObject = {}): JsonObject => {
    const condition = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', lastUpdateTime };
    return mergePatch(
      { status: { availableReplicas: 1, conditions: [{ type: 'Available', status: 'True' }, condition] } },
      more,
    ) as JsonObject;
  };
  const failed = { is: 'failed', why: 'deployment "podinfo" exceeded its progress deadline' };

  test('ends the wait', () => {
    expect(verdict(stalled('2026-11-21T01:00:04Z'))).toEqual(failed);
    expect(verdict(stalled(null))).toEqual(failed);
  });

  test('counts within the second in which the wait began', () => {
    expect(verdict(stalled('2026-11-21T01:00:00Z'))).toEqual(failed);
  });

  test('does not count when it is about an older generation', () => {
    const behind = stalled('2026-11-21T01:00:04Z', { metadata: { generation: 2 } });
    expect(verdict(behind)).toEqual(waits('observed deployment generation less than desired generation'));
    expect(verdict(stalled('2026-11-21T00:59:59Z'))).toEqual(waits('1 of 2 updated replicas are available'));
  });

  test('an outage from before does not shorten the wait for its repair', () => {
    const down = { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', lastUpdateTime: '2026-11-20T00:00:00Z' };
    const broken = { status: { availableReplicas: 0, conditions: [down] } };
    expect(verdict(broken)).toEqual(waits('0 of 2 updated replicas are available'));
    expect(verdict(broken, late)).toEqual({ is: 'failed', why: '0 of 2 updated replicas are available' });
  });
});

describe('ready', () => {
  const ready = (patch: JsonObject): number => {
    const object = mergePatch(podinfo() as JsonObject, patch) as unknown as Obj;
    return deployment.ready(seenBy([deployment], canaryOf(), foundOf([object])), 'canary');
  };

  test('counts available pods, but none of a side that is going away', () => {
    expect(ready({})).toBe(2);
    expect(ready({ status: { availableReplicas: 1 } })).toBe(1);
    expect(ready({ status: null })).toBe(0);
    expect(ready({ spec: { replicas: 0 } })).toBe(0);
  });
});

describe('parseTime', () => {
  test.each(['1970-01-01T00:00:00Z', '2026-11-21T01:13:01Z', '2024-02-29T23:59:59Z', '2000-03-01T00:00:00Z', '2100-02-28T12:00:00Z'])(
    '%s',
    (text) => {
      expect(parseTime(text)).toBe(Date.parse(text));
    },
  );

  test('knows no other forms', () => {
    expect(parseTime('yesterday')).toBeUndefined();
    expect(parseTime('2026-11-21T01:13:01.123456Z')).toBe(Date.parse('2026-11-21T01:13:01Z'));
  });
});

function waits(why: string): Verdict {
  return { is: 'waiting', why };
}
