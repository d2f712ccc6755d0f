// What no phase may overrule: traffic only to a side with ready pods.
import { describe, expect, test } from '@jest/globals';
import { isDrained, isRouted, routeTo, safeTraffic, scaleDown, upkeep } from '../../src/core/guards.ts';
import type { Cookies, Traffic } from '../../src/contracts.ts';
import { passOf, type Pass } from '../../src/core/pass.ts';
import { needsOf } from '../../src/kit.ts';
import { foundOf, seenBy } from '../support/found.ts';
import { cluster, kit, nothingKept, podinfo, second, split, state, t0, weightAfter, type Facts } from './support.ts';

function pass(facts: Partial<Facts>, what: { provider?: string; now?: number; at?: number | undefined } = {}): Pass {
  const whole = kit(podinfo({ provider: what.provider ?? 'istio' }));
  const { found } = seenBy([{ needs: (c) => needsOf(whole, c) }], whole.canary, foundOf(cluster(facts)));
  const record = state('Progressing', 'at' in what ? { at: what.at } : {});
  const seen = { now: what.now ?? t0, nonce: 'n', driver: 'me', found, kept: nothingKept };
  return passOf(whole, record, { ...seen, answers: new Map(), intents: [] });
}

function pods(primary: number, canary: number): Partial<Facts> {
  return { primaryPods: { wanted: 2, ready: primary }, canaryPods: { wanted: 2, ready: canary } };
}

describe('traffic goes only to a side with ready pods', () => {
  test.each<[string, number, number, number, number | undefined]>([
    ['both ready', 2, 2, 50, 50],
    ['canary not ready', 2, 0, 50, 0],
    ['primary not ready', 0, 2, 50, 100],
    ['primary not ready, all wanted there', 0, 2, 0, 100],
    ['canary not ready, all wanted there', 2, 0, 100, 0],
    ['none ready: leave it', 0, 0, 50, undefined],
    ['none ready, all wanted on the primary', 0, 0, 0, undefined],
    ['one pod each is enough', 1, 1, 50, 50],
  ])('%s', (_, primary, canary, want, safe) => {
    expect(safeTraffic(pass(pods(primary, canary)), split(want))).toEqual(safe === undefined ? undefined : split(safe));
  });

  test('pods of a side that is being scaled away count no longer', () => {
    const leaving = { primaryPods: { wanted: 0, ready: 2 }, canaryPods: { wanted: 2, ready: 2 } };
    expect(safeTraffic(pass(leaving), split(0))).toEqual(split(100));
  });

  test('a router that cannot split keeps all on the primary, as long as that has a ready pod', () => {
    expect(safeTraffic(pass(pods(1, 2), { provider: 'kubernetes' }), split(50))).toEqual(split(0));
    expect(safeTraffic(pass(pods(0, 2), { provider: 'kubernetes' }), split(0))).toBeUndefined();
  });
});

describe('a route write', () => {
  test('goes as far as it is safe', () => {
    const facts = { ...pods(2, 0), weight: 50 };
    expect(weightAfter(cluster(facts), routeTo(pass(facts), split(50)))).toBe(0);
  });

  test.each([
    [0, 50, 'podinfo'],
    [50, 0, 'podinfo-primary'],
  ])('from %d to %d relies on the side that gains, %s', (weight, want, name) => {
    const [change] = routeTo(pass({ ...pods(2, 2), weight }), split(want));
    expect(change?.given).toEqual([{ apiVersion: 'apps/v1', kind: 'Deployment', name }]);
  });

  test('is none where neither side is ready, or where it is so', () => {
    expect(routeTo(pass({ ...pods(0, 0), weight: 50 }), split(0))).toEqual([]);
    expect(routeTo(pass({ ...pods(2, 2), weight: 50 }), split(50))).toEqual([]);
  });

  test('that may not raise lets the share of the canary only fall', () => {
    expect(routeTo(pass({ ...pods(2, 1), weight: 20 }), split(50), false)).toEqual([]);
    const facts = { ...pods(2, 1), weight: 80 };
    expect(weightAfter(cluster(facts), routeTo(pass(facts), split(50), false))).toBe(50);
  });

  test('that may not raise does so all the same where the primary serves nobody', () => {
    const facts = { ...pods(0, 1), weight: 20 };
    expect(weightAfter(cluster(facts), routeTo(pass(facts), split(50), false))).toBe(100);
    expect(routeTo(pass({ ...pods(1, 1), weight: 20 }), split(50), false)).toEqual([]);
  });
});

test('routed is what was read back, not what was wanted', () => {
  expect(isRouted(pass({ weight: 50 }), split(50))).toBe(true);
  expect(isRouted(pass({ weight: 50 }), split(0))).toBe(false);
});

