// A terminal on the real API server: canary is the built command with just its Role, kubectl is a person's, everything else is the machine's own.
// What the walk-throughs do not use, it refuses.
import { spawn } from 'node:child_process';
import type { Arena, Ended, Running } from '../arena.ts';
import { kubeconfigOf } from '../control-plane.ts';
import { commandIn, type Typed } from '../../examples/shell.ts';

export interface RealTerminal {
  /** Types a line and waits for its end; of a job in the background, until it has said the last of the lines that are expected of it. */
  type(line: string, isEnough: (line: string) => boolean): Promise<string[]>;
  /** Of the last command. */
  exit(): number;
}

interface Job {
  readonly running: Running;
  /** How many of its lines were shown already. */
  readonly shown: number;
  readonly typed: Typed;
}

interface Room {
  readonly arena: Arena;
  /** Holds the answers of Prometheus back, or lets them go: while they are held a release stays where it is. */
  readonly hold: (isHeld: boolean) => void;
  readonly person: string;
  job?: Job;
  exit: number;
}

export function openRealTerminal(arena: Arena, hold: (isHeld: boolean) => void): RealTerminal {
  const { server, ca, person: token } = arena.cluster;
  const config = kubeconfigOf({ server, ca, token, user: 'person', namespace: arena.namespace });
  const room: Room = { arena, hold, person: arena.file('person.kubeconfig', config), exit: 0 };
  return { type: (line, isEnough) => obey(room, commandIn(line), isEnough), exit: () => room.exit };
}

async function obey(room: Room, typed: Typed, isEnough: (line: string) => boolean): Promise<string[]> {
  const [program = '', ...words] = typed.words;
  if (program === 'canary' && typed.isJob) return background(room, typed, isEnough);
  if (program === 'canary') return foreground(room, typed);
  if (program === 'kubectl') return other(room, [room.arena.cluster.kubectl, ...words]);
  if (program === 'sed') return other(room, typed.words);
  if (program === 'echo' && words.join() === '$?') return [String(room.exit)];
  if (program === 'wait' && words.join() === '%1') return untilEnd(room);
  throw new Error(`the test knows no such command: ${typed.words.join(' ')}`);
}

function start(room: Room, typed: Typed, onOut: (text: string) => void = () => undefined): Running {
  const [, ...argv] = typed.words;
  // All namespaces at once are no part of a Role: whoever looks at them is a person.
  const who: Record<string, string> = argv.includes('-A') ? { KUBECONFIG: room.person } : {};
  const quick = argv[0] === 'run' ? ['--drain', '1s'] : [];
  return room.arena.start([...argv, ...quick], { onOut, together: !typed.isQuiet, env: { ...who, LANG: 'C.UTF-8' } });
}

async function foreground(room: Room, typed: Typed): Promise<string[]> {
  const { code, out } = await start(room, typed).ended;
  room.exit = code ?? -1;
  return linesOf(out, typed);
}

/** Until it has said enough; from then on it waits for an answer. */
async function background(room: Room, typed: Typed, isEnough: (line: string) => boolean): Promise<string[]> {
  const { running, lines } = await new Promise<{ running: Running; lines: string[] }>((resolve, reject) => {
    let isHeld = false;
    const running = start(room, typed, (text) => {
      const lines = linesOf(text.slice(0, text.lastIndexOf('\n') + 1), typed);
      const last = lines.findIndex(isEnough);
      if (last < 0 || isHeld) return;
      isHeld = true;
      room.hold(true);
      resolve({ running, lines: lines.slice(0, last + 1) });
    });
    const tooSoon = ({ code, out }: Ended): void =>
      reject(new Error(`${typed.words.join(' ')} ended with ${code ?? 'a signal'} before it was expected to:\n${out}`));
    running.ended.then(tooSoon, reject);
  });
  room.job = { running, typed, shown: lines.length };
  return lines;
}

async function untilEnd(room: Room): Promise<string[]> {
  const { job } = room;
  if (!job) throw new Error('there is no job to wait for');
  room.hold(false);
  const { code, out } = await job.running.ended;
  delete room.job;
  room.exit = code ?? -1;
  return linesOf(out, job.typed).slice(job.shown);
}

/** stdout and stderr in one, as a terminal has them. */
async function other(room: Room, words: readonly string[]): Promise<string[]> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: room.arena.folder, KUBECONFIG: room.person };
  const argv = ['-c', 'exec "$@" 2>&1', 'sh', ...words];
  const child = spawn('/bin/sh', argv, { cwd: room.arena.folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
  room.exit = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? -1));
  });
  return linesOf(out, { isMsg: false });
}

/** Whole lines; of `| jq -r .msg` what it would print. */
function linesOf(text: string, { isMsg }: Pick<Typed, 'isMsg'>): string[] {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  return isMsg ? lines.map((line) => String((JSON.parse(line) as { msg?: string }).msg ?? null)) : lines;
}
