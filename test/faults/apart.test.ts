// The checker proves nothing if it reads the log with the driver's own eyes: of src/ it may know the types of the ports alone.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';

/** Everything that a file imports, directly or through others of these tests, as statements. */
function importsOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const statements = readFileSync(file, 'utf8').match(/^(import|export) [^;]*? from '[^']*'/gm) ?? [];
  const inner = statements.flatMap((statement) => /'(\.[^']*)'$/.exec(statement)?.[1] ?? []).filter((path) => !path.includes('/src/'));
  return [...statements, ...inner.flatMap((path) => importsOf(join(dirname(file), path), seen))];
}

test.each(['checker.ts', 'log.ts', 'kill.ts', 'network.ts'])('%s shares no code with src', (name) => {
  const statements = importsOf(join(import.meta.dirname, name));
  expect(statements.length).toBeGreaterThan(1);
  expect(statements.filter((statement) => statement.includes('/src/') && !/^import type .*\/src\/ports\.ts'$/s.test(statement))).toEqual(
    [],
  );
});
