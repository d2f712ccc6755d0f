// `canary heal`: parks what has no living driver. Needs no file: the record keeps the spec it was last driven with. One write puts all traffic on
// the primary, it is read back, the record is released. Never goes on with a release.
import type { Intent, Options, State } from '../core/types.ts';
import { isAnalysing, isUnderWay } from '../core/pass.ts';
import { kitOf } from '../kit.ts';
import { isAlive, leaseDuration } from '../kube/lease.ts';
import { parseRecord, type Stored } from '../kube/record.ts';
import type { Millis } from '../ports.ts';
import { digest, openEnv, type Env } from './env.ts';
import { createLife } from './life.ts';
import { runQueue } from './queue.ts';
import { canaryOf, recordsOf } from './records.ts';
import type { Healed, HealRequest } from './types.ts';

const options: Options = { noRetry: true, drain: 10_000, onInterrupt: 'park' };
/** What cannot be confirmed in this time is said to be unconfirmed. */
const patience: Millis = 60_000;

export async function heal(request: HealRequest): Promise<Healed[]> {
  const { world, host, reporter, random } = request;
  const over = new AbortController();
  const stop: Intent = { id: `heal-${random()}`, verb: 'stop', by: `heal by ${host}` };
  const settings = { world, host, reporter, random, watch: false, takeover: true, purpose: 'heal' as const };
  const env = openEnv({ ...settings, intents: () => [stop], signal: over.signal });
  const ended = new AbortController();
  void world.clock.sleep(patience + leaseDuration, ended.signal).then(() => over.abort(new Error('stopped')));
  try {
    const records = await recordsOf(env, request);
    return await Promise.all(
      records.map((record) => healOne(env, record, request.name !== undefined).catch((error: unknown) => notHealed(record, error))),
    );
  } finally {
    await env.rest();
    ended.abort();
    over.abort(new Error('over'));
  }
}

/** One that cannot be healed is no reason to leave the others. */
function notHealed({ state, object }: Stored, error: unknown): Healed {
  const why = error instanceof Error ? error.message : String(error);
  return { namespace: object.metadata.namespace ?? 'default', name: state.canary, is: 'unconfirmed', why };
}

/** Traffic is where it belongs, and nobody has to bring it there. */
function isAtRest({ driver, home, phase, parked, at }: State): boolean {
  // A delete that was begun has traffic on ready pods at every step, and only `delete` goes on with it.
  if (phase === 'Terminating') return true;
  if (driver || home) return false;
  // Held on an interrupt, the weight still stands: `at` says so.
  const isHome = isAnalysing(phase) && parked !== undefined && at === undefined;
  return isHome || !isUnderWay(phase);
}

async function healOne(env: Env, record: Stored, named: boolean): Promise<Healed> {
  const { state, object } = record;
  const namespace = object.metadata.namespace ?? 'default';
  const about = { namespace, name: state.canary };
  const rest = (now: State): Healed => ({
    ...about,
    is: 'nothing-to-do',
    why:
      now.phase === 'Terminating'
        ? `a delete was begun: canary delete ${about.name} -n ${namespace} goes on with it`
        : now.parked
          ? `parked by ${now.parked} already`
          : `${now.phase}, nobody drives it`,
  });
  if (isAtRest(state)) return rest(state);
  // By name it is taken over at once: fencing makes that safe. All orphans at once leave alone what lives.
  const watching = { objects: env.objects(namespace), clock: env.clock, namespace, id: state.driver, signal: env.signal };
  if (!named && state.driver && (await isAlive(watching))) return { ...about, is: 'alive', why: `driven by ${state.host || state.driver}` };
  const now = named ? record : await lookAgain(env, record);
  if (isAtRest(now.state)) return rest(now.state);
  // Somebody has taken it while we watched the one before: that one is not dead.
  if (now.state.epoch !== state.epoch) return { ...about, is: 'alive', why: `driven by ${now.state.host || now.state.driver}` };
  const canary = await canaryOf(env, record);
  const life = createLife(env, kitOf(canary, options, digest), () => queue.poke('it'));
  const queue = runQueue({ keys: ['it'], work: () => life.step(), clock: env.clock, width: 1 });
  await queue.done;
  const { result, why } = life.outcome();
  const confirmed = result.is === 'parked' && result.traffic !== 'nowhere';
  return { ...about, is: confirmed ? 'parked' : 'unconfirmed', why };
}

async function lookAgain(env: Env, { object }: Stored): Promise<Stored> {
  const { name, namespace = 'default' } = object.metadata;
  const look = await env.objects(namespace).get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }, env.signal);
  const record = look.is === 'present' ? parseRecord(look.object) : { is: 'absent' as const };
  if (record.is !== 'present') throw new Error(`the record ${name} is gone`);
  return record;
}
