// Files on disk equal the registries: a target or scaler that nobody can reach, or one without a file of its own, is a mistake.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { scalers, targets } from '../../src/targets/index.ts';

const folder = new URL('../../src/targets/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
  .map((file) => file.slice(0, -'.ts'.length));
/** `deployment-ready.ts` is a part of `deployment.ts`. */
const whole = names.filter((name) => !names.some((other) => name.startsWith(`${other}-`)));
const registered: readonly object[] = [...targets, ...scalers];

describe('targets and scalers', () => {
  test.each(whole)('%s.ts is in a registry', async (name) => {
    const file = (await import(new URL(`${name}.ts`, folder).href)) as Record<string, unknown>;
    expect(registered.filter((plugin) => Object.values(file).includes(plugin))).toHaveLength(1);
  });

  test('the registries have one file for each', () => {
    expect(whole).toHaveLength(registered.length);
  });

  test('no id is taken twice', () => {
    const ids = [...targets, ...scalers].flatMap((plugin) => plugin.ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
