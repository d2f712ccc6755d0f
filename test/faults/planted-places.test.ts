// A planted bug whose place is gone would be planted nowhere: the sweep would tell, an hour later.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { BUGS } from './planted/all.ts';

test('every planted bug has its one place in the code', () => {
  const patches = BUGS.flatMap((bug) => bug.patches);
  expect(patches.length).toBeGreaterThan(50);
  const elsewhere = patches.filter(({ file, find }) => readFileSync(file, 'utf8').split(find).length !== 2);
  expect(elsewhere.map(({ file, find }) => `${file}: ${find}`)).toEqual([]);
});
