// A spinner for short waits before a run, on a terminal that is wide enough; otherwise nothing. It must leave the keyboard alone.
import type { Env } from './colour.ts';

/** ora divides by the width: at 0 columns it would never end. Below this a spinner line wraps anyway. */
export const leastColumns = 40;

export interface Terminal {
  readonly isTTY: boolean;
  columns(): number;
}

/** ora's own stdin guard eats Ctrl-C, which here must always reach the run. A hidden cursor would be given back by listeners to every signal,
 *  and by an escape sequence behind the result, which is the last line. */
export function spinnerOptions(text: string): { text: string; discardStdin: false; hideCursor: false; stream: NodeJS.WriteStream } {
  return { text, discardStdin: false, hideCursor: false, stream: process.stderr };
}

export function maySpin(terminal: Terminal, env: Env): boolean {
  return terminal.isTTY && terminal.columns() >= leastColumns && env['TERM'] !== 'dumb' && !env['CI'];
}

/** Does `work` with the text turning beside it. */
export async function waiting<T>(on: { terminal: Terminal; env: Env; text: string }, work: () => Promise<T>): Promise<T> {
  if (!maySpin(on.terminal, on.env)) return work();
  const { default: ora } = await import('ora');
  const spinner = ora(spinnerOptions(on.text)).start();
  try {
    return await work();
  } finally {
    spinner.stop();
  }
}
