// What the neighbours of a release were asked, with the moment on this machine's clock, which is the API server's, too. Judges nothing.
import type { Millis, Wire } from '../../../src/ports.ts';

export interface Heard {
  readonly at: Millis;
  readonly wire: Wire;
  readonly status: number;
  readonly reply: string;
}

/** Finer than whole milliseconds, so that an answer and the write that follows from it stand in their order; never away from the wall's clock. */
export function wallClock(): () => Millis {
  let ahead = performance.timeOrigin;
  return () => {
    const [fine, wall] = [performance.now(), Date.now()];
    ahead = Math.min(Math.max(ahead, wall - fine), wall + 0.999 - fine);
    return ahead + fine;
  };
}

/** '2026-01-31T10:00:00.123456Z' in milliseconds, with their fractions. */
export function momentOf(stamp: string): Millis {
  const [, whole = '', fraction = '0'] = /^(.*?)(?:\.(\d+))?Z$/.exec(stamp) ?? [];
  return Date.parse(`${whole}Z`) + Number(`0.${fraction}`) * 1000;
}
