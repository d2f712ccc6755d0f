// How one canary's run begins: it first looks, read-only; only where there is something to do does it take the lock. Nothing to do means no lock,
// no stamp, no Lease, no write.
import type { Found } from '../contracts.ts';
import { equal } from '../common/json.ts';
import { decide } from '../core/decide.ts';
import { keepable, movedField, resumed } from '../core/resume.ts';
import type { Event, Intent, Kept, Kit, Result, State } from '../core/types.ts';
import { OwnedError, PreflightError, UnreachableError } from '../errors.ts';
import { sweepLease } from '../kube/lease.ts';
import { createLookout, type Lookout } from '../kube/lookout.ts';
import type { Objects } from '../kube/objects.ts';
import { readRecord, readStoredKept, type Stored, type StoredKept } from '../kube/record.ts';
import { libraryOf } from '../spec/library.ts';
import { metricsTrouble } from './answer.ts';
import type { Drive } from './drive.ts';
import type { Env } from './env.ts';
import { equip } from './equip.ts';
import { nothingKept, take, type Held } from './lock.ts';
import { hooksReachable } from './hooks-reach.ts';
import { look } from './look.ts';
import { mayRemove, permitted, preflight } from './preflight.ts';
import { withReferences, type Referred } from './references.ts';
import { secretReader, type SecretBook } from './secrets.ts';
import { waitForTurn } from './turn.ts';

export type Started = { is: 'over'; result: Result } | { is: 'driving'; drive: Drive };

export interface Wiring {
  poke(): void;
  /** Intents of this canary alone, added to those of the process. */
  troubles: Intent[];
  /** Ends the watches of this start. */
  signal: AbortSignal;
  /** Ends the wait for another driver: nothing is held during it. */
  patience: AbortSignal;
  /** Taken over from ourselves: a write of ours never got its answer, and only a new epoch makes it harmless (rule 10). */
  again: boolean;
  /** Told as soon as it is known that somebody began here and nobody goes on: whose traffic stands as it was left. */
  onOrphan(who: string): void;
}

export async function start(env: Env, given: Kit, wiring: Wiring): Promise<Started> {
  const fresh = env.purpose === 'run' && !wiring.again;
  if (given.canary.suspend && fresh) return { is: 'over', result: { is: 'suspended' } };
  const { canary, secrets } = await referred(env, given);
  const kit: Kit = { ...given, canary };
  const objects = env.objects(canary.namespace);
  const options = { objects, send: env.api, clock: env.clock, namespace: canary.namespace, onChange: wiring.poke };
  const lookout = createLookout({ ...options, signal: wiring.signal, watch: env.watch });
  // The record first: what is looked at after it is no older than the end of the last driver, and the claim proves that there was none since.
  const record = await recorded(env, kit, objects);
  const { stored, kept } = record;
  const found = await look(kit, { lookout, made: kept.made }, env.signal);
  const checking = { env, kit, found, objects, made: kept.made };
  if (fresh) await preflight(checking);
  if (env.purpose === 'delete' && !wiring.again) await mayRemove(checking);
  if (stored?.state.driver) wiring.onOrphan(stored.state.host || stored.state.driver);
  let asked: Event[] = [];
  if (fresh) {
    const idle = nothingToDo(env, kit, { found, stored, kept });
    if (idle) return { is: 'over', result: idle };
    await permitted(checking);
    await hooksReachable(env, canary);
    asked = await metricsOnline(env, kit, { secrets, state: stored?.state });
  }
  const last = await unattended(env, kit, { objects, record, signal: wiring.patience });
  if (last !== record) lookout.doubt();
  // Told to stop before anything was taken: then nothing is.
  const stop = env.purpose === 'heal' ? undefined : env.intents().find(({ verb }) => verb === 'stop');
  if (stop && !last.stored?.state.driver) return { is: 'over', result: { is: 'parked', by: stop.by, traffic: 'as-is' } };
  const held = await lock(env, kit, { objects, lookout, record: last });
  return { is: 'driving', drive: equip(env, kit, { objects, lookout, held, wiring, asked, secrets }) };
}

/** What heals or gives back asks no metrics and tells nobody. */
async function referred(env: Env, { canary }: Kit): Promise<Referred> {
  if (env.purpose !== 'run') return { canary, secrets: new Map() };
  const library = env.library ?? libraryOf([], canary.namespace);
  return withReferences(canary, { library, objects: (namespace) => env.objects(namespace), signal: env.signal });
}

