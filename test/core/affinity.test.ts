// Session affinity: the canary's cookie lasts for a run, the primary's for a weight, and what is over is taken off users who still send it.
import { describe, expect, test } from '@jest/globals';
import type { Answer, Canary, Cookies, Obj, Traffic } from '../../src/contracts.ts';
import { resumed } from '../../src/core/resume.ts';
import type { State } from '../../src/core/types.ts';
import {
  cluster,
  copied,
  decideOn,
  kit,
  podinfo,
  promoting,
  revision,
  routed,
  split,
  state,
  t0,
  trafficAfter,
  type Facts,
} from './support.ts';
import { atRest, release, setImage, takeOver, worldOf } from './worlds.ts';
import { rehearse } from './rehearsal.ts';

const flags = { maxAge: 3600, httpOnly: false, secure: false, partitioned: false };
const both = { cookieName: 'on-canary', primaryCookieName: 'on-primary', ...flags };
const canary = podinfo({ affinity: both, threshold: 1, strategy: { kind: 'weights', steps: [20, 40], back: [10, 0] } });
const good: Answer = { is: 'value', value: 100 };
const word = /^[a-z]{10}$/;

function cookiesOf(traffic: Traffic | undefined): Cookies {
  return (traffic?.kind === 'split' && traffic.cookies) || {};
}

function at(weight: number, cookies: Cookies): Traffic {
  return { kind: 'split', canary: weight, cookies };
}

function running(traffic: Traffic, facts: Partial<Facts> = {}): Obj[] {
  return routed(cluster({ target: 'podinfo:2', canaryPods: { wanted: 2, ready: 2 }, ...facts }), traffic, canary);
}

const at20 = at(20, { canary: 'aaaaaaaaaa', primary: 'bbbbbbbbbb' });
const question = `run1/${revision('podinfo:2')}/2/metric/0/request-success-rate`;

function checked(traffic: Traffic): State {
  return state('Progressing', { traffic, check: { no: 2, dueAt: t0 } });
}

function first(of: Canary, nonce: string): Traffic {
  const objects = running(split(0));
  return decideOn({ objects, canary: of, state: state('Progressing', { check: { no: 0, dueAt: t0 } }), nonce }).state.traffic;
}

describe('with the first weight', () => {
  test('each side has a value of its own: ten letters', () => {
    const { canary: one, primary: other, expire } = cookiesOf(first(canary, 'n'));
    expect(one).toMatch(word);
    expect(other).toMatch(word);
    expect(one).not.toBe(other);
    expect(expire).toBeUndefined();
  });

  test('the next run has others', () => {
    const [one, next] = [cookiesOf(first(canary, 'n')), cookiesOf(first(canary, 'm'))];
    expect(next.canary).not.toBe(one.canary);
    expect(next.primary).not.toBe(one.primary);
  });

  test('the primary has none where the file names none', () => {
    const { primaryCookieName: _, ...only } = both;
    expect(Object.keys(cookiesOf(first({ ...canary, affinity: only }, 'n')))).toEqual(['canary']);
  });

  test('nobody has any where the file says nothing of affinity', () => {
    const { affinity: _, ...plain } = canary;
    expect(first(plain, 'n')).toEqual(split(20));
  });
});

test('the next weight keeps the value of the canary and deals a new one for the primary', () => {
  const objects = running(at20);
  const decision = decideOn({ objects, canary, state: checked(at20), answers: { [question]: good } });
  const { canary: kept, primary } = cookiesOf(decision.state.traffic);
  expect(kept).toBe('aaaaaaaaaa');
  expect(primary).toMatch(word);
  expect(primary).not.toBe('bbbbbbbbbb');
  expect(trafficAfter(objects, decision.changes, canary)).toEqual(decision.state.traffic);
});

test('a check that is asked or fails moves no cookie', () => {
  const decision = decideOn({ objects: running(at20), canary, state: checked(at20) });
  expect(decision.changes).toEqual([]);
  expect(decision.state.traffic).toEqual(at20);
});

