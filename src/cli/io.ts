// What the command line is attached to, as a value, so that every command can be run in a test. It prints nothing by itself.
import { setMaxListeners } from 'node:events';

export interface Out {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Hears, when something was written, that nobody reads any more. For commands that only print; a run goes on. Returns how to stop listening. */
  onGone(listener: () => void): () => void;
  /** 0 where nobody said. Read at every repaint: a window is resized. */
  columns(): number;
  rows(): number;
}

export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Io {
  readonly stdout: Out;
  readonly stderr: Out;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Monotonic milliseconds: tells a second press of Ctrl-C from the bounce of the first. */
  now(): number;
  /** Returns how to stop listening. While somebody listens the signal does not end the process. */
  onSignal(name: SignalName, listener: () => void): () => void;
}

/** The real thing. A reader that went away (EPIPE) or a terminal that is gone (EIO) mutes the stream: a release does not depend on its audience.
 *  Each stream is opened when first used: opening costs milliseconds, and an opened stdin would hold the process. */
export function processIo(): Io {
  // One signal ends every request and wait of a run: Node's warning at ten listeners is not meant for that.
  setMaxListeners(0);
  return {
    stdout: outOf(() => process.stdout),
    stderr: outOf(() => process.stderr),
    get stdin() {
      return process.stdin;
    },
    env: process.env,
    now: () => performance.now(),
    onSignal(name, listener) {
      process.on(name, listener);
      return () => process.removeListener(name, listener);
    },
  };
}

export function outOf(open: () => NodeJS.WriteStream): Out {
  const listeners = new Set<() => void>();
  let gone = false;
  let opened: NodeJS.WriteStream | undefined;
  const stream = (): NodeJS.WriteStream => {
    opened ??= open().on('error', () => {
      gone = true;
      for (const listener of listeners) listener();
    });
    return opened;
  };
  return {
    write(text) {
      if (!gone) stream().write(text);
    },
    onGone(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get isTTY() {
      return stream().isTTY === true;
    },
    columns: () => stream().columns ?? 0,
    rows: () => stream().rows ?? 0,
  };
}
