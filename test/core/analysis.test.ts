// Progressing: the canary is made ready, the weight is read back, then checked once an interval.
import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/contracts.ts';
import type { State } from '../../src/core/types.ts';
import {
  cluster,
  decideOn,
  deploymentAfter,
  givenOf,
  lines,
  podinfo,
  revision,
  second,
  split,
  state,
  t0,
  touched,
  weightAfter,
  type Facts,
} from './support.ts';

const good: Answer = { is: 'value', value: 100 };
const bad: Answer = { is: 'value', value: 69.17 };

function running(changed: Partial<Facts> = {}): ReturnType<typeof cluster> {
  return cluster({ target: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 }, ...changed });
}

function progressing(changed: Parameters<typeof state>[1] = {}): State {
  return state('Progressing', changed);
}

/** At weight 5, its check due now. */
const at5 = progressing({ traffic: split(5), check: { no: 2, dueAt: t0 } });
const question = `run1/${revision('podinfo:2')}/2/metric/0/request-success-rate`;

describe('the canary is made ready', () => {
  test('scaled up to as many pods as the primary has, before any weight', () => {
    const objects = cluster({ target: 'podinfo:2' });
    const decision = decideOn({ objects, state: progressing({ check: { no: 0, dueAt: t0 } }) });
    expect(deploymentAfter(objects, decision.changes, 'podinfo').replicas).toBe(2);
    expect(weightAfter(objects, decision.changes)).toBe(0);
  });

  test('a canary that is not ready is waited for, and the wait is remembered', () => {
    const decision = decideOn({ objects: running({ canaryPods: { wanted: 2, ready: 1 } }), state: progressing() });
    expect(decision.changes).toEqual([]);
    expect(lines(decision)).toEqual(['Waiting for podinfo.test rollout to finish: 1 of 2 updated replicas are available']);
    expect(decision.state.waiting).toEqual({ side: 'canary', since: t0 });
  });

  test('never raises weight on a canary that is not ready', () => {
    const objects = running({ canaryPods: { wanted: 2, ready: 1 }, weight: 5 });
    const decision = decideOn({ objects, state: progressing({ traffic: split(10), at: undefined }) });
    expect(decision.changes).toEqual([]);
  });

  test('asks nothing and takes no step while the canary is not ready, also when a good answer is there', () => {
    const objects = running({ canaryPods: { wanted: 2, ready: 1 }, weight: 5 });
    const decision = decideOn({ objects, state: at5, answers: { [question]: good } });
    expect(decision.state.traffic).toEqual(split(5));
    expect(decision.ask).toEqual([]);
  });

  test('the deadline counts from when the wait began', () => {
    const objects = running({ canaryPods: { wanted: 2, ready: 1 } });
    const before = progressing({ since: t0 - 3_600_000, waiting: { side: 'canary', since: t0 } });
    expect(decideOn({ objects, state: before, now: t0 + 60 * second }).state.home).toBeUndefined();
    const late = decideOn({ objects, state: before, now: t0 + 60 * second + 1 });
    expect(late.state.home).toEqual({ by: 'deadline', side: 'canary', why: '1 of 2 updated replicas are available' });
    expect(lines(late)).toEqual(['Rolling back podinfo.test progress deadline exceeded 1 of 2 updated replicas are available']);
  });

  test('a primary that is not ready holds the analysis for as long as its pods may take', () => {
    const objects = running({ primaryPods: { wanted: 2, ready: 1 }, weight: 5 });
    const before = { ...at5, waiting: { side: 'primary', since: t0 } } as const;
    const decision = decideOn({ objects, state: before, now: t0 + 60 * second, answers: { [question]: good } });
    expect(decision.changes).toEqual([]);
    expect(decision.ask).toEqual([]);
    expect(decision.state.home).toBeUndefined();
    expect(decision.state.traffic).toEqual(split(5));
    expect(lines(decision)).toEqual(['Waiting for podinfo-primary.test rollout to finish: 1 of 2 updated replicas are available']);
  });

  test('then the run goes home, and it is not the canary’s fault', () => {
    const objects = running({ primaryPods: { wanted: 2, ready: 1 }, weight: 5 });
    const before = { ...at5, waiting: { side: 'primary', since: t0 } } as const;
    const decision = decideOn({ objects, state: before, now: t0 + 60 * second + 1, answers: { [question]: good } });
    const why = 'the primary is not ready: 1 of 2 updated replicas are available';
    expect(decision.state.home).toEqual({ by: 'trouble', why });
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(lines(decision)).toEqual([`Rolling back podinfo.test ${why}`]);
  });

  test('what was asked before a wait began is void when it is over', () => {
    const waits = decideOn({ objects: running({ primaryPods: { wanted: 2, ready: 1 }, weight: 5 }), state: at5 });
    expect(waits.state.check.no).toBe(3);
    const over = decideOn({ objects: running({ weight: 5 }), state: waits.state, answers: { [question]: good } });
    const decision = decideOn({ objects: running({ weight: 5 }), state: over.state, answers: { [question]: good } });
    expect(decision.state.traffic).toEqual(split(5));
    expect(decision.ask.map(({ id }) => id)).toEqual([question.replace('/2/', '/3/')]);
  });

  test('what was asked before the route was moved is void too, and the weight stands a whole interval again', () => {
    const moved = decideOn({ objects: running({ weight: 0 }), state: at5, answers: { [question]: good } });
    expect(weightAfter(running({ weight: 0 }), moved.changes)).toBe(5);
    expect(moved.state).toMatchObject({ traffic: split(5), check: { no: 3 } });
    const back = decideOn({ objects: running({ weight: 5 }), state: moved.state, now: t0 + second, answers: { [question]: good } });
    expect(back.state).toMatchObject({ at: t0 + second, check: { no: 3, dueAt: t0 + 11 * second } });
    expect(back.ask).toEqual([]);
  });

  test('sends all traffic to a half-ready canary where the primary serves nobody', () => {
    const objects = running({ canaryPods: { wanted: 2, ready: 1 }, primaryPods: { wanted: 2, ready: 0 }, weight: 5 });
    expect(weightAfter(objects, decideOn({ objects, state: at5 }).changes)).toBe(100);
  });

  test('a wait that is over is forgotten: the next one counts anew', () => {
    const decision = decideOn({ objects: running({ weight: 5 }), state: { ...at5, waiting: { side: 'canary', since: t0 - 1_500 } } });
    expect(decision.state).not.toHaveProperty('waiting');
  });

  test('pods that are ready within moments of a scale-up may be those that just left: they are looked at once more', () => {
    const state = progressing({ check: { no: 0, dueAt: t0 }, waiting: { side: 'canary', since: t0 - 1_000 } });
    expect(decideOn({ objects: running(), state })).toMatchObject({ changes: [], events: [], wakeAt: t0 + 500 });
    expect(decideOn({ objects: running(), state, now: t0 + 500 }).state.traffic).toEqual(split(5));
  });
});

