// Errors into words: what, where, why, and the next step last. Only main prints them.
import { cleanText } from '../common/clean.ts';
import { CanaryError, SpecError } from '../errors.ts';
import { redactText } from '../http/redact.ts';
import type { Paint } from '../ui/colour.ts';

export interface Failure {
  readonly exitCode: number;
  readonly lines: readonly string[];
}

export function failureOf(error: unknown, debug: boolean, paint: Paint): Failure {
  if (error instanceof SpecError) return { exitCode: error.exitCode, lines: [...invalid(error, paint), ...(debug ? stackOf(error) : [])] };
  if (error instanceof CanaryError) return { exitCode: error.exitCode, lines: [...known(error, paint), ...(debug ? stackOf(error) : [])] };
  return { exitCode: 1, lines: unexpected(error, paint) };
}

function invalid(error: SpecError, paint: Paint): string[] {
  const count = error.problems.length;
  const verdict = `${count} ${count === 1 ? 'problem' : 'problems'}; nothing was sent to a cluster`;
  return [...error.problems.flatMap(safeLines), `${paint.red('error:')} ${verdict}`];
}

function known(error: CanaryError, paint: Paint): string[] {
  const [first = '', ...rest] = safeLines(error.message);
  const next =
    error.hint === undefined ? [] : safeLines(error.hint).map((line, at) => (at === 0 ? `${paint.bold('next:')} ${line}` : line));
  return [`${paint.red('error:')} ${first}`, ...rest, ...next];
}

function unexpected(error: unknown, paint: Paint): string[] {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const [first = '', ...rest] = safeLines(text);
  return [
    `${paint.red('error:')} this is a bug in canary: ${first}`,
    ...rest,
    ...stackOf(error),
    `${paint.bold('next:')} look with canary status, and report these lines together with what you typed`,
  ];
}

/** The frames only: the message stands above already. */
function stackOf(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  const cause = error instanceof Error && error.cause !== undefined ? safeLines(`caused by ${String(error.cause)}`) : [];
  return [...frames.map((frame) => `    ${safe(frame)}`), ...cause];
}

function safeLines(text: string): string[] {
  return text.split('\n').map(safe);
}

/** Messages carry foreign words and addresses. */
function safe(line: string): string {
  return cleanText(redactText(line), 2000);
}
