// An Io that a test can look into, and parts that must be replaced before they are used.
import type { Io, Out, SignalName } from '../../src/cli/io.ts';
import type { Parts } from '../../src/cli/parts.ts';

export interface FakeIo extends Io {
  out(): string;
  err(): string;
  /** What a terminal or a CI runner sends. */
  send(name: SignalName): void;
  /** Moves the clock that tells a second press from the first. */
  pass(ms: number): void;
  listeners(): number;
  /** The reader of stdout goes away. */
  leave(): void;
}

export interface FakeOptions {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  onWrite?(text: string): void;
}

export function fakeIo(options: FakeOptions = {}): FakeIo {
  const listeners: { name: SignalName; listener: () => void }[] = [];
  const [stdout, stderr] = [sink(options), sink({ ...options, isTTY: false })];
  let now = 0;
  return {
    stdout: stdout.out,
    stderr: stderr.out,
    stdin: once(options.stdin ?? ''),
    env: options.env ?? {},
    now: () => now,
    onSignal(name, listener) {
      const entry = { name, listener };
      listeners.push(entry);
      return () => void listeners.splice(listeners.indexOf(entry), 1);
    },
    out: stdout.text,
    err: stderr.text,
    send: (name) => listeners.filter((entry) => entry.name === name).forEach((entry) => entry.listener()),
    pass(ms) {
      now += ms;
    },
    listeners: () => listeners.length,
    leave: stdout.leave,
  };
}

function sink(options: FakeOptions): { out: Out; text(): string; leave(): void } {
  let all = '';
  const listeners = new Set<() => void>();
  return {
    out: {
      write(text) {
        all += text;
        options.onWrite?.(text);
      },
      isTTY: options.isTTY ?? false,
      onGone(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      columns: () => options.columns ?? 0,
      rows: () => 24,
    },
    text: () => all,
    leave: () => listeners.forEach((listener) => listener()),
  };
}

async function* once(text: string): AsyncGenerator<string> {
  await Promise.resolve();
  yield text;
}

/** Parts of which a test gives those that its command may use. */
export function fakeParts(given: Partial<Parts> = {}): Parts {
  const refuse = (name: string) => (): never => {
    throw new Error(`the test did not expect ${name}`);
  };
  return {
    cluster: refuse('a cluster'),
    sandbox: refuse('a sandbox'),
    run: refuse('a run'),
    heal: refuse('a heal'),
    remove: refuse('a deletion'),
    clock: refuse('a clock'),
    ...given,
  };
}