describe('the first step', () => {
  test('comes at once when the pods are ready', () => {
    const objects = running();
    const decision = decideOn({ objects, state: progressing({ check: { no: 0, dueAt: t0 } }) });
    expect(decision.state.traffic).toEqual(split(5));
    expect(weightAfter(objects, decision.changes)).toBe(5);
    expect(lines(decision)).toEqual(['Starting canary deployment for podinfo.test']);
    expect(decision.wakeAt).toBe(t0);
  });

  test('relies on the canary, read fresh', () => {
    const decision = decideOn({ objects: running(), state: progressing({ check: { no: 0, dueAt: t0 } }) });
    expect(givenOf(decision, 'podinfo')).toEqual(['Deployment/podinfo']);
  });

  test('a weight is announced when it was read back, and counts from then', () => {
    const decision = decideOn({ objects: running({ weight: 5 }), state: progressing({ traffic: split(5), at: undefined }), now: t0 + 3 });
    expect(lines(decision)).toEqual(['Advance podinfo.test canary weight 5']);
    expect(decision.state).toMatchObject({ at: t0 + 3, check: { dueAt: t0 + 3 + 10 * second } });
  });
});

describe('one check an interval', () => {
  const objects = running({ weight: 5 });

  test('is not made before it is due', () => {
    const decision = decideOn({ objects, state: at5, now: t0 - 1, answers: { [question]: good } });
    expect(decision.state).toBe(at5);
    expect(decision.ask).toEqual([]);
    expect(decision.wakeAt).toBe(t0);
  });

  test('asks, with an id that names run, revision and check', () => {
    expect(decideOn({ objects, state: at5 }).ask.map(({ id }) => id)).toEqual([question]);
  });

  test('that passes moves one step on, in the same pass', () => {
    const decision = decideOn({ objects, state: at5, answers: { [question]: good } });
    expect(decision.state).toMatchObject({ traffic: split(10), failedChecks: 0, check: { no: 3 } });
    expect(decision.state).not.toHaveProperty('at');
    expect(weightAfter(objects, decision.changes)).toBe(10);
  });

  test('that fails counts one and stays where it is', () => {
    const decision = decideOn({ objects, state: at5, answers: { [question]: bad } });
    expect(decision.changes).toEqual([]);
    expect(decision.state).toMatchObject({ failedChecks: 1, traffic: split(5), check: { no: 3, dueAt: t0 + 10 * second } });
    expect(lines(decision)).toEqual(['Halt podinfo.test advancement success rate 69.17% < 99%']);
  });

  test('failed checks add up: a success does not take them back', () => {
    const decision = decideOn({ objects, state: { ...at5, failedChecks: 9 }, answers: { [question]: good } });
    expect(decision.state.failedChecks).toBe(9);
  });

  test('rolls back in the tick in which failedChecks reaches the threshold', () => {
    const decision = decideOn({ objects, state: { ...at5, failedChecks: 9 }, answers: { [question]: bad } });
    expect(decision.state).toMatchObject({ failedChecks: 10, traffic: split(0) });
    expect(decision.state.home).toMatchObject({
      by: 'checks',
      failed: 10,
      metric: 'request-success-rate',
      why: 'success rate 69.17% < 99%',
    });
    expect(weightAfter(objects, decision.changes)).toBe(0);
    expect(touched(decision)).toEqual(['merge VirtualService/podinfo']);
    expect(lines(decision)).toEqual([
      'Halt podinfo.test advancement success rate 69.17% < 99%',
      'Rolling back podinfo.test failed checks threshold reached 10',
    ]);
  });

  test('the last one that passes begins the promotion in the same pass', () => {
    const last = progressing({ traffic: split(10), check: { no: 2, dueAt: t0 } });
    const decision = decideOn({ objects: running({ weight: 10 }), state: last, answers: { [question]: good } });
    expect(decision.state).toMatchObject({ phase: 'Promoting', check: { no: 3 } });
    expect(touched(decision)).toEqual(['merge Deployment/podinfo-primary']);
    expect(lines(decision)).toEqual(['Copying podinfo.test template spec to podinfo-primary.test']);
  });
});

