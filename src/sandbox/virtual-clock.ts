// Virtual time: stands still while anything is in flight, jumps to the next timer when the event loop is idle. Same program, same order.
// It must not look at real time.
import type { Millis, Send } from '../ports.ts';
import type { VirtualClock } from './clock.ts';
import { type Timer, TimerHeap } from './timer-heap.ts';

// A promise chain that goes through a stream or a callback needs a few turns of the event loop before it asks for the next thing.
const QUIET_TURNS = 3;

function once(fn: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    fn();
  };
}

export class Virtual implements VirtualClock {
  private readonly heap = new TimerHeap();
  private time: Millis;
  private order = 0;
  private waiting = 0;
  private held = 0;
  /** Raised by everything a program does; a quiet turn is one in which it stood still. */
  private activity = 0;
  private seen = -1;
  private quiet = 0;
  private scheduled = false;

  constructor(start: Millis) {
    this.time = start;
  }

  now(): Millis {
    return this.time;
  }

  set(now: Millis): void {
    this.heap.shift(now - this.time);
    this.time = now;
  }

  after(ms: Millis, fn: () => void): () => void {
    const timer: Timer = { at: this.time + Math.max(0, ms), order: this.order++, fire: fn };
    this.heap.push(timer);
    this.stir();
    return () => {
      timer.fire = undefined;
    };
  }

  sleep(ms: Millis, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    const leave = this.attend();
    return new Promise((resolve) => {
      const wake = once(() => {
        cancel();
        leave();
        signal.removeEventListener('abort', wake);
        resolve();
      });
      const cancel = this.after(ms, wake);
      signal.addEventListener('abort', wake);
    });
  }

  attend(): () => void {
    this.waiting++;
    this.stir();
    return once(() => {
      this.waiting--;
      this.activity++;
    });
  }

  hold(): () => void {
    this.held++;
    this.activity++;
    return once(() => {
      this.held--;
      this.stir();
    });
  }

  counted(send: Send): Send {
    return async (wire, signal) => {
      const release = this.hold();
      try {
        return await send(wire, signal);
      } finally {
        release();
      }
    };
  }

  private stir(): void {
    this.activity++;
    if (this.scheduled || !this.canMove()) return;
    this.scheduled = true;
    setImmediate(() => this.turn());
  }

  private canMove(): boolean {
    return this.held === 0 && this.waiting > 0 && this.heap.first !== undefined;
  }

  private turn(): void {
    this.scheduled = false;
    if (!this.canMove()) return;
    this.quiet = this.activity === this.seen ? this.quiet + 1 : 0;
    this.seen = this.activity;
    if (this.quiet >= QUIET_TURNS) {
      this.quiet = 0;
      this.jump();
    }
    if (this.scheduled || !this.canMove()) return;
    this.scheduled = true;
    setImmediate(() => this.turn());
  }

  private jump(): void {
    const timer = this.heap.pop();
    if (timer?.fire === undefined) return;
    this.time = Math.max(this.time, timer.at);
    this.activity++;
    timer.fire();
  }
}
