// The real clock, and one that runs N times as fast. The only place besides src/sandbox that may own a timer; it decides nothing.
import type { Clock, Millis } from '../ports.ts';

/** The longest wait that setTimeout takes; a longer one is cut into pieces. */
const longest = 2_147_483_647;

/** Time as this process lives it. Carried on the monotonic clock: setting the computer's date moves nothing. */
export function realClock(): Clock {
  const started = Date.now() - performance.now();
  return { now: () => started + performance.now(), sleep };
}

/** A clock on which `speed` seconds pass in one second of the clock below. */
export function scaled(clock: Clock, speed: number): Clock {
  const started = clock.now();
  return {
    now: () => started + (clock.now() - started) * speed,
    sleep: (ms, signal) => clock.sleep(ms / speed, signal),
  };
}

async function sleep(ms: Millis, signal: AbortSignal): Promise<void> {
  for (let left = ms; left > 0 && !signal.aborted; left -= longest) await nap(Math.min(left, longest), signal);
}

function nap(ms: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
  });
}
