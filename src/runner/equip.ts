// What one canary's passes work with: questions, the teller with its Events and webhooks, intents and clocks, all bound to one held record.
import type { Event, Kit } from '../core/types.ts';
import { sendHttp } from '../http/request.ts';
import { createEvents } from '../kube/events.ts';
import type { Lookout } from '../kube/lookout.ts';
import type { Objects } from '../kube/objects.ts';
import { answer } from './answer.ts';
import { targetOf, type Drive } from './drive.ts';
import type { Env } from './env.ts';
import { createEventHooks } from './event-hooks.ts';
import type { Held } from './lock.ts';
import { createQuestions } from './questions.ts';
import { createTeller } from './report.ts';
import { secretReader, type SecretBook } from './secrets.ts';
import type { Wiring } from './start.ts';

export interface Equipment {
  objects: Objects;
  lookout: Lookout;
  held: Held;
  wiring: Wiring;
  /** Told with the first pass. */
  asked: Event[];
  secrets: SecretBook;
}

export function equip(env: Env, kit: Kit, what: Equipment): Drive {
  const { objects, lookout, held, wiring, secrets } = what;
  const sight: Drive['sight'] = {};
  const events = createEvents({
    objects,
    clock: env.clock,
    signal: env.signal,
    now: () => env.now(),
    onTrouble: (why) => env.reporter.note(why, kit.canary),
  });
  env.atEnd((signal) => events.flush(signal));
  const readSecret = secretReader((namespace) => env.objects(namespace), env.signal);
  const hooks = createEventHooks({
    hooks: kit.canary.hooks,
    canary: kit.canary,
    send: (request, signal) => sendHttp({ send: env.http, clock: env.clock, readSecret }, request, signal),
    onTrouble: (why) => env.reporter.note(why, kit.canary),
    signal: env.signal,
  });
  env.atEnd((signal) => hooks.flush(signal));
  const teller = createTeller({
    kit,
    hooks,
    reporter: env.reporter,
    about: () => sight.found && targetOf(kit, sight.found),
    post: (about, type, text) => events.tell(about, type, text),
  });
  const asking = { kit, objects, http: env.http, clock: env.clock, readSecret, secrets, note: (text: string) => teller.note(text) };
  return {
    kit,
    objects,
    lookout,
    held,
    teller,
    sight,
    questions: createQuestions({ answer: (question, signal) => answer(asking, question, signal), onAnswer: wiring.poke }),
    signal: env.signal,
    now: () => env.now(),
    nonce: () => env.random(),
    intents: () => [...env.intents(), ...wiring.troubles],
    clock: env.clock,
    owed: what.asked,
    begun: env.now(),
    view: (view) => env.reporter.view?.(view),
    pace: { restless: 0, wrote: [] },
  };
}
