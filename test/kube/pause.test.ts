import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { ending, pauseBefore, retryAfter } from '../../src/kube/pause.ts';

describe('a signal that ends with another', () => {
  test('takes its reason over, before or after', () => {
    const parent = new AbortController();
    const before = ending(parent.signal);
    parent.abort(new Error('parked'));
    expect([before.signal.reason, ending(parent.signal).signal.reason].map(String)).toEqual(['Error: parked', 'Error: parked']);
  });

  test('ends by itself without ending its parent', () => {
    const parent = new AbortController();
    const own = ending(parent.signal);
    own.end(new Error('done'));
    expect([own.signal.aborted, parent.signal.aborted]).toEqual([true, false]);
  });

  test('many of them on one parent print nothing on the screen of the user', async () => {
    const contents = `import { ending } from './src/kube/pause.ts';
      const { signal } = new AbortController();
      for (let count = 0; count < 50; count++) ending(signal);
      console.log('done');`;
    const bundle = await build({
      stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      write: false,
    });
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      bundle.outputFiles[0]?.text ?? '',
    ]);
    expect({ stdout, stderr }).toEqual({ stdout: 'done\n', stderr: '' });
  });
});

describe('pauses', () => {
  test('double up to the longest, with up to half added', () => {
    const limits = { first: 100, longest: 1_000 };
    expect([0, 1, 3, 4, 99].map((attempt) => pauseBefore(attempt, limits, () => 0))).toEqual([100, 200, 800, 1_000, 1_000]);
    expect(pauseBefore(0, limits, () => 0.999)).toBe(150);
  });

  test.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '1' }, 1_000],
    [{ 'retry-after': '99999' }, 60_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': 'Tue, 14 Nov 2023 22:13:30 GMT' }, undefined],
    [{ 'retry-after': 'Tue, 14 Nov 2023 22:13:10 GMT', date: 'Tue, 14 Nov 2023 22:13:20 GMT' }, 0],
  ])('%j asks for %p', (headers, pause) => expect(retryAfter(headers)).toBe(pause));
});
