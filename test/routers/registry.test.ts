// Files on disk equal the registry: a router that nobody can reach, or one without a file of its own, is a mistake.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { isObject } from '../../src/common/json.ts';
import type { TrafficRouter } from '../../src/contracts.ts';
import { routers } from '../../src/routers/index.ts';

const folder = new URL('../../src/routers/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
  .map((file) => file.slice(0, -'.ts'.length));
/** `istio-routes.ts` is a part of `istio.ts`. */
const whole = names.filter((name) => !names.some((other) => name.startsWith(`${other}-`)));

/** One protocol in several versions is one file with a router for each. */
async function routersOf(name: string): Promise<TrafficRouter[]> {
  const file = (await import(new URL(`${name}.ts`, folder).href)) as Record<string, unknown>;
  return Object.values(file).filter((value): value is TrafficRouter => isObject(value) && Array.isArray(value['ids']));
}

describe('routers', () => {
  test.each(whole)('all routers of %s.ts are in the registry', async (name) => {
    const made = await routersOf(name);
    expect(made.length).toBeGreaterThan(0);
    expect(made.filter((router) => !routers.includes(router))).toEqual([]);
  });

  test('every router of the registry has its file', async () => {
    const made = (await Promise.all(whole.map(routersOf))).flat();
    expect(made).toHaveLength(routers.length);
  });

  test('no id is taken twice', () => {
    const ids = routers.flatMap((router) => router.ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
