// How the API server writes times. It must not read a clock.

/** Seconds, as the API server writes times. */
export function timestamp(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}
