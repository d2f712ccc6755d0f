// `canary run`: every canary of the files through one queue, until each has an outcome. Decides nothing about releases.
import type { Intent } from '../core/types.ts';
import { kitOf } from '../kit.ts';
import type { Millis } from '../ports.ts';
import { digest, openEnv } from './env.ts';
import { createLife } from './life.ts';
import { runQueue } from './queue.ts';
import type { Outcome, RunRequest } from './types.ts';

/** A stop must be over in 3 s; what is not confirmed by then is said to be unconfirmed. */
const stopWithin: Millis = 3_000;
const passesAtOnce = 8;

export async function run(request: RunRequest): Promise<Outcome[]> {
  const { world, canaries, options, intents } = request;
  const over = new AbortController();
  const late: Intent[] = [];
  const ended = new AbortController();
  const env = openEnv({ ...request, purpose: 'run', intents: () => [...intents.list(), ...late], signal: over.signal });
  const keys = canaries.map(({ namespace, name }) => `${namespace}/${name}`);
  const pokeAll = (): void => keys.forEach((key) => queue.poke(key));
  const lives = new Map(
    canaries.map((canary, n) => {
      const key = keys[n] ?? '';
      return [key, createLife(env, kitOf(canary, { ...options, cluster: world.about.context }, digest), () => queue.poke(key))] as const;
    }),
  );
  const limitStop = (): void => {
    if (!intents.list().some(({ verb }) => verb === 'stop')) return;
    for (const life of lives.values()) life.hush();
    if (options.onInterrupt === 'rollback') return;
    void world.clock.sleep(stopWithin, ended.signal).then(() => over.abort(new Error('stopped')));
  };
  const queue = runQueue({ keys, work: async (key) => lives.get(key)?.step(), clock: world.clock, width: passesAtOnce });
  limitStop();
  intents.onChange(() => {
    limitStop();
    pokeAll();
  });
  void world.clock.sleep(request.timeout, ended.signal).then(() => {
    if (!ended.signal.aborted)
      late.push({ id: `timeout-${env.id}`, verb: 'timeout', by: `--timeout of ${request.timeout / 1000}s reached` });
    pokeAll();
  });
  await queue.done;
  await env.rest();
  ended.abort();
  over.abort(new Error('over'));
  const outcomes = [...lives.values()].map((life) => life.outcome());
  for (const outcome of outcomes) env.reporter.result(outcome);
  return outcomes;
}
