// One heartbeat Lease per process and namespace, and the watching of another's. A Lease is politeness: it must never be what makes a write
// safe, and times written by others are never compared with our clock.
import type { Obj, Ref } from '../contracts.ts';
import type { Clock, Millis } from '../ports.ts';
import { ForbiddenError, UnreachableError } from '../errors.ts';
import type { Objects, Written } from './objects.ts';
import { ending, heardByMany } from './pause.ts';
import { orAborted } from './watch.ts';

/** A driver whose Lease has not moved for so long, by the observer's own clock, may be taken over. */
export const leaseDuration: Millis = 30_000;
const renewEvery: Millis = 10_000;
const lookEvery: Millis = 2_000;

export interface Heartbeat {
  readonly name: string;
  /** When the last good renewal was begun, on the clock given: how long others have surely known that we live. */
  renewedAt(): Millis;
  /** Stops, and deletes the Lease. Resolves when that is done or the signal ends it; never rejects. */
  release(signal: AbortSignal): Promise<void>;
}

export interface HeartbeatOptions {
  readonly objects: Objects;
  readonly clock: Clock;
  readonly namespace: string;
  readonly id: string;
  /** For people: user@host. */
  readonly host: string;
  /** The API server's time, for the times that people read in it; `clock` is ours. */
  readonly now: () => Millis;
  /** Ends the renewals; the Lease then runs out by itself. */
  readonly signal: AbortSignal;
}

interface Beat extends HeartbeatOptions {
  readonly ref: Ref;
  lease: Obj | undefined;
  renewedAt: Millis;
}

export function leaseRef(namespace: string, id: string): Ref {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name: `canary-${id}` };
}

/** Resolves when the Lease stands; rejects (ApiError) when it is not allowed. */
export async function heartbeat(options: HeartbeatOptions): Promise<Heartbeat> {
  const { namespace, id, clock } = options;
  const beat: Beat = { ...options, ref: leaseRef(namespace, id), lease: undefined, renewedAt: clock.now() };
  await renew(beat, options.signal);
  const life = ending(options.signal);
  const renewals = keepRenewing(beat, life.signal);
  return {
    name: beat.ref.name,
    renewedAt: () => beat.renewedAt,
    async release(signal) {
      life.end(new Error('released'));
      await renewals;
      await giveBack(beat, signal);
    },
  };
}

async function keepRenewing(beat: Beat, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await beat.clock.sleep(renewEvery, signal);
    if (signal.aborted) return;
    try {
      await orAborted(renew(beat, signal), signal);
    } catch {
      // Losing a heartbeat loses politeness only; the next one tries again.
    }
  }
}

async function renew(beat: Beat, signal: AbortSignal): Promise<void> {
  const begun = beat.clock.now();
  const written = await write(beat, signal);
  if (written.is === 'refused') throw written.error;
  if (written.is === 'done') {
    beat.lease = written.object ?? beat.lease;
    beat.renewedAt = begun;
    return;
  }
  // Touched or deleted by somebody, or our own write without an answer. The name holds our id, so it is ours to write again.
  const look = await beat.objects.get(beat.ref, signal);
  beat.lease = look.is === 'present' ? look.object : undefined;
  const again = await write(beat, signal);
  if (again.is === 'refused') throw again.error;
  if (again.is === 'done') Object.assign(beat, { lease: again.object ?? beat.lease, renewedAt: begun });
}

function write(beat: Beat, signal: AbortSignal): Promise<Written> {
  const { ref, lease } = beat;
  const renewTime = microTime(beat.now());
  if (lease?.metadata.resourceVersion) {
    return beat.objects.merge(ref, { patch: { spec: { renewTime } }, resourceVersion: lease.metadata.resourceVersion }, signal);
  }
  const metadata = { name: ref.name, namespace: beat.namespace, labels: { 'app.kubernetes.io/managed-by': 'canary' } };
  const spec = { holderIdentity: beat.host, leaseDurationSeconds: leaseDuration / 1000, acquireTime: renewTime, renewTime };
  return beat.objects.create({ apiVersion: ref.apiVersion, kind: ref.kind, metadata, spec }, signal);
}

function microTime(at: Millis): string {
  return new Date(at).toISOString().replace('Z', '000Z');
}

async function giveBack({ objects, ref, lease, namespace, id }: Beat, signal: AbortSignal): Promise<void> {
  try {
    const { uid, resourceVersion } = lease?.metadata ?? {};
    const removed = uid && resourceVersion ? await objects.remove(ref, { uid, resourceVersion }, signal) : undefined;
    if (removed?.is !== 'done') await sweepLease({ objects, namespace, id }, signal);
  } catch {
    // It runs out by itself.
  }
}

/** Takes a Lease away: our own, or that of a driver found dead. One that moved meanwhile is left alone. */
export async function sweepLease(at: { objects: Objects; namespace: string; id: string }, signal: AbortSignal): Promise<void> {
  const ref = leaseRef(at.namespace, at.id);
  const look = await at.objects.get(ref, signal);
  if (look.is !== 'present') return;
  const { uid = '', resourceVersion = '' } = look.object.metadata;
  await at.objects.remove(ref, { uid, resourceVersion }, signal);
}

export interface DriverWatch {
  readonly objects: Objects;
  readonly clock: Clock;
  readonly namespace: string;
  readonly id: string;
  readonly forMs: Millis;
  readonly signal: AbortSignal;
}

/** Did the driver's Lease change within `forMs` of our own clock? 'still' needs a look that found it unchanged after all of that time. */
export async function watchDriver(options: DriverWatch): Promise<'moved' | 'still'> {
  const { clock, forMs, signal } = options;
  heardByMany(signal);
  let first = await lookAtLease(options);
  let since = clock.now();
  const begun = since;
  for (;;) {
    if (clock.now() - begun > 4 * forMs)
      throw new UnreachableError('whether the driver is alive could not be seen', 'look at the API server, or take over with --takeover');
    await clock.sleep(Math.max(1, Math.min(lookEvery, since + forMs - clock.now())), signal);
    signal.throwIfAborted();
    const now = await lookAtLease(options);
    // Nothing is known about a driver while we could not look: its renewals may have failed as our looks did.
    if (now === undefined || first === undefined) {
      first = now;
      since = clock.now();
    } else if (now !== first && now !== 'none') return 'moved';
    else if (clock.now() - since >= forMs) return 'still';
  }
}

/** Whether it may be left alone: one that does not move for as long as a Lease lives may be taken over. */
export async function isAlive(watch: Omit<DriverWatch, 'forMs'>): Promise<boolean> {
  return (await watchDriver({ ...watch, forMs: leaseDuration })) === 'moved';
}

/** What it is now, as one text; 'none' where there is none, undefined when we could not look. */
async function lookAtLease({ objects, namespace, id, signal }: DriverWatch): Promise<string | undefined> {
  let look;
  try {
    look = await objects.get(leaseRef(namespace, id), signal);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
  if (look.is === 'forbidden') throw new ForbiddenError('not allowed to see whether the driver is alive', `add the rule ${look.rule}`);
  return look.is === 'present' ? `${look.object.metadata.uid} ${look.object.metadata.resourceVersion}` : 'none';
}
