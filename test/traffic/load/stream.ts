// An even stream of requests until it is stopped. It hands each entry on when its request is over; where they are kept is none of its business.
import { ask, type Question } from './ask.ts';
import type { Entry } from './entry.ts';
import { afterSending, dueAt, slotAt, startPace } from './pace.ts';

export interface Stream {
  /** Sends nothing more; resolves with the number sent when the last is answered or has timed out. */
  stop(): Promise<number>;
}

export function startStream(question: Question, rate: number, write: (entry: Entry) => void): Stream {
  const underWay = new Set<Promise<void>>();
  let pace = startPace(rate, performance.now());
  let timer: NodeJS.Timeout | undefined;
  const sendDue = (): void => {
    for (;;) {
      const now = performance.now();
      const slot = slotAt(pace, now);
      if (slot > now) return void (timer = setTimeout(sendDue, slot - now));
      const one = ask(question, Date.now() - (now - dueAt(pace))).then(write);
      underWay.add(one);
      void one.finally(() => underWay.delete(one));
      pace = afterSending(pace, slot);
    }
  };
  sendDue();
  return {
    async stop() {
      clearTimeout(timer);
      await Promise.all(underWay);
      return pace.sent;
    },
  };
}
