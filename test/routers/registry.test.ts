// Files on disk equal the registry: a router that nobody can reach, or one without a file of its own, is a mistake.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { routers } from '../../src/routers/index.ts';

const folder = new URL('../../src/routers/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
  .map((file) => file.slice(0, -'.ts'.length));
/** `istio-routes.ts` is a part of `istio.ts`. */
const whole = names.filter((name) => !names.some((other) => name.startsWith(`${other}-`)));

describe('routers', () => {
  test.each(whole)('%s.ts is in the registry', async (name) => {
    const file = (await import(new URL(`${name}.ts`, folder).href)) as Record<string, unknown>;
    expect(routers.filter((router) => Object.values(file).includes(router))).toHaveLength(1);
  });

  test('the registry has one file for each router', () => {
    expect(whole).toHaveLength(routers.length);
  });

  test('no id is taken twice', () => {
    const ids = routers.flatMap((router) => router.ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