describe('a route that is written and not taken up', () => {
  const settled = { is: 'waiting', why: 'HTTPRoute podinfo is not accepted' } as const;
  const objects = running({ weight: 5 });
  const written = progressing({ traffic: split(5), at: undefined });

  test('is waited for in silence first, then in words', () => {
    const first = decideOn({ objects, state: written, settled });
    expect([first.changes, lines(first)]).toEqual([[], []]);
    const later = decideOn({ objects, state: first.state, settled, now: t0 + 9 * second });
    expect(lines(later)).toEqual(['Waiting for the route of podinfo.test: HTTPRoute podinfo is not accepted']);
  });

  test('ends the release when that takes longer than pods may', () => {
    const { state: waiting } = decideOn({ objects, state: written, settled });
    const over = decideOn({ objects, state: waiting, settled, now: t0 + podinfo().deadline + 1 });
    expect(over.state.home).toEqual({ by: 'trouble', why: settled.why });
    expect(weightAfter(objects, over.changes)).toBe(0);
  });

  test('a wait that is over is forgotten', () => {
    const { state: waiting } = decideOn({ objects, state: written, settled });
    const taken = decideOn({ objects, state: waiting, now: t0 + second }).state;
    expect(taken.at).toBe(t0 + second);
    expect(taken.unrouted).toBeUndefined();
  });
});

