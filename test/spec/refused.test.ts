// Every case file that is refused, given to `canary run` with the real engine: exit 3, and nothing was asked of anybody.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { run } from '../../src/runner/run.ts';
import { fakeIo, fakeParts } from '../cli/fake-io.ts';
import { podinfo } from '../cli/specs.ts';
import { fakeWorld } from '../cli/worlds.ts';

const folder = new URL('./cases/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');
const refused = readdirSync(folder)
  .filter((file) => file.endsWith('.txt') && read(file).startsWith('exit 3\n'))
  .map((file) => file.replace(/\.txt$/, ''));

const flagOf = { namespace: '-n', provider: '--provider', metricsUrl: '--metrics-url' } as const;

function flagsOf(text: string): string[] {
  const given = JSON.parse(/^# with (\{.*\})\n/.exec(text)?.[1] ?? '{}') as Record<string, unknown>;
  return Object.entries(flagOf).flatMap(([name, flag]) => (typeof given[name] === 'string' ? [flag, given[name]] : []));
}

interface Ran {
  exit: number;
  requests: number;
  err: string;
}

async function runFile(stdin: string): Promise<Ran> {
  const io = fakeIo({ stdin });
  let requests = 0;
  const world = fakeWorld();
  const { api, http } = world;
  const counting = {
    ...world,
    api: (...asked: Parameters<typeof api>) => (requests++, api(...asked)),
    http: (...asked: Parameters<typeof http>) => (requests++, http(...asked)),
  };
  const parts = fakeParts({ cluster: () => Promise.resolve(counting), run });
  const exit = await main(['run', '-', ...flagsOf(stdin)], io, parts);
  return { exit, requests, err: io.err() };
}

describe('a file with a problem never reaches the cluster', () => {
  test.each(refused)('%s', async (name) => {
    const { exit, requests, err } = await runFile(read(`${name}.yaml`));
    expect([exit, requests]).toEqual([3, 0]);
    expect(err).toMatch(/error: \d+ problems?; nothing was sent to a cluster\n$/);
  });

  test('there are enough of them', () => expect(refused.length).toBeGreaterThanOrEqual(60));

  test('the requests of a valid file are counted', async () => {
    const { exit, requests } = await runFile(podinfo);
    expect(exit).not.toBe(3);
    expect(requests).toBeGreaterThan(0);
  });
});
