// The language of label selectors, refused in the API server's own words. It must not look at requests or objects.
import type { Strings } from '../../contracts.ts';
import { type Cause, badRequest } from './status.ts';
import { invalidValue } from './validate/causes.ts';
import { labelValues, qualifiedName } from './validate/names.ts';

export type LabelTest = (labels: Strings) => boolean;

const OPERATORS = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'] as const;
type Operator = (typeof OPERATORS)[number];
// Two of them are written in signs only.
const WRITTEN: Readonly<Record<string, Operator>> = { in: 'in', notin: 'notin', '=': '=', '==': '==', '!=': '!=', '>': 'gt', '<': 'lt' };

interface Token {
  readonly text: string;
  readonly isWord: boolean;
}

const END: Token = { text: '', isWord: false };

function tokensOf(selector: string): Token[] {
  const found = selector.matchAll(/([^\s=!(),<>]+)|==|!=|[=!(),<>]/g);
  return [...found].map(([text, word]) => ({ text, isWord: word !== undefined }));
}

class Tokens {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  peek(): Token {
    return this.tokens[this.at] ?? END;
  }

  next(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  expectWord(): string {
    const { text, isWord } = this.next();
    if (!isWord) throw unparsable(`found '${text}', expected: identifier`);
    return text;
  }
}

function unparsable(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`);
}

/** What is wrong with one value, each rule that it breaks. */
function refuse(causes: readonly Cause[]): void {
  const start = (message: string): string => /^Invalid value: "[^"]*": /.exec(message)?.[0] ?? '';
  const told = new Map<string, string[]>();
  for (const { field, message } of causes) {
    const head = `${field}: ${start(message)}`;
    told.set(head, [...(told.get(head) ?? []), message.slice(start(message).length)]);
  }
  const errors = [...told].map(([head, rules]) => head + rules.join('; '));
  if (errors.length > 0) throw unparsable(errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`);
}

function checkKey(key: string): void {
  // Here it counts characters where it counts bytes elsewhere.
  refuse(qualifiedName('<nil>', key).map((cause) => ({ ...cause, message: cause.message.replace(/ bytes$/, ' characters') })));
}

function checkValues(key: string, operator: Operator, values: readonly string[]): void {
  const isNumber = operator === 'gt' || operator === 'lt';
  const causes = values.flatMap((value, at) => {
    const wrong = "for 'Gt', 'Lt' operators, the value must be an integer";
    const number = isNumber && !/^[+-]?\d+$/.test(value) ? [invalidValue(`values[${at}]`, value, wrong)] : [];
    return [...number, ...labelValues(`values[${at}][${key}]`, { x: value })];
  });
  refuse(causes);
}

/** Between parentheses; what stands empty between commas is the empty value. */
function setOf(tokens: Tokens): string[] {
  const open = tokens.next();
  if (open.text !== '(') throw unparsable(`found '${open.text}' expected: '('`);
  const first = tokens.peek();
  if (!first.isWord && first.text !== ',' && first.text !== ')')
    throw unparsable(`found '${first.text}', expected: ',', ')' or identifier`);
  const values = new Set<string>();
  let isAfterWord = false;
  for (let token = tokens.next(); token.text !== ')' || token.isWord; token = tokens.next()) {
    if (isAfterWord ? token.text !== ',' : !token.isWord && token.text !== ',')
      throw unparsable(`found '${token.text}', expected: ${isAfterWord ? "',' or ')'" : "',', or identifier"}`);
    if (token.isWord) values.add(token.text);
    else if (!isAfterWord || [',', ')'].includes(tokens.peek().text)) values.add('');
    isAfterWord = token.isWord;
  }
  return [...values].sort();
}

function exactValue(tokens: Tokens): string[] {
  const next = tokens.peek();
  return [next === END || next.text === ',' ? '' : tokens.expectWord()];
}

function passes(operator: Operator, values: readonly string[], value: string | undefined): boolean {
  const isIn = value !== undefined && values.includes(value);
  if (operator === 'notin' || operator === '!=') return !isIn;
  if (operator !== 'gt' && operator !== 'lt') return isIn;
  if (value === undefined || !/^[+-]?\d+$/.test(value)) return false;
  return operator === 'gt' ? Number(value) > Number(values[0]) : Number(value) < Number(values[0]);
}

function requirement(tokens: Tokens): LabelTest {
  const isDenied = tokens.peek().text === '!';
  if (isDenied) tokens.next();
  const key = tokens.expectWord();
  checkKey(key);
  const next = tokens.peek();
  if (isDenied || next === END || next.text === ',') return (labels) => (labels[key] === undefined) === isDenied;
  const operator = WRITTEN[tokens.next().text];
  if (operator === undefined) throw unparsable(`found '${next.text}', expected: ${OPERATORS.join(', ')}`);
  const values = operator === 'in' || operator === 'notin' ? setOf(tokens) : exactValue(tokens);
  checkValues(key, operator, values);
  return (labels) => passes(operator, values, labels[key]);
}

function startsRequirement({ text, isWord }: Token): boolean {
  return isWord || text === '!';
}

export function labelTestsOf(selector: string): LabelTest[] {
  const tokens = new Tokens(tokensOf(selector));
  const tests: LabelTest[] = [];
  const first = tokens.peek();
  if (first === END) return tests;
  if (!startsRequirement(first)) throw badRequest(`found '${first.text}', expected: !, identifier, or 'end of string'`);
  for (;;) {
    tests.push(requirement(tokens));
    const part = tokens.next();
    if (part === END) return tests;
    if (part.text !== ',') throw badRequest(`found '${part.text}', expected: ',' or 'end of string'`);
    const next = tokens.peek();
    if (!startsRequirement(next)) throw badRequest(`found '${next.text}', expected: identifier after ','`);
  }
}
