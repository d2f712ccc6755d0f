// I16: whoever is owed a message of how it ended gets it, also across a kill; and however often it is sent, it is one message: it has one key.
import { isAccepted, stateOf, textOf } from '../facts.ts';
import type { Entry } from '../log.ts';
import type { Invariant, Message, Recorded, Violation } from '../setup.ts';

export const whatIsOwedIsTold: Invariant = (recorded) => {
  const messages = recorded.setup.messages ?? [];
  return messages.flatMap((message) => {
    const sent = recorded.log.entries.filter((entry) => isTo(message, entry));
    return [...twice(message, sent), ...undelivered(recorded, message, sent)];
  });
};

function isTo({ url }: Message, { actor, verb, path }: Entry): boolean {
  return actor === 'http' && verb === 'POST' && path.includes(url);
}

/** Within one analysis the same words to the same receiver are the same message. */
function twice({ name }: Message, sent: readonly Entry[]): Violation[] {
  const keys = new Map<string, string>();
  return sent.flatMap(({ seq, view, body, key = '' }) => {
    const about = `${stateOf(view.record)?.run ?? ''} ${textOf(body)}`;
    const known = keys.get(about) ?? key;
    keys.set(about, known);
    if (key !== '' && key === known) return [];
    const why = key === '' ? `${name} was told without a key` : `${name} was told the same as two messages: ${known} and ${key}`;
    return [{ invariant: 'I16' as const, seq, why }];
  });
}

/** A run that has come to its end has told it. */
function undelivered({ log, setup }: Recorded, message: Message, sent: readonly Entry[]): Violation[] {
  const last = log.entries.at(-1);
  const state = stateOf(last?.view.record);
  if (!last || !state || setup.exit === undefined) return [];
  const ended = log.entries.findLastIndex(({ view }) => stateOf(view.record)?.phase !== state.phase) + 1;
  // What ended before anybody looked was told before, too.
  const due = ended === 0 ? [] : message.due.filter(({ phase }) => phase === state.phase);
  return due
    .filter(({ has }) => !sent.some((entry) => isAccepted(entry) && textOf(entry.body).includes(has)))
    .map(({ has }) => ({ invariant: 'I16', seq: last.seq, why: `${message.name} was never told: ${has}` }));
}
