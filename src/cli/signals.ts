// Signals into intents: the first asks the run to stop in good order, a second one leaves at once. Changes no traffic itself.
import type { Intent } from '../core/types.ts';
import type { Clock, Send, World } from '../ports.ts';
import type { Intents } from '../runner/types.ts';
import type { Io, SignalName } from './io.ts';

const codes: Readonly<Record<SignalName, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
const names: readonly SignalName[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** A terminal, a shell and a CI runner may each pass on the same press. */
const bounceMs = 1000;

export interface Signals {
  readonly intents: Intents;
  /** Resolves to the exit code of a second signal; never, if none comes. */
  readonly leave: Promise<number>;
  stop(): void;
}

export function listenToSignals(on: { io: Io; id: string; first(signal: SignalName): void; second(signal: SignalName): void }): Signals {
  const intents: Intent[] = [];
  const listeners: (() => void)[] = [];
  let firstAt: number | undefined;
  let leaveWith: (code: number) => void = () => undefined;
  const leave = new Promise<number>((resolve) => {
    leaveWith = resolve;
  });
  const heard = (signal: SignalName): void => {
    if (firstAt === undefined) {
      firstAt = on.io.now();
      on.first(signal);
      intents.push({ id: `${on.id}-${signal}`, verb: 'stop', by: signal });
      for (const listener of listeners) listener();
    } else if (on.io.now() - firstAt >= bounceMs) {
      on.second(signal);
      leaveWith(codes[signal]);
    }
  };
  const stops = names.map((name) => on.io.onSignal(name, () => heard(name)));
  return {
    intents: { list: () => [...intents], onChange: (listener) => listeners.push(listener) },
    leave,
    stop: () => stops.forEach((stop) => stop()),
  };
}

/** A world that can be walked out of: what is under way is then never answered, as if the process had died, so nothing more is decided on it.
 *  Sockets end with the world's own `close`; timers end here. */
export function leavable(world: World): { readonly world: World; walkOut(): void } {
  const out = new AbortController();
  const quiet = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const result = await work;
      return out.signal.aborted ? await never() : result;
    } catch (error) {
      if (out.signal.aborted) return never();
      throw error;
    }
  };
  const wrapped = (send: Send): Send => {
    return (wire, signal) => (out.signal.aborted ? never() : quiet(send(wire, signal)));
  };
  const clock: Clock = {
    now: () => world.clock.now(),
    sleep: (ms, signal) => quiet(sleepUntilEither(world.clock, ms, [signal, out.signal])),
  };
  return {
    world: { api: wrapped(world.api), http: wrapped(world.http), clock, about: world.about, close: () => world.close() },
    walkOut: () => out.abort(),
  };
}

/** AbortSignal.any would keep every one of a long run's sleeps tied to the long-lived signal; these ties are undone. */
async function sleepUntilEither(clock: Clock, ms: number, signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some((signal) => signal.aborted)) return;
  const either = new AbortController();
  const end = (): void => either.abort();
  for (const signal of signals) signal.addEventListener('abort', end, { once: true });
  await clock.sleep(ms, either.signal);
  for (const signal of signals) signal.removeEventListener('abort', end);
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
