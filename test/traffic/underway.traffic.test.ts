// What happens to releases on their way: drivers killed, put to sleep and overtaken, an API server that stands still, metrics and proxies that go away.
import { describe, test } from '@jest/globals';
import { benchUnderTest } from './bench.ts';
import { nothingIsWrong } from './nothing-wrong.ts';
import { killed, killsOf } from './scenarios/kills.ts';
import { overtaken } from './scenarios/overtaken.ts';
import { own, shared, underWay } from './scenarios/underway.ts';

const bench = benchUnderTest();
const lanes = 4;

describe('the driver is killed', () => {
  const kills = killsOf(bench.kills, Math.random);
  const chains = Array.from({ length: lanes }, (_, lane) => kills.filter(({ no }) => no % lanes === lane));
  const played = chains.map((chain, lane) => killed(bench, `killed-${lane}`, chain));
  test.each(chains.map((chain, lane) => [chain.map(({ after }) => `${(after / 1000).toFixed(1)} s`).join(', '), lane] as const))(
    'after %s',
    async (_, lane) => {
      nothingIsWrong(bench, (await played[lane]) ?? []);
    },
  );
});

describe('one after another', () => {
  test('a driver sleeps while another takes over', async () => nothingIsWrong(bench, [await overtaken(bench)]));
  test.each([...own, ...shared])('$scenario', async (trouble) => nothingIsWrong(bench, [await underWay(bench, trouble)]));
});
