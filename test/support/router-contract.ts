// The law that every traffic router keeps. Knows no router by name: what lies behind a route is found in its changes, wherever they are.
import { describe, expect, test } from '@jest/globals';
import { canonical, isObject } from '../../src/common/json.ts';
import type { Canary, Change, Ctx, Obj, TrafficRouter } from '../../src/contracts.ts';
import { applied, foundOf, seenBy } from './found.ts';

const weights = [0, 1, 5, 33, 50, 99, 100];

/** `start`: the objects that are there before the canary; give one case for each way a cluster may look. */
export function keepsTheRouterLaw(router: TrafficRouter, canary: Canary, start: readonly Obj[]): void {
  const see = (objects: readonly Obj[]): Ctx => seenBy([router], canary, foundOf(objects));
  const moved = (objects: readonly Obj[], weight: number): Change[] => router.route(see(objects), { kind: 'split', canary: weight });

  test('accepts the cluster as it is', () => {
    expect(router.check(see(start))).toEqual([]);
  });

  test('prepares once', () => {
    expect(router.prepare(see(applied(start, router.prepare(see(start)))))).toEqual([]);
  });

  test('looks at every object that it drives', () => {
    const ctx = see(start);
    for (const ref of router.drives(ctx)) expect(() => ctx.found.one(ref)).not.toThrow();
  });

  if (router.can.split) splits({ router, canary, start, see, moved });
  else staysWithThePrimary(router, see(start), (weight) => moved(start, weight));
}

interface Splitting {
  router: TrafficRouter;
  canary: Canary;
  start: readonly Obj[];
  see(objects: readonly Obj[]): Ctx;
  moved(objects: readonly Obj[], weight: number): Change[];
}

function splits({ router, canary, start, see, moved }: Splitting): void {
  describe.each(weights)('at weight %i', (weight) => {
    const first = applied(start, moved(start, weight));

    test('reads what was routed', () => {
      expect(router.read(see(first))).toEqual({ kind: 'split', canary: weight });
    });

    test('has nothing to change once it is so', () => {
      expect(moved(first, weight)).toEqual([]);
      expect(router.settled(see(first))).toEqual({ is: 'ready' });
    });

    test.each(weights)('is reached from weight %i', (before) => {
      const earlier = applied(start, moved(start, before));
      const now = applied(earlier, moved(earlier, weight));
      expect(router.read(see(now))).toEqual({ kind: 'split', canary: weight });
    });

    test('names both sides with whole weights that add up to 100, in one write', () => {
      const routing = moved(start, weight);
      expect(routing).toHaveLength(1);
      const groups = backendGroups(routing[0], canary.service.name);
      expect(groups.length).toBeGreaterThan(0);
      for (const group of groups) expect(group).toEqual({ primary: 100 - weight, canary: weight });
    });
  });

  test('writes whole weights also where it is asked for a part of one', () => {
    const [change] = moved(start, 33.4);
    expect(backendGroups(change, canary.service.name)[0]).toEqual({ primary: 67, canary: 33 });
  });
}

function staysWithThePrimary(router: TrafficRouter, ctx: Ctx, moved: (weight: number) => Change[]): void {
  test.each(weights)('moves nothing at weight %i', (weight) => {
    expect(moved(weight)).toEqual([]);
    expect(router.read(ctx)).toEqual({ kind: 'split', canary: 0 });
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
