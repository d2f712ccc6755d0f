// Timers in order of time, then of asking. It must not know what time it is.
import type { Millis } from '../ports.ts';

export interface Timer {
  at: Millis;
  readonly order: number;
  /** Undefined: cancelled. */
  fire: (() => void) | undefined;
}

export class TimerHeap {
  private readonly timers: Timer[] = [];

  get first(): Timer | undefined {
    return this.timers[0];
  }

  push(timer: Timer): void {
    const heap = this.timers;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!this.isBefore(at, up)) break;
      this.swap(at, up);
      at = up;
    }
  }

  pop(): Timer | undefined {
    const heap = this.timers;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && this.isBefore(child, least)) least = child;
      if (least === at) return first;
      this.swap(at, least);
      at = least;
    }
  }

  /** Moving all by the same amount leaves the order as it is. */
  shift(by: Millis): void {
    for (const timer of this.timers) timer.at += by;
  }

  private isBefore(a: number, b: number): boolean {
    const [x, y] = [this.timers[a], this.timers[b]];
    return x !== undefined && y !== undefined && (x.at < y.at || (x.at === y.at && x.order < y.order));
  }

  private swap(a: number, b: number): void {
    const [x, y] = [this.timers[a], this.timers[b]];
    if (x !== undefined && y !== undefined) [this.timers[a], this.timers[b]] = [y, x];
  }
}
