// `canary delete`: gives a canary's objects back and takes away what was made for it. Needs no file: the record keeps the spec it was last driven
// with. Leaves alone what a living driver holds; can be killed anywhere and run again.
import type { Intent, Options } from '../core/types.ts';
import { OwnedError, PreflightError } from '../errors.ts';
import { kitOf } from '../kit.ts';
import { sweepLease } from '../kube/lease.ts';
import { readKept, type Stored } from '../kube/record.ts';
import { removeRecord } from '../kube/record-removal.ts';
import type { Millis } from '../ports.ts';
import { digest, openEnv, type Env } from './env.ts';
import { createLife } from './life.ts';
import { runQueue } from './queue.ts';
import { canaryOf, ownerOf, recordsOf } from './records.ts';
import type { Outcome, RemoveRequest } from './types.ts';

/** As for a run: a stop is over in 3 s. */
const stopWithin: Millis = 3_000;

export async function remove(request: RemoveRequest): Promise<Outcome | undefined> {
  const { world, host, reporter, random, intents } = request;
  const over = new AbortController();
  const ended = new AbortController();
  const want: Intent = { id: `delete-${random()}`, verb: 'delete', by: host };
  const settings = { world, host, reporter, random, watch: request.watch, takeover: false, purpose: 'delete' as const };
  const env = openEnv({ ...settings, intents: () => [...intents.list(), want], signal: over.signal });
  try {
    const record = await theRecord(env, request);
    if (!record) return undefined;
    const canary = await canaryOf(env, record);
    const options: Options = { noRetry: true, drain: request.drain, onInterrupt: 'park' };
    const life = createLife(env, kitOf(canary, options, digest), () => queue.poke('it'));
    const queue = runQueue({ keys: ['it'], work: () => life.step(), clock: world.clock, width: 1 });
    const stop = (): void => {
      if (!intents.list().length) return;
      life.hush();
      queue.poke('it');
      void world.clock.sleep(stopWithin, ended.signal).then(() => over.abort(new Error('stopped')));
    };
    stop();
    intents.onChange(stop);
    await queue.done;
    const outcome = asDeletion(life.outcome());
    env.reporter.result(outcome);
    return outcome;
  } finally {
    await env.rest();
    ended.abort();
    over.abort(new Error('over'));
  }
}

/** The words of a release, for what is none. */
function asDeletion(outcome: Outcome): Outcome {
  const { result, canary } = outcome;
  const again = `canary delete ${canary.name} -n ${canary.namespace}`;
  if (result.is === 'rolled-back') {
    const why = `${canary.name}.${canary.namespace} is NOT given back, a person must look: ${result.cause.why}`;
    return { ...outcome, why, next: `mend it, then go on with ${again}`, changed: false };
  }
  const goesOn = result.is === 'parked' ? { next: again } : {};
  return { ...outcome, ...goesOn, changed: result.is === 'deleted' };
}

/** Undefined: all was given back before, and now the last trace is gone too. */
async function theRecord(env: Env, { name, namespace }: RemoveRequest): Promise<Stored | undefined> {
  const records = await recordsOf(env, { name, namespace });
  const [record] = records;
  if (!record) throw new PreflightError(`there is no canary ${name} in namespace ${namespace}`, `canary status -n ${namespace}`);
  if (records.length > 1) throw new PreflightError(`there are ${records.length} canaries ${name} in namespace ${namespace}`);
  const { phase, driver } = record.state;
  const kept = await readKept(env.objects(namespace), ownerOf(record), env.signal);
  // Without what was kept only the record itself is left: its driver, dead or alive, has nothing else to do.
  if (phase !== 'Terminating' || kept) return record;
  const removed = await removeRecord(env.objects(namespace), { owner: ownerOf(record), version: record }, env.signal);
  if (removed.is === 'conflict') throw new OwnedError(`the record of ${name}.${namespace} was taken by another run`);
  if (driver) await sweepLease({ objects: env.objects(namespace), namespace, id: driver }, env.signal);
  return undefined;
}
