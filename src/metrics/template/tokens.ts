// A template cut into texts and actions, and actions into tokens, as Go's text/template does. It must not know what a function means.
import { TemplateError } from './error.ts';

export type Token = { at: number } & (
  { is: 'name' | 'field'; name: string } | { is: 'value'; value: string | number } | { is: '(' | ')' | '|' | 'space' | 'end' }
);

export type Piece = { is: 'text'; text: string } | { is: 'action'; tokens: Token[] };

const space = /[ \t\r\n]/;

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0, trimmed = false; ;) {
    const open = text.indexOf('{{', at);
    const trimBefore = open >= 0 && text[open + 2] === '-' && space.test(text[open + 3] ?? '');
    let plain = text.slice(at, open < 0 ? undefined : open);
    if (trimmed) plain = plain.replace(/^[ \t\r\n]+/, '');
    if (trimBefore) plain = plain.replace(/[ \t\r\n]+$/, '');
    if (plain) pieces.push({ is: 'text', text: plain });
    if (open < 0) return pieces;
    const action = actionAt(text, open, open + (trimBefore ? 3 : 2));
    if (action.tokens) pieces.push({ is: 'action', tokens: action.tokens });
    ({ end: at, trimmed } = action);
  }
}

interface Action {
  /** Undefined: a comment. */
  tokens: Token[] | undefined;
  end: number;
  /** The white space behind it goes. */
  trimmed: boolean;
}

function actionAt(text: string, open: number, from: number): Action {
  const comment = commentAt(text, open, from);
  if (comment) return comment;
  const tokens: Token[] = [];
  const close = /(?:[ \t\r\n]+-)?\}\}/y;
  for (let at = from; at < text.length;) {
    close.lastIndex = at;
    const closed = close.exec(text)?.[0];
    if (closed) {
      tokens.push({ is: 'end', at });
      return { tokens, end: at + closed.length, trimmed: closed.length > 2 };
    }
    const { token, length } = tokenAt(text, at);
    tokens.push(token);
    at += length;
  }
  throw new TemplateError('this {{ has no }}', open);
}

function commentAt(text: string, open: number, from: number): Action | undefined {
  const begin = /[ \t\r\n]*\/\*/y;
  begin.lastIndex = from;
  if (!begin.test(text)) return undefined;
  const close = /\*\/([ \t\r\n]+-)?\}\}/g;
  close.lastIndex = begin.lastIndex;
  const found = close.exec(text);
  if (!found) throw new TemplateError('this comment does not end in */}}', open);
  return { tokens: undefined, end: close.lastIndex, trimmed: found[1] !== undefined };
}

const forms: readonly [form: RegExp, token: (text: string, at: number) => Token][] = [
  [/[ \t\r\n]+/y, (_text, at) => ({ is: 'space', at })],
  [/[()|]/y, (text, at) => ({ is: text as '(' | ')' | '|', at })],
  [/\.[\p{L}_][\p{L}\p{N}_]*/uy, (text, at) => ({ is: 'field', name: text.slice(1), at })],
  [/[\p{L}_][\p{L}\p{N}_]*/uy, (text, at) => ({ is: 'name', name: text, at })],
  [/[+-]?[0-9]+(?![\p{L}\p{N}_.])/uy, (text, at) => ({ is: 'value', value: Number(text), at })],
  [/`[^`]*`/y, (text, at) => ({ is: 'value', value: text.slice(1, -1).replace(/\r/g, ''), at })],
  [/"(?:[^"\\\n]|\\.)*"/y, (text, at) => ({ is: 'value', value: unquoted(text.slice(1, -1), at), at })],
];

function tokenAt(text: string, at: number): { token: Token; length: number } {
  for (const [form, token] of forms) {
    form.lastIndex = at;
    const found = form.exec(text)?.[0];
    if (found) return { token: token(found, at), length: found.length };
  }
  throw new TemplateError(refusal(text, at), at);
}

const notSpoken: readonly (readonly [form: RegExp, what: string])[] = [
  [/\$[\p{L}\p{N}_]*/uy, 'variables'],
  [/:?=/y, 'assignments'],
  [/'(?:[^'\\\n]|\\.)*'/y, 'characters in single quotes'],
  [/[+-]?(?:[0-9.]*\.?[0-9]+[\p{L}\p{N}_.]*|[0-9]+\.)/uy, 'numbers of this form'],
  [/\./y, 'the dot'],
];

function refusal(text: string, at: number): string {
  if (text[at] === '"') return 'this " has no second one in its line';
  if (text[at] === '`') return 'this ` has no second one';
  for (const [form, what] of notSpoken) {
    form.lastIndex = at;
    const found = form.exec(text)?.[0];
    if (found) return `${what} are not spoken here: ${found}`.replace('the dot are', 'the dot is');
  }
  return `unexpected ${String.fromCodePoint(text.codePointAt(at) ?? 0)}`;
}

const escapes: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"' };

/** Go's escapes, but for bytes (\x80, \200) that are half a character. */
function unquoted(text: string, at: number): string {
  return text.replace(
    /\\(?:x([0-7][0-9a-fA-F])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gsu,
    (whole, ...groups: (string | undefined)[]) => {
      const [byte, short, long, letter] = groups;
      const code = byte ?? short ?? long;
      if (code !== undefined && parseInt(code, 16) <= 0x10ffff) return String.fromCodePoint(parseInt(code, 16));
      const plain = letter !== undefined && Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
      if (plain === undefined) throw new TemplateError(`unknown escape ${whole}`, at);
      return plain;
    },
  );
}
