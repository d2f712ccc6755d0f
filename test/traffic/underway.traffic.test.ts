// What happens to releases on their way: drivers killed, put to sleep and overtaken, an API server that stands still, metrics and proxies that go away.
import { test } from '@jest/globals';
import { benchUnderTest, type Bench } from './bench.ts';
import { nothingIsWrong } from './nothing-wrong.ts';
import { killed, killsOf } from './scenarios/kills.ts';
import { overtaken } from './scenarios/overtaken.ts';
import { own, shared, underWay } from './scenarios/underway.ts';

const bench = benchUnderTest();
const lanes = 4;

const kills = killsOf(bench.kills, Math.random);
const chains = Array.from({ length: lanes }, (_, lane) => kills.filter(({ no }) => no % lanes === lane));
const killing = chains.map((chain, lane) => killed(bench, `killed-${lane}`, chain));
const quiet = Promise.allSettled(killing);
// What befalls one release leaves the others alone.
const alone = [overtaken, ...own.map((trouble) => (on: Bench) => underWay(on, trouble))].map((play) => quiet.then(() => play(bench)));

test.each(chains.map((chain, lane) => [chain.map(({ after }) => `${(after / 1000).toFixed(1)} s`).join(', '), lane] as const))(
  'the driver is killed after %s',
  async (_, lane) => nothingIsWrong(bench, (await killing[lane]) ?? []),
);

test('a driver sleeps while another takes over, a pod is deleted, a Service is applied', async () =>
  nothingIsWrong(bench, await Promise.all(alone)));

// What befalls everybody comes one after another.
test.each(shared)('$scenario', async (trouble) => nothingIsWrong(bench, [await underWay(bench, trouble)]));
