// The one encoder of foreign text: whatever a cluster, a metrics server or a webhook said passes here before it is shown or stored.
// It must never let through what could drive a terminal or a CI runner. Pure.

/** Colour and cursor sequences: gone as a whole, so that no '[31m' is left behind. */
const terminalSequence = /\u001b\[[0-?]*[ -/]*[@-~]/g;
const lineBreakOrTab = /[\t\n\v\f\r\u0085\u2028\u2029]/g;
/** Marks that show nothing and reorder or hide what stands beside them. */
const invisible = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;
/** C0, DEL, C1 and halves of characters. */
const control = /[\p{Cc}\p{Surrogate}]/gu;

/** One line of at most `max` characters, safe in a terminal, a log and a CI log. */
export function cleanText(text: string, max: number): string {
  // Cut first, generously, so that a huge text costs nothing.
  const head = text.length > max * 8 + 1024 ? text.slice(0, max * 8 + 1024) : text;
  const plain = head
    .replace(terminalSequence, '')
    .replace(lineBreakOrTab, ' ')
    .replace(invisible, '')
    .replace(control, '\ufffd')
    .replace(/ {2,}/g, ' ')
    .trim();
  return shorten(disarm(plain), max);
}

/** CI runners obey '::command' at the start of a line (after white space) and '##[command' anywhere in it. */
function disarm(line: string): string {
  return line.replace(/##\[/g, '## [').replace(/^::/, ': :');
}

function shorten(line: string, max: number): string {
  const characters = [...line];
  return characters.length <= max ? line : `${characters.slice(0, Math.max(0, max - 1)).join('')}…`;
}
