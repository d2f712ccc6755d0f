// Ways to make a planted bug show: releases that are disturbed by a kill, a rival, the world or the weather. Each is survived by the real runner.
import type { Obj } from '../../../src/contracts.ts';
import type { Send } from '../../../src/ports.ts';
import type { Script } from '../../support/script.ts';
import { signals, type Ran, type RunOptions } from '../../support/stage.ts';
import { killAt, type KillPosition } from '../kill.ts';
import type { Play } from '../play.ts';
import type { SceneName } from '../scene.ts';
import type { Setup } from '../setup.ts';
import { stallAt } from './stall.ts';
import { query, routeTo, save, type Which } from './wires.ts';

export interface Provocation {
  readonly scene: SceneName;
  /** Other answers than the recording's. */
  readonly queries?: NonNullable<Script['queries']>;
  readonly hooks?: NonNullable<Script['hooks']>;
  /** Plays it; what the checker must know of it besides the scene. */
  play(here: Play): Promise<Partial<Setup>>;
}

/** A runner with a bug in it may never end by itself. */
export const bounded: RunOptions = { timeout: 900_000 };

/** How the last run ended. */
export async function ended(run: Promise<Ran | undefined>): Promise<Partial<Setup>> {
  const exit = (await run)?.outcomes[0]?.exitCode;
  return exit === undefined ? {} : { exit };
}

export async function withIdle(here: Play, last: Partial<Setup>): Promise<Partial<Setup>> {
  const idle = ['idle-1', 'idle-2'];
  for (const actor of idle) await here.drive(actor, { ...bounded, noRetry: true });
  return { ...last, idle };
}

/** One run, then two that have nothing to do. */
export const undisturbed = async (here: Play): Promise<Partial<Setup>> => withIdle(here, await ended(here.drive('one', bounded)));

/** One run dies at a request, something happens to the world, another run follows. */
export function killed(
  which: Which,
  position: KillPosition,
  meanwhile: (here: Play) => Promise<void> = async () => undefined,
): Provocation['play'] {
  return async (here) => {
    const killer = killAt(which, position);
    await here.drive('killed', { killer });
    if (!killer.isDead()) throw new Error('the provocation never came: the driver was not killed');
    await meanwhile(here);
    return withIdle(here, await ended(here.drive('again', bounded)));
  };
}

export async function push(here: Play, image: string): Promise<void> {
  const { sandbox, namespace, canaries } = here.stage;
  await sandbox.setImage(namespace, canaries[0]?.targetRef.name ?? '', image);
}

/** The target's own Service stands, so its pods have traffic already. */
async function serve({ stage, log }: Play): Promise<void> {
  const { namespace, target, apex } = log.subject;
  const spec = { selector: { app: target }, ports: [{ name: 'http', port: 9898, targetPort: 9898 }] };
  await stage.sandbox.apply([{ apiVersion: 'v1', kind: 'Service', metadata: { name: apex, namespace }, spec }]);
}

/** Does something once, when a request has been answered and before its sender knows. */
export function once(which: Which, deed: () => Promise<void> | void): (send: Send) => Send {
  let done = false;
  return (send) => async (wire, signal) => {
    const reply = await send(wire, signal);
    if (!done && which(wire)) {
      done = true;
      await deed();
    }
    return reply;
  };
}

/** A driver sleeps while a write of its own is on its way; a rival takes over and parks; then the write arrives and the driver wakes. */
function zombie(which: Which, wakes: 'when the rival is through' | 'when the rival has the record'): Provocation['play'] {
  return async (here) => {
    const stall = stallAt(which);
    const sleeper = here.drive('sleeper', { ...bounded, disturb: stall.wrap, clock: stall.clock });
    const early = await Promise.race([stall.asleep, sleeper]);
    if (early) throw new Error('the provocation never came: the driver did not fall asleep');
    const stop = signals();
    stop.send('SIGINT');
    const claimed = wakes === 'when the rival has the record';
    const rival: RunOptions & { disturb?: (send: Send) => Send } = { ...bounded, takeover: true, signals: stop };
    const parked = await ended(here.drive('rival', claimed ? { ...rival, disturb: once(save('"epoch"'), stall.wake) } : rival));
    if (!claimed) await stall.wake();
    await sleeper;
    return parked;
  };
}