test.each(['istio', 'kubernetes'])('nothing is routed by %s where the apex does not select the primary', (provider) => {
  expect(isRouted(pass({}, { provider }), split(0))).toBe(true);
  expect(isRouted(pass({ apex: 'podinfo' }, { provider }), split(0))).toBe(false);
});

test.each([
  [t0, t0 + 10 * second, true],
  [t0, t0 + 10 * second - 1, false],
  [undefined, t0 + 3600 * second, false],
])('drained: read back at %s, now %s: %s', (at, now, drained) => {
  expect(isDrained(pass({}, { at, now }))).toBe(drained);
});

test('upkeep moves no weight, and the apex relies on the primary', () => {
  const changes = upkeep(pass({ ...pods(2, 2), weight: 50, apex: 'podinfo' }));
  expect(changes.map((change) => (change.op === 'merge' ? change.ref.name : change.op))).toEqual(['podinfo']);
  expect(changes[0]?.given?.map(({ name }) => name)).toEqual(['podinfo-primary']);
  expect(weightAfter(cluster({ weight: 50 }), changes)).toBe(50);
});

describe('upkeep of an apex that is elsewhere', () => {
  const names = (facts: Partial<Facts>): string[] =>
    upkeep(pass({ ...facts, apex: 'podinfo' })).map((change) => (change.op === 'merge' ? change.ref.name : change.op));

  test('does not move it to a primary without ready pods', () => {
    expect(names(pods(0, 2))).toEqual([]);
    expect(names(pods(0, 0))).toEqual([]);
  });

  test('moves it as soon as one is ready', () => {
    expect(names(pods(1, 2))).toEqual(['podinfo']);
  });

  test('but makes one that is missing, whatever is ready', () => {
    const whole = kit();
    const missing = cluster(pods(0, 2)).filter(({ kind, metadata }) => kind !== 'Service' || metadata.name !== 'podinfo');
    const { found } = seenBy([{ needs: (c) => needsOf(whole, c) }], whole.canary, foundOf(missing));
    const here = pass({});
    expect(upkeep({ ...here, ctx: { ...here.ctx, found } }).map(({ op }) => op)).toEqual(['create']);
  });
});

test('nothing is scaled down while the primary has no ready pod', () => {
  expect(scaleDown(pass(pods(0, 2)))).toEqual([]);
  expect(scaleDown(pass(pods(1, 2)))).toHaveLength(1);
});

test('scaling down relies on what the traffic stands on', () => {
  const given = (provider: string): string[] =>
    scaleDown(pass(pods(2, 2), { provider }))
      .flatMap((each) => each.given ?? [])
      .map((ref) => ref.kind);
  expect(given('istio')).toEqual(['VirtualService', 'Service', 'Deployment']);
  expect(given('kubernetes')).toEqual(['Service', 'Deployment']);
});

describe('traffic that is more than a share', () => {
  const both = { canary: 'aaaaaaaaaa', primary: 'bbbbbbbbbb' };
  const cookied = (canary: number, cookies: Cookies): Traffic => ({ kind: 'split', canary, cookies });

  test.each<[string, number, number, Traffic, Traffic | undefined]>([
    ['mirrored, both ready', 1, 1, { kind: 'mirror', percent: 50 }, { kind: 'mirror', percent: 50 }],
    ['mirrored, no canary', 1, 0, { kind: 'mirror', percent: 50 }, split(0)],
    ['mirrored, no primary', 0, 1, { kind: 'mirror', percent: 50 }, split(100)],
    ['matched, both ready', 1, 1, { kind: 'match' }, { kind: 'match' }],
    ['matched, no canary', 1, 0, { kind: 'match' }, split(0)],
    ['matched, no primary', 0, 1, { kind: 'match' }, split(100)],
    ['matched, neither', 0, 0, { kind: 'match' }, undefined],
    ['with cookies, both ready', 1, 1, cookied(5, both), cookied(5, both)],
    ['a cookie leads to the primary, which is gone', 0, 1, cookied(100, both), split(100)],
    ['a cookie leads to the canary, which is gone', 1, 0, cookied(5, both), split(0)],
    ['no cookie leads to the primary, which is gone', 0, 1, cookied(100, { canary: 'aaaaaaaaaa' }), cookied(100, { canary: 'aaaaaaaaaa' })],
    ['an expired one needs nobody', 1, 0, cookied(0, { expire: 'aaaaaaaaaa' }), cookied(0, { expire: 'aaaaaaaaaa' })],
  ])('%s', (_, primary, canary, want, safe) => {
    expect(safeTraffic(pass(pods(primary, canary)), want)).toEqual(safe);
  });
});
