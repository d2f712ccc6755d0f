// kubectl as a process against one of two clusters: what it printed, where to, and how it ended. It must not judge.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One cluster and a folder of its own, so that two kubectl share no cache. */
export interface Side {
  readonly name: string;
  readonly kubectl: string;
  readonly kubeconfig: string;
  readonly folder: string;
  readonly namespace: string;
}

export interface Printed {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Typed {
  readonly words: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Typed by somebody else as soon as this one has printed something. */
  readonly meanwhile?: string;
}

const plugin = fileURLToPath(new URL('../../../bin/kubectl-canary.js', import.meta.url));

/** Its files, and on its PATH `canary` under the name that makes it a word of kubectl. */
export function prepare(side: Side, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(side.folder, 'bin'), { recursive: true });
  symlinkSync(plugin, join(side.folder, 'bin/kubectl-canary'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(side.folder, name), text);
}

/** As a shell splits it: single quotes keep words together. */
export function wordsOf({ namespace }: Side, text: string): string[] {
  const words = text.replaceAll(/\bNS\b/g, namespace).match(/(?:[^\s']|'[^']*')+/g) ?? [];
  const [verb = '', ...rest] = words.map((word) => word.replaceAll("'", ''));
  // No flag may stand before the name of a plug-in, and ours has flags of its own.
  return verb === 'canary' ? [verb, ...rest] : [verb, '--namespace', namespace, ...rest];
}

function start(side: Side, { words, env }: Typed): ChildProcess {
  const own = { PATH: `${join(side.folder, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: side.folder, KUBECONFIG: side.kubeconfig, ...env };
  return spawn(side.kubectl, [...words], { cwd: side.folder, env: own, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** `until`: it is ended as soon as it has printed this; a watch never ends by itself. */
export function kubectl(side: Side, typed: Typed, until?: RegExp): Promise<Printed> {
  const child = start(side, typed);
  let [out, err] = ['', ''];
  let other: Promise<unknown> = Promise.resolve();
  child.stdout?.on('data', (part: Buffer) => {
    if (out === '' && typed.meanwhile) other = kubectl(side, { words: wordsOf(side, typed.meanwhile) });
    out += part.toString();
    if (until?.test(out)) child.kill('SIGTERM');
  });
  child.stderr?.on('data', (part: Buffer) => (err += part.toString()));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(typed.stdin ?? '');
  const tooLong = setTimeout(() => child.kill('SIGKILL'), 40_000);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(tooLong);
      void other.then(() => resolve({ code, out, err }));
    });
  });
}
