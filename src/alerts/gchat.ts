// Alerts to Google Chat, as a card; its texts are markup. Pure; it must not decide what is worth an alert.
import type { Alert, AlertProvider, JsonObject } from '../contracts.ts';
import { post, withoutToken } from './message/post.ts';

export const gchat: AlertProvider = {
  ids: ['gchat'],
  request: (alert, to) => post(to.address, card(alert), withoutToken(to)),
};

function card({ text, about, fields }: Alert): string {
  const header = { title: 'Flagger', subtitle: about, imageUrl: 'https://flagger.app/favicon.png' };
  const sections = [section(strong(text)), ...fields.map(([title, value]) => section(`${escaped(title)}<br>${strong(value)}`))];
  return JSON.stringify({ cards: [{ header, sections }] });
}

function section(text: string): JsonObject {
  return { widgets: [{ textParagraph: { text } }] };
}

function strong(text: string): string {
  return `<font color=#848484><strong>${escaped(text)}</strong></font>`;
}

/** Flagger leaves these as they are, and half of '5 < 10' is lost. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
