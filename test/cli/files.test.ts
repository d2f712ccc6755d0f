// What FILE may be: a file, a folder, standard input.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readSources } from '../../src/cli/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'canary-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function* stdin(): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  // A character cut in two by the pipe.
  const bytes = Buffer.from('kind: Canäry');
  yield bytes.subarray(0, 10);
  yield bytes.subarray(10);
}

test('a folder gives its specs in the order of their names, and nothing else', async () => {
  for (const name of ['b.yml', 'a.yaml', 'c.json', 'README.md', '.hidden.yaml']) writeFileSync(join(folder, name), name);
  mkdirSync(join(folder, 'nested'));
  expect(await readSources([folder], stdin())).toEqual(
    ['a.yaml', 'b.yml', 'c.json'].map((name) => ({ name: join(folder, name), text: name })),
  );
});

test('files come in the order in which they are named, whatever they are called', async () => {
  const paths = [join(folder, 'README.md'), join(folder, 'a.yaml')];
  expect((await readSources(paths, stdin())).map(({ text }) => text)).toEqual(['README.md', 'a.yaml']);
});

test('- is standard input, whole characters and all', async () => {
  expect(await readSources(['-'], stdin())).toEqual([{ name: 'stdin', text: 'kind: Canäry' }]);
});

test.each([
  [['-', '-'], 2, 'standard input (-) can be read only once'],
  [[join(folder, 'none.yaml')], 2, `${join(folder, 'none.yaml')}: no such file or folder`],
  [[join(folder, 'nested')], 2, `${join(folder, 'nested')}: no .yaml, .yml or .json file in this folder`],
  [[join(folder, 'a.yaml', 'x')], 2, `${join(folder, 'a.yaml', 'x')}: part of the path is not a folder`],
])('%j is refused', async (paths, exitCode, message) => {
  await expect(readSources(paths, stdin())).rejects.toMatchObject({ exitCode, message });
});

test('a file that fills the memory is given up at 4 MiB', async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    for (;;) {
      given++;
      yield Buffer.alloc(1024 * 1024);
    }
  }
  await expect(readSources(['-'], endless())).rejects.toMatchObject({
    exitCode: 3,
    message: 'stdin: larger than 4 MiB; a Canary is a few KiB',
  });
  expect(given).toBe(5);
});
