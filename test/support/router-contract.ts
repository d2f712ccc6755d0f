// The law that every traffic router keeps, for every kind of traffic that it says it can. Knows no router by name: what lies behind a route is
// found in its changes, wherever they are.
import { describe, expect, test } from '@jest/globals';
import { canonical, isObject } from '../../src/common/json.ts';
import type { Canary, Change, Ctx, Obj, Traffic, TrafficRouter } from '../../src/contracts.ts';
import { applied, foundOf, seenBy } from './found.ts';

const weights = [0, 1, 5, 33, 50, 99, 100];
const split = (canary: number): Traffic => ({ kind: 'split', canary });

/** `start`: the objects that are there before the canary; give one case for each way a cluster may look. */
export function keepsTheRouterLaw(router: TrafficRouter, canary: Canary, start: readonly Obj[]): void {
  const way = wayOf(router, start, { by: 'weight', canary, traffics: weights.map(split) });

  test('prepares once', () => {
    expect(router.prepare(way.see(applied(start, router.prepare(way.see(start)))))).toEqual([]);
  });

  test('looks at every object that it drives', () => {
    const ctx = way.see(start);
    for (const ref of router.drives(ctx)) expect(() => ctx.found.one(ref)).not.toThrow();
  });

  test('names what it drives, and asks for the same, whatever stands in the cluster: a Role is for the whole life', () => {
    const names = (objects: readonly Obj[]): string[] => router.drives(way.see(objects)).map(({ kind, name }) => `${kind}/${name}`);
    const ready = applied(start, router.prepare(way.see(start)));
    const after = way.after(ready, split(router.can.split ? 50 : 0));
    expect(names(after)).toEqual(names([]));
    expect(router.touches(way.see(after))).toEqual(router.touches(way.see([])));
  });

  if (!router.can.split) return staysWithThePrimary(way);
  for (const each of waysFor(router, canary)) describe(`by ${each.by}`, () => leads(wayOf(router, start, each)));
  dividesInWholeParts(way);
}

/** A canary and all traffic that its strategy may want. */
interface Wanted {
  by: 'weight' | 'match' | 'cookie';
  canary: Canary;
  traffics: Traffic[];
}
interface Way extends Wanted {
  router: TrafficRouter;
  start: readonly Obj[];
  see(objects: readonly Obj[]): Ctx;
  moved(objects: readonly Obj[], want: Traffic): Change[];
  after(objects: readonly Obj[], want: Traffic): Obj[];
}

function wayOf(router: TrafficRouter, start: readonly Obj[], wanted: Wanted): Way {
  const see = (objects: readonly Obj[]): Ctx => seenBy([router], wanted.canary, foundOf(objects));
  const moved = (objects: readonly Obj[], want: Traffic): Change[] => router.route(see(objects), want);
  const after = (objects: readonly Obj[], want: Traffic): Obj[] => applied(objects, moved(objects, want));
  return { ...wanted, router, start, see, moved, after };
}

/** Bytes have weights only: neither headers nor cookies. */
function waysFor({ can }: TrafficRouter, canary: Canary): Wanted[] {
  const requests = canary.service.appProtocol?.toLowerCase() !== 'tcp';
  const mirrors: Traffic[] = [100, 25].map((percent) => ({ kind: 'mirror', percent }));
  const ways: Wanted[] = [{ by: 'weight', canary, traffics: [...weights.map(split), ...(can.mirror && requests ? mirrors : [])] }];
  if (can.match && requests) ways.push({ by: 'match', canary: underTest(canary), traffics: [split(0), { kind: 'match' }, split(100)] });
  if (can.affinity && requests) ways.push({ by: 'cookie', canary: withCookies(canary), traffics: cookied() });
  return ways;
}

function underTest(canary: Canary): Canary {
  const match = canary.match.length ? canary.match : [{ headers: { 'x-canary': { exact: 'always' } } }];
  return { ...canary, match, strategy: { kind: 'iterations', count: 3, by: 'match' } };
}

function withCookies(canary: Canary): Canary {
  const flags = { httpOnly: true, secure: true, partitioned: true };
  const affinity = { cookieName: 'on.canary', primaryCookieName: 'on-primary', maxAge: 3600, domain: 'a.com', path: '/', ...flags };
  return { ...canary, affinity: { ...affinity, sameSite: 'None' } };
}

