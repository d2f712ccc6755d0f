// The load client, a process of its own: node client.mjs '{"url":…,"host":…,"rate":100,"out":FILE}'. SIGTERM: it sends nothing more, waits for what is
// under way, writes its last line and ends with 0. Killed, it leaves a file that can be read. It must import nothing but Node and its siblings.
import { appendFileSync } from 'node:fs';
import type { Question } from './ask.ts';
import type { Ending, Entry } from './entry.ts';
import { podinfoNaming, type Naming } from './origin.ts';
import { startStream } from './stream.ts';

/** What its one argument says. */
export interface Load {
  readonly url: string;
  readonly host: string;
  /** Requests a second. */
  readonly rate: number;
  /** One line of JSON a request is appended here. */
  readonly out: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for one request; 5000. */
  readonly timeout?: number;
  readonly naming?: Partial<Naming>;
  /** It stops by itself after so many seconds, should nobody do it. */
  readonly seconds?: number;
}

const flushMs = 100;

function questionOf({ url, host, headers = {}, timeout = 5000, naming = {} }: Load): Question {
  return { url, host, headers, timeout, naming: { ...podinfoNaming, ...naming } };
}

/** Keeps lines for a moment: at hundreds a second, a write each would be felt in the stream. */
function lines(file: string): { write(line: Entry | Ending): void; flush(): void } {
  let kept = '';
  const flush = (): void => {
    if (kept) appendFileSync(file, kept);
    kept = '';
  };
  return { write: (line) => void (kept += `${JSON.stringify(line)}\n`), flush };
}

/** A disk that is full for a moment must not end the stream: the lines are still there the next time. */
function attempt(flush: () => void): void {
  try {
    flush();
  } catch (error) {
    process.stderr.write(`load client: ${String(error)}\n`);
  }
}

function run(load: Load): void {
  const { write, flush } = lines(load.out);
  // A file that cannot be written is found out now, not when the stream has run for nothing.
  appendFileSync(load.out, '');
  const stream = startStream(questionOf(load), load.rate, write);
  const flushing = setInterval(() => attempt(flush), flushMs);
  const end = async (): Promise<void> => {
    const sent = await stream.stop();
    clearInterval(flushing);
    clearTimeout(limit);
    write({ end: true, sent });
    flush();
  };
  let ending: Promise<void> | undefined;
  const stop = (): void => void (ending ??= end());
  const limit = load.seconds === undefined ? undefined : setTimeout(stop, load.seconds * 1000);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
}

run(JSON.parse(process.argv[2] ?? '') as Load);
