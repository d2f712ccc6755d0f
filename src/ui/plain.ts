// The text reporter: event lines and the last line `result=…` on stdout, everything else on stderr. Colour is added, never relied on.
import type { Canary } from '../contracts.ts';
import { shownText } from '../http/redact.ts';
import type { Line, Outcome } from '../runner/types.ts';
import type { Paint } from './colour.ts';
import { nameOf } from './plan.ts';
import { counts, resultWord, type RunReporter } from './reporter.ts';
import { stamp } from './time.ts';

export interface Streams {
  readonly stdout: { write(text: string): void };
  readonly stderr: { write(text: string): void };
}
export interface Paints {
  readonly stdout: Paint;
  readonly stderr: Paint;
}

/** Longer foreign text is cut: a line must stay a line. */
export const longest = 2000;

export function textReporter(streams: Streams, paints: Paints): RunReporter {
  const note = noteTo(streams.stderr, paints.stderr);
  return {
    event(line) {
      if (line.event.tell === 'note') note(line.text, line.canary);
      else streams.stdout.write(`${eventLine(line, paints.stdout)}\n`);
    },
    note,
    result: resultTo(note),
    finish(outcomes, exitCode) {
      for (const line of resultLines(outcomes, exitCode)) streams.stdout.write(`${paints.stdout.bold(line)}\n`);
    },
  };
}

/** <RFC3339> <ns>/<name> <Normal|Warning> <text> */
export function eventLine(line: Line, paint: Paint): string {
  const { canary, type } = line;
  const who = `${canary.namespace}/${canary.name}`;
  const text = shownText(line.text, longest);
  return `${paint.dim(stamp(line.at))} ${who} ${type === 'Warning' ? paint.yellow(type) : type} ${text}`;
}

/** One canary: `result=promoted exit=0 revision=… changed=true`. Several: one line each with its name, and a last one with the exit code of all. */
export function resultLines(outcomes: readonly Outcome[], exitCode: number): string[] {
  const several = outcomes.length !== 1;
  const lines = outcomes.map((outcome) => {
    const line = `result=${resultWord(outcome)} exit=${outcome.exitCode} revision=${shownText(outcome.revision, 100) || '-'} changed=${outcome.changed}`;
    return several ? `${line} canary=${nameOf(outcome.canary)}` : line;
  });
  return several ? [...lines, `result=several exit=${exitCode} ${counts(outcomes)}`.trimEnd()] : lines;
}

export type Note = (text: string, canary?: Canary) => void;

/** stderr: each line of the text by itself, so that a hostile one cannot pose as another. */
export function noteTo(stderr: { write(text: string): void }, paint: Paint): Note {
  return (text, canary) => {
    // Sentences about a canary mostly begin with its name.
    const prefix = canary && !text.startsWith(nameOf(canary)) ? paint.dim(`${nameOf(canary)}: `) : '';
    for (const line of text.split('\n')) stderr.write(`${prefix}${shownText(line, longest)}\n`);
  };
}

/** Why it ended so and what to type next; the same for people in every format. */
export function resultTo(note: Note): (outcome: Outcome) => void {
  return (outcome) => {
    if (outcome.why) note(outcome.why, outcome.canary);
    // Bare: this is the line to copy.
    if (outcome.next) note(`next: ${outcome.next}`);
  };
}
