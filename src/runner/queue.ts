// One queue for all canaries of a process, keyed by canary: at most one pass of a canary at a time, a few at once over all, each woken by its
// own time or by a poke. Knows nothing of what a pass does.
import type { Clock, Millis } from '../ports.ts';

export interface Queue {
  /** Look again soon: something changed, an answer came, a person said something. */
  poke(key: string): void;
  /** Ends when the work of every key has ended. */
  readonly done: Promise<void>;
}

export interface QueueOptions {
  keys: readonly string[];
  /** One pass; how long to wait before the next, or undefined when this key is through. */
  work(key: string): Promise<Millis | undefined>;
  clock: Clock;
  /** Passes at once. */
  width: number;
}

interface Nap {
  poked: boolean;
  wake?: AbortController;
}

export function runQueue({ keys, work, clock, width }: QueueOptions): Queue {
  const naps = new Map<string, Nap>(keys.map((key) => [key, { poked: false }]));
  const slot = slots(width);

  async function tend(key: string, nap: Nap): Promise<void> {
    for (;;) {
      nap.poked = false;
      const pause = await slot(() => work(key));
      if (pause === undefined) return;
      if (nap.poked || pause <= 0) continue;
      nap.wake = new AbortController();
      await clock.sleep(pause, nap.wake.signal);
      delete nap.wake;
    }
  }

  return {
    poke(key) {
      const nap = naps.get(key);
      if (!nap) return;
      nap.poked = true;
      nap.wake?.abort();
    },
    done: Promise.all([...naps].map(([key, nap]) => tend(key, nap))).then(() => undefined),
  };
}

/** At most `width` at once; the others wait in order. */
function slots(width: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = width;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((enter) => waiting.push(enter));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
