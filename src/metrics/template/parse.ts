// The tokens of an action as a pipeline: commands joined by |, each a row of operands. It must not know what a function means.
import { TemplateError } from './error.ts';
import type { Token } from './tokens.ts';

export type Operand = { at: number } & (
  | { is: 'function'; name: string }
  | { is: 'value'; value: string | number }
  | { is: 'pipeline'; commands: Command[] }
  | { is: 'field'; of: Operand; name: string }
);
export type Command = readonly [Operand, ...Operand[]];

const control = new Set(['if', 'else', 'end', 'range', 'with', 'define', 'block', 'template', 'break', 'continue']);
/** Deeper than anybody writes by hand, and far from what a stack can hold. */
const deepest = 50;

export function pipelineOf(tokens: readonly Token[]): Command[] {
  return pipeline({ tokens, next: 0, depth: 0 }, 'end');
}

interface Cursor {
  readonly tokens: readonly Token[];
  next: number;
  depth: number;
}

function peek({ tokens, next }: Cursor): Token {
  return tokens[next] ?? { is: 'end', at: 0 };
}

function take(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.next++;
  return token;
}

function pipeline(cursor: Cursor, close: 'end' | ')'): Command[] {
  const commands: Command[] = [];
  for (;;) {
    commands.push(command(cursor));
    const token = take(cursor);
    if (token.is === close) return commands;
    if (token.is === ')') throw new TemplateError('this ) has no (', token.at);
    if (token.is === 'end') throw new TemplateError('a ) is missing', token.at);
  }
}

function command(cursor: Cursor): Command {
  const operands: Operand[] = [];
  for (;;) {
    const spaced = peek(cursor).is === 'space';
    if (spaced) cursor.next++;
    const token = peek(cursor);
    if (token.is === 'end' || token.is === ')' || token.is === '|') break;
    if (operands.length && !spaced) throw new TemplateError('a space is missing here', token.at);
    operands.push(operand(cursor));
  }
  const [first, ...rest] = operands;
  if (!first) throw new TemplateError('a value is missing here', peek(cursor).at);
  return [first, ...rest];
}

function operand(cursor: Cursor): Operand {
  const token = take(cursor);
  const of = term(cursor, token);
  const field = peek(cursor);
  if (field.is !== 'field') return of;
  cursor.next++;
  const more = peek(cursor);
  if (more.is === 'field') throw new TemplateError(`a text has no field ${more.name}`, more.at);
  return { is: 'field', of, name: field.name, at: token.at };
}

function term(cursor: Cursor, token: Token): Operand {
  if (token.is === 'value') return token;
  if (token.is === 'name') {
    if (control.has(token.name)) throw new TemplateError(`${token.name} is not spoken here: a query is one expression`, token.at);
    return { is: 'function', name: token.name, at: token.at };
  }
  if (token.is === '(') {
    if (++cursor.depth > deepest) throw new TemplateError(`more than ${deepest} brackets within each other`, token.at);
    const commands = pipeline(cursor, ')');
    cursor.depth--;
    return { is: 'pipeline', commands, at: token.at };
  }
  if (token.is === 'field') throw new TemplateError(`.${token.name} is a field of nothing; write variables.${token.name}`, token.at);
  throw new TemplateError('a value is missing here', token.at);
}
