// A process whose words are waited for. Whatever a test starts ends with the test, by its own id; it must never look for processes by name.
import type { ChildProcess } from 'node:child_process';

/** So long a test waits for a line or an end; far more than either needs, so that a busy machine fails nothing. */
const patience = 20_000;

export interface Watched {
  /** Everything said so far, with plain line ends and without colours. */
  text(): string;
  /** The same as it came, escape sequences and all. */
  raw(): string;
  /** Resolves once the text has it; rejects when the process ends, or stays silent for too long, without. */
  says(what: RegExp): Promise<void>;
  /** The exit code, once everything said is read; null when a signal ended it. */
  ended(): Promise<number | null>;
  /** Ends it at once, if it still runs. */
  kill(): void;
}

export interface Named {
  readonly named: string;
  /** Said when it cannot be started. */
  readonly needs: string;
}

export function watched(child: ChildProcess, { named, needs }: Named, kill: () => void): Watched {
  let raw = '';
  const text = (): string => plain(raw);
  let code: number | null | undefined;
  let failure: Error | undefined;
  const listeners = new Set<() => void>();
  const tellAll = (): void => listeners.forEach((listener) => listener());
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      raw += part;
      tellAll();
    });
  }
  child.on('error', (error) => {
    failure = new Error(`${needs} is needed for this test: ${error.message}`);
    tellAll();
  });
  child.on('close', (exitCode) => {
    code = exitCode;
    tellAll();
  });
  const until = <T>(what: string, look: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        listeners.delete(check);
      };
      const fail = (why: string): void => {
        stop();
        reject(failure ?? new Error(`${named} ${why} ${what}:\n${text()}`));
      };
      const timer = setTimeout(() => fail(`took longer than ${patience / 1000} s for`), patience);
      const check = (): void => {
        const found = look();
        if (found !== undefined) {
          stop();
          resolve(found);
        } else if (failure || code !== undefined) fail(`ended with ${code} before`);
      };
      listeners.add(check);
      check();
    });
  return {
    text,
    raw: () => raw,
    says: (what) => until(String(what), () => (what.test(text()) ? true : undefined)).then(() => undefined),
    ended: () => until('its end', () => (code === undefined ? undefined : { code })).then((end) => end.code),
    kill: () => {
      if (code === undefined && !failure) kill();
    },
  };
}

function plain(raw: string): string {
  return raw.replaceAll('\r\n', '\n').replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
}
