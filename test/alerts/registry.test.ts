// Files on disk equal the registry: a chat that nobody can reach, or one without a file of its own, is a mistake.
import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { alertProviders } from '../../src/alerts/index.ts';
import { alertProviderOf } from '../../src/kit.ts';

const files = readdirSync(new URL('../../src/alerts/', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== 'index.ts')
  .map((entry) => entry.name.replace(/\.ts$/, ''))
  .sort();

test('every chat has its file', () => {
  expect(alertProviders.flatMap(({ ids }) => ids).sort()).toEqual(files);
});

test.each(files)('%s is found by its name', (name) => {
  expect(alertProviderOf(name)?.ids).toEqual([name]);
});

test('a word that nobody registered is no chat', () => {
  for (const type of ['', 'teams', 'Slack', 'constructor', '__proto__']) expect(alertProviderOf(type)).toBeUndefined();
});
