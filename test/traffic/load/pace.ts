// When the next request of an even stream goes out. Pure: the caller tells the time, in milliseconds of any clock that never goes back.

/** Up to here a late timer is made good at once; beyond it the stream has stalled. */
const stallMs = 100;

export interface Pace {
  /** Requests a second. */
  readonly rate: number;
  readonly began: number;
  /** How many have been sent, and the slot of the last. */
  readonly sent: number;
  readonly slot: number;
}

export function startPace(rate: number, now: number): Pace {
  return { rate, began: now, sent: 0, slot: -Infinity };
}

/** When the stream wanted its next request, whatever happened before. */
export function dueAt({ rate, began, sent }: Pace): number {
  return began + (sent * 1000) / rate;
}

/** When it may go. What is late goes at twice the rate: a burst would be a load that nobody asked for. */
export function slotAt(pace: Pace, now: number): number {
  const slot = Math.max(dueAt(pace), pace.slot + 500 / pace.rate);
  return now - slot > stallMs ? now : slot;
}

export function afterSending(pace: Pace, slot: number): Pace {
  return { ...pace, sent: pace.sent + 1, slot };
}
