// The rules and the code stay in step: a precondition, an order or a retry that serves a rule says so in a comment.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RULES } from './rules.ts';

const rooms = ['runner', 'kube', 'core'].map((room) => join(import.meta.dirname, '../../src', room));

function sourcesIn(folder: string): string[] {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((file) => file.isFile() && file.name.endsWith('.ts'));
  return files.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'));
}

/** 'rule 7', 'rules 3 and 4', 'rules 1, 2 and 9'. */
function rulesNamed(source: string): number[] {
  const places = source.matchAll(/\brules?((?:\s+|,\s*|\s*and\s+)\d+)+/gi);
  return [...places].flatMap(([words]) => [...words.matchAll(/\d+/g)].map(Number));
}

const named = rooms.flatMap(sourcesIn).flatMap(rulesNamed);

test('names are found however they are strung together', () => {
  expect(rulesNamed('// rule 7: read first\n// serves rules 3 and 4, Rules 1, 2 and 12; ruled 5')).toEqual([7, 3, 4, 1, 2, 12]);
});

test.each(RULES)('rule $id is named where the code serves it', ({ id }) => {
  expect(named).toContain(id);
});

test('no comment names a rule that there is not', () => {
  const known = RULES.map(({ id }) => id);
  expect(named.filter((id) => !known.includes(id))).toEqual([]);
});
