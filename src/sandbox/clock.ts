// The two clocks of the sandbox: virtual time, that moves only when nothing is in flight, and real time made faster.
// They must not know the world or the API.
import type { Clock, Millis, Send } from '../ports.ts';
import { Virtual } from './virtual-clock.ts';

export interface SandboxClock extends Clock {
  /** Runs `fn` after `ms`; the answer cancels it. Such a timer alone keeps neither time nor the process going. */
  after(ms: Millis, fn: () => void): () => void;
  /** Somebody waits for what the world does next (a watch, `until`): time goes on while there is one. */
  attend(): () => void;
  /** The caller does asynchronous work that the clock cannot see: time stands still until released. */
  hold(): () => void;
  /** A `Send` whose requests hold time until their header is out. */
  counted(send: Send): Send;
}

export interface VirtualClock extends SandboxClock {
  /** For a world that is put back to an earlier moment; timers keep their distance. */
  set(now: Millis): void;
}

class Scaled implements SandboxClock {
  private readonly began = performance.now();
  private attending = 0;
  private alive: NodeJS.Timeout | undefined;

  constructor(
    private readonly speed: number,
    private readonly start: Millis,
  ) {}

  now(): Millis {
    return Math.floor(this.start + (performance.now() - this.began) * this.speed);
  }

  after(ms: Millis, fn: () => void): () => void {
    const timer = setTimeout(fn, Math.max(0, ms) / this.speed).unref();
    return () => clearTimeout(timer);
  }

  sleep(ms: Millis, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(0, ms) / this.speed);
      signal.addEventListener('abort', wake);
    });
  }

  /** The world's own timers do not keep the process alive; somebody who waits for them does. */
  attend(): () => void {
    if (this.attending++ === 0) this.alive = setInterval(() => undefined, 60_000);
    let here = true;
    return () => {
      if (here && --this.attending === 0) clearInterval(this.alive);
      here = false;
    };
  }

  hold(): () => void {
    return () => undefined;
  }

  counted(send: Send): Send {
    return send;
  }
}

export function virtualClock(start: Millis): VirtualClock {
  return new Virtual(start);
}

export function scaledClock(speed: number, start: Millis): SandboxClock {
  return new Scaled(speed, start);
}