/** The primary's pods are unready from the copy on, until it gets another template. */
function stallPrimary(here: Play): void {
  const { world } = here.stage.sandbox;
  const name = `${here.log.subject.target}-primary`;
  const imageOf = (object: Obj): string => JSON.stringify(object['spec']).match(/"image":"([^"]*)"/)?.[1] ?? '';
  const primary = world.get('Deployment', here.log.subject.namespace, name);
  const old = primary && imageOf(primary);
  let last = old;
  world.store.subscribe(undefined, ({ after }) => {
    if (after.kind !== 'Deployment' || after.metadata.name !== name || imageOf(after) === last) return;
    last = imageOf(after);
    world.faults.set(name, { notReady: last !== old });
  });
}

const firstFailure = '"failedChecks":1,';

export const SPLIT_PROVOCATIONS = {
  'a promotion': { scene: 'seed0-promote', play: undisturbed },
  'a rollback': { scene: 'seed0-rollback', play: undisturbed },
  'a bootstrap under traffic': {
    scene: 'bootstrap',
    play: async (here) => {
      await serve(here);
      return undisturbed(here);
    },
  },
  'blue/green': { scene: 'bg-kubernetes', play: undisturbed },
  'a new revision on the way': { scene: 'new-revision', play: undisturbed },
  'metrics that are NaN': {
    scene: 'seed0-promote',
    queries: [
      ['histogram_quantile', 0.12],
      ['', 'NaN'],
    ],
    play: undisturbed,
  },
  'metrics without values': {
    scene: 'seed0-promote',
    queries: [
      ['histogram_quantile', 0.12],
      ['', null],
    ],
    play: undisturbed,
  },
  'metrics that cannot be asked': {
    scene: 'seed0-promote',
    queries: [
      ['histogram_quantile', 0.12],
      ['', 'error'],
    ],
    play: undisturbed,
  },
  'a push while dead, between the last check and the copy': {
    scene: 'seed0-promote',
    play: killed(save('"phase":"Promoting"'), 'after-commit', (here) => push(here, 'podinfo:3.1.2')),
  },
  'a kill after a failed check was counted': { scene: 'seed0-rollback', play: killed(save(firstFailure), 'after-commit') },
  'a kill before a weight is sent': { scene: 'seed0-promote', play: killed(routeTo(20), 'before') },
  'a kill after a hook was answered': { scene: 'seed0-promote', play: killed(query('istio_requests_total'), 'before') },
  'a kill on the way back': { scene: 'seed0-rollback', play: killed(save('"home"'), 'after-reply') },
  'a new revision after a rollback': {
    scene: 'seed0-rollback',
    play: async (here) => {
      await here.drive('one', bounded);
      await push(here, 'podinfo:3.1.3');
      return withIdle(here, await ended(here.drive('two', bounded)));
    },
  },
  'Ctrl-C under way': {
    scene: 'seed0-promote',
    play: (here) => {
      const stop = signals();
      return ended(here.drive('one', { signals: stop, disturb: once(routeTo(20), () => stop.send('SIGINT')) }));
    },
  },
  'pods of the canary that die': {
    scene: 'seed0-promote',
    play: async (here) => {
      const { faults } = here.stage.sandbox.world;
      const dies = once(routeTo(20), () => faults.set('podinfo:3.1.1', { notReady: true }));
      return withIdle(here, await ended(here.drive('one', { ...bounded, disturb: dies })));
    },
  },
  'a primary that fails in promotion': {
    scene: 'seed0-promote',
    play: (here) => {
      stallPrimary(here);
      return undisturbed(here);
    },
  },
  'a write that arrives after a takeover': { scene: 'seed0-promote', play: zombie(routeTo(5), 'when the rival is through') },
  'a write that arrives in the midst of a takeover': { scene: 'seed0-promote', play: zombie(routeTo(5), 'when the rival has the record') },
} as const satisfies Readonly<Record<string, Provocation>>;
