// A shell with canary and kubectl in it, on one sandbox in virtual time. What it was not told how to do, it refuses.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Sandbox } from '../../src/cli/connect.ts';
import { main } from '../../src/cli/main.ts';
import { realParts, type Parts } from '../../src/cli/parts.ts';
import type { SandboxClock } from '../../src/sandbox/clock.ts';
import { fakeIo, fakeParts, type FakeIo } from '../cli/fake-io.ts';
import { kubectl } from './kubectl.ts';
import { commandIn, type Typed } from './shell.ts';

export interface Terminal {
  /** Types a line and waits for its end. A job in the background is waited for until it has said the last of the lines shown. */
  type(line: string, isEnough: (lines: readonly string[]) => boolean): Promise<string[]>;
  /** Presses Ctrl-C where the sandbox serves. */
  close(): Promise<void>;
}

interface Job {
  /** What it said since it was last looked at. */
  readonly said: string[];
  readonly ended: Promise<number>;
  readonly release: () => void;
}

interface Room {
  readonly exported: Map<string, string>;
  sandbox?: Sandbox;
  serving?: { readonly io: FakeIo; readonly ended: Promise<number> };
  job?: Job;
  exit: number;
}

export function openTerminal(): Terminal {
  const room: Room = { exported: new Map(), exit: 0 };
  return {
    type: (line, isEnough) => obey(room, commandIn(line), isEnough),
    async close() {
      if (room.job) throw new Error('a job in the background was not waited for');
      room.serving?.io.send('SIGINT');
      await room.serving?.ended;
    },
  };
}

type Enough = (lines: readonly string[]) => boolean;

async function obey(room: Room, typed: Typed, isEnough: Enough): Promise<string[]> {
  const [program = '', ...words] = typed.words;
  if (!room.job && room.sandbox) await room.sandbox.world.clock.sleep(typingMs, new AbortController().signal);
  if (program === 'canary' && words[0] === 'sandbox' && words[1] === 'start') return start(room, words);
  if (program === 'canary' && typed.isJob) return background(room, typed, isEnough);
  if (program === 'canary') return foreground(room, typed);
  if (program === 'kubectl') return kubectl(words, sandboxOf(room).world.api);
  if (program === 'wait' && words.join() === '%1') return untilEnd(room);
  if (program === 'echo' && words.join() === '$?') return [String(room.exit)];
  if (program === 'export') return remember(room, words);
  if (program === 'sed' && words[0] === '-i' && words.length === 3) return edit(words[1] ?? '', words[2] ?? '');
  throw new Error(`the test knows no such command: ${typed.words.join(' ')}`);
}

/** Between two commands a person takes a moment. */
const typingMs = 2000;

function sandboxOf({ sandbox, exported }: Room): Sandbox {
  if (!sandbox) throw new Error('no sandbox is started yet');
  if (exported.get('KUBECONFIG') !== 'sandbox.kubeconfig') throw new Error('KUBECONFIG does not lead to the sandbox');
  return sandbox;
}

function partsFor(room: Room): Parts {
  return fakeParts({
    ...realParts,
    cluster: (options) => {
      const { world } = sandboxOf(room);
      return Promise.resolve({ ...world, about: { ...world.about, namespace: options.namespace ?? 'default' }, close: () => Promise.resolve() });
    },
    async sandbox(options) {
      const sandbox = await realParts.sandbox({ ...options, clock: 'virtual' });
      return { ...sandbox, listen: (port = 0) => Promise.resolve(door(room, sandbox, port)) };
    },
  });
}

function door(room: Room, sandbox: Sandbox, port: number): Awaited<ReturnType<Sandbox['listen']>> {
  room.sandbox = sandbox;
  return { url: `http://127.0.0.1:${port}`, kubeconfig: '', close: () => Promise.resolve() };
}

/** Until it serves; it goes on serving. */
async function start(room: Room, argv: readonly string[]): Promise<string[]> {
  let text = '';
  let io = fakeIo();
  const all = new Promise<void>((resolve) => {
    io = fakeIo({
      onWrite(part) {
        text += part;
        if (part.startsWith('  canary sandbox fault ')) resolve();
      },
    });
  });
  const ended = main(argv, io, partsFor(room));
  room.serving = { io, ended };
  await Promise.race([all, ended.then((exit) => Promise.reject(new Error(`exit ${exit}: ${text}`)))]);
  return linesOf(text);
}

async function foreground(room: Room, typed: Typed): Promise<string[]> {
  const heard = hear(typed, () => undefined);
  room.exit = await main(argvOf(room, typed), heard.io, partsFor(room));
  return heard.said;
}

function argvOf({ exported, sandbox }: Room, { words }: Typed): readonly string[] {
  const [, ...argv] = words;
  const isProxied = exported.get('http_proxy') === 'http://127.0.0.1:8001';
  if (argv[0] === 'run' && sandbox && !argv.includes('--sandbox') && !isProxied) throw new Error('http_proxy does not lead to the sandbox');
  return argv;
}

/** Time stands still when it has said enough, until it is waited for. */
async function background(room: Room, typed: Typed, isEnough: Enough): Promise<string[]> {
  const clock = sandboxOf(room).world.clock as SandboxClock;
  let release: (() => void) | undefined;
  const heard = await new Promise<Heard & { ended: Promise<number> }>((resolve, reject) => {
    const listening = hear(typed, () => {
      if (release || !isEnough(listening.said)) return;
      release = clock.hold();
      resolve({ ...listening, ended });
    });
    const ended = main(argvOf(room, typed), listening.io, partsFor(room));
    const tooSoon = (exit: number): void => reject(new Error(`ended with ${exit} before it was expected to: ${listening.said.join('\n')}`));
    void ended.then(tooSoon, reject);
  });
  const { said, ended } = heard;
  room.job = { said, ended, release: () => release?.() };
  return said.splice(0);
}

async function untilEnd(room: Room): Promise<string[]> {
  const { job } = room;
  if (!job) throw new Error('there is no job to wait for');
  job.release();
  room.exit = await job.ended;
  delete room.job;
  return job.said;
}

/** Where trees are drawn with lines. */
const env = { LANG: 'en_US.UTF-8' };

interface Heard {
  readonly io: FakeIo;
  readonly said: string[];
}

/** stdout and stderr as they come to a terminal; `| jq -r .msg` between where it was typed. */
function hear({ isMsg, isQuiet }: Typed, then: () => void): Heard {
  const said: string[] = [];
  const add = (text: string): void => {
    for (const line of linesOf(text)) said.push(isMsg && line.startsWith('{') ? String((JSON.parse(line) as { msg?: string }).msg ?? null) : line);
    then();
  };
  const io = fakeIo({ onWrite: add, env });
  return { io: isQuiet ? { ...io, stderr: { ...io.stderr, write: () => undefined } } : io, said };
}

/** Everything that is printed is whole lines. */
function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}

function remember({ exported }: Room, words: readonly string[]): string[] {
  for (const word of words) {
    const [name = '', value = ''] = word.split('=');
    exported.set(name, value);
  }
  return [];
}

/** sed -i 's|old|new|' FILE */
function edit(script: string, file: string): string[] {
  const [, old = '', to = ''] = /^s\|([^|]+)\|([^|]*)\|$/.exec(script) ?? [];
  const before = readFileSync(file, 'utf8');
  const after = before.replace(new RegExp(old, 'g'), to);
  if (!old || before === after) throw new Error(`sed ${script} changes nothing in ${file}`);
  writeFileSync(file, after);
  return [];
}
