// What is on disk is what is registered, under the name of its file.
import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { metricsProvider, metricsProviders, querySet, querySets } from '../../src/metrics/index.ts';

/** Files beside the providers: the template functions. */
const noProviders = ['template'];

function filesOf(folder: string): string[] {
  const entries = readdirSync(new URL(`../../${folder}`, import.meta.url), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== 'index.ts')
    .map((entry) => entry.name.replace(/\.ts$/, ''))
    .sort();
}

test('every provider has its file', () => {
  expect(metricsProviders.map((provider) => provider.ids[0]).sort()).toEqual(
    filesOf('src/metrics').filter((file) => !noProviders.includes(file)),
  );
  for (const provider of metricsProviders) for (const id of provider.ids) expect(metricsProvider(id)).toBe(provider);
});

test('every query set has its file', () => {
  expect(querySets.map((set) => set.id).sort()).toEqual(filesOf('src/metrics/queries'));
  for (const set of querySets) expect(querySet(set.id)).toBe(set);
});

test('kubernetes asks what http asks', () => {
  expect(querySet('kubernetes')).toBe(querySet('http'));
});

test('a name that nobody registered is unknown', () => {
  for (const id of ['', 'istoi', 'constructor', '__proto__']) {
    expect(querySet(id)).toBeUndefined();
    expect(metricsProvider(id)).toBeUndefined();
  }
});
