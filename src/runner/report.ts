// Tells what happened, after it happened: to the reporter and as Kubernetes Events. A wait is said when its
// text changes, never per poll.
import type { Canary, Obj } from '../contracts.ts';
import type { Event, Kit, State } from '../core/types.ts';
import { say } from '../core/wording.ts';
import type { Events } from '../kube/events.ts';
import type { EventHooks } from './event-hooks.ts';
import type { Line, Outcome, Reporter } from './types.ts';
import type { RunView } from './view.ts';

export interface Teller {
  /** `state`: the one that the events led to. */
  tell(events: readonly Event[], state: Pick<State, 'phase' | 'revision'>): void;
  note(text: string): void;
}

export interface TellerOptions {
  kit: Kit;
  reporter: Reporter;
  /** Where the lines go as Kubernetes Events: the target. Undefined: nowhere yet. */
  about(): Obj | undefined;
  post: Pick<Events, 'tell' | 'tellProgress'>;
  hooks: Pick<EventHooks, 'tell'>;
}

export function createTeller({ kit, reporter, about, post, hooks }: TellerOptions): Teller {
  let lastWait = '';
  return {
    tell(events, { phase, revision }) {
      for (const event of events) {
        const { type, text } = say(event, kit.canary);
        const waits = event.tell === 'not-ready' || event.tell === 'not-routed';
        if (waits && text === lastWait) continue;
        lastWait = waits ? text : '';
        if (event.tell === 'note') {
          reporter.note(text, kit.canary);
          continue;
        }
        hooks.tell({ type, text, at: event.at, phase, checksum: revision });
        reporter.event({ at: event.at, canary: kit.canary, type, text, event });
        const object = about();
        if (object) post[waits ? 'tellProgress' : 'tell'](object, type, text);
      }
    },
    note: (text) => reporter.note(text, kit.canary),
  };
}

/** A screen or a pipe that is gone must not stop a release half-way: what happens is in the record and in the Events too, and whoever reads the
 *  exit code still learns the result. */
export function shielded(reporter: Reporter): Reporter {
  const shield =
    <A extends unknown[]>(say: (...args: A) => void) =>
    (...args: A): void => {
      try {
        say(...args);
      } catch {
        // Said in vain.
      }
    };
  return {
    event: shield((line: Line) => reporter.event(line)),
    note: shield((text: string, canary?: Canary) => reporter.note(text, canary)),
    result: shield((outcome: Outcome) => reporter.result(outcome)),
    // Without a screen nothing is worked out for one.
    ...(reporter.view ? { view: shield((view: RunView) => reporter.view?.(view)) } : {}),
  };
}
