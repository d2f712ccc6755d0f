// Whose turn it is: a living driver is left alone, waited for in a queue, or taken over from where that is wished. Politeness only: what keeps us
// safe is the fencing.
import type { Kit } from '../core/types.ts';
import { CanaryError, OwnedError } from '../errors.ts';
import { isAlive, leaseDuration } from '../kube/lease.ts';
import type { Objects } from '../kube/objects.ts';
import { readRecord, type Stored } from '../kube/record.ts';
import type { Millis } from '../ports.ts';
import type { Env } from './env.ts';
import { leaveIntent } from './requests.ts';

const lookEvery: Millis = 2_000;

const waysOn: Readonly<Record<Env['purpose'], string>> = {
  run: 'wait for it with --queue, or take over with --takeover',
  heal: 'stop that run, or let it end',
  delete: 'stop that run, or let it end; then type this again',
};

/** Told to stop behind a driver that lives: its traffic is looked after. */
export class StoppedInQueue extends Error {
  override readonly name = 'StoppedInQueue';
}

/** --timeout was reached behind another driver. */
export class LateInQueue extends CanaryError {
  constructor(message: string) {
    super(13, message);
  }
}

interface Turn {
  objects: Objects;
  stored: Stored | undefined;
  signal: AbortSignal;
}

/** Resolves when nobody living drives any more. */
export async function waitForTurn(env: Env, kit: Kit, turn: Turn): Promise<void> {
  let told = '';
  for (let stored = turn.stored; ;) {
    const state = stored?.state;
    if (!stored || !state?.driver || state.driver === env.id || env.takeover) return;
    const who = state.host || state.driver;
    const isNew = told !== state.driver;
    told = state.driver;
    if (isNew) env.reporter.note(`driven by ${who}: watching up to ${leaseDuration / 1000}s whether it is alive`, kit.canary);
    const { clock } = env;
    const { namespace } = kit.canary;
    if (!(await isAlive({ objects: env.objects(namespace), clock, namespace, id: state.driver, signal: turn.signal }))) return;
    if (!env.queue) {
      throw new OwnedError(`${kit.canary.name}.${namespace} is driven by ${who}, which is alive`, waysOn[env.purpose]);
    }
    if (isNew) env.reporter.note(`waiting for ${who} to end`, kit.canary);
    stored = await queued(env, kit, { ...turn, stored }).catch((error: unknown) => {
      throw turn.signal.aborted ? new StoppedInQueue(`stopped while ${who} drives`) : error;
    });
  }
}

/** In the queue: until the holder has ended or changed, or has been silent for as long as a Lease lives. Brings this run a revision of its own, the
 *  holder is asked to hand over. */
async function queued(env: Env, kit: Kit, { objects, stored, signal }: Turn & { stored: Stored }): Promise<Stored | undefined> {
  const { driver, epoch } = stored.state;
  const began = env.clock.now();
  for (let now: Stored = stored; ;) {
    const brings = kit.options.image?.reference;
    const intent = { id: `queue-${env.id}`, verb: 'handover', by: brings ?? '' } as const;
    if (brings !== undefined) await leaveIntent(objects, { on: now, intent }, signal);
    await env.clock.sleep(lookEvery, signal);
    signal.throwIfAborted();
    // Its own time is up: nothing of this run has begun.
    const late = env.intents().find(({ verb }) => verb === 'timeout');
    if (late) throw new LateInQueue(`${late.by}; nothing was begun, another run still drives`);
    const read = await readRecord(objects, kit.canary, signal);
    if (read.is !== 'present') return undefined;
    now = read;
    const isOther = now.state.driver !== driver || now.state.epoch !== epoch;
    if (isOther || env.clock.now() - began > leaseDuration) return now;
  }
}

/** What --wait compares: of its spec, since status comes and goes. */
export async function targetVersion(env: Env, kit: Kit): Promise<string> {
  const { targetRef, namespace } = kit.canary;
  const look = await env.objects(namespace).get({ ...targetRef, namespace }, env.signal);
  return look.is === 'present' ? `${look.object.metadata.uid} ${look.object.metadata.generation}` : '';
}
