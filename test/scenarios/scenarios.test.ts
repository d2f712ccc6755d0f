// Whole runs as readable stories. UPDATE=1 rewrites them: commit a changed one only if you understand and want the change.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { tellStory } from './scenario.ts';

const line = '----\n';

test.each(readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt')))('%s', async (name) => {
  const path = join(import.meta.dirname, name);
  const [commands = '', wanted = ''] = readFileSync(path, 'utf8').split(line);
  const told = await tellStory(commands);
  if (process.env['UPDATE']) writeFileSync(path, `${commands}${line}${told}`);
  else expect(told).toBe(wanted);
});
