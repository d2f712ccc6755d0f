// The engine replaced by a function: what `canary run` hands it, and what comes of its outcomes.
import type { Result } from '../../src/core/types.ts';
import { main } from '../../src/cli/main.ts';
import type { Outcome, RunRequest } from '../../src/runner/types.ts';
import { fakeIo, fakeParts, type FakeIo } from './fake-io.ts';
import { fakeWorld, outcome, type FakeWorld } from './worlds.ts';

export interface Ran {
  exit: number;
  io: FakeIo;
  world: FakeWorld;
  requests: RunRequest[];
}

export type Engine = (request: RunRequest, io: FakeIo) => Promise<Outcome[]>;

export function ends(...results: Result[]): Engine {
  return (request) => Promise.resolve(request.canaries.map((canary, at) => outcome(canary, results[at] ?? { is: 'promoted' })));
}

export async function run(stdin: string, engine: Engine, ...flags: string[]): Promise<Ran> {
  const io = fakeIo({ stdin });
  const world = fakeWorld();
  const requests: RunRequest[] = [];
  const parts = fakeParts({
    cluster: () => Promise.resolve(world),
    run: (request) => {
      requests.push(request);
      return engine(request, io);
    },
  });
  return { exit: await main(['run', '-', ...flags], io, parts), io, world, requests };
}
