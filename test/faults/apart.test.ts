// The checker proves nothing if it reads the log with the driver's own eyes: of src/ it may know the types of the ports alone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const files = readdirSync(import.meta.dirname, { withFileTypes: true, recursive: true }).filter(({ name }) => name.endsWith('.ts'));

test.each(files.map((file) => ({ name: file.name, path: join(file.parentPath, file.name) })))(
  '$name shares no code with src',
  ({ name, path }) => {
    const imports = readFileSync(path, 'utf8').match(/^(import|export) [^;]*? from '[^']*'/gm) ?? [];
    const ofSource = imports.filter((line) => line.includes('/src/'));
    expect(imports.length).toBeGreaterThan(name === 'random.ts' || name === 'paths.ts' ? -1 : 0);
    expect(ofSource.filter((line) => !/^import type .*\/src\/ports\.ts'$/s.test(line))).toEqual([]);
  },
);
