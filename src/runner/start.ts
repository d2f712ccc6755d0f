// How one canary's run begins: it first looks, read-only; only where there is something to do does it take the lock. Nothing to do means no lock,
// no stamp, no Lease, no write.
import type { Found } from '../contracts.ts';
import { equal } from '../common/json.ts';
import { decide } from '../core/decide.ts';
import { keepable, movedField, resumed } from '../core/resume.ts';
import type { Intent, Kept, Kit, Result, State } from '../core/types.ts';
import { OwnedError, PreflightError, UnreachableError } from '../errors.ts';
import { createEvents } from '../kube/events.ts';
import { leaseDuration, sweepLease, watchDriver } from '../kube/lease.ts';
import { createLookout, type Lookout } from '../kube/lookout.ts';
import type { Objects } from '../kube/objects.ts';
import { readKept, readRecord, type Stored } from '../kube/record.ts';
import { answer, metricsTrouble } from './answer.ts';
import { look, targetOf, type Drive } from './drive.ts';
import type { Env } from './env.ts';
import { nothingKept, take, type Held } from './lock.ts';
import { permitted, preflight } from './preflight.ts';
import { createQuestions } from './questions.ts';
import { createTeller } from './report.ts';

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

export async function start(env: Env, kit: Kit, wiring: Wiring): Promise<Started> {
  const { canary } = kit;
  const fresh = env.purpose === 'run' && !wiring.again;
  if (canary.suspend && fresh) return { is: 'over', result: { is: 'suspended' } };
  const objects = env.objects(canary.namespace);
  const options = { objects, send: env.api, clock: env.clock, namespace: canary.namespace, onChange: wiring.poke };
  const lookout = createLookout({ ...options, signal: wiring.signal, watch: env.watch });
  const found = await look(kit, lookout, env.signal);
  if (fresh) await preflight({ env, kit, found, objects });
  const { stored, kept } = await recorded(env, kit, objects);
  if (stored?.state.driver) wiring.onOrphan(stored.state.host || stored.state.driver);
  if (fresh) {
    const idle = nothingToDo(env, kit, { found, stored, kept });
    if (idle) return { is: 'over', result: idle };
    await permitted({ env, kit, found, objects });
    await metricsOnline(env, kit);
  }
  const last = await unattended(env, kit, { objects, stored, signal: wiring.patience });
  // Told to stop before anything was taken: then nothing is.
  const stop = env.purpose === 'run' ? env.intents().find(({ verb }) => verb === 'stop') : undefined;
  if (stop && !last?.state.driver) return { is: 'over', result: { is: 'parked', by: stop.by, traffic: 'as-is' } };
  const held = await lock(env, kit, { objects, lookout, stored: last });
  return { is: 'driving', drive: driveOf(env, kit, { objects, lookout, held, wiring }) };
}

/** The record when nobody living drives it: watched anew as long as somebody else has taken it meanwhile. */
async function unattended(
  env: Env,
  kit: Kit,
  by: { objects: Objects; stored: Stored | undefined; signal: AbortSignal },
): Promise<Stored | undefined> {
  const holder = (stored: Stored | undefined): string => (stored?.state.driver ? `${stored.state.driver} ${stored.state.epoch}` : '');
  for (let stored = by.stored; ;) {
    const watched = holder(stored);
    await yieldToLiving(env, kit, { state: stored?.state, signal: by.signal });
    if (!watched) return stored;
    // Whoever drove may have moved things while we looked on, or somebody was quicker than we.
    stored = (await recorded(env, kit, by.objects)).stored;
    if (env.takeover || !holder(stored) || holder(stored) === watched) return stored;
  }
}

async function recorded(env: Env, kit: Kit, objects: Objects): Promise<{ stored: Stored | undefined; kept: Kept }> {
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
  const before = (await readKept(objects, canary, env.signal)) ?? nothingKept;
  const moved = movedField(before.spec, keepable(canary));
  if (moved)
    throw new PreflightError(
      `${moved} was changed since the last run (${canary.where(moved)})`,
      `give the old value back, or take away by hand what the last run made of ${canary.name}: docs/state.md says how`,
    );
  return { stored: read, kept: before };
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

async function metricsOnline(env: Env, kit: Kit): Promise<void> {
  if (!kit.canary.metrics.length) return;
  const trouble = await metricsTrouble({ kit, http: env.http, clock: env.clock }, env.signal);
  if (trouble) {
    throw new UnreachableError(
      `metrics server ${kit.canary.metricsServer} does not answer: ${trouble}`,
      'name the one to ask with --metrics-url URL, or spec.metricsServer',
    );
  }
}

/** A driver whose Lease moves is left alone; a dead one is waited out. Politeness only: what keeps us safe is the fencing. */
async function yieldToLiving(env: Env, { canary }: Kit, by: { state: State | undefined; signal: AbortSignal }): Promise<void> {
  const { state, signal } = by;
  if (!state?.driver || state.driver === env.id || env.takeover) return;
  const who = state.host || state.driver;
  env.reporter.note(`driven by ${who}: watching up to ${leaseDuration / 1000}s whether it is alive`, canary);
  const { namespace } = canary;
  const watching = { objects: env.objects(namespace), clock: env.clock, namespace, id: state.driver, forMs: leaseDuration, signal };
  if ((await watchDriver(watching)) === 'still') return;
  throw new OwnedError(
    `${canary.name}.${namespace} is driven by ${who}, which is alive`,
    'wait for it to end, or take over with --takeover',
  );
}

async function lock(env: Env, kit: Kit, what: { objects: Objects; lookout: Lookout; stored: Stored | undefined }): Promise<Held> {
  const { canary } = kit;
  const found = await look(kit, what.lookout, env.signal);
  const held = await take({
    kit,
    ...what,
    found,
    driver: env.id,
    host: env.host,
    now: () => env.now(),
    nonce: env.random(),
    signal: env.signal,
  });
  if ('lost' in held) throw new OwnedError(held.lost, 'look at it with canary status, or run again');
  await env.beat(canary.namespace);
  const before = what.stored?.state.driver;
  if (before && before !== env.id) await sweepLease({ objects: what.objects, namespace: canary.namespace, id: before }, env.signal);
  return held;
}

function driveOf(env: Env, kit: Kit, what: { objects: Objects; lookout: Lookout; held: Held; wiring: Wiring }): Drive {
  const { objects, lookout, held, wiring } = what;
  const sight: Drive['sight'] = {};
  const events = createEvents({
    objects,
    clock: env.clock,
    signal: env.signal,
    now: () => env.now(),
    onTrouble: (why) => env.reporter.note(why, kit.canary),
  });
  env.atEnd((signal) => events.flush(signal));
  const teller = createTeller({
    kit,
    reporter: env.reporter,
    about: () => sight.found && targetOf(kit, sight.found),
    post: (about, type, text) => events.tell(about, type, text),
  });
  const asking = { kit, objects, http: env.http, clock: env.clock, note: (text: string) => teller.note(text) };
  return {
    kit,
    objects,
    lookout,
    held,
    teller,
    sight,
    questions: createQuestions({ answer: (question, signal) => answer(asking, question, signal), onAnswer: wiring.poke }),
    signal: env.signal,
    now: () => env.now(),
    nonce: () => env.random(),
    intents: () => [...env.intents(), ...wiring.troubles],
    clock: env.clock,
    owed: [],
    pace: { restless: 0, wrote: [] },
  };
}
