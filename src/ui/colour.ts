// The one decision about colour, made per stream: flag, then NO_COLOR, then FORCE_COLOR or CLICOLOR_FORCE, then a terminal that is not dumb.
// Nothing else may look at these variables: chalk's own guess does not know NO_COLOR.
import { Chalk, type ChalkInstance } from 'chalk';

export interface Stream {
  readonly isTTY: boolean;
}
export type Env = Readonly<Record<string, string | undefined>>;
export type Paint = ChalkInstance;

export function hasColour(stream: Stream, env: Env, noColorFlag: boolean): boolean {
  if (noColorFlag) return false;
  if (env['NO_COLOR']) return false;
  if (isForced(env['FORCE_COLOR']) || isForced(env['CLICOLOR_FORCE'])) return true;
  if (isRefused(env['FORCE_COLOR'])) return false;
  return stream.isTTY && env['TERM'] !== 'dumb';
}

export function paintOf(stream: Stream, env: Env, noColorFlag: boolean): Paint {
  return new Chalk({ level: hasColour(stream, env, noColorFlag) ? 1 : 0 });
}

function isForced(value: string | undefined): boolean {
  return Boolean(value) && !isRefused(value);
}

function isRefused(value: string | undefined): boolean {
  return value === '0' || value === 'false';
}
