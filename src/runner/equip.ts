// What one canary's passes work with: questions, the teller with its Events and webhooks, intents and clocks, all bound to one held record.
import type { Obj } from '../contracts.ts';
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
import { createTeller, type Teller } from './report.ts';
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
  const { view } = env.reporter;
  const readSecret = secretReader((namespace) => env.objects(namespace), env.signal);
  const teller = tellerOf(env, kit, { objects, sight, readSecret });
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
    ...(view ? { view } : {}),
    pace: { restless: 0, wrote: [] },
  };
}

interface Telling {
  objects: Objects;
  sight: Drive['sight'];
  readSecret: ReturnType<typeof secretReader>;
}

/** To the reporter, as Kubernetes Events and to the event webhooks; what is still on its way at the end is waited for. */
function tellerOf(env: Env, kit: Kit, { objects, sight, readSecret }: Telling): Teller {
  const { canary } = kit;
  const onTrouble = (why: string): void => env.reporter.note(why, canary);
  const events = createEvents({ objects, clock: env.clock, signal: env.signal, now: () => env.now(), onTrouble });
  env.atEnd((signal) => events.flush(signal));
  const hooks = createEventHooks({
    hooks: canary.hooks,
    canary,
    send: (request, signal) => sendHttp({ send: env.http, clock: env.clock, readSecret, home: canary.namespace }, request, signal),
    onTrouble,
    signal: env.signal,
  });
  env.atEnd((signal) => hooks.flush(signal));
  const about = (): Obj | undefined => sight.found && targetOf(kit, sight.found);
  return createTeller({ kit, hooks, reporter: env.reporter, about, post: events });
}
