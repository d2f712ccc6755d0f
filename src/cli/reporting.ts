// Chooses the reporter that the flags ask for. Prints nothing itself.
import { choiceFlag, isOff, type Call } from './command.ts';
import { ndjsonReporter } from '../ui/ndjson.ts';
import { paintOf } from '../ui/colour.ts';
import { textReporter } from '../ui/plain.ts';
import type { RunReporter } from '../ui/reporter.ts';

export function reporterFor({ flags, io }: Pick<Call, 'flags' | 'io'>, now: () => number): RunReporter {
  const noColor = isOff(flags, 'color');
  const paints = { stdout: paintOf(io.stdout, io.env, noColor), stderr: paintOf(io.stderr, io.env, noColor) };
  const isText = flags['output'] === undefined || choiceFlag(flags, 'output', ['text', 'ndjson']) === 'text';
  return isText ? textReporter(io, paints) : ndjsonReporter(io, paints, now);
}
