// Signals into intents: the first asks the run to stop in good order, a second one leaves at once. Changes no traffic itself.
import type { Intent } from '../core/types.ts';
import type { Clock, HttpWire, Send, World } from '../ports.ts';
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

/** A world that can be walked out of: what is under way is then never answered, as if the process had died, so nothing more is decided on it. */
export function leavable(world: World): { readonly world: World; walkOut(): void } {
  const out = new AbortController();
  const wrapped = (send: Send): Send => {
    return async (wire, signal) => {
      if (out.signal.aborted) return never();
      const tied = tie(signal, out.signal);
      try {
        const reply = await unlessOut(out.signal, send(wire, tied.signal));
        return { ...reply, body: untied(reply.body, tied.untie) };
      } catch (error) {
        tied.untie();
        throw error;
      }
    };
  };
  const check = world.reachable?.bind(world);
  const clock: Clock = {
    now: () => world.clock.now(),
    async sleep(ms, signal) {
      const tied = tie(signal, out.signal);
      await unlessOut(out.signal, world.clock.sleep(ms, tied.signal));
      tied.untie();
    },
  };
  return {
    world: {
      ...{ api: wrapped(world.api), http: wrapped(world.http), clock, about: world.about },
      ...(check ? { reachable: (wires: readonly HttpWire[], signal: AbortSignal) => unlessOut(out.signal, check(wires, signal)) } : {}),
      close: () => world.close(),
    },
    walkOut: () => out.abort(),
  };
}

async function unlessOut<T>(out: AbortSignal, work: Promise<T>): Promise<T> {
  try {
    const result = await work;
    return out.aborted ? await never() : result;
  } catch (error) {
    if (out.aborted) return never();
    throw error;
  }
}

/** One signal for two. AbortSignal.any would keep all of a long run's requests tied to the long-lived one; these ties are undone. */
function tie(...signals: readonly AbortSignal[]): { readonly signal: AbortSignal; untie(): void } {
  const either = new AbortController();
  const ends = signals.map((signal) => {
    const end = (): void => either.abort(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    return () => signal.removeEventListener('abort', end);
  });
  return { signal: either.signal, untie: () => ends.forEach((end) => end()) };
}

/** A watch's body outlives its request: the tie holds until it ends. */
async function* untied(body: AsyncIterable<Uint8Array>, untie: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } finally {
    untie();
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