describe('on the way home the value of the canary expires', () => {
  test.each<[string, Parameters<typeof decideOn>[0]]>([
    ['failed checks', { objects: running(at20), state: checked(at20), answers: { [question]: { is: 'value', value: 1 } } }],
    ['a stop', { objects: running(at20), state: checked(at20), intents: [{ id: 's', verb: 'stop', by: 'SIGINT' }] }],
    ['another revision', { objects: running(at20, { target: 'podinfo:3' }), state: checked(at20) }],
    ['a canary without pods', { objects: running(at20, { canaryPods: { wanted: 2, ready: 0 } }), state: checked(at20) }],
  ])('%s', (_, sight) => {
    const decision = decideOn({ ...sight, canary });
    expect(trafficAfter(sight.objects, decision.changes, canary)).toEqual(at(0, { expire: 'aaaaaaaaaa' }));
  });

  test('a weight on the way back from promotion is dealt like any other', () => {
    const at40 = at(40, { canary: 'aaaaaaaaaa', primary: 'bbbbbbbbbb' });
    const objects = routed(copied(), at40, canary);
    const decision = decideOn({ objects, canary, state: promoting({ traffic: at40 }) });
    const { canary: kept, primary } = cookiesOf(decision.state.traffic);
    expect([decision.state.traffic.kind === 'split' && decision.state.traffic.canary, kept, primary === 'bbbbbbbbbb']).toEqual([
      10,
      'aaaaaaaaaa',
      false,
    ]);
  });

  test('promotion', () => {
    const at10 = at(10, { canary: 'aaaaaaaaaa', primary: 'bbbbbbbbbb' });
    const objects = routed(copied(), at10, canary);
    const decision = decideOn({ objects, canary, state: promoting({ traffic: at10 }), now: t0 + 60_000 });
    expect(trafficAfter(objects, decision.changes, canary)).toEqual(at(0, { expire: 'aaaaaaaaaa' }));
  });
});

test('where the primary serves nobody, no cookie leads there', () => {
  const objects = running(at20, { primaryPods: { wanted: 2, ready: 0 } });
  const decision = decideOn({ objects, canary, state: checked(at20) });
  expect(trafficAfter(objects, decision.changes, canary)).toEqual(split(100));
});

describe('in whole releases', () => {
  test('the last value goes on expiring until the next run has its own', () => {
    const world = worldOf(canary);
    expect(release(world)).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
    const { expire } = cookiesOf(atRest(world).traffic);
    expect(expire).toMatch(word);
    takeOver(world);
    expect(rehearse(world)).toMatchObject({ result: { is: 'unchanged' }, writes: [] });
    setImage(world, 'podinfo:3');
    takeOver(world);
    expect(rehearse(world)).toMatchObject({ result: { is: 'promoted' }, wrongs: [] });
    const next = cookiesOf(atRest(world).traffic).expire;
    expect(next).toMatch(word);
    expect(next).not.toBe(expire);
  });

  test('a run that was killed goes on with the same value', () => {
    const who = { now: t0, nonce: 'other', epoch: 2, driver: 'me', host: 'h' };
    const next = resumed(kit(canary), { state: checked(at20), spec: {} }, who);
    expect(next.traffic).toEqual(at20);
    expect(decideOn({ objects: running(at20), canary, state: next }).changes).toEqual([]);
  });

  test('affinity that was taken out of the file is forgotten with the next run', () => {
    const { affinity: _, ...plain } = canary;
    const who = { now: t0, nonce: 'other', epoch: 2, driver: 'me', host: 'h' };
    const next = resumed(kit(plain), { state: checked(at20), spec: {} }, who);
    expect(next.traffic).toEqual(split(20));
    const objects = running(at20);
    expect(trafficAfter(objects, decideOn({ objects, canary: plain, state: next }).changes, plain)).toEqual(split(20));
  });
});