describe('a canary that loses all of its pods', () => {
  const gone = (): ReturnType<typeof cluster> => running({ canaryPods: { wanted: 2, ready: 0 }, weight: 5 });

  test('has failed a check, and its users go to the primary at once', () => {
    const decision = decideOn({ objects: gone(), state: at5 });
    expect(decision.state.failedChecks).toBe(1);
    expect(weightAfter(gone(), decision.changes)).toBe(0);
    expect(lines(decision)).toEqual(['Halt podinfo.test advancement none of its pods is ready']);
  });

  test('counts once an interval: a check that failed a moment ago was about the same', () => {
    const justFailed = { ...at5, at: t0 - 60 * second, failedChecks: 1, check: { no: 3, dueAt: t0 + 9 * second } };
    expect(decideOn({ objects: gone(), state: justFailed }).state.failedChecks).toBe(1);
  });

  test('gets its weight back an interval later, not as soon as a pod is there', () => {
    const lost = decideOn({ objects: gone(), state: at5 }).state;
    const back = running({ weight: 0 });
    const soon = decideOn({ objects: back, state: lost, now: t0 + 5 * second });
    expect(soon.changes).toEqual([]);
    const later = decideOn({ objects: back, state: lost, now: t0 + podinfo().interval });
    expect(weightAfter(back, later.changes)).toBe(5);
  });

  test('fails once for it, however long it lasts', () => {
    const once = decideOn({ objects: gone(), state: at5 }).state;
    const home = running({ canaryPods: { wanted: 2, ready: 0 }, weight: 0 });
    expect(decideOn({ objects: home, state: once, now: t0 + 5 * second }).state.failedChecks).toBe(1);
  });

  test('is rolled back when that has happened as often as checks may fail', () => {
    const decision = decideOn({ objects: gone(), state: { ...at5, failedChecks: 9 } });
    const why = 'none of its pods is ready';
    expect(decision.state.home).toEqual({ by: 'checks', failed: 10, metric: 'readiness', why });
    expect(lines(decision).slice(0, 2)).toEqual([
      'Halt podinfo.test advancement none of its pods is ready',
      'Rolling back podinfo.test failed checks threshold reached 10',
    ]);
    expect(weightAfter(gone(), decision.changes)).toBe(0);
  });

  test('without users it is only waited for', () => {
    const objects = running({ canaryPods: { wanted: 2, ready: 0 }, weight: 0 });
    expect(decideOn({ objects, state: progressing({ traffic: split(0) }) }).state.failedChecks).toBe(0);
  });
});

test("words of others are cut before they go into the record: a webhook's page may be long", () => {
  const hook = {
    name: 'gate',
    type: 'rollout',
    url: 'http://x',
    timeout: 1,
    retries: 0,
    insecure: false,
    muteAlert: false,
    metadata: {},
    where: 'x',
  } as const;
  const canary = podinfo({ hooks: [hook], metrics: [], threshold: 1 });
  const answers = { [question.replace('metric/0/request-success-rate', 'hook/0/gate')]: { is: 'refused', why: 'x'.repeat(5000) } } as const;
  const decision = decideOn({ objects: running({ weight: 5 }), state: at5, canary, answers });
  expect(decision.state.home?.why).toHaveLength(300);
});