function cookied(): Traffic[] {
  return [
    split(0),
    split(40),
    split(100),
    { kind: 'split', canary: 1, cookies: { canary: 'abcdefghij', primary: 'klmnopqrst' } },
    { kind: 'split', canary: 40, cookies: { canary: 'abcdefghij', primary: 'uvwxyzabcd' } },
    { kind: 'split', canary: 40, cookies: { canary: 'abcdefghij' } },
    { kind: 'split', canary: 100, cookies: { canary: 'abcdefghij', primary: 'klmnopqrst' } },
    { kind: 'split', canary: 5, cookies: { canary: 'zyxwvutsrq', expire: 'abcdefghij' } },
    { kind: 'split', canary: 0, cookies: { expire: 'abcdefghij' } },
  ];
}

function leads({ router, canary, start, traffics, see, moved, after, by }: Way): void {
  test('accepts the cluster as it is', () => {
    expect(router.check(see(start))).toEqual([]);
  });

  describe.each(traffics.map((want): [string, Traffic] => [canonical(want), want]))('%s', (_, want) => {
    const first = after(start, want);

    test('reads what was routed', () => {
      expect(router.read(see(first))).toEqual(want);
    });

    test('has nothing to change once it is so', () => {
      expect(moved(first, want)).toEqual([]);
      expect(router.settled(see(first))).toEqual({ is: 'ready' });
    });

    test('is reached from all other traffic, and leaves nothing of it', () => {
      for (const before of traffics) {
        const now = after(after(start, before), want);
        expect({ before, now: router.read(see(now)) }).toEqual({ before, now: want });
        expect({ before, now: after(after(now, before), want) }).toEqual({ before, now });
      }
    });

    test('names both sides in one write, with whole weights that add up to 100 wherever it names both', () => {
      const routing = moved(start, want);
      expect(routing).toHaveLength(1);
      for (const side of ['primary', 'canary']) expect(canonical(routing)).toContain(`${canary.service.name}-${side}`);
      const pairs = backendGroups(routing[0], canary.service.name).filter((group) => Object.keys(group).length > 1);
      for (const { primary = -1, canary: share = -1, ...others } of pairs) {
        expect([primary + share, Number.isInteger(primary), Number.isInteger(share), others]).toEqual([100, true, true, {}]);
      }
    });

    if (by === 'weight' && want.kind === 'split') {
      test('has these weights and no others', () => {
        const groups = backendGroups(moved(start, want)[0], canary.service.name);
        expect(groups.length).toBeGreaterThan(0);
        for (const group of groups) expect(group).toEqual({ primary: 100 - want.canary, canary: want.canary });
      });
    }
  });
}

function dividesInWholeParts({ canary, start, moved }: Way): void {
  test('writes whole weights also where it is asked for a part of one', () => {
    const [change] = moved(start, split(33.4));
    expect(backendGroups(change, canary.service.name)[0]).toEqual({ primary: 67, canary: 33 });
  });
}

function staysWithThePrimary({ router, start, see, moved }: Way): void {
  const traffics: Traffic[] = [...weights.map(split), { kind: 'match' }, { kind: 'mirror', percent: 100 }];

  test('accepts the cluster as it is', () => {
    expect(router.check(see(start))).toEqual([]);
  });

  test.each(traffics.map((want): [string, Traffic] => [canonical(want), want]))('moves nothing for %s', (_, want) => {
    expect(moved(start, want)).toEqual([]);
    expect(router.read(see(start))).toEqual(split(0));
  });
}

/** Every list in the change whose items carry weights: host ending -> weight. */
function backendGroups(change: Change | undefined, apex: string): Record<string, number>[] {
  const groups: Record<string, number>[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      const weighted = value.filter((item) => isObject(item) && typeof item['weight'] === 'number');
      if (weighted.length) groups.push(Object.fromEntries(weighted.map((item) => [sideIn(item, apex), item.weight])));
      else value.forEach(visit);
    } else if (isObject(value)) Object.values(value).forEach(visit);
  };
  visit(change);
  return groups;
}

function sideIn(item: unknown, apex: string): string {
  const text = canonical(item);
  return ['primary', 'canary'].filter((side) => text.includes(`"${apex}-${side}`)).join(' and ');
}
