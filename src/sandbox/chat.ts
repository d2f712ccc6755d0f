// A chat that takes every message and passes its text on. It must not show anything itself.
import { isObject } from '../common/json.ts';
import type { Json } from '../contracts.ts';
import type { Send } from '../ports.ts';
import { replyText } from './reply.ts';

export function chat(name: string, tell: (line: string) => void): Send {
  return (wire) => {
    const text = messageIn(wire.body ?? '');
    if (text !== undefined) tell(`${name}: ${text}`);
    return Promise.resolve(replyText(200, '{"ok":true}'));
  };
}

/** Of slack, discord and rocket (attachments), msteams (sections) and gchat (cards): the canary, and what is said about it. */
function messageIn(body: string): string | undefined {
  const message = parsed(body);
  const attachment = at(message, ['attachments', 0]);
  if (attachment !== undefined) return sentence(at(attachment, ['author_name']), at(attachment, ['text']));
  const section = at(message, ['sections', 0]);
  if (section !== undefined) return sentence(at(section, ['activitySubtitle']), at(section, ['activityTitle']));
  const card = at(message, ['cards', 0]);
  if (card === undefined) return sentence(undefined, at(message, ['text']));
  return sentence(at(card, ['header', 'subtitle']), at(card, ['sections', 0, 'widgets', 0, 'textParagraph', 'text']));
}

function sentence(about: Json | undefined, text: Json | undefined): string | undefined {
  if (typeof text !== 'string') return undefined;
  const plain = text.replace(/<[^>]*>/g, '');
  return typeof about === 'string' ? `${about}: ${plain}` : plain;
}

function at(value: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => {
    if (typeof key === 'number') return Array.isArray(inner) ? inner[key] : undefined;
    return isObject(inner) ? inner[key] : undefined;
  }, value);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
