// Whole releases with their users: what the proxy answered, held against what was promised. Each has a service of its own.
import { test } from '@jest/globals';
import { benchUnderTest, type Bench } from './bench.ts';
import { nothingIsWrong } from './nothing-wrong.ts';
import type { Shown } from './scenarios/chapter.ts';
import { kinds } from './scenarios/kinds.ts';
import { forwarded, lab } from './scenarios/lab.ts';
import { walk } from './scenarios/walk.ts';
import { weighted } from './scenarios/weighted.ts';

const bench = benchUnderTest();

const measured = lab(bench);
// The one that is held against Flagger's figures has the bench to itself.
const afterwards = (play: (on: Bench) => Promise<Shown[]>): Promise<Shown[]> => measured.then(nothing, nothing).then(() => play(bench));
const playing = {
  'promotion and rollback as Flagger was measured': measured,
  'the same by port-forward': afterwards(forwarded),
  'in small steps, and too slow': afterwards(walk),
  'other kinds of releases': afterwards(kinds),
  'by TraefikService': afterwards(weighted),
};

test.each(Object.entries(playing))('%s', async (_, scenes) => nothingIsWrong(bench, await scenes));

function nothing(): void {
  return undefined;
}