/** The record when nobody living drives it: watched anew as long as somebody else has taken it meanwhile. */
async function unattended(env: Env, kit: Kit, by: { objects: Objects; record: Recorded; signal: AbortSignal }): Promise<Recorded> {
  const holder = (stored: Stored | undefined): string => (stored?.state.driver ? `${stored.state.driver} ${stored.state.epoch}` : '');
  for (let record = by.record; ;) {
    const watched = holder(record.stored);
    await waitForTurn(env, kit, { objects: by.objects, stored: record.stored, signal: by.signal });
    if (!watched) return record;
    // Whoever drove may have moved things while we looked on, or somebody was quicker than we.
    record = await recorded(env, kit, by.objects);
    if (env.takeover || !holder(record.stored) || holder(record.stored) === watched) return record;
  }
}

interface Recorded {
  stored: Stored | undefined;
  kept: Kept;
  /** As it was read; undefined where nothing was, or where there is no record. */
  before?: StoredKept | undefined;
}

async function recorded(env: Env, kit: Kit, objects: Objects): Promise<Recorded> {
  const { canary } = kit;
  const read = await readRecord(objects, canary, env.signal);
  if (read.is === 'foreign') throw new PreflightError(read.why, 'delete that ConfigMap if it is not needed, then run again');
  if (read.is === 'absent') return { stored: undefined, kept: nothingKept };
  if (read.state.canary !== canary.name) {
    throw new OwnedError(
      `${canary.targetRef.kind} ${canary.targetRef.name} is the target of the canary ${read.state.canary} already`,
      'two canaries cannot share a target',
    );
  }
  const before = await readStoredKept(objects, canary, env.signal);
  const { kept } = before ?? { kept: nothingKept };
  if (env.purpose === 'delete') return { stored: read, kept, before };
  if (env.purpose === 'run' && read.state.phase === 'Terminating')
    throw new PreflightError(
      `${canary.name}.${canary.namespace} is being deleted`,
      `finish that first: canary delete ${canary.name} -n ${canary.namespace}`,
    );
  const moved = movedField(kept.spec, keepable(canary));
  if (moved)
    throw new PreflightError(
      `${moved} was changed since the last run (${canary.where(moved)})`,
      `give the old value back, or take away what the last run made: canary delete ${canary.name} -n ${canary.namespace}`,
    );
  return { stored: read, kept, before };
}

interface Before {
  found: Found;
  stored: Stored | undefined;
  kept: Kept;
}

/** Decides on the look as if the record were ours; a result without any change of anything is the answer. */
function nothingToDo(env: Env, kit: Kit, { found, stored, kept }: Before): Result | undefined {
  if (!stored) return undefined;
  const who = { now: env.now(), nonce: env.random(), epoch: stored.state.epoch, driver: stored.state.driver, host: stored.state.host };
  const state = resumed(kit, { state: stored.state, spec: kept.spec }, who);
  const seen = { now: env.now(), nonce: who.nonce, driver: env.id, found, kept, answers: new Map(), intents: [] };
  const decision = decide(kit, state, seen);
  const still = decision.result && !decision.changes.length && equal(decision.state, state) && !stored.state.driver;
  return still ? decision.result : undefined;
}

/** Flagger says so while it initializes. */
async function metricsOnline(env: Env, kit: Kit, by: { secrets: SecretBook; state: State | undefined }): Promise<Event[]> {
  const { metrics, strategy } = kit.canary;
  if (!metrics.length || strategy.kind === 'skip') return [];
  const trouble = await metricsTrouble(
    {
      kit,
      http: env.http,
      clock: env.clock,
      secrets: by.secrets,
      readSecret: secretReader((namespace) => env.objects(namespace), env.signal),
    },
    env.signal,
  );
  if (trouble) {
    const { server, template, why } = trouble;
    const hint = template
      ? `mend the address in MetricTemplate ${template}, or its server`
      : 'name the one to ask with --metrics-url URL or spec.metricsServer, or the way to it with --reach';
    throw new UnreachableError(`metrics server ${server} does not answer: ${why}`, hint);
  }
  return !by.state || by.state.phase === 'Initializing' ? [{ tell: 'metrics-online', at: env.now() }] : [];
}

async function lock(env: Env, kit: Kit, what: { objects: Objects; lookout: Lookout; record: Recorded }): Promise<Held> {
  const { canary } = kit;
  const { objects, lookout, record } = what;
  const found = await look(kit, { lookout, made: [] }, env.signal);
  const held = await take({
    ...{ kit, objects, lookout, found, stored: record.stored, before: record.before },
    driver: env.id,
    host: env.host,
    now: () => env.now(),
    nonce: env.random(),
    signal: env.signal,
  });
  if ('lost' in held) throw new OwnedError(held.lost, 'look at it with canary status, or run again');
  await env.beat(canary.namespace);
  const before = record.stored?.state.driver;
  if (before && before !== env.id) await sweepLease({ objects, namespace: canary.namespace, id: before }, env.signal);
  return held;
}
